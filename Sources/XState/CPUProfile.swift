/// One machine, as far as recording and replaying depend on it.
package struct CPUProfile: Hashable, Sendable {
    /// How a fact came to be known.
    package enum Source: String, CaseIterable, Sendable, Hashable {
        /// By an instruction that shows the fact itself: XGETBV, FXSAVE.
        case measured
        /// By CPUID on the machine, or from a dump of it.
        case cpuid
        /// Concluded from other facts.
        case derived
        case unknown
    }

    package struct Sources: Hashable, Sendable {
        package var cpuid: Source
        package var xcr0: Source
        package var layout: Source
        package var x87: Source
        package var mxcsrMask: Source

        package init(cpuid: Source, xcr0: Source, layout: Source, x87: Source, mxcsrMask: Source) {
            self.cpuid = cpuid
            self.xcr0 = xcr0
            self.layout = layout
            self.x87 = x87
            self.mxcsrMask = mxcsrMask
        }
    }

    package var identity: CPUIdentity
    package var cpuid: CPUIDTable
    /// The standard format for the components that the kernel enables; its mask is XCR0. What supervisor components
    /// IA32_XSS enables is not known to user code.
    package var layout: XStateLayout
    package var x87: X87PointerClass
    /// The bits that MXCSR may have: FXSAVE's MXCSR_MASK.
    package var mxcsrMask: UInt32
    package var sources: Sources
    /// The kernel pins XCR0 of threads (ARCH_SET_XCR0 of kernel-patch/).
    package var pinsXCR0 = false

    package var xcr0: XFeatureMask { layout.mask }

    package init(
        identity: CPUIdentity, cpuid: CPUIDTable, layout: XStateLayout, x87: X87PointerClass, mxcsrMask: UInt32,
        sources: Sources
    ) {
        self.identity = identity
        self.cpuid = cpuid
        self.layout = layout
        self.x87 = x87
        self.mxcsrMask = mxcsrMask
        self.sources = sources
    }

    /// A machine of which CPUID is known.
    ///
    /// - Parameters:
    ///   - xcr0: what XGETBV(0) answers; nil: what Linux would enable. Empty where there is no XSAVE.
    ///   - mxcsrMask: what FXSAVE shows; nil: what CPUs with these flags have.
    /// - Throws: `XStateError` if leaf 0DH does not have what the mask needs.
    package init(cpuid table: CPUIDTable, xcr0 measured: XFeatureMask?, mxcsrMask: UInt32?) throws(XStateError) {
        let xcr0 = measured.map { $0.isEmpty ? .legacy : $0 } ?? XFeatureMask(enabledByLinuxOn: table)
        let layout =
            xcr0 == .legacy
            ? try XStateLayout(mask: .legacy, locations: []) : try XStateLayout(mask: xcr0, cpuid: table)
        self.init(
            identity: CPUIdentity(table), cpuid: table, layout: layout, x87: X87PointerClass(table),
            mxcsrMask: mxcsrMask ?? Self.mxcsrMask(of: table),
            sources: Sources(
                cpuid: .cpuid, xcr0: measured == nil ? .derived : .measured, layout: .cpuid, x87: .derived,
                mxcsrMask: mxcsrMask == nil ? .derived : .measured))
    }

    /// A machine of which only the psABI level is known and not CPUID. It counts as having the level's features, AVX
    /// if its kernel enables that, and nothing else.
    package init(
        identity: CPUIdentity, isaLevel: ISALevel, layout: XStateLayout, x87: X87PointerClass, mxcsrMask: UInt32
    ) {
        var features = isaLevel.required
        // XSAVE, OSXSAVE and AVX.
        if layout.mask != .legacy { features[.features1C, default: 0] |= 0x0C00_0000 }
        if layout.mask.contains(.avx) { features[.features1C, default: 0] |= 0x1000_0000 }
        self.init(
            identity: identity, cpuid: CPUIDTable(features: features, identity: identity, layout: layout),
            layout: layout, x87: x87, mxcsrMask: mxcsrMask,
            sources: Sources(cpuid: .derived, xcr0: .derived, layout: .cpuid, x87: .derived, mxcsrMask: .derived))
    }

    /// DAZ (6) came with SSE2 and is in every x86-64 CPU; AMD has MM (17) where it has misaligned SSE.
    package static func mxcsrMask(of table: CPUIDTable) -> UInt32 {
        table.has(CPUIDBit(.extended1C, bit: 7)) ? 0x2_FFFF : 0xFFFF
    }

    /// Whether a replay here can show an XCR0 to instructions in whose place no trap stands: it is the machine's own, or
    /// the kernel can pin it. A machine without XSAVE has no XCR0 to show.
    package func shows(_ mask: XFeatureMask) -> Bool { mask == xcr0 ? cpuid.has(.osxsave) : pins(mask) }

    /// Whether the kernel takes the mask for ARCH_SET_XCR0.
    package func pins(_ mask: XFeatureMask) -> Bool {
        pinsXCR0 && mask.isLegal && mask.contains(.sse) && mask.isSubset(of: xcr0)
    }

    /// What a recording made here at `--cpu FILE` with this profile as the file is pinned to.
    package var target: PinnedCPU.Target { PinnedCPU.Target(cpuid: cpuid, layout: layout) }

    /// Why the machine cannot record at a level or replay what was recorded at it; nil if it can.
    package func obstacle(to level: CPULevel) -> PinError? { level.obstacle(on: cpuid, layout: layout) }
}

