import FoundationEssentials
import SystemPackage
import TestSupport
import TraceFormat

/// A small program that a test brings along, recorded in a sandbox, and recordings of it that were tampered with.
struct RecordedGuest {
    let sandbox: Sandbox
    private let tool: String
    private let home: String
    /// The program. `/guest.c` is the source in its line information.
    let program: String

    /// Compiles the program without optimization of what it shows, and with line information. Its functions are bound
    /// when it starts, since the binding saves vector registers, which can be events.
    init(_ name: String, source: String) async throws {
        sandbox = try Sandbox(name)
        tool = try await sandbox.copyProgram(Environment.tool, as: "xrr")
        home = try sandbox.makeDirectory("home")
        program = sandbox.path(name)
        let command = Command(
            words: ["cc", "-O1", "-g", "-Wl,-z,now", "-o", program, try sandbox.write(source, to: "guest.c")],
            directory: sandbox.root, output: "/dev/null", error: sandbox.path("cc.err"))
        guard try await command.run() == .exited(0) else {
            throw Command.Failure(description: String(decoding: sandbox.bytes("cc.err"), as: UTF8.self))
        }
    }

    struct Outcome {
        var ending: Command.Ending
        var output: String
        var error: String
        var lines: [Substring] { error.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    /// Runs xrr as the ordinary user in his directory, which is also his home of recordings.
    func run(_ words: String..., input: String = "") async throws -> Outcome {
        try await run([tool] + words, input: input)
    }

    /// Runs xrr as the ordinary user, who is in these groups as well. For root only.
    func run(inGroups groups: some Sequence<Int>, _ words: String...) async throws -> Outcome {
        let list = groups.map(String.init).joined(separator: ",")
        let user = ["--reuid=\(Environment.nobody)", "--regid=\(Environment.nobody)", "--groups=\(list)"]
        return try await run(["setpriv"] + user + ["--", tool] + words, as: [], input: "")
    }

    /// Runs a shell script that finds xrr in `$0`.
    func runShell(_ script: String, _ arguments: String...) async throws -> Outcome {
        try await runShell(script, arguments)
    }

    func runShell(_ script: String, _ arguments: [String]) async throws -> Outcome {
        try await run(["sh", "-c", script, tool] + arguments, input: "")
    }

    private func run(
        _ words: [String], as user: [String] = Environment.asOrdinaryUser, input: String
    ) async throws -> Outcome {
        let command = Command(
            words: user + words, environment: ["XRR_DIR": home], directory: home,
            input: try sandbox.write(input, to: "input"), output: sandbox.path("out"), error: sandbox.path("err"))
        let ending = try await command.run()
        return Outcome(
            ending: ending, output: String(decoding: sandbox.bytes("out"), as: UTF8.self),
            error: String(decoding: sandbox.bytes("err"), as: UTF8.self))
    }

    func recordingPath(_ name: String) -> String { "\(home)/\(name)" }

    /// Writes a recording anew, over the same store, with the manifest as `changeManifest` and each frame as `change`
    /// leaves it.
    ///
    /// - Returns: how many frames were changed.
    @discardableResult
    func alter(
        _ name: String, to newName: String,
        manifest changeManifest: (inout RecordingManifest) throws -> Void = { _ in },
        _ change: (inout Frame) -> Void
    ) async throws -> Int {
        let reader = try RecordingReader(opening: FilePath(recordingPath(name)))
        var manifest = reader.manifest
        try changeManifest(&manifest)
        let writer = try RecordingWriter(creating: FilePath(recordingPath(newName)), manifest: manifest)
        for file in reader.files { try writer.noteFile(file) }
        var count = 0
        while let frame = try reader.next() {
            var changed = frame
            change(&changed)
            if changed != frame { count += 1 }
            try writer.append(changed)
        }
        try writer.finish(
            exitStatus: reader.exitStatus ?? ExitStatus(waitStatus: 0), endTime: reader.manifest.endTime ?? 0,
            limits: manifest.pinLimits)
        if Environment.isRoot {
            let id = "\(Environment.nobody)"
            let command = Command(
                words: ["chown", "-R", "\(id):\(id)", recordingPath(newName)], directory: "/", output: "/dev/null",
                error: "/dev/null")
            guard try await command.run() == .exited(0) else { throw Command.Failure(description: command.line) }
        }
        return count
    }
}
