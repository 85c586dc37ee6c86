internal import Codec
internal import Glibc
package import SystemPackage

/// Keeps copies of mapped files, each once, named by the SHA-256 of its contents.
///
/// ```
/// objects/ab/cdef...   the contents, mode 0444; the name is the digest
/// by-stat/KEY          a symbolic link whose text is the digest that a file with this stat(2) data had
/// verified/DIGEST      a symbolic link whose text is the stat(2) data that the object had when it was last compared
///                      with its name
/// tmp/                 copies being made
/// ```
/// An object that was changed since it was compared (by a broken disk's repair, or by hand) has another ctime, and is
/// compared again before it is used: replays of large programs need not read all of their files each time.
///
/// Objects appear by rename(2) and never change, so that several recorders can use a store at the same time. A recorder
/// that is killed may leave a file in `tmp`; it may be removed when no recorder runs.
///
/// Whole files are stored, whatever part of them is mapped. By FICLONE that costs no space where the file system can
/// share blocks (btrfs, XFS, bcachefs); elsewhere the first use of a file reads and writes all of it but
/// its holes.
package struct FileStore: Sendable {
    package let directory: FilePath
    /// Replaces write(2); for tests of what happens when it fails.
    package var write: RecordingWriter.WriteFunction?

    /// A file's stat data are believed to name its contents only if it had been left alone for this long when it was
    /// read: a change within the file system's time resolution would not show.
    static let settlingTime: Int64 = 2_000_000_000
    /// How often a file that changes is read again.
    private static let attempts = 3

    /// Opens the store, creating it where it does not exist. The parent directory must exist.
    package init(at directory: FilePath) throws(FileStoreError) {
        self.directory = directory
        for path in [directory, objects, byStat, temporaries] { try Self.makeDirectory(path) }
    }

    /// Opens the store of a recording that is read. Nothing is created, and nothing need be there.
    package init(reading directory: FilePath) { self.directory = directory }

    /// Stores the contents of an open regular file, if they are not there yet.
    ///
    /// A file whose stat data are known from before is not read at all. The descriptor's offset is neither used nor
    /// changed.
    /// - Parameter path: for error messages.
    package func add(_ file: FileDescriptor, path: String) throws(FileStoreError) -> FileDigest {
        for _ in 0..<Self.attempts {
            let before = try status(of: file, path)
            guard before.type == .regular else { throw .notRegular(path: path) }
            let key = FileKey(before)
            if let digest = knownDigest(key), hasObject(digest, size: before.size), isIntact(digest) { return digest }

            let readingStarted = Self.now
            let name = temporaries.appending("\(getpid())-\(RecordingID.random())")
            do {
                let digest = try copy(file, path: path, to: name)
                guard let digest, FileKey(try status(of: file, path)) == key else {
                    try? Directory.remove(name)
                    continue
                }
                try install(name, as: digest)
                if before.latestChange <= readingStarted - Self.settlingTime { remember(digest, for: key) }
                return digest
            } catch {
                try? Directory.remove(name)
                throw error
            }
        }
        throw .changing(path: path)
    }

    /// Opens the stored contents for reading. The caller closes the descriptor; it is closed on exec.
    package func open(_ digest: FileDigest) throws(FileStoreError) -> FileDescriptor {
        let path = object(digest)
        do {
            // A FIFO in the object's place is not waited for.
            return try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        } catch {
            let errno = TraceFormat.errno(error)
            throw errno == .noSuchFileOrDirectory ? .missing(digest) : .file(path: path.string, errno)
        }
    }

    /// Reads the stored contents and compares them with their name.
    package func verify(_ digest: FileDigest) throws(FileStoreError) {
        let file = OwnedFile(try open(digest))
        try compare(file.descriptor, with: digest)
    }

    /// Opens the stored contents for reading, certain that they are what their name says. The caller closes the
    /// descriptor; it is closed on exec.
    package func openVerified(_ digest: FileDigest) throws(FileStoreError) -> FileDescriptor {
        let file = try open(digest)
        do {
            let before = try status(of: file, object(digest).string)
            guard before.type == .regular else { throw FileStoreError.damaged(digest) }
            let key = FileKey(before).description
            if Directory.linkText(verified(digest), count: key.utf8.count) == Array(key.utf8) { return file }
            let readingStarted = Self.now
            try compare(file, with: digest)
            if before.latestChange <= readingStarted - Self.settlingTime { rememberVerified(digest, key) }
            return file
        } catch let error as FileStoreError {
            try? file.close()
            throw error
        } catch { preconditionFailure("\(error)") }
    }

    private func compare(_ file: FileDescriptor, with digest: FileDigest) throws(FileStoreError) {
        var hash = SHA256()
        var reader = SparseReader(file)
        var piece: [UInt8] = []
        repeat {
            do { _ = try reader.read(into: &piece) } catch { throw .file(path: object(digest).string, error) }
            hash.update(piece.span)
        } while !piece.isEmpty
        guard hash.finalize() == digest.bytes else { throw .damaged(digest) }
    }

    /// Where the contents are, or would be: for looking into them, which a replay that maps them must not rely on.
    package func path(of digest: FileDigest) -> String { object(digest).string }

    /// Whether the store has these contents with this length in bytes.
    package func contains(_ digest: FileDigest, size: UInt64) -> Bool {
        hasObject(digest, size: Int64(clamping: size))
    }
}

