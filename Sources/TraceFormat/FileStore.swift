internal import Codec
internal import Glibc
package import SystemPackage

/// Keeps copies of mapped files, each once, named by the SHA-256 of its contents (`ContentHash`).
///
/// ```
/// objects/ab/cdef...   the contents, mode 0444; the name is the digest
/// by-stat/KEY          a symbolic link whose text is the digest that a file with this stat(2) data had
/// tmp/                 copies being made
/// ```
/// Nothing in it is reached through a symbolic link, and reading writes nothing: a store may be a stranger's.
///
/// Objects appear by rename(2) and never change, so that several recorders can use a store at the same time. A recorder
/// that is killed may leave a file in `tmp`; it may be removed when no recorder runs.
///
/// Whole files are stored, whatever part of them is mapped. By FICLONE that costs no space where the file system can
/// share blocks (btrfs, XFS, bcachefs); elsewhere the first use of a file reads and writes all of it but
/// its holes. Of files that are mostly holes the data alone is read and hashed.
package struct FileStore: Sendable {
    package let directory: FilePath
    /// Replaces write(2); for tests of what happens when it fails.
    package var write: RecordingWriter.WriteFunction?
    /// What need not be compared again.
    package var verified = VerifiedObjects()
    /// nil where there is no store to read from.
    private let root: OpenDirectory?

    /// A file's stat data are believed to name its contents only if it had been left alone for this long when it was
    /// read: a change within the file system's time resolution would not show.
    static let settlingTime: Int64 = 2_000_000_000
    /// How often a file that changes is read again.
    private static let attempts = 3

    /// Opens the store, creating it where it does not exist. The parent directory must exist.
    package init(at directory: FilePath) throws(FileStoreError) {
        self.directory = directory
        do { try Directory.create(directory, permissions: .ownerReadWriteExecute) } catch {
            guard error == .fileExists else { throw .file(path: directory.string, error) }
        }
        root = try Self.open(directory)
        for part in Part.allCases { _ = try make(part) }
    }

    /// Opens the store of a recording that is read. Nothing is created, and nothing need be there.
    ///
    /// - Throws: if a symbolic link, or what is no directory, is in its place.
    package init(reading directory: FilePath) throws(FileStoreError) {
        self.directory = directory
        do { root = try Self.open(directory) } catch {
            guard case .file(_, .noSuchFileOrDirectory) = error else { throw error }
            root = nil
        }
    }

    /// Stores the contents of an open regular file, if they are not there yet.
    ///
    /// A file whose stat data are known from before is not read at all. The descriptor's offset is neither used nor
    /// changed.
    /// - Parameters:
    ///   - path: for error messages.
    ///   - isKnownByStat: whether every change of the file shows in its times.
    package func add(
        _ file: FileDescriptor, path: String, isKnownByStat: Bool = true
    ) throws(FileStoreError) -> FileDigest {
        for _ in 0..<Self.attempts {
            let before = try status(of: file, path)
            guard before.type == .regular else { throw .notRegular(path: path) }
            let key = FileKey(before)
            if isKnownByStat, let digest = knownDigest(key), hasObject(digest, size: before.size), isIntact(digest) {
                return digest
            }

            let readingStarted = Self.now
            let temporaries = try make(.temporaries)
            let name = FilePath("\(getpid())-\(RecordingID.random())")
            do {
                let digest = try copy(file, path: path, to: name, in: temporaries)
                guard let digest, FileKey(try status(of: file, path)) == key else {
                    try? temporaries.remove(name)
                    continue
                }
                try install(name, of: temporaries, as: digest)
                if isKnownByStat, before.latestChange <= readingStarted - Self.settlingTime {
                    remember(digest, for: key)
                }
                return digest
            } catch {
                try? temporaries.remove(name)
                throw error
            }
        }
        throw .changing(path: path)
    }

    /// Opens the stored contents for reading. The caller closes the descriptor; it is closed on exec.
    package func open(_ digest: FileDigest) throws(FileStoreError) -> FileDescriptor {
        guard let root else { throw .missing(digest) }
        do throws(Errno) {
            return try root.directory(Part.objects.name).directory(Self.prefix(digest)).file(Self.rest(digest))
        } catch {
            switch error {
            case .noSuchFileOrDirectory: throw .missing(digest)
            // In its place is no regular file.
            case .invalidArgument: throw .damaged(digest)
            default: throw Self.failure(object(digest), error)
            }
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
            let key = FileKey(before)
            if verified.contains(digest, key) { return file }
            let readingStarted = Self.now
            try compare(file, with: digest)
            if before.latestChange <= readingStarted - Self.settlingTime { verified.note(digest, key) }
            return file
        } catch {
            try? file.close()
            throw error
        }
    }

    /// The likelier of the two hashes is tried first: an object may have got or lost holes on its way here.
    private func compare(_ file: FileDescriptor, with digest: FileDigest) throws(FileStoreError) {
        let status = try status(of: file, object(digest).string)
        let length = UInt64(max(0, status.size))
        let isSparse = ContentHash(for: status) == .sparse
        let forms: [ContentHash] = isSparse ? [.sparse, .plain] : [.plain, .sparse]
        for form in forms {
            // Zeros without end are no contents that anybody has hashed.
            if isSparse, form == .plain, length > Self.longestPlain { break }
            do throws(Errno) {
                if try hash(file, length: length, form) == digest.bytes { return }
            } catch { throw .file(path: object(digest).string, error) }
        }
        throw .damaged(digest)
    }

    /// The longest file with more holes than data whose bytes are all hashed: some ten seconds.
    private static let longestPlain: UInt64 = 16 << 30

    private func hash(_ file: FileDescriptor, length: UInt64, _ form: ContentHash) throws(Errno) -> [UInt8] {
        var hash = form.start(length: length)
        var reader = SparseReader(file)
        var piece: [UInt8] = []
        switch form {
        case .plain:
            repeat {
                _ = try reader.read(into: &piece)
                hash.update(piece.span)
            } while !piece.isEmpty
        case .sparse:
            while let start = try reader.readBlock(into: &piece, end: length) {
                let number = ContentHash.number(ofBlockAt: start)
                hash.update(number.span)
                hash.update(piece.span)
            }
        }
        return hash.finalize()
    }

    /// Where the contents are, or would be: for looking into them, which a replay that maps them must not rely on.
    ///
    /// - Returns: nil if the store has no such object.
    package func path(of digest: FileDigest) -> String? { entry(digest)?.kind == .file ? object(digest).string : nil }

    /// Whether the store has these contents with this length in bytes.
    package func contains(_ digest: FileDigest, size: UInt64) -> Bool {
        hasObject(digest, size: Int64(clamping: size))
    }
}

