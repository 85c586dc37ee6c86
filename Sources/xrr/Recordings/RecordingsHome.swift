import SystemPackage
import TraceFormat

/// The directory that recordings go to unless one says otherwise: `PROGRAM-N`, a `latest` link and the shared store.
struct RecordingsHome: Hashable, Sendable {
    var path: String
    /// It is in a directory that all users share.
    var isInSharedPlace = false

    /// `$XRR_DIR`, else `$XDG_DATA_HOME/xrr`, else `~/.local/share/xrr`; without a home, `/tmp/xrr-UID`.
    static var current: RecordingsHome {
        let path: FilePath
        var isInSharedPlace = false
        if let own = FileSystem.environment("XRR_DIR") {
            path = FilePath(own)
        } else if let data = FileSystem.environment("XDG_DATA_HOME") {
            path = FilePath(data).appending("xrr")
        } else if let user = FileSystem.environment("HOME") {
            path = FilePath(user).appending(".local/share/xrr")
        } else {
            path = FilePath("/tmp/xrr-\(FileSystem.userID)")
            isInSharedPlace = true
        }
        // What is said of a recording has to make sense elsewhere as well.
        return RecordingsHome(
            path: FilePath(FileSystem.workingDirectory).pushing(path).string, isInSharedPlace: isInSharedPlace)
    }

    private static let latestName = "latest"
    static let storeName = "store"

    /// The store that the recordings here share.
    var store: String { FilePath(path).appending(Self.storeName).string }

    /// What `latest` points at, if that is a recording here.
    var latest: RecordingDirectory? {
        guard (try? refuseForeign()) != nil else { return nil }
        return recording(behindLink: Self.latestName)
    }

    /// The recording that a link in this directory names. One that leads out of it is not followed.
    func recording(behindLink name: String) -> RecordingDirectory? {
        guard let target = FileSystem.linkTarget(FilePath(path).appending(name).string), !target.contains("/"),
            target != ".."
        else { return nil }
        let directory = RecordingDirectory(path: FilePath(path).appending(target).string)
        return directory.isRecording ? directory : nil
    }

    /// All recordings here, by name.
    func recordings() throws(CommandError) -> [RecordingDirectory] {
        // Nothing has been recorded yet.
        if FileSystem.listingObstacle(path) == .noSuchFileOrDirectory { return [] }
        try refuseForeign()
        let names: [String]
        do throws(Errno) { names = try FileSystem.names(in: path) } catch {
            throw CommandError("cannot list \(TextFormat.printable(path)): \(error)")
        }
        return names.map { RecordingDirectory(path: FilePath(path).appending($0).string) }.filter(\.isRecording)
    }

    /// Makes a new recording of a program: `PROGRAM-N` with an N that is free, over the shared store.
    ///
    /// - Parameter make: creates the directory it is given (`RecordingWriter` does) and fails with `fileExists` for it
    ///   if it is there: mkdir(2) decides between recorders that start at the same time.
    func create<Made>(
        program: String, make: (RecordingDirectory) throws(RecordingWriteError) -> Made
    ) throws(CommandError) -> (directory: RecordingDirectory, made: Made) {
        // A name is not to hide, to leave the directory or to read like an option.
        let last = FilePath(program).lastComponent?.string ?? ""
        let base = last.isEmpty || last.hasPrefix(".") || last.hasPrefix("-") ? "_" + last : last
        do throws(Errno) { try FileSystem.createDirectories(store) } catch {
            throw CommandError(
                "cannot make \(TextFormat.printable(store)): \(error); set XRR_DIR to a directory you can write to")
        }
        try refuseUnsafe()
        var number = nextNumber(base)
        while true {
            let candidate = RecordingDirectory(path: FilePath(path).appending("\(base)-\(number)").string)
            do throws(RecordingWriteError) {
                return (candidate, try make(candidate))
            } catch .file(candidate.path, _, .fileExists) {
                number += 1
            } catch {
                throw CommandError(error.description + "; set XRR_DIR to another directory if this one does not serve")
            }
        }
    }

    /// Makes a new recording at the path that -o names, with a store of its own inside.
    static func create<Made>(
        at path: String, make: (RecordingDirectory) throws(RecordingWriteError) -> Made
    ) throws(CommandError) -> (directory: RecordingDirectory, made: Made) {
        let directory = RecordingDirectory(path: path)
        do throws(Errno) {
            let parent = FilePath(path).removingLastComponent()
            if !parent.isEmpty { try FileSystem.createDirectories(parent.string) }
            // mktemp -d makes the directory: fine if nothing is in it.
            if FileSystem.kind(path) == .directory, try FileSystem.names(in: path).isEmpty {
                try FileSystem.removeDirectory(path)
            }
        } catch { throw CommandError("cannot make \(TextFormat.printable(path)): \(error)") }
        let made: Made
        do throws(RecordingWriteError) { made = try make(directory) } catch .file(path, _, .fileExists) {
            throw CommandError(
                "\(TextFormat.printable(path)) exists already; xrr overwrites nothing: remove it or name another "
                    + "directory")
        } catch { throw CommandError(error.description) }
        do throws(Errno) { try FileSystem.createDirectory(FilePath(path).appending(Self.storeName).string) } catch {
            throw CommandError("cannot make a store in \(TextFormat.printable(path)): \(error)")
        }
        return (directory, made)
    }

    /// Makes `latest` point at a recording, in one step: readers see the old link or the new one.
    ///
    /// - Parameter recording: one in this directory.
    func pointLatest(at recording: RecordingDirectory) throws(Errno) {
        let temporary = FilePath(path).appending(".latest-\(recording.name)-\(FileSystem.processID)").string
        try? FileSystem.removeFile(temporary)
        try FileSystem.createLink(to: recording.name, at: temporary)
        try FileSystem.rename(temporary, to: FilePath(path).appending(Self.latestName).string)
    }

    /// Without a `latest`, commands that take the latest recording want one to be named.
    func removeLatest() { try? FileSystem.removeFile(FilePath(path).appending(Self.latestName).string) }

    private func nextNumber(_ base: String) -> Int {
        let names = (try? FileSystem.names(in: path)) ?? []
        let numbers = names.filter { $0.hasPrefix(base + "-") }.compactMap { Int($0.dropFirst(base.utf8.count + 1)) }
        return (numbers.max() ?? -1) + 1
    }
}
