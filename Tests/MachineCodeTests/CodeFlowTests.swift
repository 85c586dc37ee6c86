import LinuxABI
import Testing

@testable import MachineCode

@Suite struct CodeFlowTests {
    private let start = GuestAddress(0x10_0000)

    private func flow(
        _ bytes: [UInt8], from entries: [UInt64] = [0], calls: CodeFlow.Calls = .return
    ) -> CodeFlow {
        CodeFlow(
            from: entries.map { start + $0 }, in: start..<start + UInt64(bytes.count), bytes: bytes.span, calls: calls)
    }

    private func sensitiveOffsets(_ flow: CodeFlow) -> Set<UInt64> { Set(flow.sensitive.map { $0.address - start }) }

    private func exits(_ bytes: [UInt8], of page: Range<UInt64>, from entries: [UInt64] = [0]) -> CodeFlow.Exits? {
        let part = Array(bytes[Int(page.lowerBound)...])
        return flow(bytes, from: entries).exits(
            of: start + page.lowerBound..<start + page.upperBound, bytes: part.span)
    }

    @Test func branchesAreFollowedToBothSides() {
        // je over cpuid; cpuid; xgetbv; ret; (data) cpuid
        let bytes: [UInt8] = [0x74, 0x02, 0x0F, 0xA2, 0x0F, 0x01, 0xD0, 0xC3, 0x0F, 0xA2]
        let flow = flow(bytes)
        #expect(sensitiveOffsets(flow) == [2, 4])
        #expect(flow.covers(start + 2) && flow.covers(start + 3) && flow.covers(start + 7))
        #expect(!flow.covers(start + 8) && !flow.covers(start + 9))
    }

    @Test func callsAreFollowedAndComeBack() {
        // call +1; ret; cpuid; ret
        let bytes: [UInt8] = [0xE8, 1, 0, 0, 0, 0xC3, 0x0F, 0xA2, 0xC3]
        #expect(sensitiveOffsets(flow(bytes)) == [6])
        // A jump back, which is followed once; a jump out, which is not.
        #expect(sensitiveOffsets(flow([0x0F, 0xA2, 0xEB, 0xFC])) == [0])
        #expect(sensitiveOffsets(flow([0x0F, 0xA2, 0xE9, 0, 1, 0, 0, 0x0F, 0xA2])) == [0])
        // Code behind an indirect jump is not known; behind an indirect call it is.
        #expect(sensitiveOffsets(flow([0xFF, 0xE0, 0x0F, 0xA2])).isEmpty)
        #expect(sensitiveOffsets(flow([0xFF, 0xD0, 0x0F, 0xA2, 0xC3])) == [2])
        // Where it is not known whether they come back, what stands behind them may be data.
        #expect(sensitiveOffsets(flow([0xFF, 0xD0, 0x0F, 0xA2, 0xC3], calls: .unknown)).isEmpty)
        #expect(sensitiveOffsets(flow(bytes, from: [0, 5], calls: .unknown)) == [6])
        #expect(sensitiveOffsets(flow([0xE8, 3, 0, 0, 0, 0x0F, 0xA2, 0xC3, 0x0F, 0xA2], calls: .unknown)) == [8])
        // Where XBEGIN goes when it is aborted
        #expect(sensitiveOffsets(flow([0xC7, 0xF8, 1, 0, 0, 0, 0xC3, 0x0F, 0xA2, 0xC3])) == [0, 7])
    }

    @Test func eachEntryCounts() {
        let bytes: [UInt8] = [0x0F, 0xA2, 0xC3, 0x0F, 0x01, 0xD0, 0xC3]
        #expect(sensitiveOffsets(flow(bytes)) == [0])
        #expect(sensitiveOffsets(flow(bytes, from: [3])) == [3])
        #expect(sensitiveOffsets(flow(bytes, from: [0, 3])) == [0, 3])
        #expect(sensitiveOffsets(flow(bytes, from: [])).isEmpty)
        // In the middle of an instruction: movabs of which the operand is xgetbv; ret
        let inside: [UInt8] = [0x48, 0xB8, 0x0F, 0x01, 0xD0, 0xC3, 0x90, 0x90, 0x90, 0x90, 0xC3]
        #expect(flow(inside).sensitive.isEmpty && flow(inside).covers(start + 2))
        #expect(sensitiveOffsets(flow(inside, from: [2])) == [2])
    }

