internal import LinuxABI

/// Adverse scheduling: slices of random length, turns that end at system calls, threads that are kept waiting in the
/// middle of something, so that races show which fair scheduling hides. Bounded: nobody waits for more than
/// `longestWait`.
struct Chaos {
    private var state: UInt64
    /// A thread that does not run while others can, and until when.
    private var shunned: (thread: ThreadID, until: Int64)?

    /// How short turns are at present: halved so many times. Long turns hardly ever end in a window of some
    /// microseconds; but a thread that always loses its turn so soon never gets through a long one.
    private var haste: UInt64 = 0
    private var turnsLeft = 0

    init(seed: UInt64) { state = seed }

    /// Interruptions cost more than the shortest turns are long: so there is an end to those.
    private static let turnsOfOneKind = 256

    /// How long a thread may be passed over, in nanoseconds.
    static let longestWait: Int64 = 1_000_000_000

    /// The length of a turn in nanoseconds: each order of magnitude in a range is as likely as the others.
    mutating func slice(usual: Int64) -> Int64 {
        if turnsLeft == 0 {
            turnsLeft = Self.turnsOfOneKind
            haste = next() % 11
        }
        turnsLeft -= 1
        let least = max(1, usual >> Int64(haste + next() % 2))
        return least + Int64(next() % UInt64(least))
    }

    /// A thread has lost its turn: it may have to wait for longer than all others.
    mutating func noteLostTurn(of thread: ThreadID, slice: Int64, now: Int64) {
        guard next() % 4 == 0 else { return }
        shunned = (thread, now + Int64(next() % UInt64(max(1, 4 * slice))))
    }

    func isShunned(_ thread: ThreadID, now: Int64) -> Bool {
        shunned.map { $0.thread == thread && now < $0.until } ?? false
    }

    /// Whether a turn ends at an event although its slice is not over.
    mutating func endsTurn() -> Bool { next() % 4 == 0 }

    /// Which of some threads runs next.
    mutating func choice(of count: Int) -> Int { Int(next() % UInt64(count)) }

    /// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
