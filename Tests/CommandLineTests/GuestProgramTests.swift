import FoundationEssentials
import TestSupport
import Testing

/// Every program of `Tests/Programs` is recorded as it behaves, and replayed as it was recorded.
@Suite struct GuestProgramTests {
    @Test(arguments: try GuestProgram.all())
    func recordsAndReplays(_ program: GuestProgram) async throws { try await recordAndReplay(program, along: nil) }

    /// Under other circumstances some of the programs are; `Scripts/stress --axis all` does that with all of them.
    @Test(arguments: try GuestAxis.samples())
    func recordsAndReplaysAlong(_ sample: GuestAxis.Sample) async throws {
        try await recordAndReplay(sample.program, along: sample.axis)
    }

    private func recordAndReplay(_ program: GuestProgram, along axis: GuestAxis?) async throws {
        try await Slots.guests.withSlot {
            let binary = try await program.compiled(axis)
            let sandbox = try Sandbox(axis.map { "\(program.name)-\($0.rawValue)" } ?? program.name)
            defer { sandbox.remove() }
            let tool = try await sandbox.copyProgram(Environment.tool, as: "xrr")
            let guest = try await sandbox.copyProgram(binary, as: program.name)
            let recording = "\(try sandbox.makeDirectory("recordings"))/\(program.name)"

            var record = try command("record", in: sandbox)
            record.words += [tool, "record"] + (axis?.options ?? []) + ["-o", recording, "--", guest]
            record.words += program.arguments
            if let input = program.input { record.input = try sandbox.write("\(input)\n", to: "input") }
            let recorded = try await run(record, "record", in: sandbox)
            let output = String(decoding: recorded.output, as: UTF8.self)
            let succeeded = output.split(separator: "\n").contains("EXIT-SUCCESS")
            guard recorded.ending == .exited(program.expectedStatus), succeeded else {
                Issue.record(
                    "\(program.name) fails under record; expected status \(program.expectedStatus).\n\(recorded)")
                return
            }

            // In an empty directory, with nothing on standard input: a replay takes nothing from outside.
            var replay = try command("replay", in: sandbox)
            replay.words += [tool, "replay", "-a", recording]
            replay.environment["XDG_CACHE_HOME"] = try sandbox.makeDirectory("cache")
            let replayed = try await run(replay, "replay", in: sandbox)
            #expect(replayed.ending == .exited(0), "\(program.name) does not replay.\n\(replayed)")
            #expect(
                replayed.output == recorded.output && replayed.error == recorded.error,
                "\(program.name) replays with other output.\nrecorded by \(recorded)\nreplayed by \(replayed)")
            let left = try FileManager.default.contentsOfDirectory(atPath: replay.directory)
            #expect(left.isEmpty, "the replay of \(program.name) left \(left) behind")
        }
    }

    /// What a command did, for comparison and for the message when a test fails.
    struct Outcome: CustomStringConvertible {
        var line: String
        var ending: Command.Ending
        var output: [UInt8]
        /// Without the lines of xrr itself.
        var error: [UInt8]
        /// The lines of xrr itself.
        var notices: [UInt8]

        var description: String {
            func last(_ bytes: [UInt8]) -> String {
                let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
                return lines.suffix(12).map { "    \($0)" }.joined(separator: "\n")
            }
            return """
                \(line)
                  \(ending)
                  standard output ends:\n\(last(output))
                  standard error ends:\n\(last(error))
                  xrr says:\n\(last(notices))
                """
        }
    }

    /// A command as the ordinary user in a directory of its own.
    private func command(_ name: String, in sandbox: Sandbox) throws -> Command {
        let directory = try sandbox.makeDirectory(name)
        return Command(
            words: Environment.asOrdinaryUser, environment: ["HOME": directory, "PWD": directory],
            directory: directory, output: sandbox.path("\(name).out"), error: sandbox.path("\(name).err"),
            timeLimit: .seconds(180))
    }

    private func run(_ command: Command, _ name: String, in sandbox: Sandbox) async throws -> Outcome {
        let ending = try await command.run()
        let lines = sandbox.bytes("\(name).err").split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let own = Array("xrr:".utf8)
        return Outcome(
            line: command.line, ending: ending, output: sandbox.bytes("\(name).out"),
            error: Array(lines.filter { !$0.starts(with: own) }.joined(separator: [UInt8(ascii: "\n")])),
            notices: Array(lines.filter { $0.starts(with: own) }.joined(separator: [UInt8(ascii: "\n")])))
    }
}
