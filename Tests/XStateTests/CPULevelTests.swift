import Testing
import XState

/// CPUID tables of machines that do not exist in one piece, but whose feature bits are those of real ones.
enum Machines {
    static let amd: [UInt32] = [0x6874_7541, 0x6974_6E65, 0x444D_4163]
    static let intel: [UInt32] = [0x756E_6547, 0x4965_6E69, 0x6C65_746E]

    /// A machine on which every bit of every leaf is set, but for the highest leaves and the layout.
    static func full(
        vendor: [UInt32] = intel, layout: XStateLayout, highest: UInt32 = 0x24, change: [CPUIDPlace: UInt32] = [:]
    ) -> CPUIDTable {
        let ones = CPUIDWords(eax: .max, ebx: .max, ecx: .max, edx: .max)
        var entries: [CPUIDTable.Entry] = []
        for leaf in 1...highest where leaf != 0xD {
            let subleaves: ClosedRange<UInt32> = CPUIDTable.leavesWithSubleaves.contains(leaf) ? 0...3 : 0...0
            for subleaf in subleaves { entries.append(.init(leaf: leaf, subleaf: subleaf, words: ones)) }
        }
        for leaf: UInt32 in 0x8000_0001...0x8000_0026 { entries.append(.init(leaf: leaf, words: ones)) }
        entries.append(.init(leaf: 0x8000_001D, subleaf: 1, words: ones))
        entries.append(.init(leaf: 0x4000_0000, words: .init(eax: 0x4000_0001, ebx: 1)))
        entries.append(.init(leaf: 0x4000_0001, words: ones))
        entries.append(.init(leaf: 0xC000_0000, words: .init(eax: 0xC000_0001)))
        entries.append(.init(leaf: 0xC000_0001, words: ones))
        entries.append(.init(leaf: 0, words: .init(eax: highest, ebx: vendor[0], ecx: vendor[2], edx: vendor[1])))
        entries.append(.init(leaf: 0x8000_0000, words: .init(eax: 0x8000_0026)))
        if highest >= 0xD { entries += leaf0D(layout) }
        for (place, value) in change {
            guard let index = entries.firstIndex(where: { $0.leaf == place.leaf && $0.subleaf == place.subleaf })
            else { continue }
            entries[index].words[place.register] = value
        }
        return CPUIDTable(entries: entries)
    }

    /// With XSAVE's extensions and a supervisor component.
    static func leaf0D(_ layout: XStateLayout) -> [CPUIDTable.Entry] {
        [
            .init(
                leaf: 0xD,
                words: .init(
                    eax: UInt32(truncatingIfNeeded: layout.mask.rawValue), ebx: UInt32(layout.size),
                    ecx: UInt32(layout.size), edx: UInt32(layout.mask.rawValue >> 32))),
            .init(leaf: 0xD, subleaf: 1, words: .init(eax: 0x1F, ebx: 0x9A8, ecx: 0x1800)),
            .init(leaf: 0xD, subleaf: 11, words: .init(eax: 16, ecx: 1)),
        ]
            + layout.locations.map {
                .init(leaf: 0xD, subleaf: $0.type, words: .init(eax: $0.size, ebx: $0.offset, ecx: $0.flags))
            }
    }

    /// Nehalem: x86-64-v2 without XSAVE.
    static var nehalem: CPUIDTable {
        get throws {
            full(
                layout: try XStateLayout(mask: .legacy, locations: []), highest: 0xB,
                change: [.features1C: 0x0098_E3BD, .extended1C: 1, .features7B: 0])
        }
    }
}

struct CPULevelTests {
    /// The rows of the psABI, written out again.
    static let rows: [(CPULevel, [CPUIDPlace: UInt32])] = [
        (.sse, [.features1D: 0x0780_8101, .features1C: 0x0098_2201, .extended1C: 1]),
        (.avx, [.features1D: 0x0780_8101, .features1C: 0x1C98_2201, .extended1C: 1]),
        (
            .avx2,
            [.features1D: 0x0780_8101, .features1C: 0x3CD8_3201, .extended1C: 0x21, .features7B: 0x128]
        ),
        (
            .avx512Intel,
            [.features1D: 0x0780_8101, .features1C: 0x3CD8_3201, .extended1C: 0x21, .features7B: 0xD003_0128]
        ),
        (
            .avx512AMD,
            [.features1D: 0x0780_8101, .features1C: 0x3CD8_3201, .extended1C: 0x21, .features7B: 0xD003_0128]
        ),
    ]

    /// The bits that no pinned CPU has (xstate-facts.md, section 4).
    static let alwaysClear: [CPUIDPlace: UInt32] = [
        .features1C: 0xC000_0000, .features7B: 0x0004_0810, .features7C: 0x0040_0038, CPUIDPlace(0xD, 1, .eax): 7,
        .extended1D: 0x0800_0000, .extended1C: 0x2000_8000, CPUIDPlace(0x8000_0008, .ebx): 0x11,
    ]

    static func layout(_ level: CPULevel) throws -> XStateLayout {
        level == .avx512AMD ? try Layouts.zen5 : try Layouts.iceLake
    }

