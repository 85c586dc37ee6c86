/// What a tracee sees of the CPU.
package struct PinnedCPU: Hashable, Sendable {
    /// What CPUID answers.
    package let cpuid: CPUIDTable
    /// What XGETBV(0) answers; without OSXSAVE, x87 and SSE.
    package let xcr0: XFeatureMask
    /// Where the components of `xcr0` are in an XSAVE area.
    package let layout: XStateLayout

    /// The host itself.
    package init(native cpuid: CPUIDTable, layout: XStateLayout) {
        self.cpuid = cpuid
        xcr0 = layout.mask
        self.layout = layout
    }

    /// The host with no more than a level's features.
    ///
    /// - Parameters:
    ///   - mask: another XCR0 than the level's.
    ///   - cpuid: the host's table.
    ///   - layout: the host's.
    /// - Throws: what the host lacks.
    package init(
        _ level: CPULevel, mask: XFeatureMask? = nil, cpuid: CPUIDTable, layout: XStateLayout
    ) throws(PinError) {
        let obstacles = level.obstacles(on: cpuid, layout: layout)
        guard obstacles.isEmpty else { throw PinError(obstacles) }
        try self.init(
            features: level.features ?? CPUFeatureSet(cpuid), mask: mask ?? level.mask ?? layout.mask, cpuid: cpuid,
            layout: layout)
    }

    /// The host with no more than these features.
    ///
    /// - Throws: what the host lacks of the mask; features that it lacks are left out.
    package init(
        features: CPUFeatureSet, mask: XFeatureMask, cpuid: CPUIDTable, layout: XStateLayout
    ) throws(PinError) {
        guard mask.isLegal, mask.contains(.sse) else { throw PinError([.illegalMask(mask)]) }
        let locations = layout.locations.filter { $0.component.map(mask.contains) ?? false }
        let missing = mask.subtracting(layout.mask)
        guard missing.isEmpty else { throw PinError(missing.components.map(PinObstacle.component)) }
        do { self.layout = try XStateLayout(mask: mask, locations: locations) } catch {
            throw PinError([.illegalMask(mask)])
        }
        xcr0 = mask
        let allowed = features.intersection(CPUFeatureSet(cpuid)).without(mask)
        self.cpuid = Self.table(cpuid, allowed, self.layout)
    }

    // MARK: CPUID

    /// Leaves that are answered as the host does, apart from their feature bits: identity, caches, topology, sizes and
    /// frequencies. Of all others the answer is zeros.
    private static let keptLeaves: Set<UInt32> = [
        0, 1, 2, 4, 7, 0xB, 0x15, 0x16, 0x1F,
        0x8000_0000, 0x8000_0001, 0x8000_0002, 0x8000_0003, 0x8000_0004, 0x8000_0005, 0x8000_0006, 0x8000_0008,
        0x8000_0019, 0x8000_001D, 0x8000_001E,
    ]

    private static func table(
        _ host: CPUIDTable, _ features: CPUFeatureSet, _ layout: XStateLayout
    ) -> CPUIDTable {
        let hasXSAVE = features.contains(CPUIDBit(leaf: 1, .ecx, 27))
        var entries: [CPUIDTable.Entry] = []
        for entry in host.entries where entry.leaf != 0xD && entry.leaf & 0xF000_0000 != 0x4000_0000 {
            var words = keptLeaves.contains(entry.leaf) ? entry.words : CPUIDWords()
            switch (entry.leaf, entry.subleaf) {
            case (7, 0): words.eax = 0
            case (7, _): words = CPUIDWords()
            case (0x8000_0008, _): words = CPUIDWords(eax: words.eax, ecx: words.ecx)
            default: break
            }
            for (index, word) in CPUFeatureSet.words.enumerated()
            where word.leaf == entry.leaf && word.subleaf == entry.subleaf {
                words[word.register] = words[word.register] & ~word.features | features.bits[index]
            }
            entries.append(.init(leaf: entry.leaf, subleaf: entry.subleaf, words: words))
        }
        // PSN, whose leaf 3 is gone.
        for index in entries.indices where entries[index].leaf == 1 { entries[index].words.edx &= ~(1 << 18) }
        if host.entry(leaf: 0xD) != nil {
            entries += extendedStateLeaf(hasXSAVE ? layout : nil)
        }
        return CPUIDTable(entries: entries)
    }

    /// Leaf 0DH: the layout, and neither XSAVEOPT, XSAVEC, XSAVES nor XGETBV(1).
    private static func extendedStateLeaf(_ layout: XStateLayout?) -> [CPUIDTable.Entry] {
        guard let layout else { return [.init(leaf: 0xD, words: CPUIDWords())] }
        let size = UInt32(layout.size)
        let mask = layout.mask.rawValue
        var entries: [CPUIDTable.Entry] = [
            .init(
                leaf: 0xD,
                words: CPUIDWords(
                    eax: UInt32(truncatingIfNeeded: mask), ebx: size, ecx: size,
                    edx: UInt32(truncatingIfNeeded: mask >> 32))),
            .init(leaf: 0xD, subleaf: 1, words: CPUIDWords()),
        ]
        for location in layout.locations {
            entries.append(
                .init(
                    leaf: 0xD, subleaf: location.type,
                    words: CPUIDWords(eax: location.size, ebx: location.offset, ecx: location.flags)))
        }
        return entries
    }
}

