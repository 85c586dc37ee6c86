internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// The private mappings of a file in one address space, to be mapped anew as private views of a region that has the
/// file's contents: from then on a replay shows in them what becomes of the file, but in the pages that the program has
/// written itself.
struct PrivateViews {
    let region: SharedRegionID
    /// Of the region, in bytes.
    let length: UInt64

    /// - Parameters:
    ///   - mappings: those of the file in `space`, private and not yet views.
    ///   - thread: runs in `space`.
    /// - Returns: `map`, `advise` and `write` effects for that address space.
    func effects(for mappings: [MappedFiles.FileMapping], in space: AddressSpace, of thread: ThreadID) -> [Effect] {
        guard let map = AddressSpace.map(of: thread) else { return [] }
        let pageMap = try? PageMap(of: thread)
        let notInherited = MappingsNotInherited(of: thread)
        var maps: [Effect] = []
        var writes: [Effect] = []
        for mapping in mappings {
            // The pieces may have protections of their own, and what is no file any more was unmapped unseen.
            for entry in map.entries where entry.inode != 0 && !entry.isShared {
                let piece = (entry.start..<entry.end).clamped(to: mapping.address..<mapping.end)
                guard !piece.isEmpty else { continue }
                let offset = mapping.offset + (piece.lowerBound - mapping.address)
                let size = piece.upperBound - piece.lowerBound
                maps.append(
                    .map(
                        Mapping(
                            address: piece.lowerBound, length: size, protection: entry.protection,
                            flags: mapping.flags, backing: .shared(region, offset: offset, path: entry.name))))
                if notInherited.contains(piece.lowerBound) {
                    maps.append(
                        .advise(piece.lowerBound, length: size, advice: MemoryAdvice.dontFork.rawValue))
                }
                let guards = pageMap?.guards(in: piece.lowerBound.pageNumber..<piece.upperBound.pageNumber) ?? []
                maps += guards.map { pages in
                    .advise(
                        GuestAddress(pages.lowerBound * GuestAddress.pageSize),
                        length: UInt64(pages.count) * GuestAddress.pageSize, advice: MemoryAdvice.guardInstall.rawValue)
                }
                writes += contents(of: piece, at: offset, in: space, but: guards, pageMap)
            }
        }
        return maps + writes
    }

    /// The pages that are the program's own.
    ///
    /// - Parameter guards: those that nobody can read.
    private func contents(
        of piece: Range<GuestAddress>, at offset: UInt64, in space: AddressSpace, but guards: [Range<UInt64>],
        _ pageMap: PageMap?
    ) -> [Effect] {
        let pages = piece.lowerBound.pageNumber..<piece.upperBound.pageNumber
        // Beyond the file's end there is nothing that could have been written.
        let last = (max(length, offset) - offset + GuestAddress.pageSize - 1) / GuestAddress.pageSize
        var effects: [Effect] = []
        for run in PageRuns.subtracting(guards, from: pageMap?.runs(in: pages, writtenOnly: true) ?? [pages]) {
            let run = run.clamped(to: pages.lowerBound..<min(pages.upperBound, pages.lowerBound + last))
            var page = run.lowerBound
            while page < run.upperBound {
                let count = min(run.upperBound - page, Self.pagesAtOnce)
                let address = GuestAddress(page * GuestAddress.pageSize)
                let bytes = space.memory.read(address, count: Int(count * GuestAddress.pageSize))
                if !bytes.isEmpty { effects.append(.write(address, bytes: bytes)) }
                page += count
            }
        }
        return effects
    }

    private static let pagesAtOnce: UInt64 = 256
}

/// What a child of fork(2) does not get (MADV_DONTFORK): the flag "dc" in /proc/PID/smaps (proc(5)).
struct MappingsNotInherited {
    private var ranges: [Range<GuestAddress>] = []

    init(of thread: ThreadID) {
        self.init(parsing: HostFiles.contents(of: "/proc/\(thread)/smaps", limit: 64 << 20) ?? [])
    }

    init(parsing text: [UInt8]) {
        var current: MemoryMapEntry?
        let flags = Array("VmFlags:".utf8)
        for line in text.split(separator: UInt8(ascii: "\n")) {
            // Headings begin with an address in lower-case digits, other lines with a name in capitals.
            if line.starts(with: flags) {
                let words = line.split(separator: UInt8(ascii: " "))
                if let current, words.contains(where: { $0.elementsEqual("dc".utf8) }) {
                    ranges.append(current.start..<current.end)
                }
            } else if let first = line.first, first < UInt8(ascii: "A") || first >= UInt8(ascii: "a") {
                current = MemoryMapEntry(parsing: line)
            }
        }
    }

    func contains(_ address: GuestAddress) -> Bool { ranges.contains { $0.contains(address) } }
}
