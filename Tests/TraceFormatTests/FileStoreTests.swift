import Codec
import FoundationEssentials
import Synchronization
import SystemPackage
import Testing

@testable import TraceFormat

@Suite struct FileStoreTests {
    private func store(_ scratch: Scratch) throws -> FileStore {
        try FileStore(at: scratch.path.appending("store"))
    }

    private func add(_ path: FilePath, to store: FileStore) throws -> FileDigest {
        let file = try OwnedFile(path, .readOnly)
        return try store.add(file.descriptor, path: path.string)
    }

    private func contents(_ store: FileStore, _ digest: FileDigest) throws -> [UInt8] {
        let file = OwnedFile(try store.open(digest))
        var bytes: [UInt8] = []
        try file.read(Int(file.length()), at: 0, into: &bytes)
        return bytes
    }

    /// Gives the file a time long past, as an installed library has.
    private func settle(_ path: FilePath) async throws {
        // The change time cannot be set: wait.
        try await Task.sleep(for: .nanoseconds(FileStore.settlingTime + 100_000_000))
    }

    private func entries(_ path: FilePath) throws -> Int { try Scratch.entries(path).count }

    @Test(arguments: [0, 1, 300_000, 1 << 20])
    func whatIsAddedCanBeOpened(size: Int) throws {
        let scratch = try Scratch()
        let store = try store(scratch)
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let path = scratch.path.appending("file")
        try Scratch.replace(path, bytes)
        let digest = try add(path, to: store)
        #expect(try contents(store, digest) == bytes)
        #expect(store.contains(digest, size: UInt64(size)))
        #expect(!store.contains(digest, size: UInt64(size) + 1))
        try store.verify(digest)
        #expect(try add(path, to: store) == digest)
        let object = try FileDescriptorStat.of(store.open(digest))
        #expect(object == 0o444)
        #expect(try entries(scratch.path.appending("store/tmp")) == 0)
    }