    static func pinned(_ level: CPULevel, _ table: CPUIDTable, _ layout: XStateLayout) throws -> PinnedCPU {
        try PinnedCPU(level: level, host: table, xcr0: layout.mask, layout: layout)
    }

    @Test(arguments: rows)
    func aLevelHasExactlyItsBits(level: CPULevel, row: [CPUIDPlace: UInt32]) throws {
        let layout = try Self.layout(level)
        let pinned = try Self.pinned(level, Machines.full(layout: layout), layout)
        for word in CPUFeatureWord.all {
            var expected = row[word.place] ?? 0
            // The bits that are no instructions.
            if word.place == .features1D { expected |= 0xB86B_7AFE & ~(1 << 18) }
            if word.place == .extended1D { expected = 0x2193_FBFF }
            #expect(pinned.cpuid.value(at: word.place) == expected, "\(word.place)")
            #expect(pinned.cpuid.value(at: word.place) & (Self.alwaysClear[word.place] ?? 0) == 0)
        }
        #expect(pinned.level == level)
        #expect(level.features == row)
    }

    @Test func masksAndLayouts() throws {
        let expected: [(CPULevel, UInt64, Int)] = [
            (.sse, 3, 576), (.avx, 7, 832), (.avx2, 7, 832), (.avx512Intel, 0xE7, 2688), (.avx512AMD, 0xE7, 2432),
        ]
        for (level, mask, size) in expected {
            let layout = try Self.layout(level)
            let pinned = try Self.pinned(level, Machines.full(layout: layout), layout)
            #expect(pinned.xcr0.rawValue == mask && pinned.layout.mask.rawValue == mask && pinned.layout.size == size)
            #expect(pinned.layout == level.layout)
        }
        #expect(CPULevel.portable.count == expected.count)
        #expect(CPULevel.native.xcr0 == nil && CPULevel.native.layout == nil)
    }

