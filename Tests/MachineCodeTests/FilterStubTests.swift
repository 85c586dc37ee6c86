import LinuxABI
import Testing

@testable import MachineCode

/// The bytes of stubs, decoded again.
@Suite struct FilterStubTests {
    private let start = GuestAddress(0x5555_0000_1000)
    private let base = GuestAddress(0x5555_1000_0000)

    private func instructions(_ code: [UInt8], at base: GuestAddress) -> [Instruction] {
        var result: [Instruction] = []
        var offset = 0
        while offset < code.count, let next = decoded(code[offset...], at: base + UInt64(offset)) {
            result.append(next)
            offset += next.length
        }
        return result
    }

    /// What is displaced, as it is in the stub, with the jump back.
    private func relocated(_ bytes: [UInt8]) throws -> [Instruction] {
        let function = FunctionCode(start: start, bytes: bytes.span)
        let site = try #require(patchSite(bytes, at: start, function: function))
        let stub = try FilterStub(site: site, base: base).assemble()
        let offset = Int(stub.resumeAddress - base)
        for (instruction, place) in zip(site.displaced, stub.relocations) {
            #expect(stub.place(of: place.relocated) == .program(instruction.address))
        }
        return instructions(Array(stub.code[offset...]), at: stub.resumeAddress)
    }

    @Test func operandsKeepTheirAddresses() throws {
        for bytes: [UInt8] in [
            [0x48, 0x8B, 0x05, 0x44, 0x33, 0x22, 0x11], [0x48, 0x83, 0x05, 0x44, 0x33, 0x22, 0x11, 0x01],
            [0x81, 0x3D, 0x44, 0x33, 0x22, 0x11, 1, 2, 3, 4], [0xF3, 0x0F, 0x10, 0x1D, 0, 0, 0, 0xF8],
            [0xC4, 0xE3, 0x7D, 0x18, 0x05, 0x44, 0x33, 0x22, 0x11, 0x01], [0xFF, 0x25, 0x44, 0x33, 0x22, 0x11],
        ] {
            let original = try #require(decoded(bytes, at: start))
            let moved = try relocated(bytes)
            #expect(moved[0].ripTarget == original.ripTarget)
            #expect(moved[0].length == original.length)
            if original.kind == .jump(target: nil) {
                #expect(moved.count == 1, "nothing comes back from here")
            } else {
                #expect(moved[1].kind == .jump(target: original.next))
            }
        }
    }

