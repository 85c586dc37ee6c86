import LinuxABI
import Testing

@testable import MachineCode

@Suite struct CandidateSitesTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    @Test func nothingIsFoundInNothing() {
        #expect(candidates([]).isEmpty)
        #expect(candidates([UInt8](repeating: 0x90, count: 1000)).isEmpty)
        #expect(candidates([0x0F, 0x05, 0x0F, 0x0B, 0x0F, 0x01, 0xF9, 0xC7, 0x00, 0xAE, 0x20]).isEmpty)
    }

    @Test func eachIsFoundAtEachPlace() {
        // Over and between the vectors in which the bytes are looked at.
        for (bytes, _) in SensitiveInstructionTests.all {
            guard let opcode = bytes.firstIndex(where: { $0 == 0x0F || $0 == 0xC7 }) else { continue }
            for place in 0..<70 {
                var code = [UInt8](repeating: 0x90, count: 128)
                code.replaceSubrange(place..<place + bytes.count, with: bytes)
                #expect(candidates(code).first == place + opcode, "\(bytes) at \(place)")
            }
        }
    }

    @Test func whatGoesOnBehindTheEndCounts() {
        for (bytes, _) in SensitiveInstructionTests.all {
            guard let opcode = bytes.firstIndex(where: { $0 == 0x0F || $0 == 0xC7 }) else { continue }
            for end in opcode + 1...bytes.count {
                #expect(candidates(Array(bytes[..<end])).first == opcode, "\(bytes[..<end])")
            }
        }
    }

    /// What a kernel's pin of XCR0 does for code in which no trap stands.
    @Test func onlyXGETBVAndXRSTORShowNoMoreThanXCR0() {
        for (bytes, kind) in SensitiveInstructionTests.all {
            guard let opcode = bytes.firstIndex(where: { $0 == 0x0F || $0 == 0xC7 }) else { continue }
            let code = bytes + [0x90, 0x90]
            #expect(showsMoreThanXCR0(code, opcode) == ![.xgetbv, .xrstor].contains(kind), "\(bytes)")
            // What is cut off may be anything.
            let start = Array(bytes[..<min(opcode + 2, bytes.count)])
            #expect(showsMoreThanXCR0(start, opcode), "\(start)")
        }
    }

    @Test func whatMayBeUnpredictableIsToldFromTheRest() {
        for (bytes, kind) in SensitiveInstructionTests.all {
            guard let opcode = bytes.firstIndex(where: { $0 == 0x0F || $0 == 0xC7 }) else { continue }
            let code = bytes + [0x90, 0x90]
            #expect(mayBeUnpredictable(code, opcode) == kind.isUnpredictable, "\(bytes)")
        }
    }

    @Test func nothingThatDecodesIsMissed() {
        var generator = Generator(state: 1)
        var found = 0
        for _ in 0..<40_000 {
            // Prefixes, an opcode like those that are looked for, and anything.
            let prefixes: [UInt8] = [0x66, 0xF3, 0xF2, 0x2E, 0x64, 0x67, 0x40, 0x41, 0x48, 0x4D]
            var code = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                prefixes.randomElement(using: &generator) ?? 0x66
            }
            code +=
                [[0x0F, 0xA2], [0x0F, 0x01], [0x0F, 0xAE], [0x0F, 0xC7], [0xC7]].randomElement(using: &generator) ?? []
            code += (0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) }
            guard let instruction = sensitive(code) else { continue }
            found += 1
            #expect(candidates(code).contains { $0 < instruction.length }, "\(code)")
        }
        #expect(found > 4000)
    }
}
