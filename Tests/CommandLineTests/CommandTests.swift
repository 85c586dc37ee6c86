import TestSupport
import Testing

/// The harness itself: a test that cannot see a failure proves nothing.
@Suite struct CommandTests {
    private func run(_ script: String, limit: Duration = .seconds(20)) async throws -> (Command.Ending, String, String)
    {
        let sandbox = try Sandbox("command")
        defer { sandbox.remove() }
        let command = Command(
            words: ["sh", "-c", script], environment: ["GREETING": "hello"], directory: sandbox.root,
            output: sandbox.path("out"), error: sandbox.path("err"), timeLimit: limit)
        let ending = try await command.run()
        return (
            ending, String(decoding: sandbox.bytes("out"), as: UTF8.self),
            String(decoding: sandbox.bytes("err"), as: UTF8.self)
        )
    }

    @Test func capturesStreamsAndStatus() async throws {
        let (ending, output, error) = try await run("echo $GREETING; echo oh >&2; exit 7")
        #expect(ending == .exited(7))
        #expect(output == "hello\n")
        #expect(error == "oh\n")
    }

    @Test func tellsSignals() async throws {
        let (ending, _, _) = try await run("kill -TERM $$")
        #expect(ending == .killed(signal: 15))
    }

    @Test func killsWhatHangs() async throws {
        let (ending, output, _) = try await run("echo begun; sleep 1000 & wait", limit: .milliseconds(300))
        #expect(ending == .hung)
        #expect(output == "begun\n")
    }

    @Test func leavesNoDescriptorsAndNoBlockedSignals() async throws {
        // ls itself opens the directory. The last 7 digits are 28 signals: posix_spawn ignores the C library's own, 32
        // and 33.
        let script = "ls /proc/self/fd | wc -l; sed -nE 's/(SigBlk|SigIgn):.*(.{7})/\\1 \\2/p' /proc/self/status"
        let (_, output, _) = try await run(script)
        #expect(output == "4\nSigBlk 0000000\nSigIgn 0000000\n")
    }

    @Test func refusesUnreadableInput() async {
        let command = Command(
            words: ["true"], directory: "/", input: "/no/such/file", output: "/dev/null", error: "/dev/null")
        await #expect(throws: Command.Failure.self) { try await command.run() }
    }
}
