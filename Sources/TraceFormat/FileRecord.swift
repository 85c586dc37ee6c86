/// A file of which the recording maps a stored copy.
package struct FileRecord: Hashable, Sendable {
    /// The name of the copy in the store.
    package var digest: FileDigest
    /// Where the file was, as the recorder's kernel called it.
    package var path: [UInt8]
    /// In bytes.
    package var size: UInt64
    /// st_mode.
    package var mode: UInt32
    package var userID: UInt32
    package var groupID: UInt32
    /// st_dev.
    package var device: UInt64
    /// st_ino.
    package var inode: UInt64
    /// st_mtim in nanoseconds of Unix time.
    package var modificationTime: Int64

    package init(
        digest: FileDigest, path: [UInt8], size: UInt64, mode: UInt32, userID: UInt32, groupID: UInt32,
        device: UInt64, inode: UInt64, modificationTime: Int64
    ) {
        self.digest = digest
        self.path = path
        self.size = size
        self.mode = mode
        self.userID = userID
        self.groupID = groupID
        self.device = device
        self.inode = inode
        self.modificationTime = modificationTime
    }
}

extension FileRecord {
    func encode(to output: inout [UInt8]) {
        FrameEncoder.appendRecord(RecordType.file, to: &output) { output in
            output.append(contentsOf: digest.bytes)
            output.appendVarint(UInt64(path.count))
            output.append(contentsOf: path)
            output.appendVarint(size)
            output.appendVarint(UInt64(mode))
            output.appendVarint(UInt64(userID))
            output.appendVarint(UInt64(groupID))
            output.appendVarint(device)
            output.appendVarint(inode)
            output.appendDelta(UInt64(bitPattern: modificationTime), from: 0)
        }
    }

    /// The next record of a chunk; nil at its end.
    init?(_ cursor: inout RecordCursor) throws(RecordingError) {
        guard try cursor.beginRecord(known: { $0 == RecordType.file }) != nil else { return nil }
        digest = FileDigest(bytes: try cursor.bytes(FileDigest.size))
        path = try cursor.bytes(try cursor.count(limit: FormatLimits.pathLength, "bytes of a path"))
        size = try cursor.varint()
        mode = try cursor.varint32()
        userID = try cursor.varint32()
        groupID = try cursor.varint32()
        device = try cursor.varint()
        inode = try cursor.varint()
        modificationTime = Int64(bitPattern: try cursor.delta(from: 0))
        try cursor.endRecord()
    }
}
