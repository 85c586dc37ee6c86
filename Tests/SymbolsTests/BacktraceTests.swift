import Glibc
import LinuxABI
import Testing

@testable import Symbols

@Suite struct BacktraceTests {
    private func names(_ frames: [StackFrame], _ modules: [GuestModule]) -> [String] {
        let symbolizer = Symbolizer(modules: modules)
        return frames.map { symbolizer.symbol(at: $0.lookupAddress)?.function?.name ?? "?" }
    }

    @Test func callsOfASleepingProgramWhoseFileIsGone() throws {
        let scratch = try ScratchDirectory()
        defer { withExtendedLifetime(scratch) {} }
        let directory = scratch.path
        let path = directory + "/guest"
        try GuestProgram.compile(to: path)
        let copy = directory + "/0123abcd"
        try GuestProgram.write(GuestProgram.read(path), to: copy)
        let guest = try GuestProgram(running: path)
        _ = unsafe unlink(path)

        let modules = try guest.modules { $0.hasPrefix(directory) ? copy : $0 }
        let frames = try Backtrace.capture(registers: guest.registers(), modules: modules) { guest.memory($0, $1) }
        let calls = names(frames, modules)
        let inner = try #require(calls.firstIndex(of: "inner"))
        #expect(Array(calls[inner...].prefix(4)) == ["inner", "middle", "outer", "main"])

        let line = Symbolizer(modules: modules).symbol(at: frames[inner].lookupAddress)?.line
        #expect(line?.line == 3)
        #expect(line?.file.hasSuffix("guest.c") == true)
    }

    @Test func headersFromMemoryServeWhereNoFileIsStored() throws {
        let scratch = try ScratchDirectory()
        defer { withExtendedLifetime(scratch) {} }
        let directory = scratch.path
        try GuestProgram.compile(to: directory + "/guest")
        let guest = try GuestProgram(running: directory + "/guest")
        let registers = try guest.registers()
        let stored = try guest.modules { $0 }
        let bare = try guest.modules { _ in nil }
        let frames = Backtrace.capture(registers: registers, modules: bare) { guest.memory($0, $1) }
        #expect(frames == Backtrace.capture(registers: registers, modules: stored) { guest.memory($0, $1) })
        #expect(frames.count >= 5)
    }

    @Test func unreadableMemoryLeavesTheInnermostFrame() {
        var registers = Registers()
        registers.rip = 0x40_1000
        registers.rsp = 0x7fff_0000
        let frames = Backtrace.capture(registers: registers, modules: []) { _, _ in nil }
        #expect(frames.map(\.instructionPointer) == [GuestAddress(0x40_1000)])
    }

    /// A chain of frame pointers that never ends must not keep the unwinder for ever.
    @Test func endlessStackStopsAtTheLimit() {
        var registers = Registers()
        registers.rip = 0x40_1000
        registers.rbp = 0x7000_0000
        registers.rsp = 0x7000_0000
        let frames = Backtrace.capture(registers: registers, modules: []) { address, count in
            // Each frame: saved rbp 16 bytes further up, then a return address.
            (0..<count).map { index in
                let at = address.rawValue &+ UInt64(index)
                let word = at & ~7
                let value: UInt64 = word & 8 == 0 ? word &+ 16 : 0x40_1000
                return UInt8(truncatingIfNeeded: value >> ((at & 7) * 8))
            }
        }
        #expect(frames.count > 1)
        #expect(frames.count <= Backtrace.maximumFrames)
    }

    /// Every word of the stack and of .eh_frame of a damaged recording can be anything.
    @Test func damagedMemoryIsSurvived() throws {
        let scratch = try ScratchDirectory()
        defer { withExtendedLifetime(scratch) {} }
        let directory = scratch.path
        try GuestProgram.compile(to: directory + "/guest")
        let guest = try GuestProgram(running: directory + "/guest")
        let registers = try guest.registers()
        let modules = try guest.modules { $0 }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let period = UInt64.random(in: 1...512, using: &random)
            let frames = Backtrace.capture(registers: registers, modules: modules) { address, count in
                guard var bytes = guest.memory(address, count) else { return nil }
                for index in bytes.indices
                where (address.rawValue &+ UInt64(index)).multipliedReportingOverflow(
                    by: 0x9e37_79b9
                ).partialValue % 512 < period { bytes[index] = UInt8.random(in: 0...255, using: &random) }
                return bytes
            }
            #expect((1...Backtrace.maximumFrames).contains(frames.count))
        }
    }
}
