import SystemPackage

/// A line on a terminal's standard error that says how far a long replay is, and vanishes when it is done.
///
/// Does nothing where standard error is no terminal, and nothing during the first second. A line of the tracee's that
/// goes to the same terminal can land behind it; so it is for replays whose output is suppressed or elsewhere.
struct ProgressLine {
    private static let interval: Duration = .milliseconds(200)
    private let total: UInt64
    private let isShown: Bool
    private var nextUpdate: ContinuousClock.Instant
    private var isVisible = false

    init(total: UInt64, isEnabled: Bool = true) {
        self.total = total
        isShown = isEnabled && total > 0 && FileSystem.isTerminal(.standardError)
        nextUpdate = ContinuousClock.now + .seconds(1)
    }

    /// Called as often as one likes: at most every 200 ms something is written.
    mutating func update(done: UInt64) {
        guard isShown, ContinuousClock.now >= nextUpdate else { return }
        nextUpdate = ContinuousClock.now + Self.interval
        isVisible = true
        let percent = min(done, total).multipliedFullWidth(by: 100)
        write("\r\u{1b}[Kxrr: event \(done) of \(total) (\(total.dividingFullWidth(percent).quotient)%)")
    }

    mutating func end() {
        if isVisible { write("\r\u{1b}[K") }
        isVisible = false
    }

    private func write(_ text: String) { _ = try? FileDescriptor.standardError.writeAll(text.utf8) }
}
