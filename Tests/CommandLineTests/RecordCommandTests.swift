import ArgumentParser
import Logging
import Testing

@testable import xrr

/// The forms in which a program and its arguments can stand on the command line of `xrr record`.
@Suite struct RecordCommandTests {
    private func options(_ words: String...) throws -> RecordCommand.Options {
        let command = try XRR.parseAsRoot(["record"] + words)
        return try #require(command as? RecordCommand).options()
    }

    @Test func argumentsOfTheProgramAreUntouched() throws {
        let options = try options("ls", "-l", "--help", "-o", "x", "--no-wait", "--", "-h")
        #expect(options.program == "ls")
        #expect(options.arguments == ["-l", "--help", "-o", "x", "--no-wait", "--", "-h"])
        #expect(options.output == nil)
        #expect(!options.endsWithFirstProcess)
    }

    @Test func optionsStandBeforeTheProgram() throws {
        let options = try options(
            "-o", "/tmp/run", "--no-wait", "-v", "A=b=c", "--env", "E=", "--log", "trace", "make", "-j4")
        #expect(options.output == "/tmp/run")
        #expect(options.endsWithFirstProcess)
        #expect(options.variables == [.init(name: "A", value: "b=c"), .init(name: "E", value: "")])
        #expect(options.log.general == .trace)
        #expect([options.program] + options.arguments == ["make", "-j4"])
    }

    @Test func oneTerminatorIsOurs() throws {
        #expect(try options("--", "ls", "--", "x").arguments == ["--", "x"])
        #expect(try options("--", "-strange", "-o").program == "-strange")
        #expect(try options("-o", "d", "--", "--help").program == "--help")
        #expect(try options("--", "--", "x").program == "--")
    }

    @Test func emptyAndOddArgumentsArePassed() throws {
        #expect(try options("echo", "", " ", "a b", "--x=y").arguments == ["", " ", "a b", "--x=y"])
    }

    @Test(arguments: [
        [], ["--"], ["--no-such-option", "ls"], ["-x", "ls"], ["-v", "A", "ls"], ["-v", "=b", "ls"], ["-o"], [""],
        ["--log", "loud", "ls"],
    ])
    func mistakesAreUsageErrors(words: [String]) {
        let error = #expect(throws: (any Error).self) { try XRR.parseAsRoot(["record"] + words) }
        #expect(error.map { CommandStatus($0, command: "record") } == .usage)
        // Not the name of some Swift type.
        #expect(error.map { XRR.exitCode(for: $0) } == ExitCode.validationFailure)
    }

    @Test(arguments: [["--help"], ["-h"], ["-o", "x", "--help"]])
    func helpIsHelp(words: [String]) {
        let error = #expect(throws: (any Error).self) { try XRR.parseAsRoot(["record"] + words) }
        #expect(error.map { CommandStatus($0, command: "record") } == .success)
    }
}
