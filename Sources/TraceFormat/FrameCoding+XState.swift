internal import XState

/// Extended states stand in a frame as runs of bytes that differ from the thread's last one.
enum XStateCoding {
    static func append(_ new: XStateImage, from old: XStateImage?, to output: inout [UInt8]) {
        let base = old?.bytes ?? []
        output.appendVarint(UInt64(new.bytes.count))
        var index = 0
        while index < new.bytes.count {
            let gap = index
            while index < new.bytes.count, new.bytes[index] == (index < base.count ? base[index] : 0) { index += 1 }
            let start = index
            while index < new.bytes.count, new.bytes[index] != (index < base.count ? base[index] : 0) { index += 1 }
            output.appendVarint(UInt64(start - gap))
            output.appendVarint(UInt64(index - start))
            output.append(contentsOf: new.bytes[start..<index])
        }
    }

    static func read(from old: XStateImage?, _ cursor: inout RecordCursor) throws(RecordingError) -> XStateImage {
        let base = old?.bytes ?? []
        let count = try cursor.count(limit: FormatLimits.xstateLength, "bytes of extended state")
        var bytes = [UInt8](base.prefix(count))
        bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
        var index = 0
        while index < count {
            index += try cursor.count(limit: count - index, "unchanged bytes")
            let length = try cursor.count(limit: count - index, "changed bytes")
            bytes.replaceSubrange(index..<index + length, with: try cursor.bytes(length))
            index += length
        }
        return XStateImage(bytes: bytes)
    }
}
