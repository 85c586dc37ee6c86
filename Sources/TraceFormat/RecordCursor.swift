internal import XState

/// Reads values from the contents of one chunk and never beyond its end.
///
/// Every error carries the chunk's place in the file and the place in the chunk.
struct RecordCursor {
    let bytes: [UInt8]
    /// Where the next value starts.
    private(set) var position = 0
    /// Where reading ends: the end of the chunk, or of a record in it.
    private(set) var end: Int
    let stream: RecordingStream
    /// The chunk's offset in the file.
    let chunkOffset: UInt64

    init(_ bytes: [UInt8], stream: RecordingStream, chunkOffset: UInt64) {
        self.bytes = bytes
        self.end = bytes.count
        self.stream = stream
        self.chunkOffset = chunkOffset
    }

    var isAtEnd: Bool { position == end }
    var remaining: Int { end - position }

    func damaged(_ what: String) -> RecordingError {
        .damaged(stream, offset: chunkOffset, "\(what) (byte \(position) of the chunk's contents)")
    }

    func madeByNewer(_ what: String) -> RecordingError {
        .madeByNewer(stream, offset: chunkOffset, what)
    }

    mutating func byte() throws(RecordingError) -> UInt8 {
        guard position < end else { throw damaged("a record ends too early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func varint() throws(RecordingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            let bits = UInt64(next & 0x7f)
            guard shift < 63 || (shift == 63 && bits <= 1) else { throw damaged("a number has more than 64 bits") }
            value |= bits << shift
            if next & 0x80 == 0 { return value }
            shift += 7
        }
    }

    mutating func varint32() throws(RecordingError) -> UInt32 {
        guard let value = UInt32(exactly: try varint()) else { throw damaged("a number has more than 32 bits") }
        return value
    }

    /// A length or count that is at most `limit`.
    mutating func count(limit: Int, _ what: String) throws(RecordingError) -> Int {
        guard let value = Int(exactly: try varint()), value <= limit else { throw damaged("too many \(what)") }
        return value
    }

    mutating func delta(from old: UInt64) throws(RecordingError) -> UInt64 {
        let coded = try varint()
        return old &+ ((coded >> 1) ^ (0 &- (coded & 1)))
    }

    mutating func bytes(_ count: Int) throws(RecordingError) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw damaged("a record ends too early") }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// Reads an extended-state delta in the coding of its module.
    mutating func xstateDelta() throws(RecordingError) -> XStateDelta {
        var rest = bytes[position..<end]
        do {
            let delta = try XStateDelta(decoding: &rest)
            position = rest.startIndex
            return delta
        } catch { throw damaged("\(error)") }
    }

    mutating func string(_ what: String) throws(RecordingError) -> String {
        let length = try count(limit: FormatLimits.pathLength, "bytes of a \(what)")
        guard let text = String(validating: try bytes(length), as: UTF8.self) else {
            throw damaged("a \(what) is not UTF-8")
        }
        return text
    }

    /// A tag and a length; until `endRecord`, reading ends at the record's end. Skips what may be skipped; nil at
    /// the end of the chunk.
    mutating func beginRecord(known: (UInt64) -> Bool) throws(RecordingError) -> UInt64? {
        end = bytes.count
        while !isAtEnd {
            let tag = try varint()
            let length = try count(limit: FormatLimits.chunkLength, "bytes in a record")
            guard length <= remaining else { throw damaged("a record is longer than its chunk") }
            if known(tag) {
                end = position + length
                return tag
            }
            if RecordType.isCritical(tag) { throw madeByNewer("unknown record type \(tag >> 1)") }
            position += length
        }
        return nil
    }

    mutating func endRecord() throws(RecordingError) {
        guard isAtEnd else { throw damaged("a record is longer than its contents") }
        end = bytes.count
    }
}
