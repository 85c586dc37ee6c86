internal import LinuxABI
internal import Ptrace
internal import Tracee
internal import XState

/// A thread that is being recorded: its ptrace state and where it stands between two frames.
final class RecordedThread {
    let traced: TracedThread
    let process: RecordedProcess

    /// Where the thread stands.
    enum Phase {
        /// In user mode, or about to return to it.
        case user
        /// Between the entry and the exit of a system call.
        case syscall(PendingSyscall)
        /// Past PTRACE_EVENT_EXIT.
        case exiting
    }
    var phase = Phase.user

    /// A stop that has been waited for and not yet been handled.
    var pendingStop: WaitStatus?
    /// How the thread goes on when it is scheduled next.
    var next: Resumption
    /// The registers the thread continued with after its last frame: equal to those now, it has not moved.
    var resumedRegisters: Registers?
    /// A call that ended with an ERESTART code, held back until it shows how the kernel proceeds.
    var restart: PendingSyscall?
    /// The call that a restart_syscall(2) would go on with.
    var interrupted: PendingSyscall?
    /// Signals taken in the middle of user code, to be delivered at the next system call.
    var deferredSignals: [SignalInfo] = []
    /// The thread stands in user code behind its last frame: no other thread may run before it has another.
    var isMidway = false
    /// PTRACE_INTERRUPT was called and may still be to take effect.
    var isInterrupted = false
    /// The processor time of the thread at its last interruption, in nanoseconds.
    var interruptedTime: UInt64 = 0
    /// The signal that is to be delivered here, in the place of the one that was sent for it.
    var raisedSignal: RaisedSignal?
    /// The frame of a handler did not fit: the SIGSEGV that the thread has stopped for is no instruction's.
    var hasFrameFault = false
    /// How it is resumed to run to its next system call or signal: PTRACE_SYSCALL where filters around xrr may answer calls
    /// before ours is asked, else PTRACE_CONT.
    let userRequest: ResumeRequest
    /// Stopped by PTRACE_SYSCALL at the entry of a call about which no filter has been asked yet.
    var isBeforeFilters = false
    /// The thread's seccomp mode and filters.
    var seccomp = TraceeSeccomp()
    /// The SIGSYS that is about to be delivered for a call that a filter has trapped, as the program is to see it.
    var trappedCall: SignalInfo?
    /// prctl(PR_SET_TSC) as the tracee knows it: RDTSC raises SIGSEGV.
    var faultsAtTimeStamp = false
    /// set_tid_address(2) and CLONE_CHILD_CLEARTID: the word the kernel clears when the thread ends.
    var clearedAtExit = GuestAddress.null
    /// set_robust_list(2).
    var robustList = GuestAddress.null
    /// The words that the kernel changes when the thread ends, with the values it is to give them: after the end, the
    /// thread's own address space may not be there to be asked.
    var wordsChangedByExit: [(address: GuestAddress, value: UInt32)] = []
    /// The signal mask as the tracee knows it, for traps that make the kernel change it.
    var signalMask: UInt64
    /// Signals that are blocked while a call sleeps, since the program ignores them.
    var withheldSignals: UInt64 = 0
    /// PTRACE_INTERRUPT ends the call that sleeps, to be made again: what it began with is no longer right.
    var isWoken = false
    /// Answer to sched_getaffinity(2) where the tracee has set one.
    var affinity: [UInt8]?
    /// prctl(PR_SET_NO_NEW_PRIVS) as the tracee knows it.
    var hasNoNewPrivileges = false
    /// The extended state of the thread's last frame.
    var lastXState: XStateImage?
    /// The nice value the tracee believes in.
    var nice: Int32?
    /// The policy and static priority that the tracee believes in: sched(7).
    var policy: SchedulingPolicy?
    var priority: Int32 = 0

    init(traced: TracedThread, process: RecordedProcess, signalMask: UInt64, userRequest: ResumeRequest) {
        self.traced = traced
        self.userRequest = userRequest
        next = Resumption(request: userRequest)
        self.process = process
        self.signalMask = signalMask
    }

    var id: ThreadID { traced.id }
    var memory: GuestMemory { traced.memory }

    /// How a thread is to be resumed.
    struct Resumption {
        var request: ResumeRequest
        var signal: Int32 = 0
    }

    /// Runs to the next system call or signal.
    var userResumption: Resumption { Resumption(request: userRequest) }

    var isInSyscall: Bool {
        if case .syscall = phase { return true }
        return false
    }
}
