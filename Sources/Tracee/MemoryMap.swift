package import LinuxABI

/// One line of /proc/PID/maps (proc(5)).
package struct MemoryMapEntry: Hashable, Sendable {
    package var start: GuestAddress
    package var end: GuestAddress
    package var isReadable: Bool
    package var isWritable: Bool
    package var isExecutable: Bool
    package var isShared: Bool
    package var offset: UInt64
    package var inode: UInt64
    /// The path or a name in brackets; empty for anonymous memory.
    package var name: String

    package var length: UInt64 { end - start }

    /// The PROT_ bits.
    package var protection: UInt32 {
        (isReadable ? 1 : 0) | (isWritable ? 2 : 0) | (isExecutable ? 4 : 0)
    }

    /// Memory that the kernel shares with every process and that no recording may depend on.
    package var isKernelProvided: Bool { name.hasPrefix("[v") }
}

/// What is mapped in a process.
package struct MemoryMap: Sendable {
    package var entries: [MemoryMapEntry]

    package init(entries: [MemoryMapEntry]) { self.entries = entries }

    /// Whether a program can write the memory at an address.
    package func isWritable(at address: GuestAddress) -> Bool {
        entries.contains { $0.isWritable && $0.start <= address && address < $0.end }
    }

    /// The parts of a range that are mapped, in ascending order, each with the mapping that it belongs to.
    package func pieces(of range: Range<GuestAddress>) -> [(range: Range<GuestAddress>, entry: MemoryMapEntry)] {
        entries.compactMap { entry in
            let part = (entry.start..<entry.end).clamped(to: range)
            return part.isEmpty ? nil : (part, entry)
        }
    }

    /// The parts of a range that are not mapped.
    package func holes(in range: Range<GuestAddress>) -> [Range<GuestAddress>] {
        var holes: [Range<GuestAddress>] = []
        var position = range.lowerBound
        for (part, _) in pieces(of: range) {
            if position < part.lowerBound { holes.append(position..<part.lowerBound) }
            position = part.upperBound
        }
        if position < range.upperBound { holes.append(position..<range.upperBound) }
        return holes
    }

    /// How many bytes from an address on a program can read, up to a limit. What it can write it can read, on x86.
    package func readableLength(from start: GuestAddress, atMost limit: Int) -> Int {
        var end = start
        for entry in entries where entry.start <= end && end < entry.end && (entry.isReadable || entry.isWritable) {
            end = entry.end
            if end - start >= UInt64(limit) { return limit }
        }
        return Int(end - start)
    }

    /// Reads the text of /proc/PID/maps; lines that are not as proc(5) says are passed over.
    package init(parsing text: [UInt8]) {
        entries = text.split(separator: UInt8(ascii: "\n")).compactMap { MemoryMapEntry(parsing: $0) }
        // The kernel joins xrr's own pages with what the program maps next to them.
        let own = InterceptorLayout.base..<InterceptorLayout.end
        guard let first = entries.firstIndex(where: { own.overlaps($0.start..<$0.end) }) else { return }
        for edge in [own.lowerBound, own.upperBound] {
            guard let index = entries[first...].firstIndex(where: { $0.start < edge && edge < $0.end }) else {
                continue
            }
            entries.insert(entries[index].cut(from: edge), at: index + 1)
            entries[index].end = edge
        }
    }

    /// What is mapped outside of some ranges.
    package func without(_ ranges: [Range<GuestAddress>]) -> MemoryMap {
        var map = self
        for range in ranges {
            map.entries = map.entries.flatMap { entry -> [MemoryMapEntry] in
                guard range.overlaps(entry.start..<entry.end) else { return [entry] }
                var rest: [MemoryMapEntry] = []
                if entry.start < range.lowerBound {
                    rest.append(entry)
                    rest[0].end = range.lowerBound
                }
                if range.upperBound < entry.end { rest.append(entry.cut(from: range.upperBound)) }
                return rest
            }
        }
        return map
    }
}

extension MemoryMapEntry {
    /// The part from an address on.
    fileprivate func cut(from address: GuestAddress) -> MemoryMapEntry {
        var part = self
        part.offset = inode == 0 ? 0 : offset + (address - start)
        part.start = address
        return part
    }

    /// nil for what is no such line.
    package init?(parsing line: ArraySlice<UInt8>) {
        var fields = FieldReader(line)
        guard let start = fields.hexadecimal(upTo: "-"), let end = fields.hexadecimal(upTo: " "),
            let permissions = fields.field(), permissions.count == 4,
            let offset = fields.hexadecimal(upTo: " "), fields.field() != nil,
            let inode = fields.field().flatMap({ UInt64(String(decoding: $0, as: UTF8.self)) })
        else { return nil }
        let flags = Array(permissions)
        self.start = GuestAddress(start)
        self.end = GuestAddress(end)
        isReadable = flags[0] == UInt8(ascii: "r")
        isWritable = flags[1] == UInt8(ascii: "w")
        isExecutable = flags[2] == UInt8(ascii: "x")
        isShared = flags[3] == UInt8(ascii: "s")
        self.offset = offset
        self.inode = inode
        name = fields.remainder()
    }
}

/// Cuts a line of fields separated by blanks.
private struct FieldReader {
    private var rest: ArraySlice<UInt8>
    init(_ line: ArraySlice<UInt8>) { rest = line }

    mutating func field() -> ArraySlice<UInt8>? { field(upTo: UInt8(ascii: " ")) }

    private mutating func field(upTo separator: UInt8) -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: separator) ?? rest.endIndex
        defer { rest = rest[min(end + 1, rest.endIndex)...] }
        return rest[..<end]
    }

    mutating func hexadecimal(upTo separator: Character) -> UInt64? {
        field(upTo: separator.asciiValue!).flatMap { UInt64(String(decoding: $0, as: UTF8.self), radix: 16) }
    }

    func remainder() -> String {
        String(decoding: rest.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
    }
}
