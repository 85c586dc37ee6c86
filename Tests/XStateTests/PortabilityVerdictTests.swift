import Testing
import XState

/// Each rule of docs/portability.md by itself.
struct PortabilityVerdictTests {
    static func machine(
        _ layout: XStateLayout, vendor: [UInt32] = Machines.intel, change: [CPUIDPlace: UInt32] = [:]
    ) throws -> CPUProfile {
        try CPUProfile(
            cpuid: Machines.full(vendor: vendor, layout: layout, change: change), xcr0: layout.mask, mxcsrMask: 0xFFFF)
    }

    private static func verdict(
        _ recorder: CPUProfile, _ level: CPULevel, on machine: CPUProfile
    ) throws -> PortabilityVerdict {
        PortabilityVerdict(recording: try RecordingCPU(by: recorder, at: level), machine: machine)
    }

    @Test func everyLevelReplaysWhereItWasRecorded() throws {
        for (layout, vendor) in [(try Layouts.iceLake, Machines.intel), (try Layouts.zen5, Machines.amd)] {
            let machine = try Self.machine(layout, vendor: vendor)
            for level in CPULevel.allCases where machine.obstacle(to: level) == nil {
                let verdict = try Self.verdict(machine, level, on: machine)
                #expect(verdict.isSound && verdict.warnings.isEmpty && verdict.flag == nil, "\(level)")
            }
        }
    }

    @Test(arguments: [CPULevel.sse, .avx, .avx2])
    func theLevelsWithoutAVX512CrossVendors(level: CPULevel) throws {
        let intel = try Self.machine(try Layouts.iceLake)
        let amd = try Self.machine(try Layouts.zen5, vendor: Machines.amd)
        for (a, b) in [(intel, amd), (amd, intel)] {
            let verdict = try Self.verdict(a, level, on: b)
            #expect(verdict.blockers.isEmpty)
            #expect(verdict.warnings.map(\.rule) == [6, 7])
        }
    }

    /// Rule 1.
    @Test func anIllegalMask() throws {
        let machine = try Self.machine(try Layouts.avx)
        var recording = try RecordingCPU(by: machine, at: .avx)
        for mask: UInt64 in [0, 1, 2, 3, 5, 6, 0x27, 0xE3, 0xF, 0x20007, 0x2E7, 1 << 63 | 7] {
            recording.xcr0 = XFeatureMask(rawValue: mask)
            let verdict = PortabilityVerdict(recording: recording, machine: machine)
            #expect(verdict.blockers == [.illegalMask(recording.xcr0)])
        }
    }

