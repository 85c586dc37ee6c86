internal import LinuxABI
internal import Ptrace
internal import SystemPackage
internal import TraceFormat
internal import Tracee

/// Which files are mapped where, so that their contents can be stored and so that a write to a mapped file is seen as
/// the change of memory that it is.
final class MappedFiles {
    private let storage: FileStore
    private let sink: FrameSink
    private var mappings: [ObjectIdentifier: [FileMapping]] = [:] {
        didSet { keys = nil }
    }
    /// The files that any address space shows; nil when it has to be collected anew.
    private var keys: Set<FileKey>?
    private var spaces: [ObjectIdentifier: AddressSpace] = [:]
    private var regions: [FileKey: SharedRegion] = [:]
    private var nextRegion: UInt32 = 0
    /// The number of regions at which those are looked for that nothing shows any more.
    private var nextRelease = MappedFiles.leastReleased
    private var listed: Set<FileDigest> = []
    /// The lengths of stored files in bytes.
    private var lengths: [FileDigest: UInt64] = [:]

    init(storage: FileStore, sink: FrameSink) {
        self.storage = storage
        self.sink = sink
    }

    /// A file apart from its contents.
    struct FileKey: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// A part of an address space that shows part of a file.
    struct FileMapping {
        var key: FileKey
        var address: GuestAddress
        var length: UInt64
        var offset: UInt64
        var isShared: Bool
        /// MAP_ bits as in `Mapping`.
        var flags: UInt32
        /// What a replay maps: a stored copy, or a region.
        var backing: Backing
        var end: GuestAddress { address + length }
        var showsRegion: Bool { if case .shared = backing { true } else { false } }
    }

    private struct SharedRegion {
        var id: SharedRegionID
        var length: UInt64
    }

    // MARK: Contents

    /// What stands behind a private mapping that already exists (those of an exec), with the effects that have to come
    /// before it.
    func backing(
        of entry: MemoryMapEntry, thread: RecordedThread, in scope: FrameScope
    ) throws(PtraceError) -> (Backing, FileKey, [Effect]) {
        // By way of map_files, which follows the mapping even when the path was renamed or deleted; that needs
        // privileges, so the path is the second choice.
        let range = "\(String(entry.start.rawValue, radix: 16))-\(String(entry.end.rawValue, radix: 16))"
        let descriptor: Int32
        do { descriptor = try HostFiles.open(path: "/proc/\(thread.id)/map_files/\(range)") } catch {
            descriptor = try openByName(entry, of: thread)
        }
        defer { HostFiles.close(descriptor) }
        let key = FileKey(HostFiles.identity(of: descriptor), inode: entry.inode)
        let (backing, effects) = backing(
            of: descriptor, key, path: entry.name, offset: entry.offset, isShared: false, in: scope)
        return (backing, key, effects)
    }

    private func openByName(_ entry: MemoryMapEntry, of thread: RecordedThread) throws(PtraceError) -> Int32 {
        if let executable = try? HostFiles.open(path: "/proc/\(thread.id)/exe") {
            if HostFiles.identity(of: executable)?.inode == entry.inode { return executable }
            HostFiles.close(executable)
        }
        let found = try HostFiles.open(path: "/proc/\(thread.id)/root\(entry.name)")
        guard HostFiles.identity(of: found)?.inode == entry.inode else {
            HostFiles.close(found)
            throw .failed(operation: "finding a mapped file again", thread: thread.id, errno: 2)
        }
        return found
    }

    private func add(_ descriptor: Int32, path: String) -> FileDigest {
        do throws(FileStoreError) {
            let digest = try storage.add(
                FileDescriptor(rawValue: descriptor), path: path,
                isKnownByStat: HostFiles.hasReliableTimes(descriptor))
            noteFile(digest, descriptor, path: path)
            lengths[digest] = HostFiles.identity(of: descriptor)?.size
            return digest
        } catch {
            // The recording ends, the program does not: nothing will ask for this file.
            sink.fail(.storing(error))
            return FileDigest(bytes: [UInt8](repeating: 0, count: FileDigest.size))
        }
    }

    /// Lists the file in the recording, once: `xrr rm` and the like go by that list.
    private func noteFile(_ digest: FileDigest, _ descriptor: Int32, path: String) {
        guard listed.insert(digest).inserted, let identity = HostFiles.identity(of: descriptor) else { return }
        sink.note(
            FileRecord(
                digest: digest, path: Array(path.utf8), size: identity.size, mode: identity.mode,
                userID: identity.userID, groupID: identity.groupID, device: identity.device, inode: identity.inode,
                modificationTime: identity.modified))
    }

