internal import LinuxABI
internal import Logging
internal import Ptrace
internal import Symbols
package import TraceFormat
internal import Tracee
package import XState

/// Records one program and everything it starts.
///
/// One thread of the whole process tree executes user code at a time, on one core, which the recorder shares. Threads
/// that sleep in system calls are left there; the stops they make when the calls end are handled in turn.
package final class RecordSession {
    let options: RecordOptions
    let layout: XStateLayout
    let sink: FrameSink
    let files: MappedFiles
    /// Scratch memory by address space.
    var arenas: [ObjectIdentifier: ScratchArena] = [:]
    /// What the programs in address spaces can write.
    var writable: [ObjectIdentifier: WritableMemory] = [:]
    /// What is known of the memory of address spaces whose threads were interrupted.
    var markers: [ObjectIdentifier: MarkerBuilder] = [:]
    /// When memory was verified last, where that was asked for.
    var verification: VerificationSchedule?
    /// For code without unwind information.
    let symbolizer = Symbolizer(modules: [])
    /// What is known of the code in address spaces.
    var pinned: [ObjectIdentifier: PinnedCode] = [:]
    var scanner: SiteScanner
    /// Why the recording may depend on the CPU it was made on, although that was pinned.
    var limits: [PinLimit] = []
    /// The components that a limit names already.
    var limitedComponents = XFeatureMask()
    /// What the program did not get because it is recorded.
    var refusals: RefusalNotes
    var traps = TrapCounts()
    /// The ticker's interval in microseconds.
    var tick: Int64 = 0
    let log = Logger(label: "recorder.session")

    var threads: [ThreadID: RecordedThread] = [:]
    var scheduler: Scheduler
    /// nil where what the program sees of the core is the processor's.
    private var balance: CoreBalance?
    /// The time (CLOCK_MONOTONIC, in nanoseconds) from which to look again for stops of other threads.
    var nextCollection: Int64 = 0
    /// Threads whose creation has not been reported yet, and whether they have stopped (true) or ended.
    var earlyStops: [ThreadID: Bool] = [:]
    var firstProcess = ProcessID(0)
    var firstProcessExit: ExitStatus?
    /// The execve(2) of the first process has succeeded.
    var hasStarted = false
    /// The error number of the first process's execve(2).
    var startFailure: Int32?
    /// Why the first program cannot be recorded, found before its first instruction.
    var startError: RecordError?
    /// When xrr was first asked to terminate: nanoseconds of CLOCK_MONOTONIC.
    private var firstTermination: Int64?
    /// Those of the recorder's standard output and error that are no regular files.
    let reopenableStreams: [OutputStream: HostFiles.Identity]
    /// sched_getaffinity(2) as it was before the tracees were bound to one core.
    let affinity: [UInt8]

    /// - Parameters:
    ///   - affinity: the mask from before this process was bound to `core`.
    ///   - layout: this machine's layout of the extended state.
    package init(
        options: RecordOptions, writer: consuming RecordingWriter, store: FileStore, layout: XStateLayout,
        affinity: [UInt8]
    ) {
        self.options = options
        self.layout = layout
        self.affinity = affinity
        var streams: [OutputStream: HostFiles.Identity] = [:]
        for stream in [OutputStream.standardOutput, .standardError] {
            if let identity = HostFiles.identity(of: Int32(stream.rawValue)), !identity.isRegular {
                streams[stream] = identity
            }
        }
        reopenableStreams = streams
        refusals = RefusalNotes(isCPUPinned: options.pin?.isNative == false)
        scanner = SiteScanner(symbolizer: symbolizer, storage: options.siteStorage)
        sink = FrameSink(writer: writer)
        verification = options.verifyInterval.map { VerificationSchedule(interval: $0) }
        files = MappedFiles(storage: store, sink: sink)
        scheduler = Scheduler(slice: options.slice, chaosSeed: options.chaosSeed)
    }

    /// The components of the extended state that frames hold; nil for all of the machine's.
    var components: XFeatureMask? { options.pin?.cpu.layout.imageMask }

    /// Runs the program to the end of its last thread (or of the first process, as the options say).
    ///
    /// - Throws: when the program could not be started. Once it runs, it is left to run to its end, and what ended the
    ///   recording early stands in the outcome.
    package func run(core: Int32) throws(RecordError) -> RecordOutcome {
        do { try start(core: core) } catch { throw .ptrace(error) }
        if let pin = options.pin, !pin.isNative { balance = CoreBalance(core: core, affinity: affinity) }
        setTicker(usualTick)
        defer { Tracer.setTicker(microseconds: 0) }
        Tracer.withoutTimestampCounter { stepToEnd() }
        if let error = startError { throw error }
        if let errno = startFailure { throw .cannotExecute(path: options.path, errno: errno) }
        guard hasStarted else {
            let operation: StaticStringBox =
                switch firstProcessExit {
                case ExitStatus(waitStatus: Tracer.exitWithoutXCR0 << 8): "pinning XCR0 with arch_prctl(2)"
                case ExitStatus(waitStatus: Tracer.exitWithoutTSC << 8):
                    "having rdtsc trapped with prctl(2) PR_SET_TSC ('xrr doctor' says more)"
                default: "preparing the program with prctl(2) and seccomp(2)"
                }
            throw .ptrace(.failed(operation: operation, thread: nil, errno: 1))
        }
        let exit = firstProcessExit ?? ExitStatus(waitStatus: 9)
        sink.finish(exit, limits: limits, refusals: refusals.all)
        return RecordOutcome(
            exit: exit, failure: sink.failure, frameCount: sink.frameCount, limits: limits, refusals: refusals.all,
            traps: traps)
    }

    private func stepToEnd() {
        while !threads.isEmpty {
            guard let thread = nextThread() else { continue }
            do { try step(thread) } catch { handleFailure(error, of: thread) }
        }
    }

    private func start(core: Int32) throws(PtraceError) {
        Host.keepSpareDescriptor()
        let inherited = Host.prepareSignals()
        let child = try Tracer.spawn(
            .init(
                path: options.path, arguments: options.arguments, environment: options.environment,
                letThrough: InterceptorLayout.letThrough, ignoredSignals: inherited.ignored,
                signalMask: inherited.mask,
                options: [
                    .sysGood, .traceFork, .traceVfork, .traceClone, .traceExec, .traceExit, .traceSeccomp, .exitKill,
                ], core: core, xcr0: options.pin?.kernelXCR0?.rawValue))
        let id = child.id
        // Each process of the program needs one.
        Host.raiseDescriptorLimit()
        firstProcess = ProcessID(id.rawValue)
        let process = RecordedProcess(id: firstProcess)
        process.threads = [id]
        process.signalActions = SignalActions(ignored: inherited.ignored)
        let space = AddressSpace(memory: try GuestMemory(of: id))
        let traced = TracedThread(
            child, addressSpace: space, layout: layout,
            components: components)
        let confinement = HostConfinement.current
        let thread = RecordedThread(
            traced: traced, process: process, signalMask: inherited.mask,
            userRequest: confinement.isFiltered ? .syscall : .continue)
        thread.seccomp = TraceeSeccomp(isFiltered: confinement.isFiltered)
        thread.hasNoNewPrivileges = confinement.hasNoNewPrivileges
        threads[id] = thread
    }

    /// Lets a thread make its next step: run to its next stop, and handle that.
    private func step(_ thread: RecordedThread) throws(PtraceError) {
        if thread.pendingStop == nil {
            try resume(thread)
            guard waitForStop(of: thread) else { return }
        }
        guard let stop = thread.pendingStop.take() else { return }
        try handle(stop, of: thread)
    }

    private func resume(_ thread: RecordedThread) throws(PtraceError) {
        let next = thread.next
        thread.next = thread.userResumption
        try thread.traced.resume(next.request, signal: next.signal)
    }

    private func handle(_ stop: WaitStatus, of thread: RecordedThread) throws(PtraceError) {
        switch stop {
        case .event(.seccomp):
            thread.isBeforeFilters = false
            if thread.isInSyscall { thread.next.request = .syscall } else { try handleEntry(of: thread) }
        case .syscall: try handleSyscallStop(of: thread)
        case .event(.fork), .event(.vfork), .event(.clone): try handleNewThread(from: thread)
        case .event(.exec): try handleExec(of: thread)
        case .event(.exit): try handleExiting(thread)
        case .event(.vforkDone): break
        case .signal(let number): try handleSignal(number, of: thread)
        case .groupStop(let signal): try handleGroupStop(signal, of: thread)
        case .exited, .killed: handleEnd(of: thread)
        }
    }

    /// A thread that is killed may vanish under any operation: its end is then all that is left to wait for.
    private func handleFailure(_ error: PtraceError, of thread: RecordedThread) {
        if case .threadGone = error {
            if thread.traced.endStatus != nil { return handleEnd(of: thread) }
            thread.traced.noteDying()
            thread.pendingStop = nil
            scheduler.remove(thread.id)
            return
        }
        sink.fail(.ptrace(error))
        // Where descriptors or memory have run out, the others cannot be supervised either, let alone recorded.
        if error.isExhaustion { killAll() } else { HostThreads.send(9, to: thread.process.id) }
        scheduler.remove(thread.id)
        thread.traced.noteDying()
    }

    /// Regular work that is due even if nothing happens.
    func housekeeping() {
        sink.commitIfDue()
        if Host.takeTerminationRequests() > 0 { terminate() }
        changeCoreIfContended()
    }

    private func changeCoreIfContended() {
        guard limits.isEmpty, let current = scheduler.current,
            let core = balance?.look(at: Host.monotonicTime(), thread: current)
        else { return }
        for id in threads.keys { HostThreads.bind(id, toCore: core) }
        Host.bind(toCore: core)
    }

    /// SIGTERM that was sent to xrr is the program's: its first process gets it, or, where that is gone, all others.
    /// Sent once more a second later or after that, it ends all of them, and the recording properly.
    private func terminate() {
        let now = Host.monotonicTime()
        if let first = firstTermination {
            // timeout(1) sends each of its signals twice: to the command and to its process group.
            if now - first >= 1_000_000_000 { killAll() }
            return
        }
        firstTermination = now
        let processes = Set(threads.values.map(\.process.id))
        for process in processes.contains(firstProcess) ? [firstProcess] : processes {
            HostThreads.send(15, to: process)
        }
    }
}
