internal import LinuxABI
internal import Logging
internal import Ptrace
package import TraceFormat
package import Tracee
internal import XState

/// Reproduces a recording frame by frame and compares the state at each event.
package final class ReplaySession {
    private let options: ReplayOptions
    private let reader: RecordingReader
    private let regions: SharedRegions
    private let stub: StubProcess
    private let comparison: StateComparison
    private var threads: [ThreadID: ReplayedThread] = [:]
    private var history = FrameHistory(capacity: 8)
    /// What is known of the markers' places: the options' counts, and what was learned since.
    package private(set) var passCounts: PassCounts
    /// Whether a search relied on a count.
    package private(set) var hasUsedPassCounts = false
    /// What effects have written since the memory that is left was looked at.
    private var unseenBytes = 0
    private let log = Logger(label: "replayer.session")

    /// Microseconds.
    private static let tick: Int64 = 200_000
    private static let largeWrites = 64 << 20

    /// - Parameters:
    ///   - machine: this machine, which has been found fit for the recording.
    ///   - core: the core to bind the replayed threads to.
    package init(
        reader: RecordingReader, store: FileStore, options: ReplayOptions, machine: HostMachine, core: Int32?
    ) throws(ReplayError) {
        self.options = options
        passCounts = options.passCounts
        self.reader = reader
        reader.admitsContents = { AvailableMemory.hasRoom(for: UInt64($0)) }
        regions = SharedRegions(store: store)
        comparison = StateComparison(of: reader.manifest.cpu, with: machine.cpu)
        let components = reader.manifest.xstateLayout.imageMask
        do {
            stub = try StubProcess(
                layout: machine.layout, components: components, core: core, xcr0: options.xcr0)
        } catch { throw .ptrace(error) }
    }

    deinit { for thread in threads.values { thread.traced.kill() } }

    /// Replays to the end of the recording or to the first divergence.
    package func run() throws(ReplayError) -> ReplayOutcome {
        try Tracer.withoutTimestampCounter { () throws(ReplayError) in try runToEnd() }
    }

    private func runToEnd() throws(ReplayError) -> ReplayOutcome {
        // Deadlines and the memory that is left are looked at then.
        Tracer.setTicker(microseconds: Self.tick)
        defer { Tracer.setTicker(microseconds: 0) }
        while let frame = try nextFrame() {
            let index = FrameIndex(reader.nextIndex.rawValue - 1)
            log.trace("event \(index) of thread \(frame.thread)", metadata: ["effects": "\(frame.effects.count)"])
            if let divergence = try replay(frame, at: index) { return .diverged(divergence) }
            history.append(index, frame)
        }
        return .faithful(frames: reader.frameCount, isFinished: reader.isFinished)
    }

    private func nextFrame() throws(ReplayError) -> Frame? {
        do { return try reader.next() } catch { throw .recording(error) }
    }

    /// One frame: run to the event, compare, apply what the event did.
    private func replay(_ frame: Frame, at index: FrameIndex) throws(ReplayError) -> Divergence? {
        switch frame.event {
        case .threadStart(let start):
            return try startThread(frame, start, at: index)
        case .exec(let image):
            return try enterImage(frame, image, at: index)
        case .threadExit:
            return try endThread(frame, at: index)
        case .syscall, .syscallEntry:
            // Calls of the vsyscall page are stopped by the filter.
            return try advance(frame, at: index) { $0 == .syscall || $0 == .event(.seccomp) }
        case .trap:
            return try advance(frame, at: index) { $0 == .signal(11) }
        case .signal(let info, _, isSynchronous: true) where info.number == Self.illegalInstruction:
            return try advanceToIllegalInstruction(frame, at: index)
        case .signal(let info, _, isSynchronous: true):
            return try advance(frame, at: index) { $0 == .signal(info.number) }
        case .interruption(let marker): return try advance(frame, to: marker, at: index)
        case .signal, .syscallExit:
            let thread = try thread(frame.thread, at: index)
            return try settle(frame, thread, at: index, isChecked: false)
        }
    }

    private func thread(_ id: ThreadID, at index: FrameIndex) throws(ReplayError) -> ReplayedThread {
        guard let thread = threads[id] else { throw .inconsistent(index, "thread \(id) does not exist") }
        return thread
    }

    /// Runs the thread to the frame's event.
    private func advance(
        _ frame: Frame, at index: FrameIndex, expects isExpected: (WaitStatus) -> Bool
    ) throws(ReplayError) -> Divergence? {
        let thread = try thread(frame.thread, at: index)
        do {
            let stop = try thread.run()
            guard isExpected(stop), try hasCome(thread, to: frame.event, frame.before) else {
                return diverged(frame, thread, at: index, stop: stop)
            }
        } catch { throw .ptrace(error) }
        return try settle(frame, thread, at: index, isChecked: true)
    }

    /// Whether the stop of a thread can be the event: a fault elsewhere is no instruction that the recorder executed.
    private func hasCome(
        _ thread: ReplayedThread, to event: Event, _ expected: Registers
    ) throws(PtraceError) -> Bool {
        guard case .trap = event else { return true }
        return try thread.traced.registers().instructionPointer == expected.instructionPointer
    }

    private static let illegalInstruction: Int32 = 4

    /// Runs the thread to an instruction that the recording's CPU refused to execute.
    ///
    /// This CPU may have it, so that the thread is stopped in front of it. There it would have faulted each time: the
    /// first time that it comes there is the event.
    private func advanceToIllegalInstruction(_ frame: Frame, at index: FrameIndex) throws(ReplayError) -> Divergence? {
        let thread = try thread(frame.thread, at: index)
        do {
            let address = frame.before.instructionPointer
            if try thread.traced.registers().instructionPointer != address {
                let breakpoint = try Breakpoint(at: address, in: thread.traced)
                let stop = try thread.run()
                guard thread.traced.isStopped else { return diverged(frame, thread, at: index, stop: stop) }
                let isThere = try breakpoint.hasStopped(stop)
                try breakpoint.remove()
                guard isThere || stop == .signal(Self.illegalInstruction) else {
                    return diverged(frame, thread, at: index, stop: stop)
                }
            }
        } catch { throw .ptrace(error) }
        return try settle(frame, thread, at: index, isChecked: true)
    }

    /// Runs the thread to a marker.
    private func advance(
        _ frame: Frame, to marker: Marker, at index: FrameIndex
    ) throws(ReplayError) -> Divergence? {
        let thread = try thread(frame.thread, at: index)
        try checkSize(ofPages: marker.pageCount, at: index)
        let knownPass = passCounts.pass(of: index, at: frame.before.instructionPointer)
        if knownPass != nil { hasUsedPassCounts = true }
        var search = MarkerSearch(
            thread, to: marker, of: frame, at: index, comparison: comparison, knownPass: knownPass)
        do {
            let outcome = try search.run()
            log.trace(
                "event \(index): \(outcome), \(search.comparisonCount) comparisons",
                metadata: search.lastDifference.map { ["last difference": "\($0)"] })
            switch outcome {
            case .reached: learn(from: search, knownPass: knownPass)
            case .stopped(let stop): return diverged(frame, thread, at: index, stop: stop)
            case .notFound:
                var divergence = diverged(frame, thread, at: index, stop: nil)
                divergence.isGivenUp = true
                return divergence
            case .impossible:
                throw ReplayError.inconsistent(index, "is an interruption where no code can be executed")
            }
        } catch let error as PtraceError { throw .ptrace(error) } catch let error as ReplayError { throw error } catch {
            preconditionFailure("\(error)")
        }
        return try settle(frame, thread, at: index, isChecked: true)
    }

    /// What a program had written when it was interrupted was in memory, and has to be here as well.
    private func checkSize(ofPages count: UInt64, at index: FrameIndex) throws(ReplayError) {
        guard count > Self.largeMarker, let total = AvailableMemory.total() else { return }
        let length = count.multipliedReportingOverflow(by: GuestAddress.pageSize)
        if length.overflow || length.partialValue > total {
            throw .tooLarge(index, bytes: length.overflow ? .max : length.partialValue, available: total)
        }
    }

    /// Below that many it is not worth asking: 256 MiB.
    private static let largeMarker: UInt64 = 1 << 16

    /// Passes that take longer to compare registers than to write the count down.
    private static let manyPasses: UInt64 = 1 << 14

    /// Notes where a marker's state was found, if that spares the next replay something.
    private func learn(from search: MarkerSearch, knownPass: UInt64?) {
        guard let position = search.position, position.pass != knownPass else { return }
        if search.comparisonCount > 1 || position.pass >= Self.manyPasses {
            passCounts.learn(position)
        } else {
            passCounts.forget(position.frame)
        }
    }

    /// Compares the thread's state with the frame's, carries out the effects and sets the state to go on with.
    private func settle(
        _ frame: Frame, _ thread: ReplayedThread, at index: FrameIndex, isChecked: Bool
    ) throws(ReplayError) -> Divergence? {
        do {
            if isChecked {
                let registers = try thread.traced.registers()
                let xstate = try thread.traced.xstate()
                if !comparison.matches(frame, registers: registers, xstate: xstate) {
                    options.observer?(index, frame, Observation(registers: registers, xstate: xstate))
                    return diverged(frame, thread, at: index, stop: nil)
                }
                options.observer?(index, frame, Observation(registers: registers, xstate: xstate))
                if case .syscall = frame.event, registers.isInVsyscallPage { try thread.leaveVsyscall(registers) }
            } else {
                options.observer?(index, frame, nil)
            }
            if let difference = try apply(frame, to: thread, at: index) {
                return diverged(frame, thread, at: index, stop: nil, difference)
            }
            if isChecked || frame.after != frame.before {
                try thread.setRegisters(frame.after, at: index)
            }
            if let xstate = frame.xstateAfter { try thread.setXState(xstate, at: index) }
        } catch let error as PtraceError { throw .ptrace(error) } catch let error as ReplayError { throw error } catch {
            preconditionFailure("\(error)")
        }
        return nil
    }

    /// - Returns: what differs from the recording; the effects after that are not carried out.
    private func apply(
        _ frame: Frame, to thread: ReplayedThread, at index: FrameIndex
    ) throws(ReplayError) -> ContentsDifference? {
        if frame.effects.isEmpty { return nil }
        for effect in frame.effects { unseenBytes += effect.contentsLength }
        if unseenBytes >= Self.largeWrites {
            let isRoom = AvailableMemory.hasRoom(for: UInt64(unseenBytes))
            unseenBytes = 0
            if !isRoom { throw .ptrace(ReplayedThread.outOfMemory(thread.id)) }
        }
        var applier = EffectApplier(
            thread: thread, index: index, regions: regions, options: options
        ) { [threads] in threads[$0] }
        for effect in frame.effects {
            if case .verifyMemory(let digest) = effect { try checkSize(ofPages: digest.pageCount, at: index) }
            if let difference = try applier.apply(effect) { return difference }
        }
        return nil
    }

    // MARK: Threads

    private func startThread(
        _ frame: Frame, _ start: ThreadStart, at index: FrameIndex
    ) throws(ReplayError) -> Divergence? {
        guard threads[frame.thread] == nil else {
            throw .inconsistent(index, "starts thread \(frame.thread), which exists already")
        }
        try checkThreadCount(at: index)
        let traced: TracedThread
        var arguments: [[UInt8]] = []
        do {
            if let parent = start.parent {
                let parent = try self.thread(parent, at: index)
                arguments = parent.arguments
                traced = try stub.clone(of: parent.traced, sharesMemory: start.sharesMemory)
            } else {
                traced = try stub.makeProcess()
            }
        } catch let error as PtraceError { throw .ptrace(error) } catch let error as ReplayError { throw error } catch {
            preconditionFailure("\(error)")
        }
        let thread = ReplayedThread(
            id: frame.thread, traced: traced, process: start.process, arguments: arguments)
        threads[frame.thread] = thread
        return try begin(frame, thread, at: index)
    }

    /// No recorder runs as many threads at a time, but a recording that does damage could ask for them.
    private static let threadLimit = 1 << 13

    private func checkThreadCount(at index: FrameIndex) throws(ReplayError) {
        if threads.count >= Self.threadLimit {
            throw .inconsistent(index, "has more than \(Self.threadLimit) threads at the same time")
        }
    }

    /// A thread that has not run yet gets its first state.
    private func begin(
        _ frame: Frame, _ thread: ReplayedThread, at index: FrameIndex
    ) throws(ReplayError) -> Divergence? {
        if let difference = try apply(frame, to: thread, at: index) {
            return diverged(frame, thread, at: index, stop: nil, difference)
        }
        try thread.setRegisters(frame.after, at: index)
        try thread.setXState(frame.xstateAfter ?? frame.xstate, at: index)
        options.observer?(index, frame, nil)
        return nil
    }

    /// A new image is built in a new process; what the thread was before is gone.
    private func enterImage(
        _ frame: Frame, _ image: ExecImage, at index: FrameIndex
    ) throws(ReplayError) -> Divergence? {
        try checkThreadCount(at: index)
        let fresh: TracedThread
        do { fresh = try stub.makeProcess() } catch { throw .ptrace(error) }
        let process: ProcessID
        if let old = threads[frame.thread] {
            process = old.process
            old.traced.kill()
        } else {
            // The thread got its leader's id by the exec.
            process = ProcessID(frame.thread.rawValue)
        }
        let thread = ReplayedThread(
            id: frame.thread, traced: fresh, process: process, arguments: image.arguments)
        threads[frame.thread] = thread
        return try begin(frame, thread, at: index)
    }

    private func endThread(_ frame: Frame, at index: FrameIndex) throws(ReplayError) -> Divergence? {
        let thread = try thread(frame.thread, at: index)
        if let difference = try apply(frame, to: thread, at: index) {
            return diverged(frame, thread, at: index, stop: nil, difference)
        }
        thread.traced.kill()
        threads[frame.thread] = nil
        options.observer?(index, frame, nil)
        return nil
    }

    // MARK: Divergence

    private func diverged(
        _ frame: Frame, _ thread: ReplayedThread, at index: FrameIndex, stop: WaitStatus?,
        _ difference: ContentsDifference? = nil
    ) -> Divergence {
        var fileNames: [FileDigest: String] = [:]
        for file in reader.files where fileNames[file.digest] == nil {
            fileNames[file.digest] = String(decoding: file.path, as: UTF8.self)
        }
        return DivergenceCapture(
            thread: thread, frame: frame, index: index, unexpectedStop: stop, difference: difference,
            history: history.frames, fileNames: fileNames, comparison: comparison
        ).divergence()
    }
}