    /// What stands behind a mapping that a thread just made of one of its descriptors, with the effects that have to
    /// come before it; nil for what is no regular file.
    func backing(
        ofDescriptor number: Int32, of thread: ThreadID, offset: UInt64, isShared: Bool, in scope: FrameScope
    ) throws(PtraceError) -> (Backing, FileKey, [Effect])? {
        guard let identity = HostFiles.identity(ofDescriptor: number, in: thread), identity.isRegular else {
            return nil
        }
        let key = FileKey(device: identity.device, inode: identity.inode)
        let path = HostFiles.link("/proc/\(thread)/fd/\(number)") ?? ""
        let descriptor = try HostFiles.open(descriptor: number, of: thread)
        defer { HostFiles.close(descriptor) }
        let (backing, effects) = backing(of: descriptor, key, path: path, offset: offset, isShared: isShared, in: scope)
        return (backing, key, effects)
    }

    private func backing(
        of descriptor: Int32, _ key: FileKey, path: String, offset: UInt64, isShared: Bool, in scope: FrameScope
    ) -> (Backing, [Effect]) {
        if let region = liveRegion(key) {
            let length = HostFiles.identity(of: descriptor)?.size ?? region.length
            return (.shared(region.id, offset: offset, path: path), resize(key, to: length))
        }
        // A shared mapping of what has no data at all needs no copy.
        if isShared, HostFiles.nextData(descriptor, from: 0) == nil, !isMapped(key),
            let length = HostFiles.identity(of: descriptor)?.size
        {
            let (region, effects) = createRegion(for: key, length: length, contents: nil)
            return (.shared(region, offset: offset, path: path), effects)
        }
        let digest = add(descriptor, path: path)
        // A private mapping alone shows the copy, as long as it is the only one and the file does not change.
        let hasChanged = mappings.values.contains {
            $0.contains { $0.key == key && !$0.isShared && $0.contents != digest }
        }
        if !isShared, !hasChanged { return (.file(digest, offset: offset, path: path), []) }
        let (region, effects) = makeRegion(key, contents: digest, in: scope)
        return (.shared(region, offset: offset, path: path), effects)
    }

    // MARK: Regions

    /// Makes a file a region, of which all its private mappings become views.
    private func makeRegion(
        _ key: FileKey, contents: FileDigest, in scope: FrameScope
    ) -> (SharedRegionID, [Effect]) {
        let (id, creation) = createRegion(for: key, length: lengths[contents] ?? 0, contents: contents)
        let views = PrivateViews(region: id, length: lengths[contents] ?? 0)
        var effects = creation
        for (space, list) in spaces.compactMap({ (id, space) in mappings[id].map { (space, $0) } }) {
            let copies = list.filter { $0.key == key && $0.contents != nil }
            if copies.isEmpty { continue }
            if let thread = scope.thread(in: space) {
                effects += views.effects(for: copies, in: space, of: thread).compactMap {
                    scope.effect($0, in: space)
                }
            }
            mappings[ObjectIdentifier(space)] = list.map { mapping in
                guard mapping.key == key, case .file(_, let offset, let path) = mapping.backing else { return mapping }
                var mapping = mapping
                mapping.backing = .shared(id, offset: offset, path: path)
                return mapping
            }
        }
        return (id, effects)
    }

    private func liveRegion(_ key: FileKey) -> SharedRegion? {
        guard let region = regions[key], isShown(key) else { return nil }
        return region
    }

    /// What the unwritten pages of private mappings have shown since they were mapped.
    private func storedContents(of key: FileKey) -> FileDigest? {
        for list in mappings.values {
            if let mapping = list.first(where: { $0.key == key && $0.contents != nil }) { return mapping.contents }
        }
        return nil
    }

    /// A region that is shared but has no file: MAP_SHARED | MAP_ANONYMOUS, or System V shared memory.
    func anonymousRegion(length: UInt64) -> (SharedRegionID, FileKey, [Effect]) {
        let key = FileKey(device: Self.anonymousDevice, inode: UInt64(nextRegion))
        let (id, effects) = createRegion(for: key, length: length, contents: nil)
        return (id, key, effects)
    }

    // No device has these numbers.
    private static let anonymousDevice = UInt64.max - 1
    private static let segmentDevice = UInt64.max

