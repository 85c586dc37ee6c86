import Synchronization
import SystemPackage

/// A line on the terminal of standard error that says how far a long replay is, and vanishes when anything else is
/// written there.
///
/// Nothing is shown during the first second, nor behind output of the program that has not ended its line: erasing the
/// progress would erase that too. The clock is looked at every 1024 events only.
final class ProgressLine: Sendable {
    private static let firstShown: Duration = .seconds(1)
    private static let interval: Duration = .milliseconds(200)
    private static let eraseSequence = "\r\u{1b}[K"

    private struct State {
        var nextUpdate: Duration
        var isVisible = false
        /// Nobody else has left an unfinished line.
        var isAtLineStart = true
    }

    private let total: UInt64
    private let state: Mutex<State>
    private let clock: @Sendable () -> Duration
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - total: how many events there are.
    ///   - clock: the time since any fixed moment.
    ///   - write: writes to the terminal.
    init(
        total: UInt64, clock: @escaping @Sendable () -> Duration = ProgressLine.monotonicTime(),
        write: @escaping @Sendable (String) -> Void = ProgressLine.writeToStandardError
    ) {
        self.total = total
        self.clock = clock
        self.write = write
        state = Mutex(State(nextUpdate: clock() + Self.firstShown))
    }

    /// Called after every event.
    func update(done: UInt64) {
        guard done & 1023 == 0, total > 0 else { return }
        state.withLock { state in
            guard state.isAtLineStart else { return }
            let now = clock()
            guard now >= state.nextUpdate else { return }
            state.nextUpdate = now + Self.interval
            state.isVisible = true
            let percent = total.dividingFullWidth(min(done, total).multipliedFullWidth(by: 100)).quotient
            write("\(Self.eraseSequence)xrr: event \(done) of \(total) (\(percent)%)")
        }
    }

    /// Something else is about to be written to the terminal, or the replay is over.
    func erase() {
        state.withLock { state in
            if state.isVisible { write(Self.eraseSequence) }
            state.isVisible = false
        }
    }

    /// The program's output is about to be written to the terminal.
    func prepare(forOutput bytes: [UInt8]) {
        guard let last = bytes.last else { return }
        erase()
        state.withLock { $0.isAtLineStart = last == UInt8(ascii: "\n") }
    }

    static func monotonicTime() -> @Sendable () -> Duration {
        let start = ContinuousClock.now
        return { ContinuousClock.now - start }
    }

    static let writeToStandardError: @Sendable (String) -> Void = { text in
        // A terminal that is gone needs no progress.
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
