import LinuxABI
import Ptrace
import Recorder
import SystemPackage
import TraceFormat
import Tracee
import XState

/// Carries out `xrr record`.
struct RecordRunner {
    let options: RecordCommand.Options

    /// - Returns: the status of the recorded program.
    func run() throws -> CommandStatus {
        try refuseToRecordRecorder()
        guard let attempts = options.attempts else { return try record(run: 0).status }
        let affinity = Host.affinityMask()
        for run in 0..<attempts {
            let recorded = try record(run: run)
            if recorded.status != .success {
                Diagnostics.say(
                    "run \(run + 1) of \(attempts) failed and is kept in "
                        + TextFormat.printable(recorded.directory.path))
                return recorded.status
            }
            recorded.discard()
            // The next writer's thread is not to be bound to the tracees' core.
            Host.bind(toMask: affinity)
        }
        Diagnostics.say("none of \(attempts) runs failed; no recording is kept")
        return .success
    }

    /// A finished recording.
    private struct Recorded {
        var status: CommandStatus
        var directory: RecordingDirectory
        var link: LatestLink

        func discard() {
            link.restore()
            try? FileSystem.removeTree(directory.path)
        }
    }

    private func record(run: Int) throws -> Recorded {
        let environment = environment()
        let program = try ProgramLookup(commandLine, searchPath: searchPath(in: environment))
        let machine = try HostMachine.current()
        let core = CoreChoice.leastLoaded()
        let affinity = Host.affinityMask()
        let means = try Self.pinMeans()
        let isPinned = means != .none
        let pin = try (isPinned ? options.cpu : .native).pin(on: machine, byKernel: means != .software)
        if means == .kernel, pin.kernelXCR0 == nil, !pin.isNative {
            throw CommandError(
                "$XRR_PIN is 'kernel', and this kernel cannot pin XCR0: 'xrr doctor' says why", status: .recorderFailed)
        }
        var manifest = manifest(machine, pin, environment: environment, core: core)
        manifest.setCPU(pin.cpu, pin: isPinned ? pin.means : .none, host: machine.profile)
        manifest.chaosSeed = options.chaos?.seed(ofRun: run)
        manifest.verifyInterval = options.verifyInterval.map(UInt64.init)
        // The thread that compresses and writes is started here, before the binding: it may use the other cores.
        let (directory, writer) = try create { (directory) throws(RecordingWriteError) in
            try RecordingWriter(creating: FilePath(directory.path), manifest: manifest)
        }
        let link = LatestLink(for: options.output == nil ? directory : nil)
        let outcome: RecordOutcome
        do {
            var store = try FileStore(at: FilePath(directory.store))
            let verified = VerifiedObjectCache()
            defer { verified.save() }
            store.verified = verified.objects
            let lock = try StoreLock.shared(directory.store)
            defer { lock.release() }
            Host.bind(toCore: core)
            var recording = RecordOptions(
                path: program.path, arguments: program.arguments, environment: environment)
            recording.endsWithFirstProcess = options.endsWithFirstProcess
            recording.chaosSeed = manifest.chaosSeed
            recording.verifyInterval = options.verifyInterval
            recording.dirtyPages = try Self.dirtyPages()
            recording.pin = isPinned ? pin : nil
            recording.siteStorage = CodeSiteCache().storage
            if let slice = options.slice { recording.slice = slice }
            let session = RecordSession(
                options: recording, writer: writer, store: store, layout: machine.layout, affinity: affinity)
            outcome = try session.run(core: core)
        } catch {
            // The program did not start: there is nothing to keep.
            link.restore()
            try? FileSystem.removeTree(directory.path)
            throw error
        }
        if let failure = outcome.failure { throw Self.endedEarly(failure, outcome, directory) }
        if let limits = PinLimitText(outcome.limits, xcr0: pin.cpu.xcr0) { Diagnostics.say(limits.summary) }
        for note in outcome.refusals { Diagnostics.say(RefusalText(note).line) }
        if let costs = TrapCostText(outcome.traps) { Diagnostics.say(costs.summary) }
        return Recorded(status: CommandStatus(tracee: outcome.exit), directory: directory, link: link)
    }

    /// What $XRR_DIRTY says, for tests and for kernels that get it wrong.
    private static func dirtyPages() throws(CommandError) -> DirtyPages.Method {
        let prefix = Array("XRR_DIRTY=".utf8)
        guard let variable = Host.environment().first(where: { $0.starts(with: prefix) }) else { return .automatic }
        let value = String(decoding: variable.dropFirst(prefix.count), as: UTF8.self)
        guard let method = DirtyPages.Method(rawValue: value) else {
            throw CommandError(
                "$XRR_DIRTY is '\(value)'; it can be automatic, uffd or hash", status: .recorderFailed)
        }
        return method
    }