extension FileStore {
    /// The directories of a store.
    private enum Part: String, CaseIterable {
        case objects
        case byStat = "by-stat"
        case temporaries = "tmp"

        var name: FilePath { FilePath(rawValue) }
    }

    private static func open(_ directory: FilePath) throws(FileStoreError) -> OpenDirectory {
        do throws(Errno) { return try OpenDirectory(directory) } catch { throw failure(directory, error) }
    }

    /// O_DIRECTORY and O_NOFOLLOW make ENOTDIR of a symbolic link to a directory.
    private static func failure(_ path: FilePath, _ error: Errno) -> FileStoreError {
        let isPlace = error == .notDirectory || error == .tooManySymbolicLinkLevels
        return isPlace ? .foreign(path: path.string) : .file(path: path.string, error)
    }

    /// A directory of the store, which is made where there is none.
    private func make(_ part: Part) throws(FileStoreError) -> OpenDirectory {
        guard let root else { throw .file(path: directory.string, .noSuchFileOrDirectory) }
        do throws(Errno) { return try root.makeDirectory(part.name) } catch {
            throw Self.failure(directory.appending(part.rawValue), error)
        }
    }

    private func isIntact(_ digest: FileDigest) -> Bool {
        guard let file = try? openVerified(digest) else { return false }
        try? file.close()
        return true
    }

    /// Where an object is, for words.
    private func object(_ digest: FileDigest) -> FilePath {
        directory.appending(Part.objects.rawValue).pushing(Self.prefix(digest)).pushing(Self.rest(digest))
    }

