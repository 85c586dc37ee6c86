import Recorder
import TraceFormat

/// Why a recording was slow, where it was so for a known reason.
struct TrapCostText {
    private let kinds: [(kind: TrapKind, count: UInt64)]
    /// Below this, some 0.2 s, nobody minds.
    private static let minimum: UInt64 = 10_000

    /// - Returns: nil where there is nothing to say.
    init?(_ traps: TrapCounts) {
        kinds = traps.kinds(atLeast: Self.minimum)
        if kinds.isEmpty { return nil }
    }

    /// One line.
    var summary: String {
        let parts = kinds.map { "\(Self.words($0.kind)) (\($0.count) times)" }
        return "slow for a known reason: the program was stopped, for some 20 µs each time, at "
            + parts.joined(separator: ", ")
    }

    private static func words(_ kind: TrapKind) -> String {
        kind == .watchedCode ? "entries into and writes to code that no table describes" : "\(kind)"
    }
}
