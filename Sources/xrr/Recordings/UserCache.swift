import Glibc
import Logging
import Ptrace
import SystemPackage
import TraceFormat

/// A directory of small files in the user's cache, each of which may be missing, lost or damaged at any time. Whatever
/// goes wrong with one is said to the log only.
struct UserCache {
    /// The user's own cache directory, of all programs; nil where there is none.
    private let base: FilePath?
    private let name: FilePath
    private let log: Logger

    /// `$XDG_CACHE_HOME/xrr/NAME`, else `~/.cache/xrr/NAME`. The XDG specification wants relative paths ignored.
    init(_ name: String, log: Logger) {
        let own = FileSystem.environment("XDG_CACHE_HOME").map { FilePath($0) }
        let home = FileSystem.environment("HOME").map { FilePath($0).appending(".cache") }
        base = [own, home].compactMap(\.self).first(where: \.isAbsolute)
        self.name = FilePath(name)
        self.log = log
    }

    /// nil where the user has no cache.
    var directory: String? { base?.appending("xrr").pushing(name).string }

    func path(_ entry: String) -> String? { directory.map { FilePath($0).appending(entry).string } }

    func load(_ entry: String) -> [UInt8]? {
        guard let cache = open(creating: false) else { return nil }
        do {
            let file = try cache.file(FilePath(entry))
            return try file.closeAfter {
                let status = try file.stat()
                guard status.userID.rawValue == geteuid(), status.size <= Self.limit else { throw Errno.fileTooLarge }
                return HostFiles.read(file.rawValue, at: 0, count: Int(status.size))
            }
        } catch {
            if error as? Errno != .noSuchFileOrDirectory { log.debug("cannot read \(path(entry) ?? entry): \(error)") }
            return nil
        }
    }

    /// Replaces an entry in one step. The last of several processes wins.
    func save(_ entry: String, _ contents: [UInt8]) {
        guard let cache = open(creating: true) else { return }
        let temporary = FilePath("\(entry).\(FileSystem.processID)")
        do {
            try? cache.remove(temporary)
            let file = try cache.makeFile(temporary)
            try file.closeAfter { _ = try file.writeAll(contents) }
            try cache.rename(temporary, to: FilePath(entry), in: cache)
        } catch {
            log.debug("cannot write \(path(entry) ?? entry): \(error)")
            try? cache.remove(temporary)
        }
    }

    func remove(_ entry: String) { try? open(creating: false)?.remove(FilePath(entry)) }

    private static let limit: Int64 = 16 << 20

    /// The directory, if it is the user's. Who runs as somebody else with a user's environment (sudo) has no cache: what
    /// that user has put in its place is not to be followed.
    private func open(creating: Bool) -> OpenDirectory? {
        guard let base else { return nil }
        do throws(Errno) {
            if creating, FileSystem.kind(base.string) == nil {
                guard FileSystem.isOwn(FileSystem.existingAncestor(of: base.string)) else { return nil }
                try FileSystem.createDirectories(base.string)
            }
            guard FileSystem.isOwn(base.string) else { return nil }
            // The user may have moved his cache elsewhere by a link; there are none of xrr's own.
            let cache = try OpenDirectory(FilePath(FileSystem.absolute(base.string)))
            var directory = cache
            for part in [FilePath("xrr"), name] {
                directory = creating ? try directory.makeDirectory(part) : try directory.directory(part)
            }
            return directory
        } catch {
            if error != .noSuchFileOrDirectory { log.debug("cannot open \(directory ?? ""): \(error)") }
            return nil
        }
    }
}
