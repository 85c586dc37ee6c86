/// Adverse scheduling: slices of random length, turns that end at system calls, threads that wait long, so that races
/// show which fair scheduling hides. Bounded: nobody waits for more than `longestWait`.
struct Chaos {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// How long a thread may be passed over, in nanoseconds.
    static let longestWait: Int64 = 1_000_000_000

    /// The length of a turn in nanoseconds: mostly short ones of very different lengths.
    mutating func slice(usual: Int64) -> Int64 {
        switch next() % 8 {
        case 0...2: Int64(next() % 1_000_000)
        case 3...5: Int64(next() % 10_000_000)
        default: Int64(next() % UInt64(max(1, 2 * usual)))
        }
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
