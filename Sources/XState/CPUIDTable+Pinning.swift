extension CPUIDTable {
    /// XSAVE and OSXSAVE in 1.ECX.
    static let xsaveBits: UInt32 = 0x0C00_0000

    /// The leaves that describe the CPU and promise no instruction, with the bits that are kept of each register.
    /// Programs choose block sizes and thread counts by them, so they must be the same at each replay; whose they are
    /// does not matter. They stay the recording machine's, and stay those of the core that the table was read on.
    ///
    /// Every register of every leaf that is neither here nor a register of feature flags nor in leaf 0DH is cleared:
    /// 3 (serial number), 5 and 6 (idle states and power), 9, 0AH, 23H and 80000022H (performance counters), 0FH and
    /// 10H (resource control), 12H (SGX), 14H (tracing), 19H (key locker), 1AH (the kind of core), 1CH (branch
    /// records), 1DH and 1EH (AMX), 20H (HRESET), 24H (AVX10), 40000000H to 400000FFH (hypervisor), 80000007H,
    /// 8000000AH (virtualisation), 8000001AH (speed hints), 8000001BH (IBS), 8000001CH (LWP), 8000001FH (memory
    /// encryption), 80000020H, 80000021H, C0000000H and up (VIA), and whatever comes to be defined later.
    static let descriptions: [UInt32: CPUIDWords] = {
        let whole = CPUIDWords(eax: .max, ebx: .max, ecx: .max, edx: .max)
        // 0, 80000000H: the vendor and the highest leaf. 2, 4, 18H, 80000005H, 80000006H, 80000019H, 8000001DH: caches
        // and TLBs. 0BH, 1FH, 8000001EH, 80000026H: topology. 15H, 16H: frequencies. 80000002H to 80000004H: the name.
        let leaves: [UInt32] = [
            0, 2, 4, 0xB, 0x15, 0x16, 0x18, 0x1F, 0x8000_0000, 0x8000_0002, 0x8000_0003, 0x8000_0004, 0x8000_0005,
            0x8000_0006, 0x8000_0019, 0x8000_001D, 0x8000_001E, 0x8000_0026,
        ]
        var kept = Dictionary(uniqueKeysWithValues: leaves.map { ($0, whole) })
        // The signature; cache line size, core count and APIC id. Not the processor's serial number (18).
        kept[1] = CPUIDWords(eax: .max, ebx: .max, edx: 0xBFEB_FBFF & ~0x0780_8101)
        kept[0x8000_0001] = CPUIDWords(eax: .max, ebx: .max, edx: 0x2193_FBFF)
        // The widths of addresses, and the number of cores.
        kept[0x8000_0008] = CPUIDWords(eax: .max, ecx: .max)
        return kept
    }()

    /// This machine's answers with only the given features.
    ///
    /// - Parameters:
    ///   - layout: the components in XCR0. Without AVX there is nothing that XSAVE is needed for, and it is hidden.
    ///   - allowed: the bits of a register of feature flags that may stay, beside those that describe the CPU.
    func pinned(to layout: XStateLayout, allowed: (CPUFeatureWord) -> UInt32) -> CPUIDTable {
        let hidesXSAVE = layout.mask == .legacy
        var masks: [CPUIDPlace: UInt32] = [:]
        for word in CPUFeatureWord.all {
            var mask = allowed(word) & ~word.withheldMask
            if word.place == .features1C && hidesXSAVE { mask &= ~Self.xsaveBits }
            masks[word.place] = mask
        }
        var result: [Entry] = []
        for entry in entries where entry.leaf != 0xD {
            let kept = Self.descriptions[entry.leaf] ?? CPUIDWords()
            var words = CPUIDWords()
            for register in CPUIDRegister.allCases {
                let mask = masks[CPUIDPlace(entry.leaf, entry.subleaf, register)] ?? 0
                words[register] = entry.words[register] & (kept[register] | mask)
            }
            result.append(Entry(leaf: entry.leaf, subleaf: entry.subleaf, words: words))
        }
        // The highest subleaf of leaf 7 is the highest that is left.
        if let main = result.firstIndex(where: { $0.isFor(leaf: 7, subleaf: 0) }) {
            result[main].words.eax = result.reduce(0) { highest, entry in
                entry.leaf == 7 && entry.words != CPUIDWords() ? max(highest, entry.subleaf) : highest
            }
        }
        // An entry at the bottom of a range makes all that is not in the table zero there.
        result.append(Entry(leaf: 0x4000_0000, words: CPUIDWords()))
        if (entry(leaf: 0)?.words.eax ?? 0) >= 0xD { result += Self.leaf0D(layout, hidden: hidesXSAVE) }
        return CPUIDTable(entries: result)
    }

    /// Leaf 0DH for a mask. Subleaf 1 has no bit: XSAVEOPT, XSAVEC and XGETBV(1) show which components the CPU thinks
    /// are in use, and that differs from run to run.
    static func leaf0D(_ layout: XStateLayout, hidden: Bool) -> [Entry] {
        if hidden { return [Entry(leaf: 0xD, words: CPUIDWords())] }
        let mask = layout.mask.rawValue
        let size = UInt32(layout.size)
        let main = CPUIDWords(
            eax: UInt32(truncatingIfNeeded: mask), ebx: size, ecx: size, edx: UInt32(truncatingIfNeeded: mask >> 32))
        return [Entry(leaf: 0xD, words: main), Entry(leaf: 0xD, subleaf: 1, words: CPUIDWords())]
            + layout.locations.map {
                Entry(leaf: 0xD, subleaf: $0.type, words: CPUIDWords(eax: $0.size, ebx: $0.offset, ecx: $0.flags))
            }
    }
}
