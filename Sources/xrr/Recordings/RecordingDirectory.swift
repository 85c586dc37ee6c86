import SystemPackage
import TraceFormat

/// Where a recording is, and where the copies of the files it maps are.
struct RecordingDirectory: Hashable, Sendable {
    var path: String

    /// The copies of mapped files: the recording's own `store` if it has one (recordings made with -o, so that
    /// they can be moved), else the one that all recordings in the same directory share.
    var store: String {
        let own = FilePath(path).appending("store").string
        if FileSystem.kind(own) != nil { return own }
        return FilePath(path).removingLastComponent().appending("store").string
    }

    var name: String { FilePath(path).lastComponent?.string ?? path }

    /// Whether this looks like a recording, whole or not: commands that remove ask this first.
    var isRecording: Bool {
        FileSystem.kind(path) == .directory
            && FileSystem.kind(FilePath(path).appending("manifest.json").string) == .file
    }

    /// The disk space of the recording in bytes, without a shared store.
    var diskUsage: UInt64 { Self.diskUsage(path) }

    private static func diskUsage(_ path: String) -> UInt64 {
        guard FileSystem.kind(path) == .directory else { return FileSystem.diskUsage(path) }
        let names = (try? FileSystem.names(in: path)) ?? []
        return names.reduce(0) { $0 + diskUsage(FilePath(path).appending($1).string) }
    }

    /// Opens it for reading.
    ///
    /// - Parameter readsAhead: reads from the beginning to the end only, with the help of another core.
    func reader(readsAhead: Bool = false) throws(RecordingError) -> RecordingReader {
        try RecordingReader(opening: FilePath(path), readsAhead: readsAhead)
    }
}

extension RecordingDirectory {
    /// The recording that a command's argument means.
    ///
    /// - Parameters:
    ///   - argument: a path, or a name in the home of recordings, or nil for the latest recording.
    ///   - followsLinks: a path may be a symbolic link. In the home none is followed that leads out of it.
    /// - Throws: `CommandError` if there is none.
    static func resolve(
        _ argument: String?, home: RecordingsHome = .current, followsLinks: Bool = true
    ) throws(CommandError) -> RecordingDirectory {
        if let argument {
            let inHome = FilePath(home.path).appending(argument).string
            for path in argument.contains("/") ? [argument] : [argument, inHome] {
                var resolved = path
                if FileSystem.kind(path) == .link {
                    if path == inHome {
                        // `latest` is one.
                        if let directory = home.recording(behindLink: argument) { return directory }
                        continue
                    }
                    guard followsLinks, let target = FileSystem.linkTarget(path) else { continue }
                    resolved = FilePath(path).removingLastComponent().pushing(FilePath(target)).string
                }
                let directory = RecordingDirectory(path: resolved)
                if directory.isRecording { return directory }
                if FileSystem.kind(FilePath(resolved).appending("frames").string) == .file {
                    throw CommandError(
                        "\(TextFormat.printable(resolved)) has no manifest.json: the recorder was killed before it committed anything, or "
                            + "the recording is being removed", status: .unreadable)
                }
                if FileSystem.listingObstacle(resolved) == .permissionDenied {
                    throw CommandError(
                        "\(TextFormat.printable(resolved)) may not be read: a recording is its owner's alone until he changes its mode",
                        status: .unreadable)
                }
            }
            throw CommandError(
                "\(TextFormat.printable(argument)) is no recording, neither as a path nor as a name in "
                    + "\(TextFormat.printable(home.path)) (see 'xrr ls')",
                status: .unreadable)
        }
        guard let latest = home.latest else {
            throw CommandError(
                "there is no latest recording in \(TextFormat.printable(home.path)); make one with 'xrr record PROGRAM', or name one",
                status: .unreadable)
        }
        return latest
    }
}
