import Synchronization
import Testing

@testable import xrr

@Suite struct ProgressLineTests {
    /// A terminal and a clock that the test moves.
    private final class Screen: Sendable {
        let now = Mutex(Duration.zero)
        let written = Mutex<[String]>([])

        func line(_ total: UInt64) -> ProgressLine {
            ProgressLine(
                total: total, clock: { self.now.withLock { $0 } },
                write: { text in self.written.withLock { $0.append(text) } })
        }

        func advance(_ milliseconds: Int) { now.withLock { $0 += .milliseconds(milliseconds) } }

        func take() -> [String] {
            written.withLock { written in
                defer { written = [] }
                return written
            }
        }
    }

    private static let erased = "\r\u{1b}[K"

    @Test func isShownLateAndSeldom() {
        let screen = Screen()
        let line = screen.line(10240)
        line.update(done: 1024)
        screen.advance(999)
        line.update(done: 2048)
        #expect(screen.take().isEmpty)
        screen.advance(1)
        line.update(done: 2049)
        #expect(screen.take().isEmpty)
        line.update(done: 5120)
        #expect(screen.take() == ["\(Self.erased)xrr: event 5120 of 10240 (50%)"])
        screen.advance(199)
        line.update(done: 6144)
        #expect(screen.take().isEmpty)
        screen.advance(1)
        line.update(done: 7168)
        #expect(screen.take() == ["\(Self.erased)xrr: event 7168 of 10240 (70%)"])
        line.erase()
        line.erase()
        #expect(screen.take() == [Self.erased])
    }

    @Test func givesWayToOutput() {
        let screen = Screen()
        let line = screen.line(.max)
        screen.advance(1000)
        line.update(done: 1 << 63)
        #expect(screen.take() == ["\(Self.erased)xrr: event 9223372036854775808 of 18446744073709551615 (50%)"])
        line.prepare(forOutput: Array("half a line".utf8))
        #expect(screen.take() == [Self.erased])
        // Erasing would erase the program's half line too.
        screen.advance(1000)
        line.update(done: 1024)
        line.prepare(forOutput: [])
        line.update(done: 1024)
        #expect(screen.take().isEmpty)
        line.prepare(forOutput: Array(" done\n".utf8))
        line.update(done: 2048)
        #expect(screen.take().count == 1)
    }
}
