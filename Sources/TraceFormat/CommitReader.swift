internal import SystemPackage

/// Finds the last commit record of a recording.
enum CommitReader {
    /// Checks all commit records and returns the last one; a recording may have none.
    ///
    /// An unfinished recording may end in the middle of a record, which was then being written, or in zeros, which a
    /// file system may leave after a loss of power. Everything else that is not a record is damage: so is every
    /// change within a complete record, also within the last one, since a record is seeded by the one before.
    static func last(
        in directory: FilePath, header: StreamHeader, isFinished: Bool
    ) throws(RecordingError) -> CommitRecord? {
        let file = try ChunkReader.open(.commits, in: directory, header: header)
        var offset = UInt64(StreamHeader.size)
        var seed = header.seed
        var last: CommitRecord?
        var bytes: [UInt8] = []
        while true {
            do { try file.read(CommitRecord.size, at: offset, into: &bytes) } catch {
                throw .unreadable(.commits, offset: offset, error)
            }
            if bytes.isEmpty { break }
            if let record = CommitRecord(bytes, seed: seed) {
                guard record.follows(last) else {
                    throw .damaged(.commits, offset: offset, "a record does not follow the one before")
                }
                seed = CommitRecord.checksum(of: bytes)
                last = record
                offset += UInt64(bytes.count)
                continue
            }
            guard !isFinished, last?.final == nil else {
                throw .damaged(.commits, offset: offset, "a record of a finished recording is damaged")
            }
            if bytes.count < CommitRecord.size { break }
            guard try isZero(file, from: offset) else {
                throw .damaged(.commits, offset: offset, "a record's checksum is wrong")
            }
            break
        }
        if isFinished, last?.final == nil {
            throw .damaged(.commits, offset: offset, "the recording is finished, but the last record is missing")
        }
        return last
    }

    /// Whether the file contains nothing but zeros from `start`.
    private static func isZero(_ file: borrowing OwnedFile, from start: UInt64) throws(RecordingError) -> Bool {
        var offset = start
        var bytes: [UInt8] = []
        while true {
            do { try file.read(1 << 16, at: offset, into: &bytes) } catch {
                throw .unreadable(.commits, offset: offset, error)
            }
            if bytes.isEmpty { return true }
            guard bytes.allSatisfy({ $0 == 0 }) else { return false }
            offset += UInt64(bytes.count)
        }
    }
}
