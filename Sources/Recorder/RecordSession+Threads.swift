internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// How threads begin and end.
extension RecordSession {
    /// PTRACE_EVENT_FORK, _VFORK or _CLONE: the thread has a child, which stops before its first instruction.
    func handleNewThread(from parent: RecordedThread) throws(PtraceError) {
        guard case .syscall(let call) = parent.phase else { return }
        parent.next.request = .syscall
        let id = ThreadID(Int32(truncatingIfNeeded: try parent.traced.eventMessage()))
        guard awaitFirstStop(of: id) else { return }
        writeEntry(of: call, by: parent)
        do { try begin(id, parent: parent, call) } catch {
            // It was killed before its first instruction: there is nothing to replay of it.
            guard case .threadGone(id) = error else { throw error }
            threads[id]?.traced.noteDying()
        }
    }

    private func begin(
        _ id: ThreadID, parent: RecordedThread, _ call: PendingSyscall
    ) throws(PtraceError) {
        let request = CloneRequest(call, memory: parent.memory)
        let space: AddressSpace
        do throws(PtraceError) {
            space = request.sharesMemory ? parent.traced.addressSpace : AddressSpace(memory: try GuestMemory(of: id))
        } catch {
            // Nobody else would resume it.
            if case .failed = error { HostThreads.killAndReap(id) }
            throw error
        }
        let traced = TracedThread(
            RunningThread(id: id), addressSpace: space, layout: layout,
            components: components)
        traced.noteStop()
        let process =
            request.isThread ? parent.process : parent.process.forked(as: ProcessID(id.rawValue))
        process.threads.append(id)
        if request.flags.contains(.sharesHandlers) { process.signalActions = parent.process.signalActions }
        if request.flags.contains(.clearHandlers) { process.signalActions = process.signalActions.withoutHandlers() }
        let child = RecordedThread(
            traced: traced, process: process, signalMask: parent.signalMask, userRequest: parent.userRequest)
        child.seccomp = parent.seccomp
        child.faultsAtTimeStamp = parent.faultsAtTimeStamp
        child.affinity = parent.affinity
        child.hasNoNewPrivileges = parent.hasNoNewPrivileges
        child.nice = parent.nice
        child.policy = parent.policy
        child.priority = parent.priority
        child.clearedAtExit = request.childClearWord
        threads[id] = child
        if !request.sharesMemory {
            files.copyMappings(from: parent.traced.addressSpace, to: space)
            pinned[ObjectIdentifier(space)] = pinned[ObjectIdentifier(parent.traced.addressSpace)]
            writable[ObjectIdentifier(space)] = writable[ObjectIdentifier(parent.traced.addressSpace)]?.withoutMap
            pinned[ObjectIdentifier(space)]?.files = nil
        }
        if call.isRewritten { try traced.setRegisters(restored(try traced.registers(), from: call)) }
        try writeStart(of: child, parent: parent, request: request)
        scheduler.add(id)
    }

    private func awaitFirstStop(of id: ThreadID) -> Bool {
        // What ended under this id may have been another one before.
        if let isAlive = earlyStops.removeValue(forKey: id), isAlive || HostThreads.state(of: id) == nil {
            return isAlive
        }
        while true {
            do throws(PtraceError) {
                guard let report = try Tracer.wait(for: id, block: true) else { continue }
                if let isAlive = Self.firstStop(report) { return isAlive }
            } catch {
                // ECHILD: its end has been reported already.
                return false
            }
        }
    }

    /// Whether a report on a new thread is its first stop; false if it is its end, nil if that is still to come.
    ///
    /// One that is killed before it stops goes by way of PTRACE_EVENT_EXIT.
    static func firstStop(_ report: Tracer.Report) -> Bool? {
        switch report.status {
        case .exited, .killed: return false
        case .groupStop: return true
        default:
            do { _ = try RunningThread(id: report.thread).stopped().resume(.continue) } catch {
                // Gone in the meantime: that is reported as well.
            }
            return nil
        }
    }

