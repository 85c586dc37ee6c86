internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Seccomp filters around xrr itself, which containers have: what they answer to a call comes before SECCOMP_RET_TRACE of
/// the recording filter.
///
/// So threads run with PTRACE_SYSCALL, which stops them before all filters. If the recording filter's stop follows, the
/// call is dealt with there as always; if the call's exit follows, an outer filter has answered.
extension RecordSession {
    /// A stop of PTRACE_SYSCALL.
    func handleSyscallStop(of thread: RecordedThread) throws(PtraceError) {
        if thread.isInSyscall { return try handleExit(of: thread) }
        guard thread.isBeforeFilters else {
            thread.isBeforeFilters = true
            thread.next.request = .syscall
            return
        }
        thread.isBeforeFilters = false
        thread.isInterrupted = false
        let call = try callBeforeFilters(of: thread)
        let exit = try thread.traced.registers()
        if thread.restart != nil { try resolveRestart(of: thread) }
        // A supervisor's answer (SECCOMP_RET_USER_NOTIF) may be that the call was made.
        let isExecuted = !exit.syscallFailed && exit.rax != exit.origRax
        if isExecuted || PendingSyscall.isRestart(exit.syscallResult) {
            noteCapacity(of: call, by: thread)
            thread.phase = .syscall(call)
            return try handleExit(of: thread)
        }
        writeCall(call, after: exit, of: thread)
        try raiseDeferredSignal(of: thread)
    }

    /// Behind the stop of a call that is not made: where PTRACE_SYSCALL is in use, its exit is still reported.
    func passExit(of thread: RecordedThread) throws(PtraceError) {
        guard thread.userRequest == .syscall else { return }
        try thread.traced.resume(.syscall)
        try awaitStop(of: thread)
        // Anything else is the end of the thread, which is handled in its turn.
        if thread.pendingStop == .syscall { thread.pendingStop = nil }
    }

    /// The call that a thread was about to make when an outer filter answered, or killed.
    func callBeforeFilters(of thread: RecordedThread) throws(PtraceError) -> PendingSyscall {
        var entry = try thread.traced.registers()
        entry.syscallResult = ErrorNumber.ENOSYS.syscallResult
        let number = SyscallNumber(UInt32(truncatingIfNeeded: entry.origRax))
        return PendingSyscall(
            number: number, entry: entry, xstate: try thread.traced.xstate(),
            rule: rule(of: number, entry: entry, thread: thread))
    }
}
