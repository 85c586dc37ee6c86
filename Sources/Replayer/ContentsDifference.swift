package import LinuxABI
package import TraceFormat
package import Tracee

/// The thread came to its event in the recorded state, but what was compared there beyond its registers differs.
package enum ContentsDifference: Sendable {
    case output(OutputDifference)
    case memory(MemoryDifference)
    case mappings(MappingsDifference)
}

/// The program is about to write something else than it did.
package struct OutputDifference: Sendable {
    package var stream: OutputStream
    /// Of the whole output, in bytes.
    package var length: UInt64
    /// Where the bytes stand in memory.
    package var address: GuestAddress
    /// Where in the output the first byte differs. Without `recorded`: the first block that has one.
    package var offset: UInt64
    /// What was written from `excerptStart` on; nil if the recording has hashes only.
    package var recorded: [UInt8]?
    /// What would be written now from there on; fewer bytes where memory ends.
    package var replayed: [UInt8]
    /// An offset in the output, a little before `offset`.
    package var excerptStart: UInt64
}

/// Not the same is mapped.
package struct MappingsDifference: Sendable {
    /// The first that differ, of those that were recorded and those that are there now; nil behind the last.
    package var recorded: MappedRange?
    package var replayed: MappedRange?
}

/// Memory is not what it was.
package struct MemoryDifference: Sendable {
    /// The first page that differs.
    package var page: GuestAddress
    /// How many do, of how many that were compared.
    package var pageCount: UInt64
    package var comparedCount: UInt64
    /// What the page belongs to now; nil if nothing is mapped there.
    package var mapping: MemoryMapEntry?
}
