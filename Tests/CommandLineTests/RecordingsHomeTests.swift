import Glibc
import LinuxABI
import Replayer
import SystemPackage
import Testing
import TraceFormat
import XState

@testable import xrr

@Suite final class RecordingsHomeTests {
    private let home: RecordingsHome

    init() throws {
        var template = Array("/tmp/xrr-home-XXXXXX".utf8CString)
        try #require(unsafe mkdtemp(&template) != nil)
        home = RecordingsHome(path: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    deinit { try? FileSystem.removeTree(home.path) }

    private static let digest = FileDigest(bytes: (0..<32).map { UInt8($0) })

    private func manifest() throws -> RecordingManifest {
        RecordingManifest(
            producer: "xrr test", commandLine: [Array("prog".utf8)], environment: [], workingDirectory: [], userID: 0,
            cpu: CPUIdentity(vendor: "AuthenticAMD", family: 26, model: 2, stepping: 1, brand: "a CPU"),
            cpuid: CPUIDTable(entries: []), xcr0: [.x87, .sse],
            xstateLayout: try XStateLayout(mask: [.x87, .sse], locations: []), kernelRelease: "6.1", pageSize: 4096,
            pinnedCore: nil, stackLimit: 8 << 20, interceptorVersion: 0, startTime: 1)
    }

    /// A finished recording of a process whose one system call returned `result`.
    private func record(_ result: UInt64 = 7, program: String = "/bin/prog") throws -> RecordingDirectory {
        let manifest = try manifest()
        let (directory, writer) = try home.create(program: program) { directory throws(RecordingWriteError) in
            try RecordingWriter(creating: FilePath(directory.path), manifest: manifest)
        }
        let xstate = try XStateImage.initial(mask: [.x87, .sse])
        var after = Registers()
        after.rax = result
        let thread = ThreadID(10)
        let events: [Event] = [
            .threadStart(ThreadStart(parent: nil, process: ProcessID(10), sharesMemory: false)),
            .exec(ExecImage(path: "/bin/prog", arguments: [Array("prog".utf8), Array("-x".utf8)])),
            .syscall(SyscallNumber(39)), .threadExit(ExitStatus(waitStatus: 0)),
        ]
        var before = Registers()
        for event in events {
            try writer.append(Frame(thread: thread, event: event, before: before, after: after, xstate: xstate))
            before = after
        }
        try writer.noteFile(
            FileRecord(
                digest: Self.digest, path: Array("/bin/prog".utf8), size: 1, mode: 0o644, userID: 0, groupID: 0,
                device: 0, inode: 0, modificationTime: 0))
        try writer.finish(exitStatus: ExitStatus(waitStatus: 0), endTime: 2)
        try home.pointLatest(at: directory)
        return directory
    }

    @Test func namesCountUpAndLatestFollows() throws {
        #expect(home.latest == nil)
        #expect(try home.recordings().isEmpty)
        #expect(try record().name == "prog-0")
        #expect(try record().name == "prog-1")
        #expect(home.latest?.name == "prog-1")
        #expect(try RecordingDirectory.resolve("prog-0", home: home).name == "prog-0")
        #expect(try RecordingDirectory.resolve("latest", home: home).name == "prog-1")
        #expect(try RecordingDirectory.resolve(nil, home: home).name == "prog-1")
        #expect(try home.recordings().map(\.name) == ["prog-0", "prog-1"])
        #expect(try record(program: "...").name == "_...-0")
    }

    @Test func removalKeepsWhatOthersNeed() throws {
        let first = try record()
        let second = try record()
        let hex = Self.digest.description
        let objects = home.store + "/objects/" + hex.prefix(2)
        try FileSystem.createDirectories(objects)
        let needed = objects + "/" + hex.dropFirst(2)
        let orphan = objects + "/" + String(repeating: "a", count: 62)
        for path in [needed, orphan, home.store + "/objects/foreign"] {
            try FileDescriptor.open(FilePath(path), .writeOnly, options: .create, permissions: .ownerReadWrite).close()
        }
        try home.remove(first)
        guard case .freed = home.collectStore() else { return #expect(Bool(false), "nothing holds the store") }
        #expect(FileSystem.kind(needed) == .file)
        #expect(FileSystem.kind(orphan) == nil)
        #expect(FileSystem.kind(home.store + "/objects/foreign") == .file)
        #expect(home.latest?.name == second.name)

        let holder = try StoreLock(store: home.store, mode: .shared)
        try home.remove(second)
        guard case .postponed = home.collectStore() else { return #expect(Bool(false), "a recorder holds the store") }
        #expect(FileSystem.kind(needed) == .file)
        holder.release()
        _ = home.collectStore()
        #expect(FileSystem.kind(needed) == nil)
        #expect(home.latest == nil)
    }

    /// A stranger's collection may have links to the user's directories, and files with other names than xrr gives.
    @Test(arguments: ["objects", "by-stat", "tmp", "verified", ""])
    func collectingFollowsNoLink(part: String) throws {
        let first = try record()
        let precious = home.path + "/precious"
        let hex = String(repeating: "a", count: 62)
        try FileSystem.createDirectories(precious + "/aa")
        for name in ["thesis.tex", "aa/" + hex, "12-" + RecordingID.random().description] {
            try FileSystem.write([1], to: precious + "/" + name)
        }
        try FileSystem.createLink(to: "/etc/hostname", at: precious + "/mylink")
        try FileSystem.createLink(to: "aa" + hex, at: precious + "/" + String(repeating: "b", count: 64))
        let before = try FileSystem.names(in: precious)
        if part.isEmpty {
            try FileSystem.removeTree(home.store)
            try FileSystem.createLink(to: precious, at: home.store)
        } else {
            try FileSystem.createLink(to: precious, at: home.store + "/" + part)
        }
        try home.remove(first)
        _ = home.collectStore()
        #expect(try FileSystem.names(in: precious) == before)
        #expect(FileSystem.kind(precious + "/aa/" + hex) == .file)
    }

    @Test func collectingKeepsWhatIsNotOurs() throws {
        let first = try record()
        let temporaries = home.store + "/tmp"
        let links = home.store + "/by-stat"
        for directory in [temporaries, links] { try FileSystem.createDirectories(directory) }
        let own = temporaries + "/12-" + RecordingID.random().description
        for path in [own, temporaries + "/notes"] { try FileSystem.write([1], to: path) }
        try FileSystem.createLink(to: "/etc/hostname", at: links + "/mylink")
        try FileSystem.createLink(to: String(repeating: "a", count: 64), at: links + "/1-2-3-4-5")
        try home.remove(first)
        guard case .freed = home.collectStore() else { return #expect(Bool(false), "nothing holds the store") }
        #expect(FileSystem.kind(own) == nil)
        #expect(try FileSystem.names(in: temporaries) == ["notes"])
        #expect(try FileSystem.names(in: links) == ["mylink"])
    }

    @Test func noLinkLeadsOutOfAHome() throws {
        let mine = try record()
        let other = RecordingsHome(path: home.path + "/stranger")
        try FileSystem.createDirectories(other.path)
        for name in ["latest", "prog-9"] { try FileSystem.createLink(to: mine.path, at: "\(other.path)/\(name)") }
        #expect(other.latest == nil)
        for name in ["latest", "prog-9"] {
            #expect(throws: CommandError.self) { try RecordingDirectory.resolve(name, home: other) }
        }
        // A path that is given is followed, but not to remove what it leads to.
        let path = other.path + "/prog-9"
        #expect(try RecordingDirectory.resolve(path, home: other).path == mine.path)
        #expect(throws: CommandError.self) {
            try RecordingDirectory.resolve(path, home: other, followsLinks: false)
        }
        #expect(throws: CommandError.self) { try home.remove(RecordingDirectory(path: path)) }
        #expect(mine.isRecording)
    }

    @Test func whatOthersCanWriteIsNotTrusted() throws {
        try FileSystem.createDirectories(home.store)
        try home.refuseUnsafe()
        unsafe chmod(home.store, 0o777)
        #expect(throws: CommandError.self) { try home.refuseUnsafe() }
        unsafe chmod(home.store, 0o700)
        let inner = RecordingsHome(path: home.path + "/inner")
        try FileSystem.createDirectories(inner.store)
        try inner.refuseUnsafe()
        unsafe chmod(home.path, 0o777)
        #expect(throws: CommandError.self) { try inner.refuseUnsafe() }
        unsafe chmod(home.path, 0o1777)
        try inner.refuseUnsafe()
    }

    @Test(.enabled(if: geteuid() == 0)) func whatOthersOwnIsNotTrusted() throws {
        let inner = RecordingsHome(path: home.path + "/inner")
        try FileSystem.createDirectories(inner.store)
        for path in [inner.path, inner.store] {
            unsafe chown(path, 65534, 65534)
            #expect(throws: CommandError.self) { try inner.refuseUnsafe() }
            unsafe chown(path, 0, 0)
        }
        let shared = RecordingsHome(path: inner.path, isInSharedPlace: true)
        #expect(try shared.recordings().isEmpty)
        unsafe chown(inner.path, 65534, 65534)
        #expect(throws: CommandError.self) { try shared.recordings() }
    }

    /// A process that is being started has copies of all descriptors until it calls execve(2).
    @Test func aReleasedLockHoldsNothingThoughCopied() throws {
        try FileSystem.createDirectories(home.store)
        let store = FileSystem.absolute(home.store)
        let lock = try StoreLock(store: store, mode: .exclusive)
        let descriptors = try FileSystem.names(in: "/proc/self/fd").compactMap { Int32($0) }
        let original = try #require(descriptors.first { FileSystem.linkTarget("/proc/self/fd/\($0)") == store })
        let copy = try FileDescriptor(rawValue: original).duplicate()
        defer { try? copy.close() }
        lock.release()
        let next = try StoreLock(store: store, mode: .exclusive)
        next.release()
    }

    @Test func whatIsNoRecordingIsNotRemoved() throws {
        let path = home.path + "/precious"
        try FileSystem.createDirectory(path)
        #expect(throws: CommandError.self) { try home.remove(RecordingDirectory(path: path)) }
        #expect(throws: CommandError.self) { try RecordingDirectory.resolve("precious", home: home) }
        #expect(FileSystem.kind(path) == .directory)
    }

    @Test func chosenDirectoriesMustBeNewOrEmpty() throws {
        let manifest = try manifest()
        func create(_ path: String) throws -> RecordingDirectory {
            try RecordingsHome.create(at: path) { directory throws(RecordingWriteError) in
                try RecordingWriter(creating: FilePath(directory.path), manifest: manifest)
            }.directory
        }
        try FileSystem.createDirectory(home.path + "/empty")
        let made = try create(home.path + "/empty")
        #expect(made.isRecording)
        #expect(made.store == home.path + "/empty/store")
        #expect(throws: CommandError.self) { try create(home.path + "/empty") }
        #expect(try create(home.path + "/deep/er").isRecording)
    }

    private func states(_ source: StateSource) throws -> [StateRecord] {
        var states: [StateRecord] = []
        while let state = try source.next(in: .all) { states.append(state) }
        return states
    }

    @Test func comparisonNamesWhatDiffers() throws {
        let a = try states(StateSource(record(7).path))
        let b = try states(StateSource(record(8).path))
        #expect(a.count == 4)
        #expect(a[2].event == "getpid")
        #expect(zip(a, b).map { $0.differences(to: $1, by: .exact).map(\.name) } == [[], ["rax"], ["rax"], ["rax"]])
        #expect(a[1].differences(to: b[1], by: .exact).first?.component == "registers")
    }

    @Test func registerDumpsReadBackAsWritten() throws {
        let recording = try record()
        let original = try states(StateSource(recording.path))
        let path = home.path + "/dump"
        let file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: .create, permissions: .ownerReadWrite)
        let head = try StateOrigin(recording.reader().manifest).lines(recording: .random())
        try file.closeAfter {
            for line in head + original.map(\.line) { _ = try file.writeAll((line + "\n").utf8) }
        }
        let read = try states(StateSource(path))
        #expect(read.map(\.line) == original.map(\.line))
        #expect(zip(read, original).allSatisfy { $0.differences(to: $1, by: .exact).isEmpty })
        #expect(read[1].differences(to: original[2], by: .exact).map(\.name) == ["index", "event"])
    }

    @Test func framesInWords() throws {
        let reader = try record().reader()
        var lines: [String] = []
        var tree = ProcessTree()
        while let frame = try reader.next() {
            lines.append(FrameText.line(frame, at: FrameIndex(UInt64(lines.count))))
            tree.note(frame)
        }
        #expect(lines[1] == "1 [10] exec /bin/prog: prog -x")
        #expect(lines[2] == "2 [10] getpid(0x0, 0x0, 0x0, 0x0, 0x0, 0x0) = 0x7")
        #expect(lines[3] == "3 [10] exited with 0")
        #expect(tree.inOrder.map(\.0.command) == ["prog -x"])
    }
}
