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
    private var listed: Set<FileDigest> = []

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
        var end: GuestAddress { address + length }
    }

    private struct SharedRegion {
        var id: SharedRegionID
        var length: UInt64
    }

    // MARK: Contents

    /// Stores the file behind a mapping that already exists (those of an exec).
    func store(_ entry: MemoryMapEntry, of thread: RecordedThread) throws(PtraceError) -> (Backing, FileKey) {
        // By way of map_files, which follows the mapping even when the path was renamed or deleted; that needs
        // privileges, so the path is the second choice.
        let range = "\(String(entry.start.rawValue, radix: 16))-\(String(entry.end.rawValue, radix: 16))"
        let descriptor: Int32
        do { descriptor = try HostFiles.open(path: "/proc/\(thread.id)/map_files/\(range)") } catch {
            descriptor = try openByName(entry, of: thread)
        }
        defer { HostFiles.close(descriptor) }
        let digest = add(descriptor, path: entry.name)
        let backing = Backing.file(digest, offset: entry.offset, path: entry.name)
        return (backing, FileKey(HostFiles.identity(of: descriptor), inode: entry.inode))
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
            let digest = try storage.add(FileDescriptor(rawValue: descriptor), path: path)
            noteFile(digest, descriptor, path: path)
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

    /// What stands behind a mapping that a thread just made of one of its descriptors, with the effects that create
    /// it; nil for what is no regular file.
    func backing(
        ofDescriptor number: Int32, of thread: RecordedThread, offset: UInt64, isShared: Bool
    ) throws(PtraceError) -> (Backing, FileKey, [Effect])? {
        guard let identity = HostFiles.identity(ofDescriptor: number, in: thread.id), identity.isRegular else {
            return nil
        }
        let key = FileKey(device: identity.device, inode: identity.inode)
        let path = HostFiles.link("/proc/\(thread.id)/fd/\(number)") ?? ""
        if isShared, let region = regions[key], isMapped(key) {
            return (.shared(region.id, offset: offset, path: path), key, resize(key, to: identity.size))
        }
        let descriptor = try HostFiles.open(descriptor: number, of: thread.id)
        defer { HostFiles.close(descriptor) }
        let digest = add(descriptor, path: path)
        guard isShared else { return (.file(digest, offset: offset, path: path), key, []) }
        let (region, effect) = createRegion(for: key, length: identity.size, contents: digest)
        return (.shared(region, offset: offset, path: path), key, [effect])
    }

    /// A region that is shared but has no file: MAP_SHARED | MAP_ANONYMOUS, or System V shared memory.
    func anonymousRegion(length: UInt64) -> (SharedRegionID, FileKey, Effect) {
        let id = newRegionID()
        let key = FileKey(device: Self.anonymousDevice, inode: UInt64(id.rawValue))
        return (id, key, .createShared(id, length: length, contents: nil))
    }

    // No device has these numbers.
    private static let anonymousDevice = UInt64.max - 1
    private static let segmentDevice = UInt64.max

    /// The region of a System V shared memory segment: the one in use, or a new one.
    func segment(_ identifier: UInt64, length: UInt64) -> (SharedRegionID, FileKey, Effect?) {
        let key = FileKey(device: Self.segmentDevice, inode: identifier)
        if let region = regions[key], isMapped(key) { return (region.id, key, nil) }
        let (id, effect) = createRegion(for: key, length: length, contents: nil)
        return (id, key, effect)
    }

    private func createRegion(for key: FileKey, length: UInt64, contents: FileDigest?) -> (SharedRegionID, Effect) {
        let id = newRegionID()
        regions[key] = SharedRegion(id: id, length: length)
        return (id, .createShared(id, length: length, contents: contents))
    }

    private func newRegionID() -> SharedRegionID {
        defer { nextRegion += 1 }
        return SharedRegionID(rawValue: nextRegion)
    }

    private func resize(_ key: FileKey, to length: UInt64) -> [Effect] {
        guard let region = regions[key], region.length != length else { return [] }
        regions[key]?.length = length
        return [.resizeShared(region.id, length: length)]
    }

    /// Whether any recorded address space shows the file.
    func isMapped(_ identity: HostFiles.Identity) -> Bool {
        let key = FileKey(device: identity.device, inode: identity.inode)
        if let keys { return keys.contains(key) }
        let collected = Set(mappings.values.flatMap { $0.map(\.key) })
        keys = collected
        return collected.contains(key)
    }

    private func isMapped(_ key: FileKey) -> Bool {
        mappings.values.contains { $0.contains { $0.key == key && $0.isShared } }
    }

    // MARK: Where files are mapped

    /// A mapping of a file came into being.
    func note(_ mapping: Mapping, key: FileKey, isShared: Bool, offset: UInt64, in space: AddressSpace) {
        forget(mapping.address, length: mapping.length, in: space)
        spaces[ObjectIdentifier(space)] = space
        mappings[ObjectIdentifier(space), default: []].append(
            FileMapping(
                key: key, address: mapping.address, length: mapping.length, offset: offset, isShared: isShared))
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

    // MARK: Writes to mapped files

    /// The changes of memory that a system call made by changing a file.
    ///
    /// - Parameter range: the bytes of the file that may have changed; nil for all.
    func effects(
        ofChangeTo identity: HostFiles.Identity, range: Range<UInt64>?, descriptor number: Int32,
        by thread: RecordedThread, owner: (AddressSpace) -> ThreadID?
    ) -> [Effect] {
        let key = FileKey(device: identity.device, inode: identity.inode)
        var effects = resize(key, to: identity.size)
        var isRegionWritten = false
        for (id, list) in mappings {
            guard let space = spaces[id] else { continue }
            for mapping in list where mapping.key == key {
                if mapping.isShared {
                    if !isRegionWritten, let region = regions[key] {
                        effects += contents(of: number, of: thread, range: range ?? 0..<identity.size).map {
                            .writeShared(region.id, offset: $0, bytes: $1)
                        }
                        isRegionWritten = true
                    }
                } else {
                    effects += privateEffects(mapping, in: space, range: range, thread: thread, owner: owner)
                }
            }
        }
        return effects
    }

    /// Pages of a private mapping that have not been written to go on showing the file.
    private func privateEffects(
        _ mapping: FileMapping, in space: AddressSpace, range: Range<UInt64>?, thread: RecordedThread,
        owner: (AddressSpace) -> ThreadID?
    ) -> [Effect] {
        let shown = mapping.offset..<mapping.offset + mapping.length
        let changed = (range ?? shown).clamped(to: shown)
        guard !changed.isEmpty else { return [] }
        let address = mapping.address + (changed.lowerBound - mapping.offset)
        let bytes = space.memory.read(address, count: changed.count)
        guard !bytes.isEmpty else { return [] }
        if space === thread.traced.addressSpace { return [.write(address, bytes: bytes)] }
        return owner(space).map { [.writeElsewhere($0, address, bytes: bytes)] } ?? []
    }

    private func contents(
        of number: Int32, of thread: RecordedThread, range: Range<UInt64>
    ) -> [(UInt64, [UInt8])] {
        guard let descriptor = try? HostFiles.open(descriptor: number, of: thread.id) else { return [] }
        defer { HostFiles.close(descriptor) }
        var parts: [(UInt64, [UInt8])] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            let bytes = HostFiles.read(descriptor, at: offset, count: Int(min(1 << 20, range.upperBound - offset)))
            if bytes.isEmpty { break }
            parts.append((offset, bytes))
            offset += UInt64(bytes.count)
        }
        return parts
    }
}

extension MappedFiles.FileKey {
    /// As fstat(2) tells it, else as /proc/PID/maps does.
    init(_ identity: HostFiles.Identity?, inode: UInt64) {
        self.init(device: identity?.device ?? 0, inode: identity?.inode ?? inode)
    }
}
