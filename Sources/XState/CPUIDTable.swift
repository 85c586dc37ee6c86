/// What the CPUID instruction answers: the registers for one leaf and subleaf.
package struct CPUIDWords: Hashable, Sendable {
    package var eax: UInt32
    package var ebx: UInt32
    package var ecx: UInt32
    package var edx: UInt32

    package init(eax: UInt32 = 0, ebx: UInt32 = 0, ecx: UInt32 = 0, edx: UInt32 = 0) {
        self.eax = eax
        self.ebx = ebx
        self.ecx = ecx
        self.edx = edx
    }
}

/// The CPUID answers of one logical CPU, as recorded or read from a dump.
package struct CPUIDTable: Hashable, Sendable {
    /// One answer. For leaves that do not look at ECX the subleaf is 0.
    package struct Entry: Hashable, Sendable {
        package var leaf: UInt32
        package var subleaf: UInt32
        package var words: CPUIDWords

        package init(leaf: UInt32, subleaf: UInt32 = 0, words: CPUIDWords) {
            self.leaf = leaf
            self.subleaf = subleaf
            self.words = words
        }

        func isFor(leaf: UInt32, subleaf: UInt32) -> Bool { self.leaf == leaf && self.subleaf == subleaf }
    }

    /// In ascending order of leaf and subleaf; no pair occurs twice.
    package private(set) var entries: [Entry]
    /// The registers of feature flags in the order of `CPUFeatureWord.all`: comparing CPUs looks at nothing else.
    private(set) var featureBits: [UInt32] = []

    /// Entries in any order. Of entries for the same leaf and subleaf the last one counts.
    package init(entries: [Entry]) {
        self.entries = []
        for entry in entries {
            let place = place(leaf: entry.leaf, subleaf: entry.subleaf)
            if place < self.entries.count, self.entries[place].isFor(leaf: entry.leaf, subleaf: entry.subleaf) {
                self.entries[place] = entry
            } else {
                self.entries.insert(entry, at: place)
            }
        }
        featureBits = CPUFeatureWord.all.map { features(at: $0.place) }
    }

    /// The stored entry, without the rules for missing ones.
    package func entry(leaf: UInt32, subleaf: UInt32 = 0) -> Entry? {
        let place = place(leaf: leaf, subleaf: subleaf)
        guard place < entries.count, entries[place].isFor(leaf: leaf, subleaf: subleaf) else { return nil }
        return entries[place]
    }

    /// The index of the first entry that is not before the leaf and subleaf.
    private func place(leaf: UInt32, subleaf: UInt32) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            let entry = entries[middle]
            if (entry.leaf, entry.subleaf) < (leaf, subleaf) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// What the instruction answers on this CPU, also for leaves and subleaves that are not in the table.
    ///
    /// - A leaf that does not look at ECX answers the same for every subleaf.
    /// - An unknown subleaf of a known leaf answers zeros; in the topology leaves 0BH and 1FH ECX bits 7:0 repeat the
    ///   subleaf and EDX keeps the x2APIC id.
    /// - A leaf above the highest of its range answers zeros on AMD and Hygon, and on the others what the highest
    ///   basic leaf answers (SDM volume 2, CPUID: "INPUT EAX = ...").
    /// - The ranges of hypervisors (40000000H) and of VIA (C0000000H) answer zeros, beside what is stored, if their
    ///   first leaf is stored.
    package func words(leaf: UInt32, subleaf: UInt32 = 0) -> CPUIDWords {
        if let words = stored(leaf: leaf, subleaf: subleaf) { return words }
        let highestBasic = entry(leaf: 0)?.words.eax ?? 0
        let isBeyond: Bool
        switch leaf {
        case ..<0x4000_0000: isBeyond = leaf > highestBasic
        case 0x8000_0000..<0xC000_0000: isBeyond = leaf > (entry(leaf: 0x8000_0000)?.words.eax ?? 0)
        default: isBeyond = entry(leaf: leaf & 0xC000_0000) == nil
        }
        guard isBeyond, !CPUIdentity(self).isAMDFamily, leaf != highestBasic else { return CPUIDWords() }
        return stored(leaf: highestBasic, subleaf: subleaf) ?? CPUIDWords()
    }

    /// Whether QEMU translates the instructions (TCG) of what goes by the name of a CPU, and says so in the first leaf of
    /// hypervisors.
    var isOfTCG: Bool {
        let words = entry(leaf: 0x4000_0000)?.words
        return words.map { $0.ebx == 0x5447_4354 && $0.ecx == 0x4354_4743 && $0.edx == 0x4743_5447 } ?? false
    }

    private func stored(leaf: UInt32, subleaf: UInt32) -> CPUIDWords? {
        if let entry = entry(leaf: leaf, subleaf: subleaf) { return entry.words }
        guard let first = entry(leaf: leaf) else { return nil }
        guard Self.leavesWithSubleaves.contains(leaf) else { return first.words }
        if leaf == 0xB || leaf == 0x1F { return CPUIDWords(ecx: subleaf & 0xFF, edx: first.words.edx) }
        return CPUIDWords()
    }

    /// The leaves whose answer depends on ECX (SDM volume 2, CPUID; AMD APM volume 3, appendix E).
    package static let leavesWithSubleaves: Set<UInt32> = [
        0x4, 0x7, 0xB, 0xD, 0xF, 0x10, 0x12, 0x14, 0x17, 0x18, 0x1B, 0x1D, 0x1E, 0x1F, 0x20, 0x23, 0x24,
        0x8000_001D, 0x8000_0020, 0x8000_0026,
    ]
}