    private func writeStart(
        of child: RecordedThread, parent: RecordedThread, request: CloneRequest
    ) throws(PtraceError) {
        var registers = try child.traced.registers()
        if case .syscall(let call) = parent.phase, call.kernelAnswer != nil {
            registers.rip = call.entry.rip
            try child.traced.setRegisters(registers)
        }
        var effects: [Effect] = []
        for word in request.wordsSeenByChild {
            if let bytes = child.memory.readExactly(word, count: 4) { effects.append(.write(word, bytes: bytes)) }
        }
        let start = ThreadStart(parent: parent.id, process: child.process.id, sharesMemory: request.sharesMemory)
        write(
            Frame(
                thread: child.id, event: .threadStart(start), before: registers, after: registers,
                xstate: try child.traced.xstate(), effects: effects), of: child)
    }

    /// PTRACE_EVENT_EXIT: the thread is about to end. Its last traces in memory are looked up before, and read after.
    func handleExiting(_ thread: RecordedThread) throws(PtraceError) {
        var lastCall: PendingSyscall?
        if thread.isBeforeFilters { thread.phase = .syscall(try callBeforeFilters(of: thread)) }
        if case .syscall(let call) = thread.phase {
            writeEntry(of: call, by: thread)
            lastCall = call
        }
        if let call = thread.restart.take() { try finishRestart(call, of: thread, restarted: false) }
        thread.phase = .exiting
        if thread.traced.addressSpace.threadCount == 1 { searchAgain(in: thread) }
        noteWordsChangedByExit(of: thread)
        try thread.traced.resume(.continue)
        scheduler.remove(thread.id)
        if awaitEnd(of: thread) == .zombie, let lastCall { writeLastWords(of: thread, in: lastCall) }
    }

    /// A leader that ends before the other threads: its words change now, its end is reported after theirs.
    private func writeLastWords(of thread: RecordedThread, in call: PendingSyscall) {
        call.effects = effectsOfExit(of: thread)
        thread.wordsChangedByExit = []
        writeCall(call, after: call.entry, of: thread)
    }

    func noteWordsChangedByExit(of thread: RecordedThread) {
        thread.wordsChangedByExit = RobustList.words(at: thread.robustList, in: thread.memory).compactMap { address in
            thread.memory.readHalfWord(address).map { (address, RobustList.valueAfterDeath(of: thread.id, $0)) }
        }
        // Nobody else in the address space: the kernel leaves the word alone (kernel/fork.c, mm_release).
        let isLast = thread.traced.addressSpace.threadCount == 1
        if !thread.clearedAtExit.isNull, !isLast { thread.wordsChangedByExit.append((thread.clearedAtExit, 0)) }
        // What cannot be written stays as it is, without an error.
        thread.wordsChangedByExit.removeAll { writableLength(from: $0.address, atMost: 4, by: thread) < 4 }
    }

    /// Until a thread has left its address space, nothing else that runs there may see half of its end.
    ///
    /// The leader of a process with other threads stays a zombie until they have ended: it is not waited for longer. They
    /// may be threads of which it was killed before it could tell.
    /// Nor is one whose place another thread's execve(2) has taken: what stops under its id then is that thread.
    private func awaitEnd(of thread: RecordedThread) -> ThreadEnd {
        var asleepSince: Int64?
        var isZombie = false
        while thread.pendingStop == nil, threads[thread.id] === thread {
            let shares = thread.process.threads.count > 1
            do throws(PtraceError) {
                let blocks = !shares && asleepSince == nil && !isZombie
                if let report = try Tracer.wait(for: thread.id, block: blocks) {
                    note(report)
                    continue
                }
            } catch {
                // ECHILD: nothing more will be reported of it.
                thread.traced.noteEnd(9)
                handleEnd(of: thread)
                return .reported
            }
            switch HostThreads.state(of: thread.id) {
            case .zombie:
                // Without others its end would have been reported.
                if shares || isZombie { return .zombie }
                isZombie = true
            case .sleeping, .diskSleep:
                // It may wait for a lock for a moment, or for the other threads (a core dump does): then it ends later.
                let now = Host.monotonicTime()
                if now - (asleepSince ?? now) > Self.longestExit { return .pending }
                asleepSince = asleepSince ?? now
            default: asleepSince = nil
            }
            Tracer.yield()
        }
        if let stop = thread.pendingStop.take() {
            switch stop {
            case .exited, .killed:
                handleEnd(of: thread)
                return .reported
            default: thread.pendingStop = stop
            }
        }
        return .pending
    }

