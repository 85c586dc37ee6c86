internal import SystemPackage

/// Reads a file from its beginning to its end in pieces, and its holes without going to the file: reading a hole costs
/// the kernel a page of its cache for each page of zeros (lseek(2), SEEK_DATA and SEEK_HOLE).
struct SparseReader: ~Copyable {
    private let descriptor: FileDescriptor
    /// A descriptor whose position is this object's alone.
    private let seeker: FileDescriptor?
    /// The end of the hole or the data that `offset` lies in.
    private var extent: (end: UInt64, isHole: Bool) = (0, false)
    private(set) var offset: UInt64 = 0

    // SEEK_DATA and SEEK_HOLE of linux/fs.h, which swift-system has for Darwin only.
    private static let nextData = FileDescriptor.SeekOrigin(rawValue: 3)
    private static let nextHole = FileDescriptor.SeekOrigin(rawValue: 4)
    private static let pieceSize = 256 << 10
    private static let zeros = [UInt8](repeating: 0, count: pieceSize)

    /// - Parameter descriptor: open for reading. Its position is neither used nor changed.
    init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
        // Opened anew, since a duplicate would share its position. Where that is refused, holes are read.
        seeker = try? FileDescriptor.open(
            FilePath("/proc/self/fd/\(descriptor.rawValue)"), .readOnly, options: [.closeOnExec, .nonBlocking])
    }

    deinit { try? seeker?.close() }

    /// The next bytes; none at the end of the file.
    /// - Returns: whether they are a hole's.
    mutating func read(into piece: inout [UInt8]) throws(Errno) -> Bool {
        if offset >= extent.end { extent = nextExtent() }
        let count = Int(min(UInt64(Self.pieceSize), extent.end - offset))
        if extent.isHole {
            piece = count == Self.pieceSize ? Self.zeros : [UInt8](repeating: 0, count: count)
        } else {
            try OwnedFile.read(descriptor, count, at: offset, into: &piece)
        }
        offset += UInt64(piece.count)
        return extent.isHole
    }

    /// The next block of 64 KiB, counted from the file's beginning, that is not zeros only; shorter at `end`.
    ///
    /// - Returns: where it begins; nil if there is none before `end`.
    mutating func readBlock(into block: inout [UInt8], end: UInt64) throws(Errno) -> UInt64? {
        let size = UInt64(ContentHash.blockSize)
        while offset < end {
            if offset >= extent.end || extent.isHole { extent = nextExtent() }
            if extent.isHole {
                // The data begin in this block, or in a later one.
                let next = extent.end / size * size
                if next > offset {
                    offset = next
                    continue
                }
            }
            let start = offset
            try OwnedFile.read(descriptor, Int(min(size, end - start)), at: start, into: &block)
            offset += size
            if block.isEmpty { return nil }
            if block.count == Self.zeroBlock.count ? block != Self.zeroBlock : block.contains(where: { $0 != 0 }) {
                return start
            }
        }
        return nil
    }

    private static let zeroBlock = [UInt8](repeating: 0, count: ContentHash.blockSize)

    private func nextExtent() -> (end: UInt64, isHole: Bool) {
        let all = (end: UInt64(Int64.max), isHole: false)
        guard let seeker else { return all }
        let start = Int64(offset)
        do {
            let data = try seeker.seek(offset: start, from: Self.nextData)
            if data > start { return (UInt64(data), true) }
            return (UInt64(try seeker.seek(offset: start, from: Self.nextHole)), false)
        } catch {
            // ENXIO: a hole up to the end of the file, or its end.
            guard TraceFormat.errno(error) == .noSuchAddressOrDevice,
                let end = try? seeker.seek(offset: 0, from: .end), end > start
            else { return all }
            return (UInt64(end), true)
        }
    }
}