    /// The region of a System V shared memory segment: the one in use, or a new one.
    ///
    /// - Returns: with the effects that create it, none if it is in use.
    func segment(_ identifier: UInt64, length: UInt64) -> (SharedRegionID, FileKey, [Effect]) {
        let key = FileKey(device: Self.segmentDevice, inode: identifier)
        if let region = liveRegion(key) { return (region.id, key, []) }
        let (id, effects) = createRegion(for: key, length: length, contents: nil)
        return (id, key, effects)
    }

    private func createRegion(for key: FileKey, length: UInt64, contents: FileDigest?) -> (SharedRegionID, [Effect]) {
        let id = SharedRegionID(rawValue: nextRegion)
        nextRegion += 1
        let former = regions.updateValue(SharedRegion(id: id, length: length), forKey: key)
        var effects = releaseUnmapped(but: key)
        if let former { effects.append(.releaseShared(former.id)) }
        effects.append(.createShared(id, length: length, contents: contents))
        return (id, effects)
    }

    /// Gives up the regions that nothing shows any more, from time to time: a replay has memory and a descriptor for each.
    private func releaseUnmapped(but current: FileKey) -> [Effect] {
        guard regions.count >= nextRelease else { return [] }
        let shown = Set(mappings.values.flatMap { $0.lazy.filter(\.showsRegion).map(\.key) })
        var effects: [Effect] = []
        for (key, region) in regions where key != current && !shown.contains(key) {
            regions[key] = nil
            effects.append(.releaseShared(region.id))
        }
        nextRelease = max(Self.leastReleased, 2 * regions.count)
        return effects
    }

    private static let leastReleased = 16

    private func resize(_ key: FileKey, to length: UInt64) -> [Effect] {
        guard let region = regions[key], region.length != length else { return [] }
        regions[key]?.length = length
        return [.resizeShared(region.id, length: length)]
    }

    /// Whether any recorded address space shows the file.
    func isMapped(_ identity: HostFiles.Identity) -> Bool {
        isMapped(FileKey(device: identity.device, inode: identity.inode))
    }

    private func isMapped(_ key: FileKey) -> Bool {
        if let keys { return keys.contains(key) }
        let collected = Set(mappings.values.flatMap { $0.map(\.key) })
        keys = collected
        return collected.contains(key)
    }

    /// Whether any mapping shows the file's region.
    private func isShown(_ key: FileKey) -> Bool {
        mappings.values.contains { $0.contains { $0.key == key && $0.showsRegion } }
    }

    // MARK: Where files are mapped

    /// A mapping of a file came into being.
    func note(_ mapping: Mapping, key: FileKey, isShared: Bool, offset: UInt64, in space: AddressSpace) {
        forget(mapping.address, length: mapping.length, in: space)
        spaces[ObjectIdentifier(space)] = space
        mappings[ObjectIdentifier(space), default: []].append(
            FileMapping(
                key: key, address: mapping.address, length: mapping.length, offset: offset, isShared: isShared,
                flags: mapping.flags, backing: mapping.backing))
    }

    /// A range was unmapped or mapped anew.
    func forget(_ address: GuestAddress, length: UInt64, in space: AddressSpace) {
        let id = ObjectIdentifier(space)
        guard let old = mappings[id], !old.isEmpty else { return }
        let end = address + length
        var kept: [FileMapping] = []
        for mapping in old {
            guard mapping.address < end, address < mapping.end else {
                kept.append(mapping)
                continue
            }
            if mapping.address < address {
                var head = mapping
                head.length = address - mapping.address
                kept.append(head)
            }
            if end < mapping.end {
                var tail = mapping
                tail.address = end
                tail.length = mapping.end - end
                tail.offset += end - mapping.address
                kept.append(tail)
            }
        }
        mappings[id] = kept
    }

    /// Whether any of a range of memory is shared with other address spaces.
    func isShared(_ address: GuestAddress, length: UInt64, in space: AddressSpace) -> Bool {
        guard let list = mappings[ObjectIdentifier(space)] else { return false }
        return list.contains { $0.isShared && $0.address < address + length && address < $0.end }
    }

    /// The length of the file mapping that begins at an address.
    func length(ofMappingAt address: GuestAddress, in space: AddressSpace) -> UInt64? {
        mappings[ObjectIdentifier(space)]?.first { $0.address == address }?.length
    }

    /// Where a segment ends that was attached at an address, or what is left of it: the program may have unmapped parts.
    func end(ofSegmentAt address: GuestAddress, in space: AddressSpace) -> GuestAddress? {
        mappings[ObjectIdentifier(space)]?.filter {
            $0.key.device == Self.segmentDevice && $0.address >= address && $0.address - address == $0.offset
        }.map(\.end).max()
    }

