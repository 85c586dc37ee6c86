import LinuxABI

/// The program headers of a 64-bit little-endian ELF file: how its parts lie in memory (elf(5)).
///
/// Read by hand and without trust, since unwinding and address translation must survive any file: every field is
/// checked or used with wrapping arithmetic, and nothing is looked up by it but through the closure that fetches.
struct ELFHeaders: Hashable, Sendable {
    /// One program header.
    struct Segment: Hashable, Sendable {
        var type: UInt32
        var flags: UInt32
        var offset: UInt64
        var address: UInt64
        var fileSize: UInt64
        var memorySize: UInt64
    }

    /// ET_EXEC: linked for fixed addresses.
    var isFixed: Bool
    var segments: [Segment]

    private static let maximumSegments = 128
    private static let headerSize = 64
    private static let segmentSize = 56
    private static let loadType: UInt32 = 1
    private static let unwindType: UInt32 = 0x6474_e550

    /// Reads the headers; nil for anything that is not an x86-64 program or shared object.
    ///
    /// - Parameter fetch: returns `count` bytes from an offset into the file, or nil.
    init?(fetch: (_ offset: UInt64, _ count: Int) -> [UInt8]?) {
        guard let header = fetch(0, Self.headerSize), header.count == Self.headerSize,
            header[0..<6].elementsEqual([0x7f, 0x45, 0x4c, 0x46, 2, 1])
        else { return nil }
        let type = header.integer(at: 16, as: UInt16.self)
        guard type == 2 || type == 3, header.integer(at: 18, as: UInt16.self) == 62,
            Int(header.integer(at: 54, as: UInt16.self)) == Self.segmentSize
        else { return nil }
        isFixed = type == 2
        let count = min(Int(header.integer(at: 56, as: UInt16.self)), Self.maximumSegments)
        let tableOffset = header.integer(at: 32, as: UInt64.self)
        guard let table = fetch(tableOffset, count * Self.segmentSize), table.count == count * Self.segmentSize else {
            return nil
        }
        segments = (0..<count).map { index in
            let base = index * Self.segmentSize
            return Segment(
                type: table.integer(at: base, as: UInt32.self),
                flags: table.integer(at: base + 4, as: UInt32.self),
                offset: table.integer(at: base + 8, as: UInt64.self),
                address: table.integer(at: base + 16, as: UInt64.self),
                fileSize: table.integer(at: base + 32, as: UInt64.self),
                memorySize: table.integer(at: base + 40, as: UInt64.self))
        }
    }

    /// What must be added to the file's addresses to get the tracee's, given one mapping of the file. nil if no
    /// PT_LOAD covers the mapping's offset.
    ///
    /// The kernel and ld.so map whole pages, so a mapping's offset is its segment's, rounded down to a page. Two
    /// segments can share a page of the file; then the executable one is meant if the other does not start there.
    func bias(ofMappingAt start: GuestAddress, fileOffset: UInt64) -> UInt64? {
        let loads = segments.filter { $0.type == Self.loadType && $0.fileSize > 0 }
        let page = GuestAddress.pageSize
        let exact = loads.filter { $0.offset & ~(page - 1) == fileOffset }
        let candidates =
            exact.isEmpty
            ? loads.filter { fileOffset >= $0.offset & ~(page - 1) && fileOffset &- $0.offset < $0.fileSize } : exact
        guard let segment = candidates.first(where: { $0.flags & 1 != 0 }) ?? candidates.first else { return nil }
        let linked = segment.address &- segment.offset &+ fileOffset
        return start.rawValue &- linked
    }

    /// Where .eh_frame_hdr lies, in the file's own addresses (PT_GNU_EH_FRAME).
    var unwindHeader: Segment? { segments.first { $0.type == Self.unwindType } }

    /// The lowest address of a PT_LOAD.
    var lowestAddress: UInt64? { segments.filter { $0.type == Self.loadType }.map(\.address).min() }
}

extension [UInt8] {
    /// The little-endian integer at an offset.
    ///
    /// - Precondition: all its bytes are inside.
    func integer<T: FixedWidthInteger & UnsignedInteger>(at offset: Int, as type: T.Type) -> T {
        var value: T = 0
        for index in 0..<MemoryLayout<T>.size { value |= T(truncatingIfNeeded: self[offset + index]) << T(index * 8) }
        return value
    }
}
