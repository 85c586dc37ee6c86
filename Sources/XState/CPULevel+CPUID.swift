extension CPULevel {
    /// The CPUID bits of instructions that the level has, register by register: what the machine must have and all
    /// that the tracee may use. nil for `native`.
    ///
    /// AES and PCLMULQDQ are at no level, nor are SHA, GFNI, VAES or VNNI. The psABI's levels do not have them, and
    /// no level can promise them: CPUs of all levels exist that lack AES and PCLMULQDQ (Nehalem and cheap Haswells
    /// among them), and the table of measured machines that xrr is tested with tells only the psABI level of each, so
    /// that a promise could not be checked. Whose machines all have them says so by a profile (`xrr cpu baseline`).
    package var features: [CPUIDPlace: UInt32]? {
        switch self {
        case .sse: return ISALevel.v2.required
        case .avx:
            var bits = ISALevel.v2.required
            // XSAVE, OSXSAVE and AVX.
            bits[.features1C, default: 0] |= 0x1C00_0000
            return bits
        case .avx2: return ISALevel.v3.required
        case .avx512Intel, .avx512AMD: return ISALevel.v4.required
        case .native: return nil
        }
    }

    /// The bits of the level that a CPU lacks, in ascending order.
    package func missingBits(in table: CPUIDTable) -> [CPUIDBit] {
        (features ?? [:]).flatMap { place, bits in
            CPUIDBit.bits(of: bits & ~table.features(at: place), in: place)
        }.sorted()
    }

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
