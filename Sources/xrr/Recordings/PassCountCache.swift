import Logging
import Ptrace
import SystemPackage
import TraceFormat

/// Where the counts that replays of one recording have learned are kept: a file of the user's cache, which may be
/// missing, lost or damaged at any time. Whatever goes wrong with it is said to the log only.
struct PassCountCache {
    let recording: RecordingID
    /// nil where the user has no cache.
    let path: String?
    private let log = Logger(label: "replayer.passes")

    init(of recording: RecordingID) {
        self.recording = recording
        path = Self.directory.map { FilePath($0).appending(recording.description).string }
    }

    /// `$XDG_CACHE_HOME/xrr/passes`, else `~/.cache/xrr/passes`. The XDG specification wants relative paths ignored.
    static var directory: String? {
        let own = FileSystem.environment("XDG_CACHE_HOME").map { FilePath($0) }
        let home = FileSystem.environment("HOME").map { FilePath($0).appending(".cache") }
        return [own, home].compactMap(\.self).first(where: \.isAbsolute)?.appending("xrr/passes").string
    }

    /// What replays before have learned; nothing if there is no file for this recording that is whole.
    func load() -> PassCounts {
        // No FIFO, which would be waited for.
        guard let path, FileSystem.kind(path) == .file else { return PassCounts() }
        guard let bytes = HostFiles.contents(of: path) else {
            log.debug("cannot read \(path)")
            return PassCounts()
        }
        do throws(PassCounts.CodingError) {
            return try PassCounts(decoding: bytes, for: recording)
        } catch {
            log.debug("\(path) is of no use: \(error)")
            return PassCounts()
        }
    }

    /// Replaces the file in one step. The last of several replays wins.
    func save(_ counts: PassCounts) {
        guard let path else { return }
        if counts.isEmpty { return remove() }
        let temporary = "\(path).\(FileSystem.processID)"
        do {
            try FileSystem.createDirectories(FilePath(path).removingLastComponent().string)
            let file = try FileDescriptor.open(
                FilePath(temporary), .writeOnly, options: [.create, .truncate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(counts.encoded(for: recording)) }
            try FileSystem.rename(temporary, to: path)
        } catch {
            log.debug("cannot write \(path): \(error)")
            try? FileSystem.removeFile(temporary)
        }
    }

    /// A replay that relied on the counts diverged.
    func discard() {
        log.debug("the replay diverged, and is repeated without \(path ?? "counts")")
        remove()
    }

    func remove() {
        if let path { try? FileSystem.removeFile(path) }
    }
}
