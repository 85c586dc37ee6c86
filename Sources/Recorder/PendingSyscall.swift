internal import LinuxABI
internal import TraceFormat
internal import XState

/// A system call between its entry and its exit.
final class PendingSyscall {
    let number: SyscallNumber
    /// The registers at the entry: `rax` is -ENOSYS, `origRax` the number.
    let entry: Registers
    let xstate: XStateImage
    let plan: SyscallPlan
    /// Whether a frame for the entry has been written, since other threads run before the exit.
    var isEntryWritten = false
    /// The registers to continue with, once the exit was seen.
    var exit: Registers?
    /// The result that xrr gives instead of the kernel.
    var emulatedResult: Int64?
    /// What the call changed beyond its outputs, collected on the way.
    var effects: [Effect] = []
    /// The exec has replaced the address space: PTRACE_EVENT_EXEC was seen.
    var isExecDone = false

    init(number: SyscallNumber, entry: Registers, xstate: XStateImage, plan: SyscallPlan) {
        self.number = number
        self.entry = entry
        self.xstate = xstate
        self.plan = plan
    }

    /// ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK (include/linux/errno.h): what a tracer sees
    /// instead of EINTR while the kernel has not yet decided whether to restart the call.
    static func isRestart(_ result: Int64) -> Bool { [-512, -513, -514, -516].contains(result) }

    /// The registers with which the kernel returns to user mode to make the call again:
    /// arch/x86/kernel/signal.c, arch_do_signal_or_restart.
    func restarted(from registers: Registers) -> Registers {
        var registers = registers
        registers.rax = registers.syscallResult == -516 ? UInt64(SyscallNumber.restart_syscall.rawValue) : registers.origRax
        registers.rip &-= 2
        return registers
    }
}
