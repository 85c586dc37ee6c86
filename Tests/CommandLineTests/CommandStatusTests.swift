import ArgumentParser
import SystemPackage
import Testing
import TraceFormat

@testable import xrr

/// The contract of docs/man: what scripts see.
@Suite struct CommandStatusTests {
    private func status(_ words: String...) -> CommandStatus? {
        do {
            var command = try XRR.parseAsRoot(words)
            try command.run()
            return .success
        } catch { return CommandStatus(error, command: words.first) }
    }

    @Test func usage() {
        #expect(status("no-such-command") == .usage)
        #expect(status("replay") == .usage)
        #expect(status("replay", "--no-such-option") == .usage)
        #expect(status("replay", "-a", "--log", "loud") == .usage)
        #expect(status("dump", "--event", "9..3") == .usage)
        #expect(status("compare", "only-one") == .compareTrouble)
    }

    @Test func missingRecordings() {
        #expect(status("replay", "-a", "/nonexistent/recording") == .unreadable)
        #expect(status("dump", "/nonexistent/recording") == .unreadable)
        #expect(status("compare", "/nonexistent/a", "/nonexistent/b") == .compareTrouble)
        #expect(status("rm", "/nonexistent/recording") == .failure)
    }

    @Test func recorderKeepsToItsThreeNumbers() {
        #expect(CommandStatus(CommandError("x", status: .notFound), command: "record").code == 127)
        #expect(CommandStatus(CommandError("x", status: .cannotExecute), command: "record").code == 126)
        #expect(CommandStatus(CommandError("x", status: .unreadable), command: "record").code == 125)
        #expect(CommandStatus(RecordingWriteError.file(path: "/x", nil, .noSpace), command: "record").code == 125)
    }

    @Test func traceeStatus() {
        #expect(CommandStatus(tracee: ExitStatus(waitStatus: 3 << 8)).code == 3)
        #expect(CommandStatus(tracee: ExitStatus(waitStatus: 9)).code == 137)
    }

    @Test func diverged() {
        #expect(CommandStatus(CommandError("x", status: .diverged), command: "replay").code == 3)
        #expect(CommandStatus(RecordingError.outOfMemory, command: "replay").code == 4)
        #expect(CommandStatus(CommandError("x", status: .unsoundHere), command: "replay").code == 5)
    }
}
