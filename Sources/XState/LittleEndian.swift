/// Fixed-width little-endian integers in byte arrays, as XSAVE areas hold them.
extension [UInt8] {
    /// - Precondition: the integer lies within the array.
    package func integer<T: FixedWidthInteger & UnsignedInteger>(at offset: Int, as type: T.Type) -> T {
        var value: T = 0
        for index in (offset..<offset + T.bitWidth / 8).reversed() { value = value << 8 | T(self[index]) }
        return value
    }

    /// - Precondition: the integer lies within the array.
    mutating func store<T: FixedWidthInteger & UnsignedInteger>(_ value: T, at offset: Int) {
        for index in 0..<T.bitWidth / 8 { self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }

    /// - Precondition: the range lies within the array.
    mutating func clear(_ range: Range<Int>) {
        var span = mutableSpan
        for index in range { span[index] = 0 }
    }

    /// - Precondition: the range lies within the array.
    func isZero(_ range: Range<Int>) -> Bool {
        let part = span.extracting(range)
        var bits: UInt8 = 0
        for index in part.indices { bits |= part[index] }
        return bits == 0
    }
}

extension FixedWidthInteger {
    /// The bytes as they lie in memory.
    package var littleEndianBytes: [UInt8] {
        stride(from: 0, to: bitWidth, by: 8).map { UInt8(truncatingIfNeeded: self >> $0) }
    }
}
