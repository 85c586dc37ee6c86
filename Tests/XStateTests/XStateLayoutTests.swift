import Testing
import XState

struct XStateLayoutTests {
    static let locations: [XStateComponentLocation] = [
        .init(type: 2, size: 256, offset: 576), .init(type: 9, size: 8, offset: 2432),
    ]
    static let mask: XFeatureMask = [.legacy, .avx, .pkru]

    @Test func sizeIsTheEndOfTheLastComponent() throws {
        #expect(try XStateLayout(mask: .legacy, locations: []).size == 576)
        #expect(try Layouts.avx.size == 832)
        #expect(try Layouts.zen5.size == 2440)
        #expect(try Layouts.iceLake.size == 2696)
    }

    @Test func orderOfLocationsDoesNotMatter() throws {
        let a = try XStateLayout(mask: Self.mask, locations: Self.locations)
        let b = try XStateLayout(mask: Self.mask, locations: Self.locations.reversed())
        #expect(a == b)
        #expect(a[.pkru]?.offset == 2432)
        #expect(a[.sse] == nil)
        #expect(a[.opmask] == nil)
    }

    @Test func apxMayLieBelowLowerBits() throws {
        let layout = try XStateLayout(
            mask: [.legacy, .avx, .pkru, .apx], locations: Self.locations + [.init(type: 19, size: 128, offset: 960)])
        #expect(layout.size == 2440)
        #expect(layout.locations.map(\.type) == [2, 9, 19])
    }

    @Test(
        "damaged values are refused, each by its name",
        arguments: [
            (.init(type: 9, size: 8, offset: 831), .overlap),
            (.init(type: 9, size: 8, offset: 568), .outOfRange),
            (.init(type: 9, size: 8, offset: .max), .outOfRange),
            (.init(type: 9, size: 8, offset: 1 << 20), .outOfRange),
            (.init(type: 9, size: .max, offset: 2432), .outOfRange),
            (.init(type: 9, size: 9, offset: 2432), .size),
            (.init(type: 9, size: 0, offset: 2432), .size),
            (.init(type: 9, size: 8, offset: 2432, flags: 1), .supervisor),
            (.init(type: 2, size: 256, offset: 2432), .duplicate),
            (.init(type: 1, size: 256, offset: 2432), .notInMask),
            (.init(type: 5, size: 64, offset: 2432), .notInMask),
            (.init(type: 64, size: 64, offset: 2432), .notInMask),
            (.init(type: .max, size: 64, offset: 2432), .notInMask),
        ] as [(XStateComponentLocation, XStateError.LocationDefect)])
    func damagedLocation(location: XStateComponentLocation, defect: XStateError.LocationDefect) {
        #expect(throws: XStateError.badLocation(location, defect)) {
            try XStateLayout(mask: Self.mask, locations: [Self.locations[0], location])
        }
    }

    @Test func missingLocationAndIllegalMask() {
        #expect(throws: XStateError.badLocation(.init(type: 9, size: 0, offset: 0), .missing)) {
            try XStateLayout(mask: Self.mask, locations: [Self.locations[0]])
        }
        #expect(throws: XStateError.illegalMask([.x87])) { try XStateLayout(mask: [.x87], locations: []) }
        #expect(throws: XStateError.illegalMask([.x87, .avx])) {
            try XStateLayout(mask: [.x87, .avx], locations: [Self.locations[0]])
        }
    }

    @Test func anUnknownComponentHasAPlaceButNoImage() throws {
        let layout = try XStateLayout(
            mask: XFeatureMask(rawValue: 1 << 25 | 3), locations: [.init(type: 25, size: 40, offset: 576)])
        #expect(layout.imageMask == .legacy)
        #expect(throws: XStateError.unstorable(XFeatureMask(rawValue: 1 << 25))) {
            try XStateImage(decoding: Regset.fresh(layout), layout: layout, mask: layout.mask)
        }
    }

    @Test func randomLocationsNeverTrap() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let mask = XFeatureMask(rawValue: generator.next() & (1 << 63 | 0x602FF) | 3)
            let locations = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                XStateComponentLocation(
                    type: UInt32.random(in: 0...20, using: &generator),
                    size: [8, 64, 256, 512, .max].randomElement(using: &generator) ?? 0,
                    offset: UInt32(truncatingIfNeeded: generator.next() >> Int.random(in: 32...60, using: &generator)))
            }
            guard let layout = try? XStateLayout(mask: mask, locations: locations) else { continue }
            #expect(layout.locations.allSatisfy { $0.range.upperBound <= layout.size })
            #expect(layout.locations.count == mask.subtracting(.legacy).components.count)
        }
    }

    @Test func cpuidMustHaveWhatTheMaskNeeds() throws {
        let main = CPUIDWords(eax: 7)
        #expect(throws: XStateError.missingCPUID(leaf: 0xD, subleaf: 0)) {
            try XStateLayout(mask: .legacy, cpuid: CPUIDTable(entries: []))
        }
        #expect(throws: XStateError.missingCPUID(leaf: 0xD, subleaf: 2)) {
            try XStateLayout(mask: [.legacy, .avx]) { $0 == 0 ? main : nil }
        }
        #expect(throws: XStateError.unavailable(.pkru)) {
            try XStateLayout(mask: [.legacy, .avx, .pkru]) { $0 == 0 ? main : CPUIDWords(eax: 256, ebx: 576) }
        }
        #expect(throws: XStateError.self) {
            try XStateLayout(mask: [.legacy, .avx]) { $0 == 0 ? main : CPUIDWords(eax: 256, ebx: 576, ecx: 1) }
        }
    }

    @Test func theKernelTellsItsMask() throws {
        let raw = Regset.fresh(try Layouts.zen5)
        #expect(XStateLayout.enabledMask(ofRegset: raw) == XFeatureMask(rawValue: 0x2E7))
        #expect(XStateLayout.enabledMask(ofRegset: Array(raw.prefix(575))) == nil)
        #expect(XStateLayout.enabledMask(ofRegset: [UInt8](repeating: 0, count: 576)) == nil)
    }
}