    @Test func branchesKeepTheirTargets() throws {
        for condition: UInt8 in 0..<16 {
            let bytes: [UInt8] = [0x48, 0x39, 0xF8, 0x70 | condition, 0x40]
            let moved = try relocated(bytes)
            #expect(
                moved.map(\.kind) == [
                    .ordinary, .conditionalJump(target: start + 0x45), .jump(target: start + 5),
                ])
            #expect(moved[1].conditionCode == condition)
            let long = try relocated([0x0F, 0x80 | condition, 0, 0, 0, 1])
            #expect(long[0].kind == .conditionalJump(target: start + 0x100_0006))
            #expect(long[0].conditionCode == condition)
        }
        #expect(try relocated([0x48, 0x39, 0xF8, 0xEB, 0xFB]).map(\.kind) == [.ordinary, .jump(target: start)])
        #expect(try relocated([0xE9, 0, 0, 0, 1]).map(\.kind) == [.jump(target: start + 0x100_0005)])
    }

    @Test func thePatchIsAsLongAsWhatItDisplaces() throws {
        let bytes: [UInt8] = [0x48, 0x8B, 0x05, 0x44, 0x33, 0x22, 0x11]
        let site = try #require(patchSite(bytes, at: start))
        var stub = FilterStub(site: site, base: base)
        let assembled = try stub.assemble()
        #expect(assembled.patch.count == 7)
        #expect(assembled.patch[5...] == [0xCC, 0xCC])
        #expect(decoded(assembled.patch, at: start)?.kind == .jump(target: assembled.entry))
        #expect(assembled.length == 2 * GuestAddress.pageSize)
        #expect(assembled.code[Int(assembled.trapAddress - base) - 1] == 0xCC)
        #expect(assembled.place(of: base) == .checks)
        #expect(assembled.place(of: assembled.trapAddress) == .checks)
        #expect(assembled.place(of: base + UInt64(assembled.code.count)) == nil)
        #expect(assembled.place(of: start) == nil)
        // More code makes more pages; the slots are the last.
        stub.checks = (0..<200).map { .word(start + $0, .max / 3) }
        let long = try stub.assemble()
        #expect(long.length == 3 * GuestAddress.pageSize)
        #expect(long.slots == base + 2 * GuestAddress.pageSize)
        #expect(long.passCountAddress.pageStart == long.slots)
    }

    /// Whatever is displaced, and wherever the code is: an instruction that begins in the middle of the jump finds a trap
    /// there, and its copy is known.
    @Test(arguments: [GuestAddress(0x5555_0000_1234), GuestAddress(0x40_1361), GuestAddress(0x7fff_f7a0_0ffb)])
    func theMiddleOfTheJumpTraps(start: GuestAddress) throws {
        let traps: Set<UInt8> = [
            0x06, 0x07, 0x0E, 0x16, 0x17, 0x1E, 0x1F, 0x27, 0x2F, 0x37, 0x3F, 0x60, 0x61, 0xCC,
        ]
        let codes: [[UInt8]] = [
            [0x90, 0x48, 0x89, 0xF8, 0x90], [0x48, 0x89, 0xF8, 0x48, 0x01, 0xD0], [0x66, 0x90, 0x48, 0x89, 0xF8],
            [0xF3, 0x0F, 0x1E, 0xFA, 0x48, 0x89, 0xF8], [0x90, 0x90, 0x90, 0x90, 0x90],
        ]
        for bytes in codes {
            let function = FunctionCode(start: start, bytes: bytes.span)
            let site = try #require(patchSite(bytes, at: start, function: function))
            let hole = GuestAddress(0x1_0000)...GuestAddress(0x7fff_ffff_0000)
            let base = try #require(FilterStub.base(in: hole, for: site))
            let stub = try FilterStub(site: site, base: base).assemble()
            #expect(decoded(stub.patch, at: start)?.kind == .jump(target: stub.entry))
            #expect(stub.continuation(at: start) == nil)
            #expect(stub.continuation(at: site.end) == nil)
            for instruction in site.displaced.dropFirst() {
                #expect(traps.contains(stub.patch[Int(instruction.address - start)]))
                let copy = try #require(stub.continuation(at: instruction.address))
                #expect(stub.place(of: copy) == .program(instruction.address))
            }
        }
    }

    @Test func onlyJumpsAndMovesAreUsed() throws {
        let bytes: [UInt8] = [0x48, 0x8D, 0xB6, 0, 1, 0, 0]
        let site = try #require(patchSite(bytes, at: start))
        var checks: [FilterStub.Check] = GeneralRegister.allCases.flatMap { register in
            ([0, 1, 0x7F, 0x1_0000, .max / 3, 0 &- 5] as [UInt64]).map { .register(register, $0) }
        }
        checks += (0..<16).map { .vector($0, low: 1, high: .max / 3) }
        checks = [.pass(1000)] + checks + [.pass(1), .pass(.max / 3)]
        let stub = try FilterStub(site: site, base: base, checks: checks).assemble()
        let decoded = instructions(stub.code, at: base)
        #expect(decoded.map(\.length).reduce(0, +) == stub.code.count, "all of it is instructions")
        for instruction in decoded {
            let opcode = stub.code[Int(instruction.address - base)...].prefix(3)
            switch instruction.kind {
            case .ordinary:
                let code = opcode.drop(while: { 0x40...0x4F ~= $0 })
                #expect([0x8D, 0x8B, 0x89, 0x0F].contains(code.first) || 0xB8...0xBF ~= code[code.startIndex])
            case .loop, .jump, .leavesUserMode: break
            default: Issue.record("\(instruction)")
            }
        }
        #expect(decoded.filter { $0.kind == .leavesUserMode }.count == 1, "the int3")
    }
}
