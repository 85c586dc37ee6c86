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
        let withheld = thread.process.signalActions.ignoredSignals(as: thread.id) & ~thread.signalMask
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
        let ignored = thread.process.signalActions.ignoredSignals(as: thread.id)
        return (arrived != 0 || thread.isWoken) && arrived & ~ignored == 0
    }

    /// rt_sigaction(2) has succeeded. Other threads that sleep may have to see a signal now that they were not to see.
    func noteAction(of call: PendingSyscall, by thread: RecordedThread) {
        let signal = Int32(truncatingIfNeeded: call.entry.argument(0))
        let actions = thread.process.signalActions
        let former = GuestAddress(call.entry.argument(2))
        // For the time being the kernel has the default.
        if signal == Signal.trap, actions.admitsOwnTraps, !former.isNull, let action = actions[signal] {
            _ = store(action, to: former, for: thread)
        }
        guard let action = call.signalAction else { return }
        actions.set(action, for: signal)
        let bit = SignalActions.bit(signal)
        guard actions.ignoredSignals(as: thread.id) & bit == 0 else { return }
        for other in threads.values where other.process.signalActions === actions && other.withheldSignals & bit != 0 {
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