    /// How far the end of a thread has come.
    private enum ThreadEnd {
        case reported
        /// Out of its address space, but not reported: it leads other threads.
        case zombie
        case pending
    }

    /// How long a thread that exits may sleep before others run on, in nanoseconds.
    static let longestExit: Int64 = 200_000_000

    /// The thread is gone.
    ///
    /// - Parameter endsProcess: false if the process goes on, because another thread of it has executed execve(2).
    func handleEnd(of thread: RecordedThread, endsProcess: Bool = true) {
        guard threads.removeValue(forKey: thread.id) != nil else { return }
        let status = ExitStatus(waitStatus: thread.traced.endStatus ?? 0)
        scheduler.remove(thread.id)
        if let call = thread.restart.take() { try? finishRestart(call, of: thread, restarted: false) }
        if case .syscall(let call) = thread.phase {
            writeEntry(of: call, by: thread)
            release(call, of: thread)
        }
        writeEnd(of: thread, status: status)
        let process = thread.process
        process.threads.removeAll { $0 == thread.id }
        if endsProcess, process.id == firstProcess, thread.id == firstProcess.leader {
            firstProcessExit = status
            if options.endsWithFirstProcess { killAll() }
        }
        // This thread's own use ends with the object.
        if thread.traced.addressSpace.threadCount <= 1 { forget(thread.traced.addressSpace) }
    }

    /// What the kernel has done to the words of `noteWordsChangedByExit`.
    private func effectsOfExit(of thread: RecordedThread) -> [Effect] {
        thread.wordsChangedByExit.map { address, expected in
            let value = thread.memory.readHalfWord(address) ?? expected
            return .write(address, bytes: (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) })
        }
    }

    private func writeEnd(of thread: RecordedThread, status: ExitStatus) {
        let effects = effectsOfExit(of: thread)
        let registers = thread.resumedRegisters ?? Registers()
        guard hasStarted, let xstate = thread.lastXState else { return }
        sink.append(
            Frame(
                thread: thread.id, event: .threadExit(status), before: registers, after: registers, xstate: xstate,
                effects: effects))
    }

    /// The processes with threads in an address space: after vfork(2), and with CLONE_VM, there are several.
    func processes(in space: AddressSpace) -> [RecordedProcess] {
        threads.values.filter { $0.traced.addressSpace === space }.map(\.process)
    }

    /// Nothing runs in an address space any more.
    func forget(_ space: AddressSpace) {
        files.forget(space)
        arenas[ObjectIdentifier(space)] = nil
        writable[ObjectIdentifier(space)] = nil
        markers[ObjectIdentifier(space)] = nil
        verification?.forget(ObjectIdentifier(space))
        pinned[ObjectIdentifier(space)] = nil
    }

    func killAll() {
        for process in Set(threads.values.map(\.process.id)) { HostThreads.send(9, to: process) }
    }

    /// PTRACE_EVENT_EXEC under the leader's id: the thread that called execve(2) may have had another, and all other
    /// threads of the process are gone without further notice (ptrace(2), "execve(2) under ptrace").
    func adoptLeadership(_ leader: ThreadID) {
        let stopped = RunningThread(id: leader).stopped()
        guard let message = try? stopped.eventMessage() else { return }
        let former = ThreadID(Int32(truncatingIfNeeded: message))
        guard former != leader, let thread = threads[former] else { return }
        if case .syscall(let call) = thread.phase { writeEntry(of: call, by: thread) }
        for other in thread.process.threads where other != former {
            if let gone = threads[other] {
                gone.traced.noteEnd(0)
                handleEnd(of: gone, endsProcess: false)
            }
        }
        // Ended under its own id, to go on as the leader.
        writeEnd(of: thread, status: ExitStatus(waitStatus: 0))
        threads[former] = nil
        thread.traced.rename(to: leader)
        threads[leader] = thread
        thread.process.threads = [leader]
        scheduler.rename(former, to: leader)
    }
}
