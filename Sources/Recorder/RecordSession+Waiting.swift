internal import LinuxABI
internal import Ptrace
internal import Tracee

/// Choosing the thread to run and waiting for stops.
extension RecordSession {
    /// The thread whose turn it is. Sleeps while all of them sleep.
    ///
    /// - Returns: nil if another look is needed.
    func nextThread() -> RecordedThread? {
        // A turn ends where the thread returns to user mode, or where it is found asleep: never between the entry and
        // the exit of a call that belong to one frame, and never between two frames.
        if let current = scheduler.current, let thread = threads[current],
            !thread.mayLoseTurn || holdsOpenPage(thread)
        {
            return thread
        }
        collectStops()
        if let id = scheduler.pick(now: Host.monotonicTime) {
            setTickerForTurn()
            return threads[id]
        }
        awaitAnyStop()
        return nil
    }

    /// Takes note of what other threads have stopped for.
    ///
    /// wait(2) reports the youngest tracee first: one that stops again and again would hide for ever that an older one
    /// has woken up.
    private func collectStops() {
        guard threads.count > 1 else { return }
        let now = Host.monotonicTime()
        guard now >= nextCollection else { return }
        nextCollection = now + Self.collectionInterval
        while let report = try? Tracer.wait(block: false) { note(report) }
    }

    /// Nanoseconds: some dozens of events, against which a wait(2) that finds nothing does not count.
    private static let collectionInterval: Int64 = 1_000_000

    /// All threads sleep in the kernel: one of them has to wake up.
    private func awaitAnyStop() {
        do {
            guard let report = try Tracer.wait(block: true) else { return housekeeping() }
            note(report)
        } catch {
            // ECHILD: tracees that were never reported as gone. Nothing can come of them any more.
            for thread in Array(threads.values) {
                thread.traced.noteEnd(9)
                handleEnd(of: thread)
            }
        }
    }

    /// Waits until the thread that was just resumed stops.
    ///
    /// - Returns: false if it sleeps in the kernel while others could run: it has lost its turn, and its stop will be
    ///   reported later.
    func waitForStop(of thread: RecordedThread) -> Bool {
        while thread.pendingStop == nil {
            // A thread that makes one call after the other lets no wait last until the ticker interrupts it.
            if Host.takeTick() { housekeeping() }
            do {
                if scheduler.hasReady && thread.blocksNow {
                    // On one core a yield is usually enough for a call that does not sleep.
                    Tracer.yield()
                    if try noteStops() { continue }
                    noteUnreportedEnd(of: thread)
                    // It may have stopped since it was seen asleep.
                    if isSleeping(thread), try !noteStops() {
                        noteBlocked(thread)
                        return false
                    }
                    continue
                }
                if let report = try Tracer.wait(block: true) {
                    note(report)
                } else {
                    housekeeping()
                    noteUnreportedEnd(of: thread)
                    if thread.isInUserCode {
                        interruptIfDue(thread)
                    } else if scheduler.hasReady, isSleeping(thread) {
                        // What is not expected to block may do so all the same: a slice is the limit.
                        noteBlocked(thread)
                        return false
                    }
                }
            } catch {
                thread.traced.noteEnd(9)
                thread.pendingStop = .killed(signal: 9)
            }
        }
        return true
    }

    /// Takes note of a stop if there is one already.
    private func noteStops() throws(PtraceError) -> Bool {
        guard let report = try Tracer.wait(block: false) else { return false }
        note(report)
        return true
    }

    /// Waits until a thread stops that does so in a moment.
    func awaitStop(of thread: RecordedThread) throws(PtraceError) {
        while thread.pendingStop == nil {
            if let report = try Tracer.wait(for: thread.id, block: true) {
                note(report)
            } else {
                noteUnreportedEnd(of: thread)
            }
        }
    }

    /// A thread that is killed in a ptrace-stop goes from there to PTRACE_EVENT_EXIT, and is past that as well when it is
    /// resumed before the kill was seen. The end of a leader is reported after those of its other threads only, which
    /// may be waiting for their turn.
    private func noteUnreportedEnd(of thread: RecordedThread) {
        guard thread.pendingStop == nil, thread.process.threads.count > 1,
            HostThreads.state(of: thread.id) == .zombie
        else { return }
        thread.traced.noteStop()
        thread.pendingStop = .event(.exit)
    }

    private func isSleeping(_ thread: RecordedThread) -> Bool {
        switch HostThreads.state(of: thread.id) {
        case .sleeping, .diskSleep, .stopped: true
        default: false
        }
    }

    /// A thread sleeps in a system call and others go on: from here on its entry is an event of its own.
    private func noteBlocked(_ thread: RecordedThread) {
        if case .syscall(let call) = thread.phase { writeEntry(of: call, by: thread) }
        if let call = thread.restart { writeEntry(of: call, by: thread) }
        scheduler.remove(thread.id)
    }

    /// Takes note of a stop or an end that a wait reported.
    func note(_ report: Tracer.Report) {
        let status = report.status
        if case .event(.exec) = status { adoptLeadership(report.thread) }
        guard let thread = threads[report.thread] else {
            // A new thread may stop before its creator tells of it.
            if let isAlive = Self.firstStop(report) { earlyStops[report.thread] = isAlive }
            return
        }
        switch status {
        case .exited, .killed: thread.traced.noteEnd(report.rawStatus)
        default: thread.traced.noteStop()
        }
        thread.pendingStop = status
        scheduler.add(thread.id)
    }
}

extension RecordedThread {
    /// Whether another thread may run now.
    var mayLoseTurn: Bool { !isInSyscall && restart == nil && !isMidway && !isBeforeFilters }

    /// Whether the thread executes its own instructions when it runs.
    var isInUserCode: Bool {
        if case .user = phase { return restart == nil && !isBeforeFilters }
        return false
    }

    /// Whether the call that the thread is in may sleep until another thread acts.
    var blocksNow: Bool {
        switch phase {
        case .syscall(let call): call.rule.blocking == .anyone
        case .user: restart != nil
        case .exiting: true
        }
    }
}
