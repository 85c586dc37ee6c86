internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// Signals: where they reach a thread, and what they do to it.
extension RecordSession {
    /// A signal-delivery-stop.
    func handleSignal(_ arrived: Int32, of thread: RecordedThread) throws(PtraceError) {
        var info = try thread.traced.signalInfo()
        var isInjected = false
        if let raised = thread.raisedSignal, let other = try raised.replace(info, in: thread.traced) {
            isInjected = true
            thread.raisedSignal = nil
            info = raised.info
            if let other { thread.deferredSignals.append(other) }
        }
        let number = isInjected ? info.number : arrived
        let shown = try thread.traced.registers()
        var registers = shown
        registers.hideStandstill()
        let isFrameFault = !isInjected && number == Signal.segv && thread.hasFrameFault
        thread.hasFrameFault = false
        if number == Signal.segv, !isInjected, !isFrameFault, try emulateTrap(&info, at: registers, of: thread) {
            return
        }
        if number == Signal.sys, !isInjected, let trapped = thread.trappedCall.take() {
            // The kernel was given another instruction pointer.
            try thread.traced.setSignalInfo(trapped)
            info = trapped
        }
        if number == Signal.ill, !isInjected, try liftPin(for: info, at: registers, of: thread) { return }
        // A replay raises it at the end of the frame before, as this recorder did.
        let isSynchronous = !isInjected && !isFrameFault && Signal.isFault(info)
        var disposition = Disposition(of: number, for: thread.id)
        if disposition == .fatal, HostThreads.isNamespaceInit(thread.process.id) {
            if isSynchronous { return try endNamespaceInit(thread, by: info, at: registers) }
            // What is sent to it does nothing.
            if !isFrameFault, number != Signal.kill { disposition = .none }
        }
        let hasMoved = !isSynchronous && thread.restart == nil && shown != thread.resumedRegisters
        if hasMoved {
            thread.isMidway = true
            if disposition != .none || Signal.stops.contains(number) { return deferSignal(info, of: thread) }
        }
        switch disposition {
        case .none:
            // No effect, but that an interrupted call is made again.
            thread.next.signal = number
        case .fatal:
            try settleRestart(of: thread)
            try writeSignal(info, .fatal, isSynchronous: isSynchronous, at: registers, of: thread)
            thread.next.signal = number
        case .handler:
            try settleRestart(of: thread)
            try enterHandler(info, isSynchronous: isSynchronous, at: registers, of: thread)
            try raiseDeferredSignal(of: thread)
        }
        if number == Signal.cont { forgetDeferredStops(of: thread.process) }
    }

    /// A signal in the middle of user code is kept until the thread is at a place that a replay can find again: at its
    /// next system call, or where it is interrupted when none comes soon.
    private func deferSignal(_ info: SignalInfo, of thread: RecordedThread) {
        thread.deferredSignals.append(info)
        setTicker(Self.shortTick)
    }

    /// SIGCONT takes back what would stop the process.
    private func forgetDeferredStops(of process: RecordedProcess) {
        for id in process.threads { threads[id]?.deferredSignals.removeAll { Signal.stops.contains($0.number) } }
    }

    /// Makes the first of the signals that were put off pending again, for a thread that stands where its last frame
    /// ends: it is delivered before the thread's next instruction.
    func raiseDeferredSignal(of thread: RecordedThread) throws(PtraceError) {
        guard let index = indexOfRaisableSignal(of: thread) else { return }
        let info = thread.deferredSignals.remove(at: index)
        thread.raisedSignal = try RaisedSignal(info, to: thread.traced, of: thread.process.id)
    }

    /// One that would stay pending would be seen by sigpending(2), and its information would be lost to sigwait(3).
    private func indexOfRaisableSignal(of thread: RecordedThread) -> Int? {
        guard thread.raisedSignal == nil, !thread.deferredSignals.isEmpty else { return nil }
        let mask = (try? thread.traced.signalMask()) ?? 0
        return thread.deferredSignals.firstIndex { mask & (1 << UInt64($0.number - 1)) == 0 }
    }

