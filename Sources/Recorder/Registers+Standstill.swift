internal import LinuxABI

/// How the recorder knows for certain whether a thread has executed anything since its last frame.
///
/// Equal registers prove nothing: a loop that only changes memory comes back to them. But every way from user mode into
/// the kernel sets orig_rax: to -1, or, by SYSCALL, to the number of a call, which is a stop of its own. So a thread
/// that is left with anything but -1 there has the same value for as long as it stands still. Behind a system call that
/// is the call's number; where it would be -1 (rt_sigreturn(2), calls that xrr answers, traps, handlers that start
/// behind those), the recorder sets a value of its own.
///
/// The kernel takes the lower 32 bits for the number of the call that may have to be restarted (`syscall_get_nr`,
/// arch/x86/include/asm/syscall.h): those are -1 as before. PTRACE_SETREGS keeps the upper half.
extension Registers {
    private static let standstill: UInt64 = 0x7272_7800_ffff_ffff

    /// With these registers the thread goes on behind a frame.
    var markedForStandstill: Registers {
        var marked = self
        if marked.origRax == .max { marked.origRax = Self.standstill }
        return marked
    }

    /// Whether they show by themselves that the thread stands still.
    var showStandstill: Bool { origRax != .max }

    /// Frames show what the tracee would have.
    mutating func hideStandstill() { if origRax == Self.standstill { origRax = .max } }
}
