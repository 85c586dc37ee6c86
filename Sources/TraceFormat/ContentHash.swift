internal import Codec
internal import SystemPackage

/// The two hashes by which stored files are named.
///
/// *plain*: the SHA-256 of all bytes. *sparse*, for files of which most is holes, so that their size costs nothing: the
/// SHA-256 of the 16 bytes "xrr sparse file\0", of the length as 8 bytes, and, for each block of 64 KiB (the last one may be
/// shorter) that is not zeros only, of its number as 8 bytes and of its bytes. Where a file has its holes does not matter.
enum ContentHash {
    case plain
    case sparse

    static let blockSize = 64 << 10
    private static let magic = Array("xrr sparse file\0".utf8)
    private static let smallestSparse: Int64 = 1 << 20

    /// By which a file is named: sparse if less than half of it is there.
    init(for status: Stat) {
        self = status.size >= Self.smallestSparse && Int64(status.sizeAllocated) < status.size / 2 ? .sparse : .plain
    }

    /// The start of the hash of a file of this length.
    func start(length: UInt64) -> SHA256 {
        var hash = SHA256()
        if self == .sparse {
            let head = Self.magic + Self.littleEndian(length)
            hash.update(head.span)
        }
        return hash
    }

    /// What precedes a block in the hash.
    static func number(ofBlockAt offset: UInt64) -> [UInt8] { littleEndian(offset / UInt64(blockSize)) }

    private static func littleEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
