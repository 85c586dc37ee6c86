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
        let environment = environment()
        let program = try ProgramLookup.find(options.program, searchPath: searchPath(in: environment))
        let machine = try HostMachine.current()
        let affinity = Host.affinityMask()
        let core = Host.currentCore
        let arguments = [Array(options.program.utf8)] + options.arguments.map { Array($0.utf8) }
        let manifest = RecordingManifest(
            producer: "xrr \(Version.current)", commandLine: arguments, environment: environment,
            workingDirectory: Array((HostFiles.link("/proc/self/cwd") ?? "").utf8), userID: Host.userID,
            cpu: machine.cpu, cpuid: machine.cpuid, xcr0: machine.layout.mask, xstateLayout: machine.layout,
            kernelRelease: Host.kernelRelease(), pageSize: GuestAddress.pageSize, pinnedCore: UInt32(core),
            stackLimit: Host.stackLimit(), interceptorVersion: 1, startTime: UInt64(Host.realTime()))
        // The thread that compresses and writes is started here, before the binding: it may use the other cores.
        let (directory, writer) = try create { (directory) throws(RecordingWriteError) in
            try RecordingWriter(creating: FilePath(directory.path), manifest: manifest)
        }
        let store = try FileStore(at: FilePath(directory.store))
        let lock = try StoreLock.shared(directory.store)
        defer { lock.release() }
        Host.bind(toCore: core)
        var recording = RecordOptions(path: Array(program.utf8), arguments: arguments, environment: environment)
        recording.endsWithFirstProcess = options.endsWithFirstProcess
        let session = RecordSession(
            options: recording, writer: writer, store: store, layout: machine.layout, affinity: affinity)
        // Before it is complete: a recorder that is killed leaves what one then wants to replay.
        let home = RecordingsHome.current
        let previous = home.latest
        if options.output == nil { try? home.pointLatest(at: directory) }
        let outcome: RecordOutcome
        do { outcome = try session.run(core: core) } catch {
            // Nothing ran: there is nothing to keep.
            try? FileSystem.removeTree(directory.path)
            if options.output == nil { home.restoreLatest(previous) }
            throw error
        }
        if let failure = outcome.failure {
            throw CommandError(
                "the recording ended early: \(failure.words); what was committed until then is in \(directory.path); "
                    + "the program went on and ended with status \(outcome.exit.shellStatus)",
                status: .recorderFailed)
        }
        return CommandStatus(tracee: outcome.exit)
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
        return try RecordingsHome.current.create(program: options.program, make: make)
    }

    private func searchPath(in environment: [[UInt8]]) -> String? {
        let prefix = Array("PATH=".utf8)
        return environment.first { $0.starts(with: prefix) }.map {
            String(decoding: $0.dropFirst(prefix.count), as: UTF8.self)
        }
    }

    private func environment() -> [[UInt8]] {
        var variables = Host.environment()
        for variable in options.variables {
            let prefix = Array("\(variable.name)=".utf8)
            variables.removeAll { $0.starts(with: prefix) }
            variables.append(prefix + Array(variable.value.utf8))
        }
        return variables
    }
}
