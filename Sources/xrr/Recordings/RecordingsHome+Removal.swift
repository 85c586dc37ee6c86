import SystemPackage
import TraceFormat

/// Removing recordings, and the copies of files that none needs any more.
extension RecordingsHome {
    /// Removes a recording with all that is in its directory.
    ///
    /// - Throws: `CommandError` if it is not a recording, or something in it cannot be removed.
    func remove(_ recording: RecordingDirectory) throws(CommandError) {
        guard recording.isRecording else {
            throw CommandError("\(recording.path) is not a recording: it has no manifest.json; nothing was removed")
        }
        let wasLatest = latest?.name == recording.name
        // What replays have noted of a recording that cannot be read stays: only the recording says where that is.
        let recordingID = (try? recording.reader())?.manifest.recordingID
        do throws(Errno) {
            // The manifest goes first: what is left after an interruption is no recording any more.
            try FileSystem.removeFile(FilePath(recording.path).appending("manifest.json").string)
            try FileSystem.removeTree(recording.path)
        } catch {
            throw CommandError("cannot remove \(recording.path): \(error)")
        }
        if wasLatest { removeLatest() }
        if let recordingID { PassCountCache(of: recordingID).remove() }
    }

    /// A reason not to collect now, or what was freed in bytes.
    enum Collection: Hashable {
        case freed(UInt64)
        case postponed(String)
    }

    /// Removes the store's objects that no recording here refers to.
    ///
    /// An object can be needed by a recorder that has not committed its name yet, or by a recording that is too damaged
    /// to say. So nothing is touched while someone holds the store (`StoreLock`) or one recording is unreadable.
    func collectStore() -> Collection {
        guard FileSystem.kind(store) == .directory else { return .freed(0) }
        guard let lock = StoreLock(store: store, mode: .exclusive) else {
            return .postponed("a recording or replay is running")
        }
        defer { lock.release() }
        var needed: Set<String> = []
        do {
            for recording in try recordings() {
                for file in try recording.reader().files { needed.insert(file.digest.description) }
            }
        } catch {
            return .postponed(
                "not all recordings can be read: \(CommandError(describing: error)?.message ?? "\(error)")")
        }
        var freed: UInt64 = 0
        // objects/ab/cdef...: see FileStore.
        let objects = FilePath(store).appending("objects")
        for prefix in names(in: objects) {
            for rest in names(in: objects.appending(prefix)) where !needed.contains(prefix + rest) {
                let object = objects.appending(prefix).appending(rest).string
                guard Self.isObjectName(prefix + rest), FileSystem.kind(object) == .file else { continue }
                let size = FileSystem.diskUsage(object)
                if (try? FileSystem.removeFile(object)) != nil { freed += size }
            }
        }
        // Links from stat data to digests that are gone, and what killed recorders left half copied.
        let links = FilePath(store).appending("by-stat")
        for name in names(in: links) {
            let link = links.appending(name).string
            if let digest = FileSystem.linkTarget(link), !needed.contains(digest) { try? FileSystem.removeFile(link) }
        }
        let verified = FilePath(store).appending("verified")
        for name in names(in: verified) where !needed.contains(name) {
            try? FileSystem.removeFile(verified.appending(name).string)
        }
        let temporaries = FilePath(store).appending("tmp")
        for name in names(in: temporaries) { try? FileSystem.removeFile(temporaries.appending(name).string) }
        return .freed(freed)
    }

    private func names(in directory: FilePath) -> [String] { (try? FileSystem.names(in: directory.string)) ?? [] }

    /// A SHA-256 in lower-case hexadecimal: other files in the store are not ours to remove.
    private static func isObjectName(_ name: String) -> Bool {
        name.utf8.count == 2 * FileDigest.size
            && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
