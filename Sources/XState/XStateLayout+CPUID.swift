extension XStateLayout {
    /// The layout that the CPU with these CPUID values uses under the given XCR0.
    ///
    /// The mask is what the kernel enabled, which can be less than the CPU supports: Linux leaves out LWP and the
    /// PKRU of CPUs without protection keys. A live system tells it through `enabledMask(ofRegset:)`.
    ///
    /// - Parameter words: the answer of CPUID leaf 0DH for a subleaf, nothing where it is unknown.
    /// - Throws: `unavailable` if the CPU does not support the mask, `missingCPUID`, and what `init(mask:locations:)`
    ///   throws.
    package init(
        mask: XFeatureMask, leaf0D words: (_ subleaf: UInt32) -> CPUIDWords?
    ) throws(XStateError) {
        guard let main = words(0) else { throw .missingCPUID(leaf: 0xD, subleaf: 0) }
        let supported = XFeatureMask(rawValue: UInt64(main.edx) << 32 | UInt64(main.eax))
        guard mask.isSubset(of: supported) else { throw .unavailable(mask.subtracting(supported)) }
        var locations: [XStateComponentLocation] = []
        for component in mask.components where component > .sse {
            let subleaf = UInt32(component.number)
            guard let words = words(subleaf) else { throw .missingCPUID(leaf: 0xD, subleaf: subleaf) }
            locations.append(.init(type: subleaf, size: words.eax, offset: words.ebx, flags: words.ecx & 7))
        }
        try self.init(mask: mask, locations: locations)
    }

    /// The same from a table. All subleaves of leaf 0DH that the mask needs must be in it.
    package init(mask: XFeatureMask, cpuid table: CPUIDTable) throws(XStateError) {
        try self.init(mask: mask) { table.entry(leaf: 0xD, subleaf: $0)?.words }
    }

    /// The user XCR0 that the kernel notes in the software bytes of NT_X86_XSTATE (bytes 464 to 471, arch/x86/include/
    /// asm/fpu/xstate.h). Nothing if the buffer is too short or the bytes hold no legal mask.
    package static func enabledMask(ofRegset raw: [UInt8]) -> XFeatureMask? {
        guard raw.count >= extendedRegionStart else { return nil }
        let mask = XFeatureMask(rawValue: raw.integer(at: 464, as: UInt64.self))
        return mask.isLegal ? mask : nil
    }
}
