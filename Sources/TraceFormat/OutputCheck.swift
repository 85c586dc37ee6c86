internal import Codec

/// What the bytes of an output were, for a replay to compare with what it is about to write.
package enum OutputCheck: Hashable, Sendable {
    /// The bytes themselves; at most `blockLength`.
    case bytes([UInt8])
    /// For each block of `blockLength` bytes, the last of which may be shorter, its XXH3: 8 bytes, little-endian.
    case hashes([UInt8])

    /// In bytes. Up to this length an output is kept, so that a report can show both sides; beyond it hashes take a
    /// 64th of its space.
    package static let blockLength = 512
    /// The bytes of a hash.
    private static let hashLength = 8

    /// - Parameter pieces: gives the output to its argument, piece by piece; all pieces but the last are whole blocks.
    package init(length: UInt64, pieces: (_ add: ([UInt8]) -> Void) -> Void) {
        var contents: [UInt8] = []
        if length <= UInt64(Self.blockLength) {
            pieces { contents += $0 }
            self = .bytes(contents)
        } else {
            pieces { Self.appendHashes(of: $0, to: &contents) }
            self = .hashes(contents)
        }
    }

    private static func appendHashes(of piece: [UInt8], to hashes: inout [UInt8]) {
        let span = piece.span
        for start in stride(from: 0, to: piece.count, by: blockLength) {
            let hash = XXH3.hash(span.extracting(start..<min(start + blockLength, piece.count)))
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                hashes.append(UInt8(truncatingIfNeeded: hash >> shift))
            }
        }
    }

    /// What stands in the memory stream.
    package var contents: [UInt8] {
        switch self {
        case .bytes(let bytes), .hashes(let bytes): bytes
        }
    }

    /// The bytes of `contents` of hashes for an output of this length.
    static func hashesLength(for length: UInt64) -> UInt64 {
        (length / UInt64(blockLength) + (length % UInt64(blockLength) > 0 ? 1 : 0)) * UInt64(hashLength)
    }

    /// Whether this can be the check of an output of so many bytes.
    package func covers(_ length: UInt64) -> Bool {
        switch self {
        case .bytes(let bytes): UInt64(bytes.count) == length && bytes.count <= Self.blockLength
        case .hashes(let hashes): UInt64(hashes.count) == Self.hashesLength(for: length)
        }
    }

    /// Compares a piece of the output.
    ///
    /// - Parameter offset: of the piece in the output: a multiple of `blockLength`.
    /// - Returns: where in the output the first byte differs, or the first block that has one; nil if none does.
    package func firstDifference(in piece: [UInt8], at offset: UInt64) -> UInt64? {
        switch self {
        case .bytes(let bytes):
            if piece == bytes { return nil }
            let common = zip(bytes, piece).prefix { $0 == $1 }.count
            return UInt64(common)
        case .hashes(let hashes):
            var actual: [UInt8] = []
            Self.appendHashes(of: piece, to: &actual)
            let first = Int(clamping: offset) / Self.blockLength * Self.hashLength
            guard first <= hashes.count, hashes.count - first >= actual.count else { return offset }
            let recorded = hashes[first..<first + actual.count]
            if recorded.elementsEqual(actual) { return nil }
            let block = zip(recorded, actual).prefix { $0 == $1 }.count / Self.hashLength
            return offset + UInt64(block * Self.blockLength)
        }
    }
}