extension CPUFeatureSet {
    package func contains(_ bit: CPUIDBit) -> Bool {
        zip(Self.words, bits).contains { word, bits in
            word.leaf == bit.leaf && word.subleaf == bit.subleaf && word.register == bit.register
                && bits >> bit.number & 1 != 0
        }
    }

    /// The set without features of components that XCR0 does not enable, without the instructions whose outcome is
    /// chance, and without the ways of saving state that show which components are in use.
    func without(_ mask: XFeatureMask) -> CPUFeatureSet {
        var excluded = Self.unsound
        if !mask.contains(.avx) { excluded = excluded.union(Self.avx) }
        if !mask.isSuperset(of: .avx512) { excluded = excluded.union(Self.avx512) }
        if !mask.isSuperset(of: .amx) { excluded = excluded.union(Self.amx) }
        return subtracting(excluded)
    }

    /// RDRAND; RDSEED, HLE and RTM; PKU, OSPKE, WAITPKG and RDPID; RDTSCP; LWP and MWAITX; CLZERO and RDPRU; and the
    /// optional members of the XSAVE family.
    private static let unsound: CPUFeatureSet = {
        var set = CPUFeatureSet([
            (1, .ecx, 0x4000_0000), (7, .ebx, 0x0004_0810), (7, .ecx, 0x0040_0038), (0x8000_0001, .edx, 0x0800_0000),
            (0x8000_0001, .ecx, 0x2000_8000), (0x8000_0008, .ebx, 0x11),
        ])
        for (index, word) in words.enumerated() where word.leaf == 0xD { set.bits[index] = .max }
        return set
    }()

    /// XSAVE, OSXSAVE, AVX, FMA and F16C; AVX2, VAES and VPCLMULQDQ; XOP and FMA4.
    private static let avx = CPUFeatureSet([
        (1, .ecx, 0x3C00_1000), (7, .ebx, 0x20), (7, .ecx, 0x600), (0x8000_0001, .ecx, 0x1_0800),
    ])
    /// F, DQ, IFMA, PF, ER, CD, BW, VL; VBMI, VBMI2, VNNI, BITALG, VPOPCNTDQ; 4VNNIW, 4FMAPS, VP2INTERSECT, FP16.
    private static let avx512 = CPUFeatureSet([
        (7, .ebx, 0xDC23_0000), (7, .ecx, 0x5842), (7, .edx, 0x0080_010C),
    ])
    /// BF16, TILE and INT8.
    private static let amx = CPUFeatureSet([(7, .edx, 0x0340_0000)])
}