    @Test(arguments: [[], [0], [3], [0, 3], [1, 2, 7]])
    func holesStayHoles(data: [Int]) throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("sparse")
        let file = try FileDescriptor.open(path, .readWrite, options: .create, permissions: .ownerReadWrite)
        let block = 1 << 20
        try file.resize(to: Int64(8 * block + 5))
        for index in data { try file.writeAll(toAbsoluteOffset: Int64(index * block), [1, 2, 3]) }
        try file.close()
        let store = try store(scratch)
        let digest = try add(path, to: store)
        var expected = [UInt8](repeating: 0, count: 8 * block + 5)
        for index in data { expected.replaceSubrange(index * block..<index * block + 3, with: [1, 2, 3]) }
        #expect(digest.bytes == SparseExample.hash(expected))
        try store.verify(digest)
        #expect(try contents(store, digest) == expected)
        let object = try store.open(digest)
        defer { try? object.close() }
        #expect(try object.stat().sizeAllocated < 2 * block)
    }

    @Test func whereTheHolesAreDoesNotMatter() throws {
        let scratch = try Scratch()
        let store = try store(scratch)
        let size = 4 << 20
        var digests: Set<FileDigest> = []
        // Around the bytes: nothing, a page of zeros, a block of them.
        for around in [0, 4096, 65536] {
            let path = scratch.path.appending("sparse \(around)")
            let file = try FileDescriptor.open(path, .readWrite, options: .create, permissions: .ownerReadWrite)
            try file.resize(to: Int64(size))
            let zeros = [UInt8](repeating: 0, count: around)
            try file.writeAll(toAbsoluteOffset: Int64(1_000_000 - around), zeros + [1, 2, 3] + zeros)
            try file.close()
            digests.insert(try add(path, to: store))
        }
        #expect(digests.count == 1)
        let digest = try #require(digests.first)
        // An object that lost its holes is the same, and one that has other bytes is not.
        let name = digest.description
        let object = scratch.path.appending("store/objects/\(name.prefix(2))/\(name.dropFirst(2))")
        var bytes = try contents(store, digest)
        try Directory.remove(object)
        try Scratch.replace(object, bytes)
        try store.verify(digest)
        bytes[1_000_000] = 9
        try Directory.remove(object)
        try Scratch.replace(object, bytes)
        #expect(throws: FileStoreError.damaged(digest)) { try store.verify(digest) }
    }

    @Test func aPlainNameHoldsForAnObjectThatGotHoles() throws {
        let scratch = try Scratch()
        let store = try store(scratch)
        let path = scratch.path.appending("dense")
        let bytes = [1, 2, 3] + [UInt8](repeating: 0, count: 4 << 20)
        try Scratch.replace(path, bytes)
        let digest = try add(path, to: store)
        #expect(digest.bytes == SHA256.hash(bytes.span))
        let name = digest.description
        let object = scratch.path.appending("store/objects/\(name.prefix(2))/\(name.dropFirst(2))")
        try Directory.remove(object)
        let file = try FileDescriptor.open(object, .readWrite, options: .create, permissions: .ownerReadWrite)
        try file.writeAll([1, 2, 3])
        try file.resize(to: Int64(bytes.count))
        try file.close()
        try store.verify(digest)
    }

    @Test(.timeLimit(.minutes(1))) func terabytesOfHolesTakeNoTime() throws {
        let scratch = try Scratch()
        let store = try store(scratch)
        let path = scratch.path.appending("huge")
        let file = try FileDescriptor.open(path, .readWrite, options: .create, permissions: .ownerReadWrite)
        try file.resize(to: 4 << 40)
        try file.writeAll(toAbsoluteOffset: 3 << 40, [1, 2, 3])
        try file.close()
        let digest = try add(path, to: store)
        #expect(store.contains(digest, size: 4 << 40))
        try store.verify(digest)
        let object = try store.open(digest)
        defer { try? object.close() }
        #expect(try object.stat().sizeAllocated < 1 << 20)
    }

    @Test func theDigestIsTheSHA256() throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("file")
        try Scratch.replace(path, Array("abc".utf8))
        let digest = try add(path, to: try store(scratch))
        #expect(digest.description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(FileDigest(hexadecimal: Array(digest.description.utf8)) == digest)
        #expect(FileDigest(hexadecimal: Array("../../etc/passwd".utf8)) == nil)
    }

    @Test func aSettledFileIsReadOnce() async throws {
        let scratch = try Scratch()
        let store = try store(scratch)
        let path = scratch.path.appending("file")
        try Scratch.replace(path, [1, 2, 3])
        let fresh = try add(path, to: store)
        #expect(try entries(scratch.path.appending("store/by-stat")) == 0, "it was just written")
        try await settle(path)
        #expect(try add(path, to: store) == fresh)
        #expect(try entries(scratch.path.appending("store/by-stat")) == 1)

        // A store that could not copy shows that nothing is copied.
        var full = store
        full.write = { (_, _) throws(Errno) in throw .noSpace }
        #expect(try add(path, to: full) == fresh)

        try Scratch.replace(path, [3, 2, 1])
        #expect(try add(path, to: store) != fresh, "same size, other times")
    }

    @Test func aLostObjectIsStoredAgain() async throws {
        let scratch = try Scratch()
        let store = try store(scratch)
        let path = scratch.path.appending("file")
        try Scratch.replace(path, [1, 2, 3])
        try await settle(path)
        let digest = try add(path, to: store)
        let name = digest.description
        try Directory.remove(scratch.path.appending("store/objects/\(name.prefix(2))/\(name.dropFirst(2))"))
        #expect(throws: FileStoreError.missing(digest)) { try store.open(digest) }
        #expect(try add(path, to: store) == digest)
        try store.verify(digest)
    }

    @Test func damageIsFoundByVerifying() throws {
        let scratch = try Scratch()
        let store = try store(scratch)
        let path = scratch.path.appending("file")
        try Scratch.replace(path, [1, 2, 3])
        let digest = try add(path, to: store)
        let name = digest.description
        let object = scratch.path.appending("store/objects/\(name.prefix(2))/\(name.dropFirst(2))")
        try Directory.remove(object)
        try Scratch.replace(object, [1, 2, 4])
        #expect(throws: FileStoreError.damaged(digest)) { try store.verify(digest) }
    }

    @Test func manyAtOnceStoreOneCopy() async throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("file")
        try Scratch.replace(path, [UInt8](repeating: 7, count: 600_000))
        let directory = scratch.path.appending("store")
        let digests = try await withThrowingTaskGroup(of: FileDigest.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let file = try OwnedFile(path, .readOnly)
                    return try FileStore(at: directory).add(file.descriptor, path: path.string)
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(digests.count == 1)
        for digest in digests { try FileStore(at: directory).verify(digest) }
        #expect(try entries(directory.appending("objects")) == 1)
        #expect(try entries(directory.appending("tmp")) == 0)
    }

    @Test func aFullDiskLeavesNothingBehind() throws {
        let scratch = try Scratch()
        var store = try store(scratch)
        store.write = { (_, bytes) throws(Errno) in throw .noSpace }
        let path = scratch.path.appending("file")
        try Scratch.replace(path, [1, 2, 3])
        let error = #expect(throws: FileStoreError.self) { try add(path, to: store) }
        guard case .file(let place, .noSpace) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(place.contains("/store/tmp/"))
        #expect(try entries(scratch.path.appending("store/tmp")) == 0)
        #expect(try entries(scratch.path.appending("store/objects")) == 0)
    }

    @Test func aFileThatChangesWhileItIsCopiedIsCopiedAgain() throws {
        let scratch = try Scratch()
        var store = try store(scratch)
        let path = scratch.path.appending("file")
        try Scratch.replace(path, [UInt8](repeating: 1, count: 1000))
        let target = path
        let remaining = Counter(1)
        store.write = { (file, bytes) throws(Errno) in
            if remaining.take() { try? Scratch.append(target, [9]) }
            return try OwnedFile.write(file, bytes)
        }
        let digest = try add(path, to: store)
        #expect(try contents(store, digest).count == 1001)

        let always = Counter(1000)
        store.write = { (file, bytes) throws(Errno) in
            if always.take() { try? Scratch.append(target, [9]) }
            return try OwnedFile.write(file, bytes)
        }
        #expect(throws: FileStoreError.changing(path: path.string)) { try add(path, to: store) }
        #expect(try entries(scratch.path.appending("store/tmp")) == 0)
    }

    /// A stranger's store may have a link to a directory of the user's in any place.
    @Test(arguments: ["", "/objects", "/tmp", "/by-stat", "/objects/03"])
    func noLinkIsFollowed(place: String) throws {
        let scratch = try Scratch()
        // Its SHA-256 begins with 03.
        let file = scratch.path.appending("file")
        try Scratch.replace(file, [1, 2, 3])
        let digest = try add(file, to: store(scratch))
        #expect(digest.description.hasPrefix("03"))
        let precious = scratch.path.appending("precious")
        let link = "\(scratch.path)/store\(place)"
        try FileManager.default.moveItem(atPath: link, toPath: precious.string)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: precious.string)
        let before = try FileManager.default.subpathsOfDirectory(atPath: precious.string).sorted()
        try Scratch.replace(file, place == "/objects/03" ? [1, 2, 3] : [3, 2, 1])
        let named = place == "/objects/03" ? "\(scratch.path)/store/\(object(digest))" : link
        #expect(throws: FileStoreError.foreign(path: named)) { try add(file, to: store(scratch)) }
        if place.isEmpty || place.hasPrefix("/objects") {
            #expect(
                throws: FileStoreError.foreign(path: place.isEmpty ? link : "\(scratch.path)/store/\(object(digest))")
            ) {
                try FileStore(reading: scratch.path.appending("store")).openVerified(digest).close()
            }
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: precious.string).sorted() == before)
    }

    private func object(_ digest: FileDigest) -> String {
        "objects/\(digest.description.prefix(2))/\(digest.description.dropFirst(2))"
    }

    @Test func anObjectThatIsALinkIsNotFollowed() throws {
        let scratch = try Scratch()
        let file = scratch.path.appending("file")
        try Scratch.replace(file, [1, 2, 3])
        let store = try store(scratch)
        let digest = try add(file, to: store)
        let path = "\(scratch.path)/store/\(object(digest))"
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: file.string)
        #expect(throws: FileStoreError.foreign(path: path)) { try store.open(digest) }
        #expect(store.path(of: digest) == nil)
        // Whoever adds it puts the contents there.
        #expect(try add(file, to: store) == digest)
        try store.verify(digest)
    }

    /// What was compared is noted by the user, and nothing is written to the store.
    @Test func readingWritesNothing() async throws {
        let scratch = try Scratch()
        let file = scratch.path.appending("file")
        try Scratch.replace(file, [1, 2, 3])
        let digest = try add(file, to: try store(scratch))
        try await settle(file)
        let directory = scratch.path.appending("store")
        let before = try FileManager.default.subpathsOfDirectory(atPath: directory.string).sorted()
        let store = try FileStore(reading: directory)
        try store.openVerified(digest).close()
        #expect(try FileManager.default.subpathsOfDirectory(atPath: directory.string).sorted() == before)
        let text = try #require(store.verified.changedText)
        #expect(String(decoding: text, as: UTF8.self).hasPrefix("\(digest) "))

        // Believed as long as the object is the same file.
        let known = VerifiedObjects(text: text)
        var second = try FileStore(reading: directory)
        second.verified = known
        try second.openVerified(digest).close()
        #expect(known.changedText == nil)
        let path = "\(directory)/\(object(digest))"
        try FileManager.default.removeItem(atPath: path)
        try Scratch.replace(FilePath(path), [1, 2, 4])
        #expect(throws: FileStoreError.damaged(digest)) { try second.openVerified(digest) }
    }

    @Test func onlyRegularFilesAreStored() throws {
        let scratch = try Scratch()
        #expect(throws: FileStoreError.notRegular(path: "/dev/zero")) {
            try add("/dev/zero", to: try store(scratch))
        }
    }
}

/// Counts down to 0 on any thread.
final class Counter: Sendable {
    private let left: Mutex<Int>
    init(_ count: Int) { left = Mutex(count) }

    /// Whether there was something left.
    func take() -> Bool {
        left.withLock { left in
            if left == 0 { return false }
            left -= 1
            return true
        }
    }
}

enum FileDescriptorStat {
    /// The permission bits of an open file, which is closed.
    static func of(_ descriptor: FileDescriptor) throws -> UInt32 {
        let file = OwnedFile(descriptor)
        return UInt32(try file.descriptor.stat().permissions.rawValue)
    }
}

/// The name of a sparse file, computed in another way than the store does it.
enum SparseExample {
    static func hash(_ bytes: [UInt8]) -> [UInt8] {
        func word(_ number: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
        var hashed = Array("xrr sparse file\0".utf8) + word(bytes.count)
        for index in 0...bytes.count / 65536 {
            let block = bytes[min(bytes.count, index * 65536)..<min(bytes.count, (index + 1) * 65536)]
            if block.contains(where: { $0 != 0 }) { hashed += word(index) + block }
        }
        return SHA256.hash(hashed.span)
    }
}
