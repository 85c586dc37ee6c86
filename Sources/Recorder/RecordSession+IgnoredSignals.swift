internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Signals that the program ignores do not end a call that sleeps.
///
/// The kernel drops such a signal when it is sent, but not for a thread that is traced (kernel/signal.c, sig_ignored): that
/// one wakes up, and its call ends with EINTR, or with a part of what it was to do.
extension RecordSession {
    /// Blocks what the program ignores while a call may sleep. What comes then is delivered at the call's exit, where it
    /// does nothing.
    func withholdIgnoredSignals(during call: PendingSyscall, of thread: RecordedThread) throws(PtraceError) {
        guard call.rule.blocking == .anyone, call.handler == nil || call.handler == .restart, !call.hasOwnSignalMask,
            thread.raisedSignal == nil
        else { return }
        let withheld = thread.process.actions.ignoredSignals(as: thread.id) & ~thread.signalMask
        guard withheld != 0 else { return }
        try thread.traced.setSignalMask(thread.signalMask | withheld)
        thread.withheldSignals = withheld
    }

    /// The exit of a call.
    func releaseIgnoredSignals(of thread: RecordedThread) throws(PtraceError) {
        thread.isWoken = false
        guard thread.withheldSignals != 0 else { return }
        thread.withheldSignals = 0
        try thread.traced.setSignalMask(thread.signalMask)
    }

    /// Whether a call was ended by signals that the program ignores: one that comes while a thread is stopped at the
    /// call's entry is no longer kept from ending it, and some calls have a mask of their own.
    func isEndedByIgnoredSignals(_ call: PendingSyscall, result: Int64, of thread: RecordedThread) -> Bool {
        guard result == ErrorNumber.EINTR.syscallResult, call.rule.blocking == .anyone, call.handler == nil,
            let sets = HostThreads.signalSets(of: thread.id)
        else { return false }
        let arrived = sets.pending & ~(sets.blocked & ~thread.withheldSignals)
        return (arrived != 0 || thread.isWoken) && arrived & ~thread.process.actions.ignoredSignals(as: thread.id) == 0
    }

    /// rt_sigaction(2) has succeeded. Other threads that sleep may have to see a signal now that they were not to see.
    func noteAction(of call: PendingSyscall, by thread: RecordedThread) {
        let action = GuestAddress(call.entry.argument(1))
        guard !action.isNull else { return }
        let signal = Int32(truncatingIfNeeded: call.entry.argument(0))
        let bytes = thread.memory.readExactly(action, count: FaultActions.size)
        thread.process.faultActions.set(bytes, for: signal)
        thread.process.actions.note(bytes, for: signal)
        for other in threads.values
        where other.process.actions === thread.process.actions && other.withheldSignals & SignalActions.bit(signal) != 0
        {
            if thread.process.actions.ignoredSignals(as: thread.id) & SignalActions.bit(signal) != 0 { return }
            other.isWoken = true
            other.traced.interrupt()
        }
    }
}

extension PendingSyscall {
    /// Whether the call replaces the signal mask while it sleeps. Where it is interrupted by signals without a handler, the
    /// kernel makes it again, but for epoll_pwait(2).
    var hasOwnSignalMask: Bool {
        switch number {
        case .rt_sigsuspend, .ppoll, .pselect6: true
        case .epoll_pwait, .epoll_pwait2: entry.argument(4) != 0
        default: false
        }
    }
}
