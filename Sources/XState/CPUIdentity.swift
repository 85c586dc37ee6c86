/// Which CPU a CPUID table is of.
package struct CPUIdentity: Hashable, Sendable {
    /// The twelve characters of leaf 0: "GenuineIntel", "AuthenticAMD".
    package var vendor: String
    /// Display family: the base family plus, from 15 on, the extended one.
    package var family: UInt32
    /// Display model: with the extended model's bits where the architecture counts them.
    package var model: UInt32
    package var stepping: UInt32
    /// The brand string of leaves 80000002H to 80000004H without padding; empty where the CPU has none.
    package var brand: String

    package init(vendor: String, family: UInt32, model: UInt32, stepping: UInt32, brand: String) {
        self.vendor = vendor
        self.family = family
        self.model = model
        self.stepping = stepping
        self.brand = brand
    }

    /// From leaves 0, 1 and 80000002H to 80000004H; what is missing reads as zero or empty.
    package init(_ table: CPUIDTable) {
        let first = table.entry(leaf: 0)?.words ?? CPUIDWords()
        vendor = Self.text([first.ebx, first.edx, first.ecx])
        let signature = table.entry(leaf: 1)?.words.eax ?? 0
        stepping = signature & 0xF
        let baseFamily = signature >> 8 & 0xF
        family = baseFamily == 15 ? baseFamily + (signature >> 20 & 0xFF) : baseFamily
        let baseModel = signature >> 4 & 0xF
        // SDM counts the extended model for families 6 and 15, APM for 15 only; no AMD CPU of family 6 sets it.
        let hasExtendedModel = baseFamily == 15 || baseFamily == 6 || baseFamily == 7
        model = hasExtendedModel ? baseModel + (signature >> 12 & 0xF0) : baseModel
        let brandWords = (UInt32(0x8000_0002)...0x8000_0004).compactMap { table.entry(leaf: $0)?.words }
        brand = Self.text(brandWords.flatMap { [$0.eax, $0.ebx, $0.ecx, $0.edx] })
    }

    /// AMD, and Hygon whose CPUs are AMD designs.
    package var isAMDFamily: Bool { vendor == "AuthenticAMD" || vendor == "HygonGenuine" }

    /// The printable ASCII of the registers up to the first zero byte, without surrounding spaces.
    private static func text(_ words: [UInt32]) -> String {
        let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        let printable = bytes.prefix { $0 != 0 }.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        let body = printable.drop { $0 == 0x20 }
        let end = body.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? body.startIndex
        return String(decoding: body[..<end], as: UTF8.self)
    }
}

extension CPUIdentity: CustomStringConvertible {
    /// "GenuineIntel 6/60/4 (Intel Core Processor (Haswell))"; a baseline of several vendors is only a name.
    package var description: String {
        let signature = vendor.isEmpty ? [] : ["\(vendor) \(family)/\(model)/\(stepping)"]
        return (signature + (brand.isEmpty ? [] : ["(\(brand))"])).joined(separator: " ")
    }
}
