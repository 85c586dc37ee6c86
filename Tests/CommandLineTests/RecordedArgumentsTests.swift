import TestSupport
import Testing

@testable import xrr

/// What reaches the recorded program is what was typed, byte for byte.
@Suite struct RecordedArgumentsTests {
    @Test func bytesSurviveText() {
        let samples: [[UInt8]] = [
            [], Array("plain".utf8), Array("\u{e9}\u{1f600}\u{10fe41}".utf8), [0xff], [0xc3], [0xe2, 0x82, 0x41],
            [0xed, 0xa0, 0x80], [0xf4, 0x8f, 0xb8], Array(1...255), [0xc0, 0x80], [0x65, 0xcc, 0x81],
        ]
        for bytes in samples { #expect(ArgumentText.bytes(of: ArgumentText.text(of: bytes)) == bytes) }
        #expect(ArgumentText.text(of: Array("caf\u{e9}".utf8)) == "caf\u{e9}")
        #expect(ArgumentText.isPlain("caf\u{e9}") && !ArgumentText.isPlain(ArgumentText.text(of: [0x61, 0xff])))
    }

    @Test func argumentsAndEnvironmentAreBytes() async throws {
        // Prints its argument vector and one variable, each between brackets.
        let guest = try await RecordedGuest(
            "prints-arguments",
            source: """
                #include <stdio.h>
                #include <stdlib.h>
                int main(int count, char **arguments) {
                    for (int i = 1; i < count; i++) printf("[%s]", arguments[i]);
                    printf("[%s]", getenv("X"));
                }
                """)
        defer { guest.sandbox.remove() }
        // The shell of the tests makes the bytes: their own harness has only strings.
        let script = """
            "$0" record -v "X=$(printf 'v\\377')" -- "$1" '' "$(printf 'a\\377\\303')" -- --help
            """
        let outcome = try await guest.runShell(script, guest.program)
        #expect(outcome.ending == .exited(0), "\(outcome.error)")
        #expect(
            guest.sandbox.bytes("out") == Array("[][a".utf8) + [0xff, 0xc3] + Array("][--][--help][v".utf8) + [
                0xff, 0x5d,
            ])
    }

    @Test func scriptsWithoutInterpreterRunAsInAShell() async throws {
        let guest = try await RecordedGuest("script-host", source: "int main(void) { return 0; }")
        defer { guest.sandbox.remove() }
        _ = try await guest.sandbox.copyProgram(
            try guest.sandbox.write("echo \"$0: $*\"; exit 4\n", to: "text"), as: "script")
        let script = guest.sandbox.path("script")
        let recorded = try await guest.run("record", script, "a", "b c")
        #expect(recorded.ending == .exited(4), "\(recorded.error)")
        #expect(recorded.output == "\(script): a b c\n")
        let replayed = try await guest.run("replay", "-a")
        #expect(replayed.ending == .exited(0) && replayed.output == recorded.output, "\(replayed.error)")

        // No program, no script: nothing is left of it.
        _ = try await guest.sandbox.copyProgram(try guest.sandbox.write("x\u{0}y\n", to: "binary"), as: "program")
        let refused = try await guest.run("record", guest.sandbox.path("program"))
        #expect(refused.ending == .exited(126))
        #expect(refused.error.hasPrefix("xrr: ") && refused.error.contains("no program for this machine"))
        #expect(try await guest.run("ls").output.split(separator: "\n").count == 1)
        #expect(try await guest.run("info").output.contains("script-0"))
    }
}