    /// A range was moved or resized: mremap(2).
    func move(
        from old: GuestAddress, length: UInt64, to new: GuestAddress, newLength: UInt64, keepsOld: Bool,
        in space: AddressSpace
    ) {
        let found = mappings[ObjectIdentifier(space)]?.first { $0.address <= old && old < $0.end }
        if !keepsOld { forget(old, length: max(length, 1), in: space) }
        forget(new, length: newLength, in: space)
        guard var mapping = found else { return }
        mapping.offset += old - mapping.address
        mapping.address = new
        mapping.length = newLength
        mappings[ObjectIdentifier(space), default: []].append(mapping)
    }

    /// An address space is gone.
    func forget(_ space: AddressSpace) {
        mappings[ObjectIdentifier(space)] = nil
        spaces[ObjectIdentifier(space)] = nil
    }

    /// A fork copied an address space.
    func copyMappings(from old: AddressSpace, to new: AddressSpace) {
        mappings[ObjectIdentifier(new)] = mappings[ObjectIdentifier(old)]
        spaces[ObjectIdentifier(new)] = new
    }

    // MARK: Changes of mapped files

    /// The changes of memory that a system call made by changing a file that is mapped.
    func effects(of change: FileChange, in scope: FrameScope) -> [Effect] {
        let key = FileKey(device: change.identity.device, inode: change.identity.inode)
        var effects: [Effect] = []
        if liveRegion(key) == nil {
            guard let contents = storedContents(of: key) else { return [] }
            effects += makeRegion(key, contents: contents, in: scope).1
        }
        guard let region = regions[key] else { return effects }
        let former = region.length
        let length = change.identity.size
        var changed: [Range<UInt64>] = []
        switch change.extent {
        case .none: break
        case .bytes(let range): changed.append(range.clamped(to: 0..<length))
        case .all: changed.append(0..<length)
        case .shifted(let start):
            // As the kernel does it, to the pages that private mappings have of their own.
            effects += resize(key, to: min(start, length))
            changed.append(min(start, length)..<length)
        }
        effects += resize(key, to: length)
        if former < length {
            // What stores have left in the last page behind the former end may be there still, or not.
            let tail = former..<min(length, (former + GuestAddress.pageSize - 1) & ~(GuestAddress.pageSize - 1))
            if !changed.contains(where: { $0.lowerBound <= tail.lowerBound && tail.upperBound <= $0.upperBound }) {
                changed.append(tail)
            }
        }
        changed.removeAll(where: \.isEmpty)
        if changed.isEmpty { return effects }
        let descriptor: Int32
        do { descriptor = try change.open() } catch {
            sink.fail(.ptrace(error))
            return effects
        }
        defer { HostFiles.close(descriptor) }
        for range in changed { effects += contents(of: descriptor, in: range, region: region.id) }
        return effects
    }

    /// What a part of a file is now, by its data.
    private func contents(of descriptor: Int32, in range: Range<UInt64>, region: SharedRegionID) -> [Effect] {
        var effects: [Effect] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            let data =
                HostFiles.nextData(descriptor, from: offset)?.clamped(to: range)
                ?? range.upperBound..<range.upperBound
            let hole = offset..<(data.isEmpty ? range.upperBound : data.lowerBound)
            if !hole.isEmpty {
                effects.append(.clearShared(region, offset: hole.lowerBound, length: UInt64(hole.count)))
            }
            offset = hole.upperBound
            while offset < data.upperBound {
                let bytes = HostFiles.read(
                    descriptor, at: offset, count: Int(min(Self.pieceSize, data.upperBound - offset)))
                if bytes.isEmpty { return effects }
                effects.append(.writeShared(region, offset: offset, bytes: bytes))
                offset += UInt64(bytes.count)
            }
        }
        return effects
    }

    private static let pieceSize: UInt64 = 1 << 20
}

extension MappedFiles.FileMapping {
    /// The stored copy that a replay maps; nil for what shows a region.
    var contents: FileDigest? {
        if case .file(let digest, _, _) = backing { digest } else { nil }
    }
}

extension MappedFiles.FileKey {
    /// As fstat(2) tells it, else as /proc/PID/maps does.
    init(_ identity: HostFiles.Identity?, inode: UInt64) {
        self.init(device: identity?.device ?? 0, inode: identity?.inode ?? inode)
    }
}
