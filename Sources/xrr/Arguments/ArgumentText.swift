/// Arguments as text and back without a loss: the kernel's are bytes of any kind, ArgumentParser's are strings.
///
/// Each byte that is no part of a UTF-8 character becomes a character of its own in a private range. Characters that
/// were in that range already are taken apart into bytes too, so that the way back is unambiguous.
enum ArgumentText {
    /// U+10FE00 and the byte.
    private static let base: UInt32 = 0x10_FE00
    private static let range = base..<base + 0x100

    static func text(of bytes: [UInt8]) -> String {
        var scalars = String.UnicodeScalarView()
        var rest = bytes[...]
        while let first = rest.first {
            if let (scalar, length) = character(at: rest), !range.contains(scalar.value) {
                scalars.append(scalar)
                rest = rest.dropFirst(length)
            } else {
                if let scalar = Unicode.Scalar(base + UInt32(first)) { scalars.append(scalar) }
                rest = rest.dropFirst()
            }
        }
        return String(scalars)
    }

    static func bytes(of text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar in
            range.contains(scalar.value) ? [UInt8(scalar.value - base)] : Array(String(scalar).utf8)
        }
    }

    /// Whether the argument was UTF-8, so that it can also serve as the name of a file of xrr's.
    static func isPlain(_ text: String) -> Bool { !text.unicodeScalars.contains { range.contains($0.value) } }

    /// The character that the bytes start with, and its length; nil if they start with none.
    private static func character(at bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
        guard let first = bytes.first else { return nil }
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
        guard bytes.count >= length, let text = String(validating: bytes.prefix(length), as: UTF8.self),
            let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1
        else { return nil }
        return (scalar, length)
    }
}
