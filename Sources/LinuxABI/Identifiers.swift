/// The kernel's id of one thread (gettid(2)), in the pid namespace of the recorder.
package struct ThreadID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package var rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    package init(_ rawValue: Int32) { self.rawValue = rawValue }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    package var description: String { String(rawValue) }
}

/// The kernel's id of one thread group (getpid(2)), in the pid namespace of the recorder.
package struct ProcessID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package var rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    package init(_ rawValue: Int32) { self.rawValue = rawValue }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    package var description: String { String(rawValue) }
    /// The thread that shares its id with the process: the thread group leader.
    package var leader: ThreadID { ThreadID(rawValue) }
}
