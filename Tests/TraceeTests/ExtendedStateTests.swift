import LinuxABI
import Ptrace
import Testing
import Tracee
import XState

/// Extended state by way of the kernel: NT_X86_XSTATE as this machine lays it out.
@Suite struct ExtendedStateTests {
    @Test func whatIsSetIsReadBack() throws {
        let program = try LiveProgram("/bin/true")
        let original = try program.thread.xstate()
        var bytes = original.bytes
        // ST0-7 and XMM0-15 of the legacy area, which every CPU has: 10 bytes in each of the first eight.
        for register in 0..<8 {
            for index in 0..<10 { bytes[32 + 16 * register + index] = UInt8(16 * register + index) }
        }
        for index in 160..<416 { bytes[index] = UInt8(truncatingIfNeeded: 7 &* index) }
        // The upper halves of YMM0-15 follow where the CPU has them.
        if original.mask.contains(.avx) { for index in 416..<672 { bytes[index] = UInt8(truncatingIfNeeded: index) } }
        let wanted = try XStateImage(mask: original.mask, stored: bytes)
        try program.thread.setXState(wanted)
        #expect(try program.thread.xstate() == wanted)
        #expect(try program.thread.xstate() != original)
        try program.thread.setXState(original)
        #expect(try program.thread.xstate() == original)
    }

    @Test func theInitialStateIsThatOfANewProgram() throws {
        let program = try LiveProgram("/bin/true")
        let initial = try XStateImage.initial(mask: program.layout.mask)
        try program.thread.setXState(initial)
        #expect(try program.thread.xstate() == initial)
    }

    @Test func theRegsetDecodesAsTheKernelFillsIt() throws {
        let program = try LiveProgram("/bin/true")
        // SETREGSET with what GETREGSET gave changes nothing.
        let image = try program.thread.xstate()
        try program.thread.setXState(image)
        #expect(try program.thread.xstate() == image)
        #expect(image.mask == program.layout.mask)
    }

    /// What this machine's images hold.
    private static let components = (try? HostMachine.current())?.layout.imageMask ?? .legacy

    /// With fewer components asked for, the others are left out as long as they are initial, and only then.
    @Test(.enabled(if: components != .legacy, "this CPU has the legacy components only"))
    func otherComponentsAreShownWhereTheyHoldValues() throws {
        let program = try LiveProgram("/bin/true", components: .legacy)
        let machine = program.layout.imageMask
        try program.thread.setXState(try XStateImage.initial(mask: machine))
        #expect(try program.thread.xstate() == XStateImage.initial(mask: .legacy))
        var bytes = try XStateImage.initial(mask: machine).bytes
        bytes[416] = 1
        let wanted = try XStateImage(mask: machine, stored: bytes)
        try program.thread.setXState(wanted)
        #expect(try program.thread.xstate() == wanted)
        // An image of less than the machine has makes the rest initial again.
        try program.thread.setXState(try XStateImage.initial(mask: .legacy))
        #expect(try program.thread.xstate() == XStateImage.initial(mask: .legacy))
    }

    @Test(.enabled(if: !components.contains(.amx), "this CPU has AMX"))
    func whatTheMachineLacksIsNamed() throws {
        let program = try LiveProgram("/bin/true")
        let mask = program.layout.imageMask.union(.amx)
        var bytes = try XStateImage.initial(mask: mask).bytes
        #expect(program.thread.missingComponents(for: try XStateImage(mask: mask, stored: bytes)).isEmpty)
        bytes[bytes.count - 1] = 1
        let image = try XStateImage(mask: mask, stored: bytes)
        #expect(program.thread.missingComponents(for: image) == .tileData)
        #expect(throws: PtraceError.self) { try program.thread.setXState(image) }
    }

    @Test func theStateOutlivesASystemCall() throws {
        let program = try LiveProgram("/bin/true")
        var bytes = try program.thread.xstate().bytes
        for index in 160..<416 { bytes[index] = 0xa5 }
        let wanted = try XStateImage(mask: program.layout.mask, stored: bytes)
        try program.thread.setXState(wanted)
        let remote = try RemoteSyscall(program.thread, entry: .filtered, at: program.syscallInstruction)
        #expect(try remote.call(.getpid) > 0)
        #expect(try program.thread.xstate() == wanted)
    }
}