    @Test func whereDecodingsOverlapNothingIsCertain() throws {
        let inside: [UInt8] = [0x48, 0xB8, 0x0F, 0x01, 0xD0, 0xC3, 0x90, 0x90, 0x90, 0x90, 0xC3]
        let flow = flow(inside, from: [0, 2])
        #expect(flow.sensitive.isEmpty && flow.ambiguous.map { $0.address - start } == [2])
        #expect(flow.covers(start + 2) && !flow.isCertain(start) && !flow.isCertain(start + 2))
        #expect(flow.isCertain(start + 10) && !flow.isCertain(start + 9))
        // je +1, to the second byte of mov $0x..C3.., of which the third is a ret: that is no place for a trap.
        let code: [UInt8] = [0x74, 0x02, 0xB8, 0x90, 0xC3, 0x00, 0x00, 0xC3] + [UInt8](repeating: 0x90, count: 16)
        #expect(exits(code, of: 0..<8) == nil)
        let clean = try #require(exits([0x74, 0x00] + code[2...], of: 0..<8))
        #expect(clean.transfers.map { $0.address - start } == [7])
        // A long instruction in which two short ones stand
        let two: [UInt8] = [0x48, 0xB8, 0x90, 0x90, 0xC3, 0, 0, 0, 0, 0, 0x0F, 0xA2, 0xC3]
        let three = self.flow(two, from: [0, 2])
        #expect([0, 2, 3, 4].allSatisfy { !three.isCertain(start + $0) } && three.isCertain(start + 10))
    }

    @Test func whatRaisesASignalEndsTheFlow() throws {
        // int3, int1, ud2, ud1, hlt, int $0x29, int $0x03; all but the call of 32-bit programs
        for bytes in [[0xCC], [0xF1], [0x0F, 0x0B], [0x0F, 0xB9, 0xC0], [0xF4], [0xCD, 0x29], [0xCD, 0x03]] as [[UInt8]]
        {
            let flow = flow(bytes + [0x0F, 0xA2, 0xC3])
            #expect(flow.sensitive.isEmpty && flow.covers(start), "\(bytes)")
            // The handler decides where it goes on: that is an entry.
            #expect(
                sensitiveOffsets(self.flow(bytes + [0x0F, 0xA2, 0xC3], from: [0, UInt64(bytes.count)])).count == 1)
            let padding = [UInt8](repeating: 0x90, count: 20)
            #expect(exits(bytes + padding, of: 0..<UInt64(bytes.count)) == CodeFlow.Exits(), "\(bytes)")
        }
        for bytes in [[0xCD, 0x80], [0x0F, 0x05], [0x0F, 0x31]] as [[UInt8]] {
            #expect(sensitiveOffsets(flow(bytes + [0x0F, 0xA2, 0xC3])) == [2], "\(bytes)")
        }
        // wrmsr, in: nobody can say.
        for bytes in [[0x0F, 0x30], [0xEC]] as [[UInt8]] {
            #expect(flow(bytes + [0x0F, 0xA2, 0xC3]).sensitive.isEmpty)
            #expect(exits(bytes + [0xC3] + [UInt8](repeating: 0x90, count: 20), of: 0..<3) == nil, "\(bytes)")
        }
    }

    @Test func whatIsNoInstructionEndsTheFlow() {
        #expect(flow([0x06, 0x0F, 0xA2]).sensitive.isEmpty)
        #expect(flow([0x0F]).sensitive.isEmpty)
        #expect(!flow([0x90, 0x06]).covers(start + 1))
    }

    @Test func theWaysOutOfAPage() throws {
        // je out; call out; call inside (which returns); jmp *%rax
        let bytes: [UInt8] =
            [0x0F, 0x84, 0, 1, 0, 0, 0xE8, 0, 1, 0, 0, 0xE8, 2, 0, 0, 0, 0xFF, 0xE0, 0xC3]
            + [UInt8](repeating: 0x90, count: 20)
        let found = try #require(exits(bytes, of: 0..<20))
        #expect(Set(found.transfers.map { $0.address - start }) == [0, 6, 16, 18])
        #expect(!found.fallsThrough)
        // All stays inside, but for the return.
        #expect(exits([0x90, 0xEB, 0xFD, 0x90], of: 0..<4) == CodeFlow.Exits())
        #expect(exits([0x0F, 0xA2, 0xC3, 0x90], of: 0..<4)?.transfers.map(\.kind) == [.return(0)])
    }

    @Test func thePageMayEndInTheFlow() throws {
        let nops = [UInt8](repeating: 0x90, count: 8) + [0xC3]
        #expect(try #require(exits(nops, of: 0..<4)).fallsThrough)
        // An instruction that straddles the end
        #expect(try #require(exits([0x90, 0x90, 0xB8, 0, 0, 0, 0, 0xC3], of: 0..<4)).fallsThrough)
        #expect(try #require(exits([0x90, 0x90, 0x90, 0xC3, 0x90], of: 0..<4)).fallsThrough == false)
        // A conditional jump at the end goes both ways.
        let jump = try #require(exits([0x90, 0x90, 0x74, 0x00, 0x90, 0xC3], of: 0..<4))
        #expect(jump.transfers.count == 1)
    }

    @Test func otherWaysOutAreRefused() {
        // loop, jrcxz to elsewhere; a far return
        #expect(exits([0xE2, 0x10, 0xC3, 0x90] + [UInt8](repeating: 0x90, count: 20), of: 0..<4) == nil)
        #expect(exits([0xE3, 0x10, 0xC3, 0x90] + [UInt8](repeating: 0x90, count: 20), of: 0..<4) == nil)
        #expect(exits([0xE2, 0xFE, 0xC3, 0x90], of: 0..<4)?.transfers.count == 1)
        #expect(exits([0xCB, 0x90, 0x90, 0x90], of: 0..<4) == nil)
    }
}
