extension [UInt8] {
    /// Array's own comparison goes byte by byte; this one lets the compiler use vectors, and is done at once if both
    /// share their storage.
    package func isEqualByVectors(to other: [UInt8]) -> Bool {
        let a = span
        let b = other.span
        let count = a.count
        guard count == b.count else { return false }
        if a.isIdentical(to: b) { return true }
        var index = 0
        while index &+ 32 <= count {
            var difference: UInt8 = 0
            for lane in 0..<32 { difference |= a[index &+ lane] ^ b[index &+ lane] }
            if difference != 0 { return false }
            index &+= 32
        }
        while index < count {
            if a[index] != b[index] { return false }
            index &+= 1
        }
        return true
    }
}
