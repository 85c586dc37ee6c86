import Glibc
import SystemPackage
import TraceFormat

/// The calls on directories that swift-system does not have. Each throws the `Errno` of the C function it names.
enum FileSystem {
    /// mkdir(2), readable for the owner alone: a recording holds all that the program read.
    static func createDirectory(_ path: String) throws(Errno) { try check(unsafe mkdir(path, 0o700)) }

    /// mkdir(2) for each missing component.
    static func createDirectories(_ path: String) throws(Errno) {
        if kind(path) == .directory { return }
        let parent = FilePath(path).removingLastComponent()
        if !parent.isEmpty { try createDirectories(parent.string) }
        do throws(Errno) { try createDirectory(path) } catch {
            if error != .fileExists { throw error }
        }
    }

    static func rename(_ old: String, to new: String) throws(Errno) { try check(unsafe Glibc.rename(old, new)) }
    static func createLink(to target: String, at path: String) throws(Errno) { try check(unsafe symlink(target, path)) }
    static func removeFile(_ path: String) throws(Errno) { try check(unsafe unlink(path)) }
    static func removeDirectory(_ path: String) throws(Errno) { try check(unsafe rmdir(path)) }

    /// Removes a file, or a directory with all in it. Never follows a symbolic link.
    static func removeTree(_ path: String) throws(Errno) {
        let path = FilePath(path)
        guard let name = path.lastComponent else { throw .invalidArgument }
        let parent = path.removingLastComponent()
        let directory = try OpenDirectory(FilePath(absolute(parent.isEmpty ? "." : parent.string)))
        try directory.removeTree(FilePath(root: nil, [name]))
    }

    /// The directory itself, or its nearest parent that is there.
    static func existingAncestor(of path: String) -> String {
        var path = FilePath(path)
        while kind(path.string) == nil, path.removeLastComponent() {}
        return path.isEmpty ? "." : path.string
    }

    /// Whether what is there, behind symbolic links, is the user's.
    static func isOwn(_ path: String) -> Bool { (try? status(path, followsLinks: true))?.st_uid == geteuid() }

    /// stat(2) or lstat(2).
    static func status(_ path: String, followsLinks: Bool) throws(Errno) -> stat {
        var status = stat()
        try check(followsLinks ? unsafe stat(path, &status) : unsafe lstat(path, &status))
        return status
    }

    enum Kind { case file, directory, link, other }

    /// lstat(2): nil if there is nothing, or nothing that one may see.
    static func kind(_ path: String) -> Kind? {
        guard let status = status(path) else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        case S_IFLNK: return .link
        default: return .other
        }
    }

    /// The disk space of a file in bytes: st_blocks, so that reflinked and sparse files count as what they take.
    static func diskUsage(_ path: String) -> UInt64 { UInt64(max(0, status(path)?.st_blocks ?? 0)) * 512 }

    /// What a symbolic link says: readlink(2).
    static func linkTarget(_ path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(path, &bytes, bytes.count)
        return count >= 0 ? String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// The names in a directory, sorted, without `.` and `..`: readdir(3).
    static func names(in path: String) throws(Errno) -> [String] {
        guard let directory = unsafe opendir(path) else { throw Errno(rawValue: Glibc.errno) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The bytes that an unprivileged user can still write there: statvfs(3).
    static func freeSpace(_ path: String) -> UInt64? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    /// nanosleep(2).
    static func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

    /// flock(2) without waiting: EWOULDBLOCK if another process holds a lock that excludes it, nil if it was taken.
    static func lock(_ descriptor: FileDescriptor, exclusive: Bool) -> Errno? {
        flock(descriptor.rawValue, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0
            ? nil : Errno(rawValue: Glibc.errno)
    }

    /// Gives a flock(2) up, also for copies of the descriptor.
    static func unlock(_ descriptor: FileDescriptor) { _ = flock(descriptor.rawValue, LOCK_UN) }

    /// The path from the root: realpath(3), or the path itself if that fails.
    static func absolute(_ path: String) -> String {
        guard let text = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    /// getcwd(3); the root if there is none any more.
    static var workingDirectory: String {
        guard let text = unsafe getcwd(nil, 0) else { return "/" }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    /// A file as a whole, which may be a pipe. EFBIG above the limit (bytes).
    static func contents(of path: String, limit: Int) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            try file.closeAfter {
                var piece = [UInt8](repeating: 0, count: 1 << 16)
                while true {
                    let count = try unsafe piece.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
                    if count == 0 { break }
                    bytes += piece.prefix(count)
                    if bytes.count > limit { throw Errno.fileTooLarge }
                }
            }
        } catch { throw error as? Errno ?? .ioError }
        return bytes
    }

    /// Creates or overwrites a file that everybody may read.
    static func write(_ text: some Sequence<UInt8>, to path: String) throws(Errno) {
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            _ = try file.closeAfter { try file.writeAll(text) }
        } catch { throw error as? Errno ?? .ioError }
    }

    static var processID: Int32 { getpid() }
    static var userID: UInt32 { getuid() }

    /// Why a directory cannot be listed, nil if it can: opendir(3).
    static func listingObstacle(_ path: String) -> Errno? {
        guard let directory = unsafe opendir(path) else { return Errno(rawValue: Glibc.errno) }
        unsafe closedir(directory)
        return nil
    }

    static func isTerminal(_ descriptor: FileDescriptor) -> Bool { isatty(descriptor.rawValue) == 1 }

    /// A variable of the environment; an empty one counts as missing, as the XDG specification wants it.
    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status : nil
    }

    private static func check(_ result: Int32) throws(Errno) {
        if result != 0 { throw Errno(rawValue: Glibc.errno) }
    }
}