    /// Rule 2: within what the kernel enables.
    @Test func missingComponents() throws {
        let full = try Self.machine(try Layouts.iceLake)
        let avxOnly = try Self.machine(try Layouts.avx)
        let verdict = try Self.verdict(full, .avx512Intel, on: avxOnly)
        #expect(verdict.blockers == [.opmask, .zmmHi256, .hi16ZMM].map(PortabilityReason.missingComponent))
        #expect(verdict.flag == "--cpu avx2")
        #expect(
            verdict.blockers[0].description
                == "the recording has OPMASK (XCR0 bit 5), which the machine does not enable")
    }

    /// Rule 2: exactly the mask, where it is not pinned.
    @Test func extraComponents() throws {
        let avx = try Self.machine(try Layouts.avx)
        let full = try Self.machine(try Layouts.iceLake)
        // One model, as far as CPUID tells.
        let verdict = try Self.verdict(avx, .native, on: full)
        #expect(
            verdict.blockers == [.opmask, .zmmHi256, .hi16ZMM, .pkru].map(PortabilityReason.extraComponent))
        #expect(verdict.remedy == .avx2)
        // Pinned to the same, it replays.
        var pinned = try RecordingCPU(by: avx, at: .native)
        pinned.level = nil
        pinned.pin.xcr0 = .kernel
        #expect(PortabilityVerdict(recording: pinned, machine: full).isSound)
        pinned.pin.xcr0 = .none
        #expect(!PortabilityVerdict(recording: pinned, machine: full).isSound)
    }

    /// Rule 3, with every bit of every level.
    @Test(arguments: CPULevelTests.rows)
    func everyMissingFeatureIsNamed(level: CPULevel, row: [CPUIDPlace: UInt32]) throws {
        let layout = try CPULevelTests.layout(level)
        let recording = try RecordingCPU(by: try Self.machine(layout), at: level)
        for (place, mask) in row {
            for bit in 0..<32 where mask >> bit & 1 != 0 {
                let poorer = try Self.machine(layout, change: [place: ~(1 << UInt32(bit))])
                let verdict = PortabilityVerdict(recording: recording, machine: poorer)
                #expect(verdict.blockers == [.missingFeature(CPUIDBit(place, bit: bit))])
                if let remedy = verdict.remedy {
                    #expect(try Self.verdict(try Self.machine(layout), remedy, on: poorer).isSound)
                }
            }
        }
    }

    /// Rule 3: what the machine has beyond a level does not matter, and neither do flags for operating systems.
    @Test func flagsThatDoNotMatter() throws {
        let layout = try Layouts.zen5
        let machine = try Self.machine(layout)
        for word in CPUFeatureWord.all {
            // Two of 7.EBX say which x87 pointers are saved, by which a model is known.
            let pointers: UInt32 = word.place == .features7B ? 1 << 6 | 1 << 13 : 0
            let poorer = try Self.machine(layout, change: [word.place: word.significantMask | pointers])
            for level: CPULevel in [.avx2, .native] {
                let verdict = try Self.verdict(machine, level, on: poorer)
                #expect(verdict.blockers.isEmpty, "\(word.place) at \(level): \(verdict.blockers)")
            }
        }
    }

    /// Rule 3 at `native`: each instruction counts, also one that has no name yet.
    @Test func atNativeEveryInstructionCounts() throws {
        let layout = try Layouts.zen5
        let machine = try Self.machine(layout)
        // XSAVE and the bits that say what is in XCR0 would make the machine another one.
        for word in CPUFeatureWord.all where word.place.leaf != 0xC000_0001 {
            let bits = (0..<32).filter { word.significantMask >> $0 & 1 != 0 }
            for bit in bits where !(word.place == .features1C && [26, 27].contains(bit)) {
                guard machine.cpuid.has(CPUIDBit(word.place, bit: bit)) else { continue }
                let table = machine.cpuid.with(word.place, machine.cpuid.value(at: word.place) & ~(1 << UInt32(bit)))
                let poorer = try CPUProfile(cpuid: table, xcr0: layout.mask, mxcsrMask: 0xFFFF)
                let verdict = try Self.verdict(machine, .native, on: poorer)
                #expect(verdict.blockers == [.missingFeature(CPUIDBit(word.place, bit: bit))])
            }
        }
    }

    /// Rule 3: where CPUID was not pinned, any answer counts, except what each core has of its own.
    @Test func unpinnedAnswers() throws {
        let layout = try Layouts.avx
        let machine = try Self.machine(layout)
        var recording = try RecordingCPU(by: machine, at: .native)
        recording.pin = .none
        #expect(PortabilityVerdict(recording: recording, machine: machine).isSound)
        let other = try Self.machine(layout, change: [CPUIDPlace(0x15, .ebx): 7])
        let verdict = PortabilityVerdict(recording: recording, machine: other)
        #expect(verdict.blockers == [.otherAnswer(CPUIDPlace(0x15, .ebx), recorded: .max, here: 7)])
        #expect(verdict.remedy == .avx2)
        let otherCore = try Self.machine(
            layout,
            change: [CPUIDPlace(1, .ebx): 0x12FF_FFFF, CPUIDPlace(0xB, .edx): 3, CPUIDPlace(0x8000_001E, .eax): 1])
        #expect(PortabilityVerdict(recording: recording, machine: otherCore).isSound)
        // With CPUID pinned, 15H is what was recorded.
        #expect(try Self.verdict(machine, .native, on: other).isSound)
    }

    /// So many reasons that only some are said, but each sort is.
    @Test func manyReasonsInWords() throws {
        let ice = try Self.machine(try Layouts.iceLake)
        var recording = try RecordingCPU(by: ice, at: .native)
        recording.pin = .none
        let other = try CPUProfile(
            cpuid: CPUIDTable(features: [:], identity: ice.identity, layout: try Layouts.zen5),
            xcr0: ice.xcr0, mxcsrMask: 0xFFFF)
        let verdict = PortabilityVerdict(recording: recording, machine: other)
        #expect(verdict.blockers.count > 200)
        let words = verdict.blockerWords
        #expect(words.count == 1 + 12 + 1 + 12 + 1 + 4)
        #expect(words.filter { $0.hasPrefix("and ") }.count == 2)
        #expect(words.last?.hasPrefix("PKRU is at 2432") == true)
        let few = try Self.verdict(ice, .avx512Intel, on: try Self.machine(try Layouts.avx))
        #expect(few.blockerWords == few.blockers.map(\.description))
    }

    /// Rule 4: XCR0 0x2e7 has two layouts, and so have 0xe7 and 0x207.
    @Test func componentsAtOtherPlaces() throws {
        let ice = try Self.machine(try Layouts.iceLake)
        let zen = try Self.machine(try Layouts.zen5)
        // One model by its name: 13 signatures have two layouts.
        let verdict = try Self.verdict(ice, .native, on: zen)
        #expect(verdict.blockers.map(\.rule) == [4, 4, 4, 4])
        let recorded = try #require(ice.layout[.opmask])
        let here = try #require(zen.layout[.opmask])
        #expect(verdict.blockers[0] == .otherPlace(recorded: recorded, here: here))
        #expect(
            verdict.blockers[0].description
                == "OPMASK is at 832 (64 bytes) of XSAVE areas on the machine, not at 1088 (64 bytes) as recorded")
        #expect(verdict.flag == "--cpu avx2")
        let avx512 = try Self.verdict(ice, .avx512Intel, on: zen)
        #expect(avx512.blockers.map(\.rule) == [4, 4, 4])
        #expect(avx512.flag == "--cpu avx2")
    }

    /// Rule 5: only where the tracee may use the compacted format.
    @Test func compactedForms() throws {
        let mask: XFeatureMask = [.legacy, .avx, .pkru]
        let avx = Layouts.avxLocation
        let layout = try XStateLayout(mask: mask, locations: [avx, .init(type: 9, size: 8, offset: 2432)])
        let aligned = try XStateLayout(mask: mask, locations: [avx, .init(type: 9, size: 8, offset: 2432, flags: 2)])
        let machine = try Self.machine(layout)
        let other = try Self.machine(aligned)
        let verdict = try Self.verdict(machine, .native, on: other)
        #expect(verdict.blockers.map(\.rule) == [5] && verdict.flag == "--cpu avx2")
        #expect(try Self.verdict(machine, .avx2, on: other).isSound)
    }

    /// Rules 6 and 7.
    @Test func differencesOfInstructionsWarn() throws {
        let layout = try Layouts.avx
        let machine = try Self.machine(layout)
        var other = machine
        other.x87 = .unwritten
        #expect(
            try Self.verdict(machine, .avx2, on: other).warnings
                == [.otherX87(recorded: .dataAtExceptions, here: .unwritten)])
        other = machine
        other.identity.vendor = "AuthenticAMD"
        let verdict = try Self.verdict(machine, .avx2, on: other)
        #expect(verdict.isSound)
        #expect(verdict.warnings == [.otherVendor(recorded: "GenuineIntel", here: "AuthenticAMD")])
    }

    /// Rule 2: what saw its machine's XCR0 had its XSAVE and FXSAVE, too, which are those of its model.
    @Test func nativeRecordingsReplayOnTheirModelOnly() throws {
        let layout = try Layouts.avx
        let machine = try Self.machine(layout)
        // With all features, the same XCR0 and the same places.
        func other(_ change: (inout CPUProfile) -> Void) -> CPUProfile {
            var other = machine
            change(&other)
            return other
        }
        let emulated = machine.cpuid.with(CPUIDPlace(0x4000_0000, .ebx), 0x5447_4354)
            .with(CPUIDPlace(0x4000_0000, .ecx), 0x4354_4743).with(CPUIDPlace(0x4000_0000, .edx), 0x4743_5447)
        let others = [
            other { $0.identity.vendor = "AuthenticAMD" }, other { $0.identity.family += 1 },
            other { $0.identity.model += 1 }, other { $0.identity.stepping += 1 }, other { $0.identity.brand += "X" },
            // Of one name, but not alike.
            other { $0.mxcsrMask = 0x2_FFFF }, other { $0.x87 = .zeros }, other { $0.cpuid = emulated },
        ]
        for other in others {
            let reason = PortabilityReason.otherModel(recorded: machine.identity, here: other.identity)
            let native = try Self.verdict(machine, .native, on: other)
            #expect(native.blockers == [reason] && native.flag == "--cpu avx2")
            // The flag helps.
            #expect(try Self.verdict(machine, .avx2, on: other).isSound)
            // What an older version recorded saw CPUID, too.
            var old = try RecordingCPU(by: machine, at: .native)
            old.pin = .none
            old.level = nil
            #expect(PortabilityVerdict(recording: old, machine: other).blockers.first == reason)
            // That the kernel pins XCR0 there does not make it the same model.
            var pinning = other
            pinning.pinsXCR0 = true
            #expect(!(try Self.verdict(machine, .native, on: pinning)).isSound)
        }
        let back = try RecordingCPU(by: others[others.count - 1], at: .native)
        #expect(!PortabilityVerdict(recording: back, machine: machine).isSound)
    }

    @Test func theReasonIsOneClearLine() throws {
        let machine = try Self.machine(try Layouts.avx)
        var other = machine
        other.identity = CPUIdentity(vendor: "AuthenticAMD", family: 25, model: 1, stepping: 2, brand: "AMD EPYC")
        let words = try #require(try Self.verdict(machine, .native, on: other).blockerWords.first)
        #expect(words.hasSuffix("recorded on \(machine.identity), not on AuthenticAMD 25/1/2 (AMD EPYC)"), "\(words)")
        #expect(!words.contains("\n"))
        other.identity = machine.identity
        other.mxcsrMask = 0x2_FFFF
        #expect(
            try Self.verdict(machine, .native, on: other).blockerWords.first?.hasSuffix(
                "recorded on \(machine.identity), this is something else of that name") == true)
    }

    @Test func limitsTieARecordingToItsCPU() throws {
        let layout = try Layouts.avx
        let machine = try Self.machine(layout)
        var recording = try RecordingCPU(by: machine, at: .avx2)
        recording.limits = [PinLimit(.unscanned, "the code at 0x7000000000"), PinLimit(.builtAbove, "/bin/x")]
        #expect(PortabilityVerdict(recording: recording, machine: machine).isSound)
        var other = machine
        other.identity.stepping += 1
        let verdict = PortabilityVerdict(recording: recording, machine: other)
        #expect(verdict.blockers == recording.limits.map(PortabilityReason.sameCPUOnly))
        #expect(verdict.flag == nil)
        let more = try Self.machine(try Layouts.zen5)
        #expect(!PortabilityVerdict(recording: recording, machine: more).isSound)
    }

    @Test(
        arguments: [
            (Machines.intel, CPUIDPlace.features7B, 0, .all),
            (Machines.intel, .features7B, 1 << 13, .withoutSelectors),
            (Machines.intel, .features7B, 1 << 13 | 1 << 6, .dataAtExceptions),
            (Machines.amd, CPUIDPlace(0x8000_0008, .ebx), 0, .unwritten),
            (Machines.amd, CPUIDPlace(0x8000_0008, .ebx), 4, .zeros),
        ] as [([UInt32], CPUIDPlace, UInt32, X87PointerClass)])
    func x87Classes(vendor: [UInt32], place: CPUIDPlace, flags: UInt32, expected: X87PointerClass) throws {
        let table = Machines.full(vendor: vendor, layout: try Layouts.avx, change: [place: flags])
        #expect(X87PointerClass(table) == expected)
    }

    @Test func whatLinuxEnables() throws {
        let zen2 = try XStateLayout(
            mask: [.legacy, .avx, .pkru], locations: [Layouts.avxLocation, .init(type: 9, size: 64, offset: 832)])
        func mask(_ layout: XStateLayout, _ change: [CPUIDPlace: UInt32]) -> XFeatureMask {
            XFeatureMask(enabledByLinuxOn: Machines.full(layout: layout, change: change))
        }
        #expect(mask(zen2, [.features7C: 0]) == [.legacy, .avx])
        #expect(mask(try Layouts.zen5, [:]) == XFeatureMask(rawValue: 0x2E7))
        #expect(mask(try Layouts.zen5, [.features7B: 0]) == XFeatureMask(rawValue: 0x207))
        #expect(mask(try Layouts.zen5, [.features1C: 1 << 26]) == XFeatureMask(rawValue: 0x203))
        #expect(mask(try Layouts.zen5, [.features1C: 0]) == .legacy)
        let lwp = try XStateLayout(
            mask: [.legacy, .avx, .lwp], locations: [Layouts.avxLocation, .init(type: 62, size: 128, offset: 832)])
        #expect(mask(lwp, [:]) == [.legacy, .avx])
        // Its profile is that of the CPUs without the phantom.
        let profile = try CPUProfile(
            cpuid: Machines.full(layout: zen2, change: [.features7C: 0]), xcr0: nil, mxcsrMask: nil)
        #expect(profile.layout == (try Layouts.avx))
        #expect(profile.sources.xcr0 == .derived && profile.mxcsrMask == 0x2_FFFF)
    }

    @Test func textsOfCPUID() throws {
        let text = """
            CPU 0:
               0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69
               0x0000000d 0x02: eax=0x00000100 ebx=0x00000240 ecx=0x00000000 edx=0x00000000
               nonsense 0x00: eax=1
            CPU 1:
               0x00000000 0x00: eax=0x00000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
            """
        let table = try #require(CPUIDTable(dump: text))
        #expect(table.entries.count == 2)
        #expect(table.entry(leaf: 0xD, subleaf: 2)?.words == CPUIDWords(eax: 256, ebx: 576))
        #expect(CPUIdentity(table).vendor == "GenuineIntel")
        #expect(CPUIDTable(dump: "CPU 0:\n  eax=1") == nil)
        #expect(CPUIDTable(dump: "") == nil)
    }
}

