internal import Glibc
package import SystemPackage

/// An open directory, through which its entries are reached by name: openat(2) and its kin.
///
/// No symbolic link is followed, neither to the directory itself (its parents' names are the caller's affair) nor in it:
/// a store or a recording may come from a stranger. What is in the place of the name is looked at through descriptors,
/// so that nobody can exchange it in between.
package final class OpenDirectory: Sendable {
    package let descriptor: FileDescriptor

    private init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit { try? descriptor.close() }

    /// Opens a directory by its path.
    ///
    /// - Throws: ENOTDIR for a symbolic link.
    package convenience init(_ path: FilePath) throws(Errno) {
        self.init(try Self.open(AT_FDCWD, path, Self.flags))
    }

    private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    /// A directory in this one.
    ///
    /// - Throws: ENOTDIR for a symbolic link.
    package func directory(_ name: FilePath) throws(Errno) -> OpenDirectory {
        OpenDirectory(try Self.open(descriptor.rawValue, name, Self.flags))
    }

    /// A directory in this one, which is made for the owner alone where there is none.
    package func makeDirectory(_ name: FilePath) throws(Errno) -> OpenDirectory {
        let result = unsafe name.withPlatformString { unsafe mkdirat(descriptor.rawValue, $0, 0o700) == 0 ? 0 : errno }
        guard result == 0 || result == EEXIST else { throw Errno(rawValue: result) }
        return try directory(name)
    }

    /// Opens a regular file for reading. The caller closes it; it is closed on exec.
    ///
    /// - Throws: ELOOP for a symbolic link, EINVAL for what is no regular file; a FIFO is not waited for.
    package func file(_ name: FilePath) throws(Errno) -> FileDescriptor {
        let file = try Self.open(descriptor.rawValue, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard (try? file.stat())?.type == .regular else {
            try? file.close()
            throw .invalidArgument
        }
        return file
    }

    /// Makes a file, which must not be there yet. The caller closes it; it is closed on exec.
    package func makeFile(_ name: FilePath) throws(Errno) -> FileDescriptor {
        try Self.open(descriptor.rawValue, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode: 0o600)
    }

    /// renameat(2) to a name in this or another directory, which is replaced in one step.
    package func rename(_ name: FilePath, to target: FilePath, in other: OpenDirectory) throws(Errno) {
        try check { (directory) in
            unsafe name.withPlatformString { name in
                unsafe target.withPlatformString { unsafe renameat(directory, name, other.descriptor.rawValue, $0) }
            }
        }
    }

    /// unlinkat(2).
    package func remove(_ name: FilePath) throws(Errno) {
        try check { directory in unsafe name.withPlatformString { unsafe unlinkat(directory, $0, 0) } }
    }

    /// symlinkat(2).
    package func link(_ name: FilePath, to text: String) throws(Errno) {
        try check { directory in unsafe name.withPlatformString { unsafe symlinkat(text, directory, $0) } }
    }

    /// readlinkat(2); nil if there is no such link or its text has other than `count` bytes.
    package func linkText(_ name: FilePath, count: Int) -> [UInt8]? {
        var text = [UInt8](repeating: 0, count: count + 1)
        let length = unsafe name.withPlatformString { name in
            unsafe text.withUnsafeMutableBytes { buffer in
                guard let base = buffer.baseAddress else { return -1 }
                return unsafe readlinkat(
                    descriptor.rawValue, name, base.assumingMemoryBound(to: CChar.self), buffer.count)
            }
        }
        guard length == count else { return nil }
        text.removeLast()
        return text
    }

    /// What stands in the directory under a name.
    package struct Entry: Hashable, Sendable {
        package enum Kind: Sendable { case file, directory, link, other }
        package var kind: Kind
        /// In bytes: st_size.
        package var size: Int64
        /// The disk space that it takes, in bytes: st_blocks.
        package var space: UInt64
        package var owner: UInt32
    }

    /// fstatat(2); nil if there is nothing.
    package func entry(_ name: FilePath) -> Entry? {
        var status = stat()
        let result = unsafe name.withPlatformString {
            unsafe fstatat(descriptor.rawValue, $0, &status, AT_SYMLINK_NOFOLLOW)
        }
        guard result == 0 else { return nil }
        let kind: Entry.Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        return Entry(
            kind: kind, size: Int64(status.st_size), space: UInt64(max(0, status.st_blocks)) * 512,
            owner: status.st_uid)
    }

    /// The names in the directory without `.` and `..`, with all their bytes: readdir(3).
    package func names() throws(Errno) -> [FilePath] {
        // A position of its own: the descriptor's is shared by its duplicates.
        let copy = try Self.open(descriptor.rawValue, ".", Self.flags)
        guard let stream = unsafe fdopendir(copy.rawValue) else {
            let error = Errno(rawValue: errno)
            try? copy.close()
            throw error
        }
        defer { unsafe closedir(stream) }
        var names: [FilePath] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe FilePath(platformString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes what stands under a name; a directory with all that is in it.
    ///
    /// - Throws: ELOOP for directories in directories beyond all that xrr makes.
    package func removeTree(_ name: FilePath, depth: Int = 0) throws(Errno) {
        guard entry(name)?.kind == .directory else { return try remove(name) }
        guard depth < Self.deepest else { throw .tooManySymbolicLinkLevels }
        let inner = try directory(name)
        for entry in try inner.names() { try inner.removeTree(entry, depth: depth + 1) }
        try check { directory in unsafe name.withPlatformString { unsafe unlinkat(directory, $0, AT_REMOVEDIR) } }
    }

    private static let deepest = 64

    private static func open(
        _ directory: Int32, _ name: FilePath, _ flags: Int32, mode: mode_t = 0
    ) throws(Errno) -> FileDescriptor {
        while true {
            let result = unsafe name.withPlatformString { unsafe openat(directory, $0, flags, mode) }
            if result >= 0 { return FileDescriptor(rawValue: result) }
            if errno != EINTR { throw Errno(rawValue: errno) }
        }
    }

    private func check(_ body: (Int32) -> Int32) throws(Errno) {
        if body(descriptor.rawValue) != 0 { throw Errno(rawValue: errno) }
    }
}
