import SystemPackage
import TraceFormat

/// Removing recordings, and the copies of files that none needs any more.
extension RecordingsHome {
    /// Removes a recording with all that is in its directory.
    ///
    /// - Throws: `CommandError` if it is not a recording, or something in it cannot be removed.
    func remove(_ recording: RecordingDirectory) throws(CommandError) {
        guard recording.isRecording else {
            throw CommandError(
                "\(TextFormat.printable(recording.path)) is not a recording: it has no manifest.json; nothing was "
                    + "removed")
        }
        let wasLatest = latest?.name == recording.name
        // What replays have noted of a recording that cannot be read stays: only the recording says where that is.
        let recordingID = (try? recording.reader())?.manifest.recordingID
        do throws(Errno) {
            // The manifest goes first: what is left after an interruption is no recording any more.
            try OpenDirectory(FilePath(recording.path)).remove("manifest.json")
            try FileSystem.removeTree(recording.path)
        } catch {
            throw CommandError("cannot remove \(TextFormat.printable(recording.path)): \(error)")
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
        let lock: StoreLock
        do throws(StoreLock.Obstacle) {
            lock = try StoreLock(store: store, mode: .exclusive)
        } catch {
            return .postponed(error == .claimed ? "a recording or replay is running" : error.words(of: store))
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
        // By descriptors, and no symbolic link: objects/ab/cdef... (see FileStore).
        guard let directory = try? OpenDirectory(FilePath(store)) else { return .freed(0) }
        var freed: UInt64 = 0
        if let objects = try? directory.directory("objects") {
            for prefix in Self.names(in: objects) {
                guard let part = try? objects.directory(prefix) else { continue }
                for rest in Self.names(in: part) {
                    let name = prefix.string + rest.string
                    guard Self.isDigest(name), !needed.contains(name), let object = part.entry(rest),
                        object.kind == .file, (try? part.remove(rest)) != nil
                    else { continue }
                    freed += object.space
                }
            }
        }
        // Links from stat data to digests that are gone, and what killed recorders left half copied.
        if let links = try? directory.directory("by-stat") {
            for name in Self.names(in: links) {
                let text = links.linkText(name, count: 2 * FileDigest.size).map { String(decoding: $0, as: UTF8.self) }
                if let text, Self.isDigest(text), !needed.contains(text) { try? links.remove(name) }
            }
        }
        // Stores of older versions have one.
        if let verified = try? directory.directory("verified") {
            for name in Self.names(in: verified) where Self.isDigest(name.string) && !needed.contains(name.string) {
                if verified.entry(name)?.kind == .link { try? verified.remove(name) }
            }
        }
        if let temporaries = try? directory.directory("tmp") {
            for name in Self.names(in: temporaries) where Self.isTemporary(name.string) {
                if temporaries.entry(name)?.kind == .file { try? temporaries.remove(name) }
            }
        }
        return .freed(freed)
    }

    private static func names(in directory: OpenDirectory) -> [FilePath] { (try? directory.names()) ?? [] }

    /// `PID-RECORDINGID`: see `FileStore.add`.
    private static func isTemporary(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && Int32(parts[0]) != nil && RecordingID(String(parts[1])) != nil
    }

    /// A SHA-256 in lower-case hexadecimal: other files in the store are not ours to remove.
    private static func isDigest(_ name: String) -> Bool {
        name.utf8.count == 2 * FileDigest.size
            && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
