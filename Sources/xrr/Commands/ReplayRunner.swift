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
        let reader = try directory.reader()
        let machine = try HostMachine.current()
        let reasons = Self.obstacles(reader.manifest, on: machine)
        guard reasons.isEmpty else {
            throw CommandError(
                "this machine cannot replay the recording soundly: " + reasons.joined(separator: "; "),
                status: .unsoundHere)
        }
        let store = FileStore(reading: FilePath(directory.store))
        // A recording that mapped no file replays without a store; any other says what it misses.
        let lock = FileSystem.kind(directory.store) == .directory ? try StoreLock.shared(directory.store) : nil
        defer { lock?.release() }
        // Files and shared regions stay open while the recording may refer to them.
        Host.raiseDescriptorLimit()
        guard reader.isFinished || reader.frameCount > 0 else {
            throw CommandError(
                "\(directory.path) has no events: the recorder was killed before it committed any; record again",
                status: .unreadable)
        }
        var replay = ReplayOptions()
        replay.isQuiet = options.isQuiet
        let core = Host.currentCore
        Host.bind(toCore: core)
        let session = try ReplaySession(
            reader: reader, store: store, options: replay, layout: machine.layout, core: core)
        switch try session.run() {
        case .faithful(let frames, isFinished: true): _ = frames
        case .faithful(let frames, isFinished: false):
            Diagnostics.say(
                "the recording is unfinished: it was cut off, and ends here at a commit boundary after \(frames) events"
            )
        case .diverged(let divergence):
            Diagnostics.say(DivergenceReport(divergence).text)
            throw Finished(status: .diverged)
        }
    }

    /// Why a recording cannot be replayed on a machine.
    static func obstacles(_ manifest: RecordingManifest, on machine: HostMachine) -> [String] {
        if manifest.xstateLayout == machine.layout { return [] }
        if manifest.xcr0 != machine.layout.mask {
            return ["it was recorded with XCR0 \(manifest.xcr0), this machine has \(machine.layout.mask)"]
        }
        return ["this machine stores \(manifest.xcr0) at other places of the XSAVE area"]
    }
}