@Suite(.enabled(if: LayoutData.isPresent, "no shared/data/xsave-layouts.json beside the package"))
struct MeasuredLayoutTests {
    @Test func everyMachineBuildsFromItsCPUID() throws {
        let data = try LayoutData.load()
        #expect(data.cpus.count == 375)
        for cpu in data.cpus {
            let known = try #require(data.layouts.first { $0.id == cpu.layout })
            let table = cpu.cpuid(known)
            let supported = LayoutData.mask(cpu.xcr0Supported)
            let whole = try XStateLayout(mask: supported, cpuid: table)
            #expect(whole.size == known.sizeMax, "\(cpu.source)")
            let linux = try XStateLayout(mask: LayoutData.mask(cpu.linuxXcr0), cpuid: table)
            #expect(linux.locations.allSatisfy { whole.locations.contains($0) })
            #expect(linux.imageMask == linux.mask)
            #expect(try XStateLayout(mask: linux.mask, locations: linux.locations) == linux)
        }
    }

    @Test func factsOfAMX() throws {
        let data = try LayoutData.load()
        let known = try #require(data.layouts.first { $0.id == "L15" })
        let cpu = try #require(data.cpus.first { $0.layout == "L15" })
        let layout = try XStateLayout(mask: LayoutData.mask(cpu.linuxXcr0), cpuid: cpu.cpuid(known))
        let data18 = try #require(layout[.tileData])
        #expect(data18.isAligned64 && data18.hasXFD)
        #expect(layout[.avx]?.isAligned64 == false)
    }

    /// Takes a random state from each layout to each other and back.
    @Test func stateSurvivesEveryPairOfLayouts() throws {
        let data = try LayoutData.load()
        var layouts: [XStateLayout] = []
        for cpu in data.cpus {
            let known = try #require(data.layouts.first { $0.id == cpu.layout })
            let layout = try XStateLayout(mask: LayoutData.mask(cpu.linuxXcr0), cpuid: cpu.cpuid(known))
            if !layouts.contains(layout) { layouts.append(layout) }
        }
        #expect(layouts.count >= 12)
        var generator = SeededGenerator(seed: 2)
        for source in layouts {
            for target in layouts {
                let shared = source.mask.intersection(target.mask)
                let raw = Regset.random(source, present: shared, using: &generator)
                let image = try XStateImage(decoding: raw, layout: source, mask: shared)
                var there = Regset.fresh(target)
                try image.encode(into: &there, layout: target)
                #expect(try XStateImage(decoding: there, layout: target, mask: shared) == image)
                var back = Regset.fresh(source)
                try XStateImage(decoding: there, layout: target, mask: shared).encode(into: &back, layout: source)
                #expect(try XStateImage(decoding: back, layout: source, mask: shared) == image)
            }
        }
    }
}
