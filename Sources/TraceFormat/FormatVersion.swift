/// The version of the format of a recording.
///
/// A reader refuses a newer `major` and reads every older one. A newer `minor` only adds: records and fields that an
/// older reader skips, or refuses because they are critical, and kinds of events and effects, which it refuses.
package struct FormatVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var major: UInt16
    package var minor: UInt16

    package init(major: UInt16, minor: UInt16) {
        self.major = major
        self.minor = minor
    }

    /// What this program writes.
    package static let current = FormatVersion(major: 1, minor: 2)

    package static func < (a: Self, b: Self) -> Bool { (a.major, a.minor) < (b.major, b.minor) }
    package var description: String { "\(major).\(minor)" }
}
