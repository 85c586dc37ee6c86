/// O_ bits of open(2), x86-64 values.
package struct OpenFlags: OptionSet, Hashable, Sendable {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// O_ACCMODE: the bits that hold 0 (O_RDONLY), `writeOnly` or `readWrite`.
    package static let accessMask: UInt32 = 3
    /// O_WRONLY.
    package static let writeOnly = Self(rawValue: 1)
    /// O_RDWR.
    package static let readWrite = Self(rawValue: 2)
    /// O_CREAT.
    package static let create = Self(rawValue: 0o100)
    /// O_EXCL.
    package static let exclusive = Self(rawValue: 0o200)
    /// O_NOCTTY.
    package static let noControllingTerminal = Self(rawValue: 0o400)
    /// O_TRUNC.
    package static let truncate = Self(rawValue: 0o1000)
    /// O_APPEND.
    package static let append = Self(rawValue: 0o2000)
    /// O_NONBLOCK.
    package static let nonBlocking = Self(rawValue: 0o4000)
    /// O_DIRECT.
    package static let direct = Self(rawValue: 0o40000)
    /// O_DIRECTORY.
    package static let directory = Self(rawValue: 0o200000)
    /// O_NOFOLLOW.
    package static let noFollow = Self(rawValue: 0o400000)
    /// O_CLOEXEC.
    package static let closeOnExec = Self(rawValue: 0o2000000)
    /// O_PATH.
    package static let path = Self(rawValue: 0o10000000)
}
