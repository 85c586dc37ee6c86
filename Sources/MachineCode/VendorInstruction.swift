package import LinuxABI

/// An instruction whose result the manuals do not fix to the last bit, so that CPUs of different vendors compute different
/// ones.
///
/// The approximations have tables of the vendor's own with a relative error of up to 1.5 * 2^-12 (SDM volume 2, RCPPS and
/// RSQRTPS). The transcendental functions of the x87 are right within one unit in the last place (SDM volume 1, section
/// 8.3.10). VRCP14 and VRSQRT14 are not among them: AVX-512 defines them exactly.
package struct VendorInstruction: Hashable, Sendable {
    /// Raw values are mnemonics; the VEX forms count as those without.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case rcpps, rcpss, rsqrtps, rsqrtss
        case f2xm1, fyl2x, fyl2xp1, fptan, fpatan, fsin, fcos, fsincos
    }

    package let kind: Kind
    package let address: GuestAddress

    package init(kind: Kind, address: GuestAddress) {
        self.kind = kind
        self.address = address
    }

    /// Where bytes of code could be one: a superset, found without decoding. The offsets are those of an opcode's or VEX
    /// prefix's first byte, in ascending order.
    ///
    /// Opcodes of SDM volume 2: 0F 52 and 0F 53; the same behind C5 xx or C4 xx xx; D9 F0 to F3, F9, FB, FE, FF.
    package static func candidates(in bytes: Span<UInt8>) -> [Int] {
        var found: [Int] = []
        func isApproximation(_ place: Int) -> Bool {
            place < bytes.count && (bytes[place] == 0x52 || bytes[place] == 0x53)
        }
        for place in 0..<bytes.count {
            let isCandidate =
                switch bytes[place] {
                case 0x0F: isApproximation(place + 1)
                case 0xC5: isApproximation(place + 2)
                case 0xC4: isApproximation(place + 3)
                case 0xD9: place + 1 < bytes.count && Self.x87Opcodes.contains(bytes[place + 1])
                default: false
                }
            if isCandidate { found.append(place) }
        }
        return found
    }

    private static let x87Opcodes: [UInt8] = [0xF0, 0xF1, 0xF2, 0xF3, 0xF9, 0xFB, 0xFE, 0xFF]

    /// Those in a function, which is decoded from its start. What follows bytes that are no instruction is left out.
    package static func all(in code: Span<UInt8>, at start: GuestAddress) -> [VendorInstruction] {
        var found: [VendorInstruction] = []
        var candidates = candidates(in: code)[...]
        var offset = 0
        while let candidate = candidates.first, offset < code.count {
            let bytes = code.extracting(offset..<min(code.count, offset + Instruction.maximumLength))
            let address = start + UInt64(offset)
            guard let instruction = Instruction.decode(bytes, at: address) else { break }
            offset += instruction.length
            guard candidate < offset else { continue }
            if let kind = Kind(decoding: bytes) { found.append(VendorInstruction(kind: kind, address: address)) }
            candidates = candidates.drop { $0 < offset }
        }
        return found
    }
}
