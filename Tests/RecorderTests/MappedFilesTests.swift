import FoundationEssentials
import Glibc
import LinuxABI
import Ptrace
import SystemPackage
import Testing
import TraceFormat
import Tracee
import XState

@testable import Recorder

/// Which addresses show which file, after the ways in which a map is cut and moved.
@Suite final class MappedFilesTests {
    private let directory = "/tmp/xrr-recorder-\(RecordingID.random())"
    private let files: MappedFiles
    private let space: AddressSpace
    private let key = MappedFiles.FileKey(device: 1, inode: 2)

    init() throws {
        let layout = try XStateLayout(mask: .legacy, locations: [])
        let manifest = RecordingManifest(
            producer: "test", commandLine: [], environment: [], workingDirectory: [], userID: 0,
            cpu: CPUIdentity(vendor: "", family: 0, model: 0, stepping: 0, brand: ""), cpuid: CPUIDTable(entries: []),
            xcr0: .legacy, xstateLayout: layout, kernelRelease: "", pageSize: 4096, pinnedCore: 0, stackLimit: 0,
            interceptorVersion: 1, startTime: 0)
        let sink = FrameSink(writer: try RecordingWriter(creating: FilePath(directory), manifest: manifest))
        files = MappedFiles(storage: try FileStore(at: FilePath(directory).appending("store")), sink: sink)
        space = AddressSpace(memory: try GuestMemory(of: ThreadID(Host.processID)))
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func map(_ address: UInt64, pages: UInt64, isShared: Bool = true) {
        let mapping = Mapping(
            address: GuestAddress(address), length: pages * 4096, protection: 3, flags: 1, backing: .anonymous)
        files.note(mapping, key: key, isShared: isShared, offset: 0, in: space)
    }

    private func shared(_ range: Range<UInt64>) -> Bool {
        files.isShared(GuestAddress(range.lowerBound), length: UInt64(range.count), in: space)
    }

    private func isMapped(inode: UInt64 = 2) -> Bool {
        var identity = HostFiles.identity(ofDescriptor: 0, in: ThreadID(Host.processID))
        identity?.device = 1
        identity?.inode = inode
        return identity.map { files.isMapped($0) } ?? false
    }

    @Test func aMappingIsSharedInItsRangeOnly() {
        map(0x10000, pages: 4)
        #expect(shared(0x10000..<0x10001) && shared(0x13fff..<0x14000) && shared(0xffff..<0x10001))
        #expect(!shared(0xf000..<0x10000) && !shared(0x14000..<0x15000))
        #expect(isMapped() && !isMapped(inode: 3))
        #expect(files.length(ofMappingAt: GuestAddress(0x10000), in: space) == 0x4000)
    }

    @Test func aPrivateMappingIsNotShared() {
        map(0x10000, pages: 4, isShared: false)
        #expect(!shared(0x10000..<0x14000) && isMapped())
    }

    @Test func aHoleLeavesTheEndsOnBothSides() {
        map(0x10000, pages: 4)
        files.forget(GuestAddress(0x11000), length: 0x2000, in: space)
        #expect(shared(0x10000..<0x11000) && !shared(0x11000..<0x13000) && shared(0x13000..<0x14000))
        #expect(files.length(ofMappingAt: GuestAddress(0x10000), in: space) == 0x1000)
        #expect(files.length(ofMappingAt: GuestAddress(0x13000), in: space) == 0x1000)
    }

    @Test func headTailAndAllCanGo() {
        map(0x10000, pages: 4)
        files.forget(GuestAddress(0xf000), length: 0x2000, in: space)
        #expect(!shared(0x10000..<0x11000) && shared(0x11000..<0x14000))
        files.forget(GuestAddress(0x13000), length: 0x9000, in: space)
        #expect(shared(0x11000..<0x13000) && !shared(0x13000..<0x14000))
        files.forget(GuestAddress(0x11000), length: 0x2000, in: space)
        #expect(!isMapped())
    }

    @Test func aMappingOverAnotherReplacesIt() {
        map(0x10000, pages: 4)
        map(0x11000, pages: 1, isShared: false)
        #expect(shared(0x10000..<0x11000) && !shared(0x11000..<0x12000) && shared(0x12000..<0x14000))
    }

    @Test func aMoveTakesTheMappingAlong() {
        map(0x10000, pages: 4)
        files.move(
            from: GuestAddress(0x10000), length: 0x4000, to: GuestAddress(0x40000), newLength: 0x8000, keepsOld: false,
            in: space)
        #expect(!shared(0x10000..<0x14000) && shared(0x47fff..<0x48000))
        #expect(files.length(ofMappingAt: GuestAddress(0x40000), in: space) == 0x8000)
    }

    @Test func aForkHasItsOwnCopy() throws {
        map(0x10000, pages: 1)
        let child = AddressSpace(memory: try GuestMemory(of: ThreadID(Host.processID)))
        files.copyMappings(from: space, to: child)
        files.forget(space)
        #expect(!shared(0x10000..<0x11000))
        #expect(files.isShared(GuestAddress(0x10000), length: 1, in: child) && isMapped())
        files.forget(child)
        #expect(!isMapped())
    }

    @Test func segmentsAreOneRegionWhileTheyAreAttached() {
        let (first, key, effects) = files.segment(7, length: 4096)
        #expect(effects == [.createShared(first, length: 4096, contents: nil)])
        let mapping = Mapping(
            address: GuestAddress(0x10000), length: 4096, protection: 3, flags: 1,
            backing: .shared(first, offset: 0, path: ""))
        files.note(mapping, key: key, isShared: true, offset: 0, in: space)
        let (again, _, none) = files.segment(7, length: 4096)
        #expect(again == first && none.isEmpty)
        let (other, _, created) = files.segment(8, length: 4096)
        #expect(other != first && created == [.createShared(other, length: 4096, contents: nil)])
    }

    @Test func regionsThatNothingShowsAreReleased() {
        var live: Set<SharedRegionID> = []
        for number in 0..<100 {
            let (region, key, effects) = files.segment(UInt64(number), length: 4096)
            for case .releaseShared(let gone) in effects { #expect(live.remove(gone) != nil && gone != region) }
            live.insert(region)
            // One in ten stays attached.
            let mapping = Mapping(
                address: GuestAddress(number % 10 == 0 ? 0x10000 + UInt64(number) * 4096 : 0x4000), length: 4096,
                protection: 3, flags: 1, backing: .shared(region, offset: 0, path: ""))
            files.note(mapping, key: key, isShared: true, offset: 0, in: space)
        }
        #expect(live.count < 50)
        for number in stride(from: 0, to: 100, by: 10) {
            let (region, _, effects) = files.segment(UInt64(number), length: 4096)
            #expect(effects.isEmpty && live.contains(region))
        }
    }

    // MARK: Changes of files

    /// A file of three pages, "aaa...", "bbb...", "ccc...", that this process maps privately.
    private struct Example: ~Copyable {
        let descriptor: FileDescriptor
        let memory: GuestAddress

        init(_ path: String) throws {
            let file = try FileDescriptor.open(
                FilePath(path), .readWrite, options: .create, permissions: .ownerReadWrite)
            for byte in UInt8(ascii: "a")...UInt8(ascii: "c") {
                try file.writeAll([UInt8](repeating: byte, count: 4096))
            }
            let address = unsafe mmap(nil, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, file.rawValue, 0)
            descriptor = file
            memory = GuestAddress(UInt64(UInt(bitPattern: address)))
        }

        deinit {
            _ = unsafe munmap(UnsafeMutableRawPointer(bitPattern: UInt(memory.rawValue)), 3 * 4096)
            try? descriptor.close()
        }
    }

    private var scope: FrameScope {
        let id = ThreadID(Host.processID)
        return FrameScope(thread: id, space: space) { _ in id }
    }

    private func change(_ file: FileDescriptor, _ extent: FileChange.Extent) throws -> [Effect] {
        let descriptor = dup(file.rawValue)
        let identity = try #require(HostFiles.identity(of: descriptor))
        return files.effects(of: FileChange(identity: identity, extent: extent) { descriptor }, in: scope)
    }

    @Test func aChangeMakesPrivateMappingsViews() throws {
        let example = try Example(directory + "/file")
        let number = example.descriptor.rawValue
        let thread = ThreadID(Host.processID)
        let found = try files.backing(ofDescriptor: number, of: thread, offset: 0, isShared: false, in: scope)
        let (backing, key, before) = try #require(found)
        guard case .file(let digest, 0, let path) = backing else {
            Issue.record("\(backing)")
            return
        }
        #expect(before.isEmpty && path == directory + "/file")
        let mapping = Mapping(address: example.memory, length: 3 * 4096, protection: 3, flags: 2, backing: backing)
        files.note(mapping, key: key, isShared: false, offset: 0, in: space)
        // The second page is this process's own.
        try space.memory.write(example.memory + 4096, [1, 2, 3])
        var own = space.memory.read(example.memory + 4096, count: 4096)
        #expect(own[0...4] == [1, 2, 3, UInt8(ascii: "b"), UInt8(ascii: "b")])

        try example.descriptor.writeAll(toAbsoluteOffset: 10, [7, 8])
        let region = SharedRegionID(rawValue: 0)
        var view = mapping
        view.backing = .shared(region, offset: 0, path: path)
        #expect(
            try change(example.descriptor, .bytes(10..<12)) == [
                .createShared(region, length: 3 * 4096, contents: digest), .map(view),
                .write(example.memory + 4096, bytes: own), .writeShared(region, offset: 10, bytes: [7, 8]),
            ])
        // From now on the region alone changes.
        try example.descriptor.resize(to: 100)
        #expect(try change(example.descriptor, .none) == [.resizeShared(region, length: 100)])
        try example.descriptor.resize(to: 5000)
        own = [UInt8](repeating: 0, count: 4096 - 100)
        #expect(
            try change(example.descriptor, .none) == [
                .resizeShared(region, length: 5000), .writeShared(region, offset: 100, bytes: own),
            ])
        #expect(try change(example.descriptor, .shifted(from: 4096)).first == .resizeShared(region, length: 4096))

        // New mappings show it, and go elsewhere by way of a thread there.
        let (shared, _, more) = try #require(
            try files.backing(ofDescriptor: number, of: thread, offset: 4096, isShared: true, in: scope))
        #expect(shared == .shared(region, offset: 4096, path: path) && more.isEmpty)
    }

    @Test func aSharedMappingMakesTheViewsOfOtherAddressSpaces() throws {
        let example = try Example(directory + "/file")
        let thread = ThreadID(Host.processID)
        let number = example.descriptor.rawValue
        let (backing, key, _) = try #require(
            try files.backing(ofDescriptor: number, of: thread, offset: 0, isShared: false, in: scope))
        let other = AddressSpace(memory: try GuestMemory(of: thread))
        files.note(
            Mapping(address: example.memory, length: 2 * 4096, protection: 1, flags: 2, backing: backing), key: key,
            isShared: false, offset: 0, in: other)
        let (shared, _, effects) = try #require(
            try files.backing(ofDescriptor: number, of: thread, offset: 0, isShared: true, in: scope))
        let region = SharedRegionID(rawValue: 0)
        #expect(shared == .shared(region, offset: 0, path: directory + "/file"))
        #expect(effects.count == 2)
        // With the protection that the memory has, not what it was mapped with.
        let view = Mapping(address: example.memory, length: 2 * 4096, protection: 3, flags: 2, backing: shared)
        #expect(effects.last == .elsewhere(thread, .map(view)))
    }

    @Test func whatHasNoDataIsARegionOfZeros() throws {
        let path = FilePath(directory + "/holes")
        let descriptor = try FileDescriptor.open(
            path, .readWrite, options: .create, permissions: .ownerReadWrite)
        defer { try? descriptor.close() }
        try descriptor.resize(to: 1 << 40)
        let (_, _, effects) = try #require(
            try files.backing(
                ofDescriptor: descriptor.rawValue, of: ThreadID(Host.processID), offset: 0, isShared: true, in: scope))
        #expect(effects == [.createShared(SharedRegionID(rawValue: 0), length: 1 << 40, contents: nil)])
    }

    @Test func aChangeIsReadByItsData() throws {
        let path = FilePath(directory + "/holes")
        let descriptor = try FileDescriptor.open(
            path, .readWrite, options: .create, permissions: .ownerReadWrite)
        defer { try? descriptor.close() }
        try descriptor.resize(to: 1 << 40)
        let thread = ThreadID(Host.processID)
        let (backing, key, _) = try #require(
            try files.backing(ofDescriptor: descriptor.rawValue, of: thread, offset: 0, isShared: true, in: scope))
        files.note(
            Mapping(address: GuestAddress(0x10000), length: 4096, protection: 3, flags: 1, backing: backing), key: key,
            isShared: true, offset: 0, in: space)
        try descriptor.writeAll(toAbsoluteOffset: 1 << 39, [5])
        let effects = try change(descriptor, .all)
        let region = SharedRegionID(rawValue: 0)
        #expect(effects.first == .clearShared(region, offset: 0, length: 1 << 39))
        guard effects.count == 3, case .writeShared(region, offset: 1 << 39, bytes: let bytes) = effects[1] else {
            Issue.record("\(effects)")
            return
        }
        #expect(bytes.first == 5 && bytes.count <= 1 << 20)
    }

    @Test func whatAChildDoesNotGet() {
        let text = """
            7f0000000000-7f0000002000 r--p 00000000 08:01 7 /a file
            Size:                  8 kB
            VmFlags: rd mr mw me dc sd
            7f0000002000-7f0000003000 rw-p 00000000 00:00 0
            VmFlags: rd wr mr mw me sd
            """
        let found = MappingsNotInherited(parsing: Array(text.utf8))
        #expect(found.contains(GuestAddress(0x7f00_0000_1fff)) && !found.contains(GuestAddress(0x7f00_0000_2000)))
    }

    @Test func segmentsWithoutPages() {
        let table = """
                   key      shmid perms                  size  cpid  lpid nattch   uid   gid  rss  swap
                     0          3  1600                  4096  1  2      1  1000  1000     0     0
                     0          4  1600                  4096  1  2      1  1000  1000  4096     0
            """
        #expect(SegmentTable.isUntouched(3, table: Array(table.utf8)))
        #expect(!SegmentTable.isUntouched(4, table: Array(table.utf8)))
        #expect(!SegmentTable.isUntouched(5, table: Array(table.utf8)))
    }
}
