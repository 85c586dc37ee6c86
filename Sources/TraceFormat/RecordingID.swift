/// 128 random bits that name a recording. They stand in every stream, so that streams of different recordings are
/// never mixed.
package struct RecordingID: Hashable, Sendable, CustomStringConvertible {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id from getrandom(2).
    package static func random() -> RecordingID {
        var generator = SystemRandomNumberGenerator()
        return RecordingID(high: generator.next(), low: generator.next())
    }

    /// 32 hexadecimal digits.
    package var description: String { high.hexadecimal + low.hexadecimal }

    /// The inverse of `description`; nil for anything else than 32 lower-case hexadecimal digits.
    package init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 32, let high = UInt64(hexadecimal: digits[..<16]),
            let low = UInt64(hexadecimal: digits[16...])
        else { return nil }
        self.init(high: high, low: low)
    }
}

extension UInt64 {
    /// Exactly 16 lower-case digits.
    var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// The inverse of `hexadecimal`; nil for anything but 16 lower-case digits.
    init?(hexadecimal digits: some Collection<UInt8>) {
        guard digits.count == 16 else { return nil }
        self = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): self = self << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): self = self << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
    }
}