    @Test(arguments: [CPULevel.avx, .avx2, .avx512Intel, .avx512AMD])
    func leaf0DIsThatOfTheMask(level: CPULevel) throws {
        let layout = try Self.layout(level)
        let pinned = try Self.pinned(level, Machines.full(layout: layout), layout)
        let size = UInt32(pinned.layout.size)
        #expect(
            pinned.cpuid.words(leaf: 0xD) == .init(eax: UInt32(pinned.xcr0.rawValue), ebx: size, ecx: size, edx: 0))
        for subleaf: UInt32 in 1...63 {
            let location = pinned.layout.locations.first { $0.type == subleaf }
            let expected = location.map { CPUIDWords(eax: $0.size, ebx: $0.offset) } ?? CPUIDWords()
            #expect(pinned.cpuid.words(leaf: 0xD, subleaf: subleaf) == expected)
        }
        #expect(try XStateLayout(mask: pinned.xcr0, cpuid: pinned.cpuid) == pinned.layout)
    }

    @Test func withoutAVXThereIsNoXSAVE() throws {
        let layout = try Layouts.iceLake
        let pinned = try Self.pinned(.sse, Machines.full(layout: layout), layout)
        #expect(!pinned.cpuid.has(.xsave) && !pinned.cpuid.has(.osxsave) && !pinned.cpuid.has(.avx))
        for subleaf: UInt32 in 0...63 {
            #expect(pinned.cpuid.words(leaf: 0xD, subleaf: subleaf) == CPUIDWords())
        }
        // A CPU that never had it.
        let nehalem = try Machines.nehalem
        let none = try XStateLayout(mask: .legacy, locations: [])
        let old = try Self.pinned(.sse, nehalem, none)
        #expect(old.cpuid.entry(leaf: 0xD) == nil)
        #expect(old.cpuid.value(at: .features1C) == 0x0098_2201)
    }

    @Test func whatDescribesTheCPUStaysAndTheRestIsZero() throws {
        let layout = try Layouts.iceLake
        let host = Machines.full(layout: layout)
        let pinned = try Self.pinned(.avx2, host, layout).cpuid
        for (leaf, subleaf) in [
            (0, 0), (2, 0), (4, 0), (4, 3), (0xB, 0), (0xB, 1), (0x15, 0), (0x16, 0), (0x18, 0), (0x1F, 2),
            (0x8000_0000, 0), (0x8000_0002, 0), (0x8000_0004, 0), (0x8000_0005, 0), (0x8000_0006, 0),
            (0x8000_0019, 0), (0x8000_001D, 1), (0x8000_001E, 0), (0x8000_0026, 0),
        ] as [(UInt32, UInt32)] {
            #expect(pinned.words(leaf: leaf, subleaf: subleaf) == host.words(leaf: leaf, subleaf: subleaf))
        }
        let zeros: [ClosedRange<UInt32>] = [
            3...3, 5...6, 8...0xA, 0xC...0xC, 0xE...0x14, 0x17...0x17, 0x19...0x1E, 0x20...0x24,
            0x4000_0000...0x4000_0100,
            0x8000_0007...0x8000_0007, 0x8000_0009...0x8000_0018, 0x8000_001A...0x8000_001C,
            0x8000_001F...0x8000_0025, 0xC000_0000...0xC000_0010,
        ]
        for leaf in zeros.joined() {
            for subleaf: UInt32 in 0...3 {
                #expect(pinned.words(leaf: leaf, subleaf: subleaf) == CPUIDWords(), "leaf \(leaf)")
            }
        }
        #expect(pinned.words(leaf: 1).eax == .max && pinned.words(leaf: 1).ebx == .max)
        #expect(pinned.words(leaf: 7).eax == 0)
        for subleaf: UInt32 in 1...3 { #expect(pinned.words(leaf: 7, subleaf: subleaf) == CPUIDWords()) }
        #expect(pinned.words(leaf: 0x8000_0008) == CPUIDWords(eax: .max, ecx: .max))
        #expect(pinned.words(leaf: 0x8000_0001).eax == .max)
    }

    /// A machine that lacks one bit of a level is refused, and the bit is named.
    @Test(arguments: rows)
    func everyBitIsNeeded(level: CPULevel, row: [CPUIDPlace: UInt32]) throws {
        let layout = try Self.layout(level)
        var count = 0
        for (place, mask) in row {
            for bit in 0..<32 where mask >> bit & 1 != 0 {
                let table = Machines.full(layout: layout, change: [place: ~(1 << UInt32(bit))])
                let missing = CPUIDBit(place, bit: bit)
                #expect(level.missingBits(in: table) == [missing])
                #expect(missing.name != nil)
                #expect(throws: PinError.missing(.level(level), [missing], [])) {
                    try Self.pinned(level, table, layout)
                }
                count += 1
            }
        }
        #expect(count >= 14)
    }

    @Test func componentsAreNeededToo() throws {
        let avx = try Layouts.avx
        #expect(throws: PinError.missing(.level(.avx512Intel), [], .avx512)) {
            try Self.pinned(.avx512Intel, Machines.full(layout: avx), avx)
        }
        let none = try XStateLayout(mask: .legacy, locations: [])
        #expect(throws: PinError.missing(.level(.avx2), [], .avx)) {
            try Self.pinned(.avx2, Machines.full(layout: none), none)
        }
    }

    @Test func aLevelHasOnePlaceForEachComponent() throws {
        let zen = try Layouts.zen5
        let ice = try Layouts.iceLake
        let here = try #require(zen[.opmask])
        let there = try #require(ice[.opmask])
        #expect(throws: PinError.otherPlace(.level(.avx512Intel), wanted: there, host: here)) {
            try Self.pinned(.avx512Intel, Machines.full(layout: zen), zen)
        }
        #expect(throws: PinError.otherPlace(.level(.avx512AMD), wanted: here, host: there)) {
            try Self.pinned(.avx512AMD, Machines.full(layout: ice), ice)
        }
        #expect(
            PinError.otherPlace(.level(.avx512Intel), wanted: there, host: here).description
                == "this machine does not have the level avx512-intel: its XSAVE area has OPMASK at 832 (64 bytes), "
                + "not at 1088 (64 bytes)")
    }

    @Test func nativeIsTheHost() throws {
        let layout = try Layouts.zen5
        let host = Machines.full(layout: layout)
        let pinned = try Self.pinned(.native, host, layout)
        #expect(
            pinned.cpuid == host && pinned.xcr0 == layout.mask && pinned.layout == layout && pinned.level == .native)
    }

    @Test func theDefaultLevel() throws {
        let layout = try Layouts.zen5
        let full = Machines.full(layout: layout)
        #expect(CPULevel.best(on: full, xcr0: layout.mask) == .avx2)
        #expect(CPULevel.best(on: full, xcr0: .legacy) == .sse)
        let sandyBridge = Machines.full(layout: layout, change: [.features7B: 0])
        #expect(CPULevel.best(on: sandyBridge, xcr0: layout.mask) == .avx)
        #expect(CPULevel.best(on: try Machines.nehalem, xcr0: .legacy) == .sse)
        #expect(CPULevel.best(on: CPUIDTable(entries: []), xcr0: .legacy) == .sse)
    }

    @Test func names() {
        #expect(
            CPULevel.allCases.map(\.rawValue) == ["sse", "avx", "avx2", "avx512-intel", "avx512-amd", "native"])
        #expect(CPUIDBit(.features7B, bit: 5).description == "7.EBX[5] AVX2")
        #expect(CPUIDBit(CPUIDPlace(7, 1, .eax), bit: 4).description == "7.1.EAX[4] AVX-VNNI")
        #expect(CPUIDBit(.extended1C, bit: 5).description == "80000001.ECX[5] LZCNT")
        #expect(CPUIDBit(CPUIDPlace(7, 1, .ecx), bit: 9).description == "7.1.ECX[9]")
    }

    @Test func noFeatureIsNamedTwice() {
        var places: Set<CPUIDPlace> = []
        for word in CPUFeatureWord.all {
            #expect(places.insert(word.place).inserted)
            #expect(word.features.keys.allSatisfy { (0..<32).contains($0) })
            #expect(word.systemMask & word.withheldMask == 0)
            #expect(word.instructionMask(with: XFeatureMask(rawValue: .max)) & word.systemMask == 0)
        }
    }
}