    /// The signal arrives while a call is held back whose restart was open: the kernel now decides by the signal.
    private func settleRestart(of thread: RecordedThread) throws(PtraceError) {
        if let call = thread.restart.take() { try finishRestart(call, of: thread, restarted: false) }
    }

    private func writeSignal(
        _ info: SignalInfo, _ action: SignalAction, isSynchronous: Bool, at registers: Registers,
        of thread: RecordedThread
    ) throws(PtraceError) {
        try stand(thread, at: registers)
        write(
            Frame(
                thread: thread.id, event: .signal(info, action, isSynchronous: isSynchronous), before: registers,
                after: registers, xstate: try thread.traced.xstate()), of: thread)
    }

    /// A fault of the first process of a PID namespace, of which it dies if nobody traces it: else the kernel drops the signal
    /// (kernel/signal.c, force_sig_info_to_task and SIGNAL_UNKILLABLE), and the instruction raises it again and again. So the
    /// thread is let go, and executes it once more.
    private func endNamespaceInit(
        _ thread: RecordedThread, by info: SignalInfo, at registers: Registers
    ) throws(PtraceError) {
        try settleRestart(of: thread)
        try writeSignal(info, .fatal, isSynchronous: true, at: registers, of: thread)
        noteWordsChangedByExit(of: thread)
        thread.phase = .exiting
        try thread.traced.detach()
        awaitEndOfDetached(thread.id)
        thread.traced.noteEnd(info.number)
        handleEnd(of: thread)
    }

    /// Until it has left its address space, nobody else may see half of its end. But the first process of a namespace kills
    /// the others and waits for their ends, which are to be dealt with first.
    private func awaitEndOfDetached(_ id: ThreadID) {
        let start = Host.monotonicTime()
        var asleepSince: Int64?
        while let state = HostThreads.state(of: id), state != .zombie, state != .dead {
            let now = Host.monotonicTime()
            if now - start > Self.longestDeath { return }
            asleepSince = [.sleeping, .diskSleep].contains(state) ? asleepSince ?? now : nil
            if let asleepSince, now - asleepSince > Self.longestExit { return }
            Tracer.yield()
        }
    }

    /// In nanoseconds.
    private static let longestDeath: Int64 = 10_000_000_000

    /// Lets the kernel build the signal frame and records it.
    private func enterHandler(
        _ info: SignalInfo, isSynchronous: Bool, at registers: Registers, of thread: RecordedThread
    ) throws(PtraceError) {
        let xstate = try thread.traced.xstate()
        // With a signal to deliver, PTRACE_SINGLESTEP stops at the handler's first instruction.
        try thread.traced.resume(.singleStep, signal: info.number)
        scheduler.keep(thread.id)
        try awaitStop(of: thread)
        guard thread.pendingStop == .signal(Signal.trap) else {
            if thread.pendingStop == .signal(Signal.segv) {
                try noteFrameFault(info, isSynchronous: isSynchronous, at: registers, xstate, of: thread)
            }
            return
        }
        thread.pendingStop = nil
        var after = try thread.traced.registers()
        if after.showStandstill { after.hideStandstill() } else { try stand(thread, at: after) }
        thread.signalMask = try thread.traced.signalMask()
        thread.process.signalActions.noteHandled(info.number)
        // The handler may leave by longjmp(3), or call what it has interrupted.
        var effects = try shutOpenPage(of: thread)
        if var frame = SignalFrame.bytes(at: after.stackPointer, in: thread.memory) {
            // With values in what the pinned CPU does not have, rt_sigreturn(2) needs all of the frame. Where the kernel
            // pins XCR0, the frame has its places and sizes already, and gets what is the same on all CPUs.
            if let pin = options.pin, !pin.isNative,
                xstate.obstacles(to: pin.cpu.layout.mask).isEmpty
            {
                SignalFrame.pin(&frame, at: after.stackPointer, holding: xstate, to: pin)
                try thread.memory.write(after.stackPointer, frame)
            }
            effects.append(.write(after.stackPointer, bytes: frame))
        }
        write(
            Frame(
                thread: thread.id, event: .signal(info, .handler, isSynchronous: isSynchronous), before: registers,
                after: after, xstate: xstate, xstateAfter: try thread.traced.xstate(), effects: effects), of: thread)
    }

