internal import Glibc

/// A time of CLOCK_MONOTONIC (clock_gettime(2)).
package struct MonotonicTime: Hashable, Comparable, Sendable {
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// The current time, to a few milliseconds: CLOCK_MONOTONIC_COARSE costs no more than reading memory.
    package static var now: MonotonicTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
}