extension FileStore {
    private var objects: FilePath { directory.appending("objects") }
    private var byStat: FilePath { directory.appending("by-stat") }
    private var temporaries: FilePath { directory.appending("tmp") }

    private func verified(_ digest: FileDigest) -> FilePath {
        directory.appending("verified").appending(digest.description)
    }

    /// Best effort: in a store that is not ours to write to, objects are compared each time.
    private func rememberVerified(_ digest: FileDigest, _ key: String) {
        let path = verified(digest)
        try? Self.makeDirectory(path.removingLastComponent())
        do { try Directory.link(path, to: key) } catch {
            guard error == .fileExists else { return }
            try? Directory.remove(path)
            try? Directory.link(path, to: key)
        }
    }

    private func isIntact(_ digest: FileDigest) -> Bool {
        guard let file = try? openVerified(digest) else { return false }
        try? file.close()
        return true
    }

    private static func makeDirectory(_ path: FilePath) throws(FileStoreError) {
        do { try Directory.create(path, permissions: .ownerReadWriteExecute) } catch {
            guard error == .fileExists else { throw .file(path: path.string, error) }
        }
    }

    private func object(_ digest: FileDigest) -> FilePath {
        let name = digest.description
        return objects.appending(String(name.prefix(2))).appending(String(name.dropFirst(2)))
    }

    private func hasObject(_ digest: FileDigest, size: Int64) -> Bool {
        guard let found = try? object(digest).stat(followTargetSymlink: false) else { return false }
        return found.type == .regular && found.size == size
    }

    private func status(of file: FileDescriptor, _ path: String) throws(FileStoreError) -> Stat {
        do { return try file.stat() } catch { throw .file(path: path, error) }
    }

    private static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return time.nanoseconds
    }

    private func knownDigest(_ key: FileKey) -> FileDigest? {
        guard let text = Directory.linkText(byStat.appending(key.description), count: 2 * FileDigest.size) else {
            return nil
        }
        return FileDigest(hexadecimal: text)
    }

    /// Best effort: without it the file is read again next time.
    private func remember(_ digest: FileDigest, for key: FileKey) {
        let path = byStat.appending(key.description)
        do { try Directory.link(path, to: digest.description) } catch {
            guard error == .fileExists, knownDigest(key) != digest else { return }
            try? Directory.remove(path)
            try? Directory.link(path, to: digest.description)
        }
    }

    /// Copies to a new file and hashes on the way. nil if the file's length changed meanwhile.
    private func copy(
        _ source: FileDescriptor, path: String, to name: FilePath
    ) throws(FileStoreError) -> FileDigest? {
        let size = UInt64(max(0, try status(of: source, path).size))
        let target: OwnedFile
        do {
            target = try OwnedFile(
                name, .readWrite, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        } catch { throw .file(path: name.string, error) }
        let isCloned = target.clone(source)
        var hash = SHA256()
        // A clone is read instead of the original: it does not change.
        var reader = SparseReader(isCloned ? target.descriptor : source)
        var piece: [UInt8] = []
        while true {
            let isHole: Bool
            do { isHole = try reader.read(into: &piece) } catch { throw .file(path: path, error) }
            if piece.isEmpty { break }
            hash.update(piece.span)
            // A file that grows as fast as it is read would never end.
            if reader.offset > size { return nil }
            if isCloned { continue }
            if isHole {
                do { try target.extend(to: reader.offset) } catch { throw .file(path: name.string, error) }
                continue
            }
            var rest = piece[...]
            do {
                while !rest.isEmpty {
                    let written =
                        if let write { try write(target.descriptor, rest) } else { try target.writeSome(rest) }
                    rest = rest.dropFirst(written)
                }
            } catch { throw .file(path: name.string, error) }
        }
        do { try target.setPermissions([.ownerRead, .groupRead, .otherRead]) } catch {
            throw .file(path: name.string, error)
        }
        return reader.offset == size ? FileDigest(bytes: hash.finalize()) : nil
    }

    private func install(_ name: FilePath, as digest: FileDigest) throws(FileStoreError) {
        let path = object(digest)
        try Self.makeDirectory(path.removingLastComponent())
        // Replacing an object of another recorder replaces it by the same contents.
        do { try Directory.rename(name, to: path) } catch { throw .file(path: path.string, error) }
    }
}