    /// There is no room for a handler's frame: the kernel raises SIGSEGV instead, where the thread stands.
    ///
    /// A replay needs a frame only to run to where an instruction has raised the first signal.
    private func noteFrameFault(
        _ info: SignalInfo, isSynchronous: Bool, at registers: Registers, _ xstate: XStateImage,
        of thread: RecordedThread
    ) throws(PtraceError) {
        thread.hasFrameFault = true
        guard isSynchronous else { return }
        try stand(thread, at: registers)
        write(
            Frame(
                thread: thread.id, event: .signal(info, .none, isSynchronous: true), before: registers,
                after: registers, xstate: xstate), of: thread)
    }

    /// Signals that were put off are delivered before the call whose entry this is: the call is withdrawn, to be
    /// made again after the handlers.
    ///
    /// - Returns: whether it was.
    func deliverDeferredSignals(of thread: RecordedThread, at entry: Registers) throws(PtraceError) -> Bool {
        guard indexOfRaisableSignal(of: thread) != nil else { return false }
        var withdrawn = entry
        withdrawn.rip &-= 2
        withdrawn.rax = entry.origRax
        withdrawn.origRax = .max
        try stand(thread, at: withdrawn)
        try passExit(of: thread)
        write(
            Frame(
                thread: thread.id, event: .syscall(SyscallNumber(UInt32(truncatingIfNeeded: entry.origRax))),
                before: entry, after: withdrawn, xstate: try thread.traced.xstate()), of: thread)
        try raiseDeferredSignal(of: thread)
        return true
    }

    /// PTRACE_EVENT_STOP: a group-stop, or its end, or what PTRACE_INTERRUPT has asked for.
    func handleGroupStop(_ signal: Int32, of thread: RecordedThread) throws(PtraceError) {
        if thread.isInSyscall { thread.next.request = .syscall }
        if signal == Signal.trap, thread.isInUserCode { return try handleInterrupt(of: thread) }
        guard Signal.stops.contains(signal) else { return }
        // Until SIGCONT the thread is not ours to run, but it can be woken.
        if let call = thread.restart { writeEntry(of: call, by: thread) }
        try thread.traced.listen()
        scheduler.remove(thread.id)
    }
}

/// The signals that the recorder has to tell apart: signal(7).
enum Signal {
    static let ill: Int32 = 4
    static let trap: Int32 = 5
    static let kill: Int32 = 9
    static let segv: Int32 = 11
    static let cont: Int32 = 18
    static let sys: Int32 = 31
    static let stops: Set<Int32> = [19, 20, 21, 22]
    /// Default action "ignore": SIGCHLD, SIGCONT, SIGURG, SIGWINCH.
    static let ignoredByDefault: Set<Int32> = [17, 18, 23, 28]
    /// SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV. SIGSYS stands for a system call that a filter has trapped: a replay
    /// makes none.
    private static let faults: Set<Int32> = [4, 5, 7, 8, 11]

    /// Whether the kernel raised the signal because of the instruction that the thread executed.
    static func isFault(_ info: SignalInfo) -> Bool { info.code > 0 && faults.contains(info.number) }
}

/// What a signal that is delivered now would do.
enum Disposition {
    case none, fatal, handler

    init(of number: Int32, for thread: ThreadID) {
        let bit = UInt64(1) << UInt64(number - 1)
        guard let sets = HostThreads.signalSets(of: thread) else {
            self = .fatal
            return
        }
        if sets.caught & bit != 0 {
            self = .handler
        } else if sets.ignored & bit != 0 || Signal.ignoredByDefault.contains(number) || Signal.stops.contains(number) {
            self = .none
        } else {
            self = .fatal
        }
    }
}
