internal import SystemPackage

extension RecordingManifest {
    /// Writes or replaces `manifest.json` in one step, so that a reader sees the old or the new one.
    func write(to directory: FilePath, synchronizes: Bool) throws(RecordingWriteError) {
        let text = try encoded()
        let path = directory.appending(Self.fileName)
        let temporary = directory.appending(Self.fileName + ".new")
        do {
            let file = try OwnedFile(
                temporary, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
            var rest = text[...]
            while !rest.isEmpty { rest = rest.dropFirst(try file.writeSome(rest)) }
            // A loss of power after the rename could leave an empty file.
            if synchronizes { try file.synchronize() }
            try Directory.rename(temporary, to: path)
        } catch {
            throw .file(path: path.string, nil, error)
        }
    }

    /// Reads `manifest.json`.
    init(readingFrom directory: FilePath) throws(RecordingError) {
        let path = directory.appending(Self.fileName)
        var text: [UInt8] = []
        do throws(Errno) {
            let file = try OwnedFile.forReading(path)
            let length = try file.length()
            if length > UInt64(FormatLimits.manifestLength) { throw .fileTooLarge }
            try file.read(Int(length), at: 0, into: &text)
        } catch {
            throw .cannotOpen(path: path.string, error)
        }
        try self.init(decoding: text)
    }
}
