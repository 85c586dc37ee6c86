import Testing
import XState

/// Profiles and `--xcr0`.
struct PinnedCPUTests {
    private static func zenTarget(_ table: CPUIDTable) throws -> PinnedCPU.Target {
        PinnedCPU.Target(cpuid: table, layout: try Layouts.zen5)
    }

    @Test func aProfileHasAllReproducibleInstructions() throws {
        let layout = try Layouts.zen5
        let host = Machines.full(layout: layout)
        let pinned = try PinnedCPU(
            profile: Self.zenTarget(host), host: host, xcr0: layout.mask, layout: layout)
        #expect(pinned.level == nil)
        #expect(pinned.xcr0.rawValue == 0xE7)
        #expect(pinned.layout == CPULevel.avx512AMD.layout)
        for word in CPUFeatureWord.all {
            let bits = pinned.cpuid.value(at: word.place)
            #expect(bits & word.withheldMask == 0)
            let wanted = word.instructionMask(with: [.legacy, .avx, .avx512])
            #expect(bits & wanted == wanted, "\(word.place)")
            let isDescription = [.features1D, .extended1D].contains(word.place)
            #expect(isDescription || bits == wanted, "\(word.place)")
        }
        for bit in [CPUIDBit(.features1C, bit: 25), .xsave, .osxsave, CPUIDBit(.features7C, bit: 9)] {
            #expect(pinned.cpuid.has(bit))
        }
        // AVX-VNNI is in subleaf 1, which must be announced.
        #expect(pinned.cpuid.words(leaf: 7).eax == 1)
        #expect(pinned.cpuid.has(CPUIDBit(CPUIDPlace(7, 1, .eax), bit: 4)))
        #expect(!pinned.cpuid.has(CPUIDBit(.features7B, bit: 14)))
    }

    /// The tracee gets what the profile has, not what this machine has beyond it.
    @Test func aProfileIsACeilingAndAFloor() throws {
        let layout = try Layouts.zen5
        let aes = CPUIDBit(.features1C, bit: 25)
        let without = Machines.full(layout: layout, change: [.features1C: ~(1 << 25)])
        let with = Machines.full(layout: layout)
        let pinned = try PinnedCPU(profile: Self.zenTarget(without), host: with, xcr0: layout.mask, layout: layout)
        #expect(!pinned.cpuid.has(aes))
        #expect(throws: PinError.missing(.profile, [aes], [])) {
            try PinnedCPU(profile: Self.zenTarget(with), host: without, xcr0: layout.mask, layout: layout)
        }
        // Withheld and system bits are not asked for.
        let poorer = Machines.full(
            layout: layout, change: [.features7C: ~0x0040_0038, CPUIDPlace(0x8000_0008, .ebx): 0])
        _ = try PinnedCPU(profile: Self.zenTarget(with), host: poorer, xcr0: layout.mask, layout: layout)
    }

    @Test func aProfilesComponentsMustBeHereAtTheirPlaces() throws {
        let zen = try Layouts.zen5
        let ice = try Layouts.iceLake
        let avx = try Layouts.avx
        let host = Machines.full(layout: ice)
        let wanted = try #require(zen[.opmask])
        let here = try #require(ice[.opmask])
        #expect(throws: PinError.otherPlace(.profile, wanted: wanted, host: here)) {
            try PinnedCPU(profile: Self.zenTarget(host), host: host, xcr0: ice.mask, layout: ice)
        }
        #expect(throws: PinError.missing(.profile, [], .avx512)) {
            try PinnedCPU(profile: Self.zenTarget(host), host: host, xcr0: avx.mask, layout: avx)
        }
        // Without AVX-512 both are alike.
        let pinned = try PinnedCPU(
            profile: Self.zenTarget(host), host: host, xcr0: ice.mask, layout: ice, mask: [.legacy, .avx])
        #expect(pinned.layout == avx)
    }

    @Test func aProfileWithoutAVXHidesXSAVE() throws {
        let none = try XStateLayout(mask: .legacy, locations: [])
        let avx = try Layouts.avx
        let host = Machines.full(layout: avx)
        let target = PinnedCPU.Target(cpuid: Machines.full(layout: none), layout: none)
        let pinned = try PinnedCPU(profile: target, host: host, xcr0: avx.mask, layout: avx)
        #expect(!pinned.cpuid.has(.xsave) && !pinned.cpuid.has(.avx))
        #expect(pinned.cpuid.has(CPUIDBit(.features1C, bit: 25)))
        // Nor does it need XSAVE here.
        let old = try PinnedCPU(
            profile: .init(cpuid: try Machines.nehalem.with(.features1C, .max), layout: none),
            host: try Machines.nehalem.with(.features1C, ~0x3C00_1000), xcr0: none.mask, layout: none, mask: .legacy)
        #expect(old.xcr0 == .legacy && !old.cpuid.has(.xsave))
    }

    @Test func lessThanALevel() throws {
        let layout = try Layouts.zen5
        let host = Machines.full(layout: layout)
        func pin(_ level: CPULevel, _ mask: UInt64) throws -> PinnedCPU {
            try PinnedCPU(
                level: level, host: host, xcr0: layout.mask, layout: layout, mask: XFeatureMask(rawValue: mask))
        }
        let sse = try pin(.avx2, 3)
        #expect(sse.level == nil && sse.xcr0 == .legacy && !sse.cpuid.has(.osxsave) && !sse.cpuid.has(.avx))
        #expect(sse.cpuid.value(at: .features7B) == 0x108)
        let avx = try pin(.native, 7)
        #expect(avx.level == nil && avx.layout == CPULevel.avx2.layout)
        #expect(avx.cpuid.has(CPUIDBit(.features1C, bit: 25)) && avx.cpuid.has(CPUIDBit(.features7C, bit: 9)))
        #expect(!avx.cpuid.has(CPUIDBit(.features7B, bit: 16)))
        #expect(try pin(.avx2, 7).level == .avx2)
        #expect(try pin(.native, 0x2E7).level == .native)
        #expect(throws: PinError.maskBeyondTarget(.level(.avx2), .avx512)) { try pin(.avx2, 0xE7) }
        #expect(throws: PinError.maskBeyondHost(.mpx)) { try pin(.native, 0x1F) }
        for mask: UInt64 in [0, 1, 2, 5, 6, 0x27, 0xE3, 0x20007] {
            #expect(throws: PinError.illegalMask(XFeatureMask(rawValue: mask))) { try pin(.native, mask) }
        }
    }
}

extension CPUIDTable {
    func with(_ place: CPUIDPlace, _ value: UInt32) -> CPUIDTable {
        CPUIDTable(
            entries: entries.map { entry in
                guard entry.leaf == place.leaf, entry.subleaf == place.subleaf else { return entry }
                var entry = entry
                entry.words[place.register] = value
                return entry
            })
    }
}
