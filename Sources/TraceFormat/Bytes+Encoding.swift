/// How values stand in a recording: little-endian words, LEB128 varints and zigzag for signed differences.
extension [UInt8] {
    /// Makes the array have `count` elements, whatever they are.
    mutating func resize(to count: Int) {
        if self.count < count {
            append(contentsOf: repeatElement(0, count: count - self.count))
        } else {
            removeLast(self.count - count)
        }
    }

    @inline(__always)
    mutating func appendLittleEndian(_ value: some FixedWidthInteger & UnsignedInteger) {
        var rest = UInt64(value)
        for _ in 0..<(value.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// Seven bits per byte, least significant first; all bytes but the last have bit 7 set.
    @inline(__always)
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// The difference `new - old` modulo 2^64, so that small steps in either direction take one byte.
    @inline(__always)
    mutating func appendDelta(_ new: UInt64, from old: UInt64) {
        let difference = Int64(bitPattern: new &- old)
        appendVarint(UInt64(bitPattern: (difference << 1) ^ (difference >> 63)))
    }

    /// The little-endian word at `offset`. The caller has checked the length.
    func littleEndian<Word: FixedWidthInteger & UnsignedInteger>(at offset: Int, as type: Word.Type = Word.self) -> Word
    {
        var value: UInt64 = 0
        for index in (offset..<offset + Word.bitWidth / 8).reversed() { value = value << 8 | UInt64(self[index]) }
        return Word(truncatingIfNeeded: value)
    }
}
