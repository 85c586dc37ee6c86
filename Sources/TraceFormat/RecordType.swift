/// The types of the records in chunks. A tag is the type shifted left by one, with bit 0 set if a reader that does not
/// know the type must give up; others are skipped.
enum RecordType {
    /// frames: the first record of every chunk.
    static let chunkStart: UInt64 = 1 << 1 | 1
    /// frames: a frame.
    static let frame: UInt64 = 2 << 1 | 1
    /// files: a mapped file.
    static let file: UInt64 = 1 << 1 | 1

    static func isCritical(_ tag: UInt64) -> Bool { tag & 1 != 0 }
}
