import Logging
import Ptrace
import SystemPackage

/// A directory of small files in the user's cache, each of which may be missing, lost or damaged at any time. Whatever
/// goes wrong with one is said to the log only.
struct UserCache {
    /// nil where the user has no cache.
    let directory: String?
    private let log: Logger

    /// `$XDG_CACHE_HOME/xrr/NAME`, else `~/.cache/xrr/NAME`. The XDG specification wants relative paths ignored.
    init(_ name: String, log: Logger) {
        let own = FileSystem.environment("XDG_CACHE_HOME").map { FilePath($0) }
        let home = FileSystem.environment("HOME").map { FilePath($0).appending(".cache") }
        directory = [own, home].compactMap(\.self).first(where: \.isAbsolute)?.appending("xrr").appending(name).string
        self.log = log
    }

    func path(_ entry: String) -> String? { directory.map { FilePath($0).appending(entry).string } }

    func load(_ entry: String) -> [UInt8]? {
        // No FIFO, which would be waited for.
        guard let path = path(entry), FileSystem.kind(path) == .file else { return nil }
        guard let bytes = HostFiles.contents(of: path) else {
            log.debug("cannot read \(path)")
            return nil
        }
        return bytes
    }

    /// Replaces an entry in one step. The last of several processes wins.
    func save(_ entry: String, _ contents: [UInt8]) {
        guard let directory, let path = path(entry) else { return }
        let temporary = "\(path).\(FileSystem.processID)"
        do {
            try FileSystem.createDirectories(directory)
            let file = try FileDescriptor.open(
                FilePath(temporary), .writeOnly, options: [.create, .truncate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(contents) }
            try FileSystem.rename(temporary, to: path)
        } catch {
            log.debug("cannot write \(path): \(error)")
            try? FileSystem.removeFile(temporary)
        }
    }

    func remove(_ entry: String) {
        if let path = path(entry) { try? FileSystem.removeFile(path) }
    }
}