    private static func prefix(_ digest: FileDigest) -> FilePath { FilePath(String(digest.description.prefix(2))) }
    private static func rest(_ digest: FileDigest) -> FilePath { FilePath(String(digest.description.dropFirst(2))) }

    private func entry(_ digest: FileDigest) -> OpenDirectory.Entry? {
        (try? root?.directory(Part.objects.name).directory(Self.prefix(digest)))?.entry(Self.rest(digest))
    }

    private func hasObject(_ digest: FileDigest, size: Int64) -> Bool {
        guard let found = entry(digest) else { return false }
        return found.kind == .file && found.size == size
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
        guard let links = try? root?.directory(Part.byStat.name),
            let text = links.linkText(FilePath(key.description), count: 2 * FileDigest.size)
        else { return nil }
        return FileDigest(hexadecimal: text)
    }

    /// Best effort: without it the file is read again next time.
    private func remember(_ digest: FileDigest, for key: FileKey) {
        guard let links = try? make(.byStat) else { return }
        let name = FilePath(key.description)
        do throws(Errno) { try links.link(name, to: digest.description) } catch {
            guard error == .fileExists, knownDigest(key) != digest else { return }
            try? links.remove(name)
            try? links.link(name, to: digest.description)
        }
    }

    /// Copies to a new file and hashes on the way. nil if the file's length changed meanwhile.
    private func copy(
        _ source: FileDescriptor, path: String, to name: FilePath, in temporaries: OpenDirectory
    ) throws(FileStoreError) -> FileDigest? {
        let status = try status(of: source, path)
        let size = UInt64(max(0, status.size))
        let place = directory.appending(Part.temporaries.rawValue).pushing(name).string
        let target: OwnedFile
        do throws(Errno) { target = OwnedFile(try temporaries.makeFile(name)) } catch {
            throw .file(path: place, error)
        }
        let isCloned = target.clone(source)
        let form = ContentHash(for: status)
        var hash = form.start(length: size)
        // A clone is read instead of the original: it does not change.
        var reader = SparseReader(isCloned ? target.descriptor : source)
        var piece: [UInt8] = []
        while true {
            var isHole = false
            var start: UInt64?
            do {
                switch form {
                case .plain: isHole = try reader.read(into: &piece)
                case .sparse:
                    start = try reader.readBlock(into: &piece, end: size)
                    if start == nil { piece = [] }
                }
            } catch { throw .file(path: path, error) }
            if piece.isEmpty { break }
            if let start {
                let number = ContentHash.number(ofBlockAt: start)
                hash.update(number.span)
            }
            hash.update(piece.span)
            // A file that grows as fast as it is read would never end.
            if form == .plain, reader.offset > size { return nil }
            if isCloned { continue }
            do {
                if isHole || start != nil { try target.extend(to: start ?? reader.offset) }
                if !isHole { try writeAll(piece[...], to: target) }
            } catch { throw .file(path: place, error) }
        }
        do {
            if form == .sparse { try target.resize(to: size) }
            try target.setPermissions([.ownerRead, .groupRead, .otherRead])
        } catch { throw .file(path: place, error) }
        return form == .sparse || reader.offset == size ? FileDigest(bytes: hash.finalize()) : nil
    }

    private func writeAll(_ bytes: ArraySlice<UInt8>, to target: borrowing OwnedFile) throws(Errno) {
        var rest = bytes
        while !rest.isEmpty {
            let written = if let write { try write(target.descriptor, rest) } else { try target.writeSome(rest) }
            rest = rest.dropFirst(written)
        }
    }

    private func install(
        _ name: FilePath, of temporaries: OpenDirectory, as digest: FileDigest
    ) throws(FileStoreError) {
        let objects = try make(.objects)
        do throws(Errno) {
            // Replacing an object of another recorder replaces it by the same contents.
            try temporaries.rename(name, to: Self.rest(digest), in: objects.makeDirectory(Self.prefix(digest)))
        } catch { throw Self.failure(object(digest), error) }
    }
}