extension XFeatureMask {
    /// What Linux enables on a CPU: the components that the CPU has and that the kernel knows, each only with the
    /// CPUID flag that it serves (arch/x86/kernel/fpu/xstate.c, `xsave_cpuid_features`). So the PKRU of Zen 2, which has
    /// no protection keys, is left out, and LWP everywhere.
    package init(enabledByLinuxOn table: CPUIDTable) {
        guard table.has(.xsave) else {
            self = .legacy
            return
        }
        let main = table.entry(leaf: 0xD)?.words ?? CPUIDWords()
        let supported = XFeatureMask(rawValue: UInt64(main.edx) << 32 | UInt64(main.eax))
        let flags: [(XFeatureMask, CPUIDBit)] = [
            (.avx, .avx), (.mpx, CPUIDBit(.features7B, bit: 14)), (.avx512, CPUIDBit(.features7B, bit: 16)),
            (.pkru, CPUIDBit(.features7C, bit: 3)), (.amx, CPUIDBit(.features7D, bit: 24)),
            (.apx, CPUIDBit(CPUIDPlace(7, 1, .edx), bit: 21)),
        ]
        var mask = XFeatureMask.legacy
        for (components, flag) in flags where supported.isSuperset(of: components) && table.has(flag) {
            mask.formUnion(components)
        }
        if !mask.contains(.avx) { mask.subtract(.avx512) }
        self = mask
    }
}

extension CPUIDTable {
    /// A table with nothing but an identity, features and a layout.
    package init(features: [CPUIDPlace: UInt32], identity: CPUIdentity, layout: XStateLayout) {
        var entries: [UInt64: Entry] = [:]
        func set(_ place: CPUIDPlace, _ value: UInt32) {
            let key = UInt64(place.leaf) << 32 | UInt64(place.subleaf)
            entries[key, default: Entry(leaf: place.leaf, subleaf: place.subleaf, words: CPUIDWords())]
                .words[place.register] = value
        }
        for (place, value) in features where value != 0 { set(place, value) }
        set(
            CPUIDPlace(7, .eax), features.reduce(0) { $1.key.leaf == 7 && $1.value != 0 ? max($0, $1.key.subleaf) : $0 }
        )
        set(CPUIDPlace(0, .eax), 0xD)
        let vendor = Self.words(of: identity.vendor, count: 3)
        set(CPUIDPlace(0, .ebx), vendor[0])
        set(CPUIDPlace(0, .edx), vendor[1])
        set(CPUIDPlace(0, .ecx), vendor[2])
        set(CPUIDPlace(1, .eax), Self.signature(of: identity))
        set(CPUIDPlace(0x8000_0000, .eax), 0x8000_0021)
        let brand = Self.words(of: identity.brand, count: 12)
        for (index, word) in brand.enumerated() {
            set(CPUIDPlace(0x8000_0002 + UInt32(index / 4), CPUIDRegister.allCases[index % 4]), word)
        }
        let state = Self.leaf0D(layout, hidden: layout.mask == .legacy)
        self.init(entries: Array(entries.values) + state)
    }

    /// The first characters of a text as registers hold them.
    private static func words(of text: String, count: Int) -> [UInt32] {
        let bytes = Array(text.utf8.prefix(4 * count))
        return (0..<count).map { word in
            (0..<4).reduce(0) { value, index in
                let place = 4 * word + index
                return place < bytes.count ? value | UInt32(bytes[place]) << UInt32(8 * index) : value
            }
        }
    }

    /// 1.EAX; what does not fit is cut off.
    private static func signature(of identity: CPUIdentity) -> UInt32 {
        let base = min(identity.family, 15)
        return identity.stepping & 0xF | (identity.model & 0xF) << 4 | base << 8 | (identity.model >> 4 & 0xF) << 16
            | ((identity.family - base) & 0xFF) << 20
    }
}