    /// By what the CPU is pinned.
    private enum PinMeans: String {
        case none, software, kernel, automatic
    }

    /// What $XRR_PIN says, to measure what the pin costs, and for tests.
    private static func pinMeans() throws(CommandError) -> PinMeans {
        let prefix = Array("XRR_PIN=".utf8)
        guard let variable = Host.environment().first(where: { $0.starts(with: prefix) }) else { return .automatic }
        let value = String(decoding: variable.dropFirst(prefix.count), as: UTF8.self)
        guard let means = PinMeans(rawValue: value) else {
            throw CommandError(
                "$XRR_PIN is '\(value)'; it can be automatic, kernel, software or none", status: .recorderFailed)
        }
        return means
    }

    /// The argument vector as it was given.
    private var commandLine: [[UInt8]] {
        ([options.program] + options.arguments).map { ArgumentText.bytes(of: $0) }
    }

    private func manifest(
        _ machine: HostMachine, _ pin: TraceeCPU, environment: [[UInt8]], core: Int32
    ) -> RecordingManifest {
        RecordingManifest(
            producer: "xrr \(Version.current)", commandLine: commandLine, environment: environment,
            workingDirectory: Array((HostFiles.link("/proc/self/cwd") ?? "").utf8), userID: Host.userID,
            cpu: machine.cpu, cpuid: pin.cpu.cpuid, xcr0: pin.cpu.xcr0, xstateLayout: pin.cpu.layout,
            kernelRelease: Host.kernelRelease(), pageSize: GuestAddress.pageSize, pinnedCore: UInt32(core),
            stackLimit: Host.stackLimit(), interceptorVersion: 1, startTime: UInt64(Host.realTime()))
    }

    private static func endedEarly(
        _ failure: RecordError, _ outcome: RecordOutcome, _ directory: RecordingDirectory
    ) -> CommandError {
        let end = if case .ptrace = failure { "was ended, too" } else { "went on and ended" }
        return CommandError(
            "the recording ended early: \(failure.words); what was committed until then is in \(TextFormat.printable(directory.path)); "
                + "the program \(end) with status \(outcome.exit.shellStatus)", status: .recorderFailed)
    }

    private func refuseToRecordRecorder() throws {
        guard let memory = try? GuestMemory(of: ThreadID(Host.processID)) else { return }
        if InterceptorLayout.isInterceptor(memory.read(InterceptorLayout.base, count: 64)) {
            throw CommandError(
                "this xrr is itself being recorded; a recording inside of a recording is not possible",
                status: .recorderFailed)
        }
    }

    private func create<Made>(
        make: (RecordingDirectory) throws(RecordingWriteError) -> Made
    ) throws(CommandError) -> (directory: RecordingDirectory, made: Made) {
        if let output = options.output { return try RecordingsHome.create(at: output, make: make) }
        return try RecordingsHome.current.create(program: TextFormat.printable(commandLine[0]), make: make)
    }

    private func searchPath(in environment: [[UInt8]]) -> [UInt8]? {
        let prefix = Array("PATH=".utf8)
        return environment.first { $0.starts(with: prefix) }.map { Array($0.dropFirst(prefix.count)) }
    }

    /// xrr's own environment with the variables of the command line.
    private func environment() -> [[UInt8]] {
        var variables = Host.environment()
        for variable in options.variables {
            let prefix = ArgumentText.bytes(of: "\(variable.name)=")
            variables.removeAll { $0.starts(with: prefix) }
            variables.append(prefix + ArgumentText.bytes(of: variable.value))
        }
        return variables
    }
}

/// Makes `latest` point at a recording as soon as it begins, so that one whose recorder is killed is found too.
private struct LatestLink {
    private let previous: RecordingDirectory?
    private let isChanged: Bool

    /// - Parameter recording: nil if the link is to stay as it is.
    init(for recording: RecordingDirectory?) {
        let home = RecordingsHome.current
        previous = home.latest
        // A recording without the link is better than none.
        isChanged = recording.map { (try? home.pointLatest(at: $0)) != nil } ?? false
    }

    /// The recording came to nothing.
    func restore() {
        guard isChanged else { return }
        let home = RecordingsHome.current
        if let previous { try? home.pointLatest(at: previous) } else { home.removeLatest() }
    }
}
