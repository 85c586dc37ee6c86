import Logging
import Testing
import TraceFormat

@testable import xrr

@Suite struct TextTests {
    @Test(
        arguments: [
            ("3", 3, 3), ("3..7", 3, 7), ("3..", 3, nil), ("0..0", 0, 0),
        ] as [(String, UInt64, UInt64?)])
    func eventRanges(text: String, first: UInt64, last: UInt64?) {
        #expect(
            EventRange(argument: text)
                == EventRange(first: FrameIndex(first), last: last.map { FrameIndex($0) }))
    }

    @Test(arguments: ["", "..", "..3", "7..3", "a", "1...2", "-1", "1..b", "99999999999999999999"])
    func nonsenseIsNoRange(text: String) { #expect(EventRange(argument: text) == nil) }

    @Test func sizes() {
        #expect(TextFormat.size(0) == "0 B")
        #expect(TextFormat.size(1023) == "1023 B")
        #expect(TextFormat.size(1024) == "1.0 KB")
        #expect(TextFormat.size(10 * 1024 * 1024) == "10 MB")
        #expect(TextFormat.size(.max) == "16 EB")
    }

    @Test func durations() {
        #expect(TextFormat.duration(nanoseconds: 12_000_000) == "0.012 s")
        #expect(TextFormat.duration(nanoseconds: 75_300_000_000) == "75.3 s")
        #expect(TextFormat.duration(nanoseconds: 7_500_000_000_000) == "2 h 05 min")
    }

    @Test(
        arguments: [
            (0, "1970-01-01 00:00:00"), (951_782_399, "2000-02-28 23:59:59"), (951_782_400, "2000-02-29 00:00:00"),
            (1_767_225_599, "2025-12-31 23:59:59"), (4_107_542_400, "2100-03-01 00:00:00"),
        ] as [(UInt64, String)])
    func dates(seconds: UInt64, text: String) {
        #expect(TextFormat.date(nanoseconds: seconds * 1_000_000_000 + 999_999_999) == "\(text) UTC")
    }

    @Test func columns() {
        #expect(TextFormat.word(0x1f) == "0x000000000000001f")
        #expect(TextFormat.word(.max) == "0xffffffffffffffff")
        #expect(TextFormat.aligned("ab", 4) == "ab  " && TextFormat.aligned("abcde", 4) == "abcde")
    }

    /// Controls, C1 controls, and what changes how other characters are shown.
    @Test func nothingActsOnTheTerminal() {
        let text = "a\u{1b}]0;x\u{7}\u{9b}31m\u{202e}b\u{2066}\u{200d}\u{2028}\u{e0041}\u{ad}\u{feff}é日\n"
        #expect(
            TextFormat.printable(text)
                == "a\\x1b]0;x\\x07\\x9b31m\\u{202e}b\\u{2066}\\u{200d}\\u{2028}\\u{e0041}\\xad\\u{feff}é日\\x0a")
        #expect(TextFormat.printable(TextFormat.printable(text)) == TextFormat.printable(text))
        #expect(
            JSONText.string(text).text
                == "\"a\\u001b]0;x\\u0007\\u009b31m\\u202eb\\u2066\\u200d\\u2028\\udb40\\udc41\\u00ad\\ufeffé日\\n\"")
    }

    @Test func quoting() {
        #expect(
            TextFormat.commandLine([Array("ls".utf8), Array("a b".utf8), [], Array("it's".utf8)])
                == "ls 'a b' '' 'it'\\''s'")
        #expect(TextFormat.commandLine([[0x1b, 0x5b, 0x41]]) == "'\\x1b[A'")
        #expect(JSONText.string("a\"\\\n\u{1}").text == #""a\"\\\n\u0001""#)
    }

    @Test func logLevels() throws {
        let specification = try LogSpecification(parsing: "scheduler=trace,recorder=debug,error")
        #expect(specification.level(for: "recorder") == .debug)
        #expect(specification.level(for: "recorder.signals") == .debug)
        #expect(specification.level(for: "replayer.scheduler") == .trace)
        #expect(specification.level(for: "replayer") == .error)
        #expect(throws: CommandError.self) { try LogSpecification(parsing: "scheduler=loud") }
    }
}
