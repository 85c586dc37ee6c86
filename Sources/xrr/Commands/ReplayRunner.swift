import Glibc
import LinuxABI
import Ptrace
import Replayer
import SystemPackage
import TraceFormat
import Tracee
import XState

/// Carries out `xrr replay -a`.
struct ReplayRunner {
    let options: ReplayCommand.Options

    func run() throws {
        let directory = try RecordingDirectory.resolve(options.recording)
        let reader = try directory.reader(readsAhead: true)
        let machine = try HostMachine.current()
        let judgement = ReplayJudgement(of: reader.manifest, on: machine)
        try judgement.refuseUnsound()
        var store = try FileStore(reading: FilePath(directory.store))
        let verified = VerifiedObjectCache()
        defer { verified.save() }
        store.verified = verified.objects
        judgement.warn(of: reader.files, in: store)
        // A recording that mapped no file replays without a store; any other says what it misses.
        let lock = FileSystem.kind(directory.store) == nil ? nil : try StoreLock.shared(directory.store)
        defer { lock?.release() }
        guard reader.isFinished || reader.frameCount > 0 else {
            throw CommandError(
                "\(TextFormat.printable(directory.path)) has no events: the recorder ended before it committed any; record again",
                status: .unreadable)
        }
        let progress = FileSystem.isTerminal(.standardError) ? ProgressLine(total: reader.frameCount) : nil
        Diagnostics.keepClear(of: progress)
        defer {
            progress?.erase()
            Diagnostics.keepClear(of: nil)
        }
        // Files and shared regions stay open while the recording may refer to them.
        Host.raiseDescriptorLimit()
        Host.offerToMemoryKiller()
        // A reader of the output that goes away does not end the replay: it is the result that counts.
        _ = signal(SIGPIPE, SIG_IGN)
        let core = CoreChoice.forReplay(recordedOn: reader.manifest.pinnedCore)
        Host.bind(toCore: core)
        let cache = PassCountCache(of: reader.manifest.recordingID)
        let known = cache.load()
        func attempt(_ reader: RecordingReader, _ known: PassCounts, outputStart: FrameIndex) throws -> Attempt {
            let dump = try options.registersFile.map { path throws(CommandError) in
                try RegisterDump(path, of: StateOrigin(machine), replaying: reader.manifest.recordingID)
            }
            var replay = sessionOptions(dump, progress)
            replay.passCounts = known
            replay.outputStart = outputStart
            replay.xcr0 = reader.manifest.recordingCPU.replayedXCR0(on: machine.profile)
            let session = try ReplaySession(
                reader: reader, store: store, options: replay, machine: machine, core: core)
            let outcome = try session.run()
            return Attempt(
                outcome: outcome, dump: dump, learned: session.passCounts, usedCounts: session.hasUsedPassCounts)
        }
        var last = try attempt(reader, known, outputStart: FrameIndex(0))
        // Counts are kept of faithful replays only. If this one is not, one of them may have been wrong, and the thread
        // too far: the replay without them is the one that says something of the recording.
        if case .diverged(let divergence) = last.outcome, last.usedCounts {
            cache.discard()
            Diagnostics.say(
                "the replay diverged at event \(divergence.index), with places that replays before have noted; "
                    + "once more without those")
            last = try attempt(
                directory.reader(readsAhead: true), PassCounts(), outputStart: divergence.index)
        }
        if case .faithful = last.outcome, last.learned != known { cache.save(last.learned) }
        try report(last.outcome)
        // Last: a divergence says more than a full disk.
        try last.dump?.close()
        if case .diverged(let divergence) = last.outcome {
            throw Finished(status: divergence.isGivenUp ? .unsoundHere : .diverged)
        }
    }

    /// One replay from the beginning on.
    private struct Attempt {
        var outcome: ReplayOutcome
        var dump: RegisterDump?
        var learned: PassCounts
        /// Whether it relied on counts of replays before.
        var usedCounts: Bool
    }

    private func sessionOptions(_ dump: RegisterDump?, _ progress: ProgressLine?) -> ReplayOptions {
        var replay = ReplayOptions()
        replay.isQuiet = options.isQuiet
        guard dump != nil || progress != nil else { return replay }
        replay.observer = { index, frame, observation in
            dump?.append(frame, at: index, observation)
            progress?.update(done: index.rawValue)
        }
        let sharesTerminal = [
            OutputStream.standardOutput: FileSystem.isTerminal(.standardOutput), .standardError: true,
        ]
        if let progress {
            replay.outputObserver = { stream, bytes in
                if sharesTerminal[stream] ?? true { progress.prepare(forOutput: bytes) }
            }
        }
        return replay
    }

    private func report(_ outcome: ReplayOutcome) throws {
        switch outcome {
        case .faithful(_, isFinished: true): break
        case .faithful(let frames, isFinished: false):
            Diagnostics.say(
                "the recording is unfinished: it was cut off, and ends here at a commit boundary after \(frames) events"
            )
        case .diverged(let divergence):
            Diagnostics.say(DivergenceReport(divergence: divergence, recording: options.recording).text)
        }
    }
}
