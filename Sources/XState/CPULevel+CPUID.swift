extension CPULevel {
    /// The CPUID bits of instructions that the level has, register by register: what the machine must have and all
    /// that the tracee may use. nil for `native`.
    ///
    /// AES and PCLMULQDQ are at no level, nor are SHA, GFNI, VAES or VNNI. The psABI's levels do not have them, and
    /// no level can promise them: CPUs of all levels exist that lack AES and PCLMULQDQ (Nehalem and cheap Haswells
    /// among them), and the table of measured machines that xrr is tested with tells only the psABI level of each, so
    /// that a promise could not be checked. Whose machines all have them says so by a profile (`xrr cpu baseline`).
    package var features: [CPUIDPlace: UInt32]? { Self.features[self] }

    private static let features: [CPULevel: [CPUIDPlace: UInt32]] = {
        var avx = ISALevel.v2.required
        // XSAVE, OSXSAVE and AVX.
        avx[.features1C, default: 0] |= 0x1C00_0000
        return [
            .sse: ISALevel.v2.required, .avx: avx, .avx2: ISALevel.v3.required, .avx512Intel: ISALevel.v4.required,
            .avx512AMD: ISALevel.v4.required,
        ]
    }()

    /// The bits of the level that a CPU lacks, in ascending order.
    package func missingBits(in table: CPUIDTable) -> [CPUIDBit] {
        guard let bits = Self.featureBits[self] else { return [] }
        var missing: [CPUIDBit] = []
        for (index, word) in CPUFeatureWord.all.enumerated() {
            let lacking = bits[index] & ~table.featureBits[index]
            if lacking != 0 { missing += CPUIDBit.bits(of: lacking, in: word.place) }
        }
        return missing.sorted()
    }

    /// `features` in the order of `CPUFeatureWord.all`.
    private static let featureBits = features.mapValues { bits in CPUFeatureWord.all.map { bits[$0.place] ?? 0 } }

    /// Why a machine does not have the level, nothing if it does.
    package func obstacle(on table: CPUIDTable, layout hostLayout: XStateLayout) -> PinError? {
        guard let xcr0, let layout else { return nil }
        let missing = missingBits(in: table)
        let components = xcr0.subtracting(hostLayout.mask)
        guard missing.isEmpty, components.isEmpty else { return .missing(.level(self), missing, components) }
        for location in layout.locations {
            guard let component = location.component, let host = hostLayout[component] else { continue }
            if !host.hasPlace(of: location) { return .otherPlace(.level(self), wanted: location, host: host) }
        }
        return nil
    }

    /// The level to record at when nobody asks for one: the richest of `avx2`, `avx` and `sse` that the machine has;
    /// `sse` also where it does not even have that, for `PinnedCPU` to say what is missing.
    ///
    /// - Parameter xcr0: what the kernel enables.
    package static func best(on table: CPUIDTable, xcr0: XFeatureMask) -> CPULevel {
        [.avx2, .avx].first { level in
            level.missingBits(in: table).isEmpty && level.xcr0.map { $0.isSubset(of: xcr0) } ?? false
        } ?? .sse
    }
}

extension XStateComponentLocation {
    /// Whether a standard-format area has the component at the same bytes.
    package func hasPlace(of other: Self) -> Bool { type == other.type && offset == other.offset && size == other.size }
}
