package import TraceFormat

/// How often the program was stopped at instructions that cost it next to nothing without xrr.
package struct TrapCounts: Hashable, Sendable {
    private var counts: [TrapKind: UInt64] = [:]

    package init() {}

    package mutating func note(_ kind: TrapKind) { counts[kind, default: 0] += 1 }

    /// Those that happened at least so often, the most frequent first.
    package func kinds(atLeast minimum: UInt64) -> [(kind: TrapKind, count: UInt64)] {
        counts.filter { $0.value >= minimum }.sorted { $0.value > $1.value }.map { (kind: $0.key, count: $0.value) }
    }
}
