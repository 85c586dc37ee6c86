/// Where bytes of code could be a sensitive instruction: a superset, found without decoding.
package enum CandidateSites {
    /// The offsets of the first opcode bytes (prefixes come before) of what may be CPUID, XGETBV, XSAVE, XSAVEOPT,
    /// XSAVEC, XRSTOR, RDRAND, RDSEED, RDPID, XBEGIN or FXSAVE, in ascending order.
    ///
    /// Opcodes of SDM volume 2: 0F A2; 0F 01 D0; 0F AE with /0, /4, /5 and /6 of a memory operand; 0F C7 /4 with a memory
    /// operand and /6 and /7 with a register; C7 F8. One whose opcode goes on beyond the bytes counts, too.
    package static func find(in bytes: Span<UInt8>) -> [Int] {
        var found: [Int] = []
        let vector = 32
        var offset = 0
        // Most bytes begin none of the opcodes: vectors of them are passed over.
        while offset < bytes.count {
            let end = min(offset + vector, bytes.count)
            if end - offset == vector, !mayBegin(bytes, offset) {
                offset = end
                continue
            }
            for place in offset..<end where isCandidate(bytes, place) { found.append(place) }
            offset = end
        }
        return found
    }

    /// Whether what may be an instruction shows more of the CPU than XCR0: it is not certainly XGETBV or XRSTOR. XSAVE,
    /// XSAVEOPT and XSAVEC store in XSTATE_BV which components the CPU takes for initial, and leave bytes out by it.
    ///
    /// - Parameter place: an offset that `find` gives.
    package static func showsMoreThanXCR0(_ bytes: Span<UInt8>, _ place: Int) -> Bool {
        guard place + 2 < bytes.count, bytes[place] == 0x0F else { return true }
        return switch bytes[place + 1] {
        case 0x01: bytes[place + 2] != 0xD0
        case 0xAE: bytes[place + 2] >> 3 & 7 != 5
        default: true
        }
    }

    /// Whether what may be an instruction may be one whose outcome is chance or the core's: RDRAND, RDSEED, RDPID, XBEGIN.
    ///
    /// - Parameter place: an offset that `find` gives.
    package static func mayBeUnpredictable(_ bytes: Span<UInt8>, _ place: Int) -> Bool {
        guard bytes[place] == 0x0F else { return true }
        guard place + 1 < bytes.count else { return true }
        return bytes[place + 1] == 0xC7 && (place + 2 >= bytes.count || bytes[place + 2] >= 0xC0)
    }

    private static func mayBegin(_ bytes: Span<UInt8>, _ offset: Int) -> Bool {
        var mask: UInt8 = 0
        for index in 0..<32 {
            let byte = bytes[offset + index]
            mask |= (byte == 0x0F ? 1 : 0) | (byte == 0xC7 ? 1 : 0)
        }
        return mask != 0
    }

    private static func isCandidate(_ bytes: Span<UInt8>, _ place: Int) -> Bool {
        let first = bytes[place]
        if first == 0xC7 { return place + 1 >= bytes.count || bytes[place + 1] == 0xF8 }
        guard first == 0x0F else { return false }
        guard place + 1 < bytes.count else { return true }
        switch bytes[place + 1] {
        case 0xA2: return true
        case 0x01: return place + 2 >= bytes.count || bytes[place + 2] == 0xD0
        case 0xAE:
            guard place + 2 < bytes.count else { return true }
            let extended = bytes[place + 2] >> 3 & 7
            return bytes[place + 2] < 0xC0 && (extended == 0 || 4...6 ~= extended)
        case 0xC7:
            guard place + 2 < bytes.count else { return true }
            let extended = bytes[place + 2] >> 3 & 7
            return bytes[place + 2] < 0xC0 ? extended == 4 : extended >= 6
        default: return false
        }
    }
}
