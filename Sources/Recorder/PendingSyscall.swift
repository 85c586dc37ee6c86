internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import XState

/// A system call between its entry and its exit.
final class PendingSyscall {
    let number: SyscallNumber
    /// The registers at the entry: `rax` is -ENOSYS, `origRax` the number.
    let entry: Registers
    let xstate: XStateImage
    let rule: SyscallRule
    /// The memory that the call may write.
    var outputs: [OutputRange] = []
    /// The memory from which the call may take what it writes to a file.
    var inputs: [OutputRange] = []
    /// What stood there before other threads ran, of a call that writes to standard output or error.
    var inputSnapshot: OutputSnapshot?
    /// What memory was at the entry, of a call that replaces it: part of the entry's frame.
    var entryDigest: Effect?
    /// The descriptor that the call writes to leads to something else than a regular file.
    var isForOtherFile = false
    /// The memory of another process that the call may write: its vector, as it was at the entry.
    var remoteRanges: [GuestRange] = []
    /// Where process_vm_writev(2) takes it from.
    var localRanges: [GuestRange] = []
    /// The mappings that mremap(2) was to move together, where it may: what lies between them stays.
    var movedRanges: [Range<GuestAddress>] = []
    /// What a request that the table does not know may reach.
    var reachable: ReachableMemory?
    /// Whether a frame for the entry has been written, since other threads run before the exit.
    var isEntryWritten = false
    /// The registers to continue with, once the exit was seen.
    var exit: Registers?
    /// What the call did to memory, once the exit was seen.
    var effects: [Effect] = []
    /// What the kernel was asked to do instead of making the call: the instruction pointer was changed for that.
    var kernelAnswer: RecordingFilter.Answer?
    /// The SIGSYS that a filter of the program wants to be raised instead of the call.
    var trap: SignalInfo?
    /// `struct sigaction` that rt_sigaction(2) sets for a signal of `SignalActions`.
    var signalAction: [UInt8]?
    /// The filter that the call installs.
    var filter: PendingFilter?
    /// The call changed registers on its way into the kernel, to be restored at its exit.
    var isRewritten = false
    /// Where the outputs really go.
    var redirection: Redirection?
    /// The exec has replaced the address space: PTRACE_EVENT_EXEC was seen.
    var isExecDone = false

    init(number: SyscallNumber, entry: Registers, xstate: XStateImage, rule: SyscallRule) {
        self.number = number
        self.entry = entry
        self.xstate = xstate
        self.rule = rule
    }

    var handler: SyscallHandler? {
        if case .handled(let handler) = rule.treatment { handler } else { nil }
    }

    /// ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK (include/linux/errno.h): what a tracer sees
    /// instead of EINTR while the kernel has not yet decided whether to make the call again.
    static func isRestart(_ result: Int64) -> Bool { [-512, -513, -514, -516].contains(result) }

    /// The registers with which the kernel returns to user mode to make the call again:
    /// arch/x86/kernel/signal.c, arch_do_signal_or_restart.
    static func restarted(from registers: Registers) -> Registers {
        var registers = registers
        let usesBlock = registers.syscallResult == -516
        registers.rax = usesBlock ? UInt64(SyscallNumber.restart_syscall.rawValue) : registers.origRax
        registers.rip &-= 2
        return registers
    }
}