struct CPUBaselineTests {
    @Test func theRichestCommonLevel() throws {
        let ice = try PortabilityVerdictTests.machine(try Layouts.iceLake)
        let zen = try PortabilityVerdictTests.machine(try Layouts.zen5, vendor: Machines.amd)
        let sandyBridge = try PortabilityVerdictTests.machine(try Layouts.avx, change: [.features7B: 0])
        let nehalem = try CPUProfile(cpuid: try Machines.nehalem, xcr0: [], mxcsrMask: nil)
        func level(_ machines: [CPUProfile]) throws -> CPULevel { try CPUBaseline(of: machines).level }
        #expect(try level([ice]) == .avx512Intel)
        #expect(try level([zen, zen]) == .avx512AMD)
        #expect(try level([ice, zen]) == .avx2)
        #expect(try level([zen, sandyBridge]) == .avx)
        #expect(try level([zen, sandyBridge, nehalem]) == .sse)
        var old = nehalem
        old.cpuid = old.cpuid.with(.features1C, 0)
        #expect(throws: CPUBaseline.Obstacle.self) { try level([ice, old]) }
    }

    @Test func whatIsLost() throws {
        let ice = try PortabilityVerdictTests.machine(try Layouts.iceLake)
        let zen = try PortabilityVerdictTests.machine(try Layouts.zen5, vendor: Machines.amd)
        let baseline = try CPUBaseline(of: [ice, zen])
        #expect(
            baseline.losses.map(\.components) == [
                [.opmask, .zmmHi256, .hi16ZMM, .pkru], [.opmask, .zmmHi256, .hi16ZMM, .pkru],
            ])
        #expect(baseline.losses[0].features.contains(CPUIDBit(.features7B, bit: 16)))
        #expect(baseline.losses[0].features.contains(CPUIDBit(.features1C, bit: 25)))
        #expect(!baseline.losses[0].features.contains(.avx))
    }

    /// The file of `xrr cpu baseline -o` pins on each of the machines, to the same features, and replays on each.
    @Test func theCommonProfilePinsEverywhere() throws {
        let machines = [
            try PortabilityVerdictTests.machine(try Layouts.iceLake),
            try PortabilityVerdictTests.machine(
                try Layouts.zen5, vendor: Machines.amd, change: [CPUIDPlace(7, 1, .eax): 0]),
            try PortabilityVerdictTests.machine(try Layouts.avx, change: [.features7C: 0x100]),
        ]
        let common = try CPUBaseline(of: machines).common
        #expect(common.xcr0 == [.legacy, .avx])
        var features: Set<[UInt32]> = []
        for machine in machines {
            let pinned = try PinnedCPU(
                profile: common.target, host: machine.cpuid, xcr0: machine.xcr0, layout: machine.layout)
            #expect(pinned.xcr0 == common.xcr0 && pinned.layout == common.layout)
            features.insert(CPUFeatureWord.all.map { pinned.cpuid.features(at: $0.place) })
            #expect(pinned.cpuid.has(CPUIDBit(.features1C, bit: 25)))
            #expect(pinned.cpuid.has(CPUIDBit(.features7C, bit: 8)))
            #expect(!pinned.cpuid.has(CPUIDBit(.features7C, bit: 9)))
            let recording = RecordingCPU(
                identity: machine.identity, cpuid: pinned.cpuid, xcr0: pinned.xcr0, layout: pinned.layout, level: nil,
                pin: .init(xcr0: .software, cpuid: .software), x87: machine.x87, mxcsrMask: 0xFFFF,
                hostXCR0: machine.xcr0)
            for other in machines {
                #expect(PortabilityVerdict(recording: recording, machine: other).isSound)
            }
        }
        #expect(features.count == 1)
    }
}
