import FoundationEssentials
import Testing
import XState

/// Real and emulated machines by what their CPUID answers (Tests/Machines), judged against each other. What is expected
/// is written down here from their manuals, not computed by the code under test.
struct HostTableTests {
    /// What is known of a machine.
    struct Facts: Sendable {
        var name: String
        /// What Linux enables.
        var xcr0: UInt64
        /// Bytes of a standard XSAVE area for that.
        var size: Int
        /// From poor to rich.
        var levels: [CPULevel]
    }

    private static let avx: [CPULevel] = [.sse, .avx]
    private static let avx2: [CPULevel] = avx + [.avx2]

    static let hosts = [
        Facts(name: "zen1", xcr0: 0x7, size: 832, levels: avx2),
        // Its PKRU has no protection keys, and Linux leaves it alone.
        Facts(name: "zen2", xcr0: 0x7, size: 832, levels: avx2),
        Facts(name: "zen3", xcr0: 0x207, size: 2440, levels: avx2),
        Facts(name: "zen3-guest", xcr0: 0x207, size: 2440, levels: avx2),
        Facts(name: "zen5", xcr0: 0x2E7, size: 2440, levels: avx2 + [.avx512AMD]),
        Facts(name: "skylake-client", xcr0: 0x1F, size: 1088, levels: avx2),
        Facts(name: "skylake-server", xcr0: 0x2FF, size: 2696, levels: avx2 + [.avx512Intel]),
        Facts(name: "ice-lake", xcr0: 0x2E7, size: 2696, levels: avx2 + [.avx512Intel]),
        Facts(name: "sapphire-rapids", xcr0: 0x602E7, size: 11008, levels: avx2 + [.avx512Intel]),
        Facts(name: "tcg-nehalem", xcr0: 0x3, size: 576, levels: [.sse]),
        Facts(name: "tcg-sandy-bridge", xcr0: 0x7, size: 832, levels: avx),
        Facts(name: "tcg-haswell", xcr0: 0x7, size: 832, levels: avx2),
        Facts(name: "tcg-epyc", xcr0: 0x7, size: 832, levels: avx2),
        // PKRU where Intel has it.
        Facts(name: "tcg-epyc-milan", xcr0: 0x207, size: 2696, levels: avx2),
        Facts(name: "tcg-max", xcr0: 0x21F, size: 2696, levels: avx2),
    ]

    private static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Machines").path

    /// As Linux would enable it.
    private static func machine(_ facts: Facts) throws -> CPUProfile {
        let text = try String(contentsOfFile: "\(directory)/\(facts.name).txt", encoding: .utf8)
        return try CPUProfile(cpuid: try #require(CPUIDTable(dump: text)), xcr0: nil, mxcsrMask: nil)
    }

    private static func machines() throws -> [(facts: Facts, profile: CPUProfile)] {
        try hosts.map { ($0, try machine($0)) }
    }

    @Test func thereIsAnExpectationForEachFile() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.directory)
        #expect(Set(files) == Set(Self.hosts.map { $0.name + ".txt" }))
    }

    @Test(arguments: hosts) func whatAHostHas(facts: Facts) throws {
        let machine = try Self.machine(facts)
        #expect(machine.xcr0.rawValue == facts.xcr0)
        #expect(machine.layout.size == facts.size)
        #expect(CPULevel.portable.filter { machine.obstacle(to: $0) == nil } == facts.levels)
    }

    /// At a level, wherever both have it. What is missing is named, and the flag that helps.
    @Test func everyPairAtEveryLevel() throws {
        let machines = try Self.machines()
        var sound = 0
        for (from, recorder) in machines {
            for level in CPULevel.portable {
                guard from.levels.contains(level) else {
                    #expect(throws: PinError.self) { try RecordingCPU(by: recorder, at: level) }
                    continue
                }
                let recording = try RecordingCPU(by: recorder, at: level)
                for (to, machine) in machines {
                    let verdict = PortabilityVerdict(recording: recording, machine: machine)
                    let pair = "\(level) of \(from.name) on \(to.name): \(verdict.blockers)"
                    #expect(verdict.isSound == to.levels.contains(level), "\(pair)")
                    if verdict.isSound {
                        sound += 1
                        continue
                    }
                    expectRightReasons(verdict, level, from, to)
                    // What the recording tells of its CPU ends with its level.
                    let common = to.levels.filter { from.levels.contains($0) && $0 != level }
                    #expect(verdict.remedy == common.last, "\(pair)")
                }
            }
        }
        // 15 have sse, 14 avx, 13 avx2, 3 avx512-intel, 1 avx512-amd.
        #expect(sound == 15 * 15 + 14 * 14 + 13 * 13 + 3 * 3 + 1)
    }

    private func expectRightReasons(_ verdict: PortabilityVerdict, _ level: CPULevel, _ from: Facts, _ to: Facts) {
        let wanted: UInt64 =
            switch level {
            case .avx, .avx2: 0x7
            case .avx512Intel, .avx512AMD: 0xE7
            default: 0x3
            }
        var missing: UInt64 = 0
        var moved: Set<UInt32> = []
        for reason in verdict.blockers {
            switch reason {
            case .missingComponent(let component): missing |= 1 << UInt64(component.number)
            case .otherPlace(let recorded, _): moved.insert(recorded.type)
            case .missingFeature: break
            default: Issue.record("\(level) of \(from.name) on \(to.name): \(reason)")
            }
        }
        #expect(missing == wanted & ~to.xcr0, "\(level) of \(from.name) on \(to.name)")
        // AVX-512 is where the vendor has it.
        let isElsewhere = wanted == 0xE7 && to.xcr0 & 0xE0 != 0
        #expect(moved == (isElsewhere ? [5, 6, 7] : []), "\(level) of \(from.name) on \(to.name)")
    }

    /// What saw the machine itself replays there only; zen1 and tcg-haswell among others have the same XCR0 and layout.
    /// Also where the kernel could pin XCR0.
    @Test func everyPairAtNative() throws {
        let machines = try Self.machines()
        for (from, recorder) in machines {
            let native = try RecordingCPU(by: recorder, at: .native)
            // As an older version recorded.
            var old = native
            old.level = nil
            old.pin = .none
            for (to, profile) in machines {
                for pins in [false, true] {
                    var machine = profile
                    machine.pinsXCR0 = pins
                    for recording in [native, old] {
                        let verdict = PortabilityVerdict(recording: recording, machine: machine)
                        let pair = "native of \(from.name) on \(to.name): \(verdict.blockers)"
                        #expect(verdict.isSound == (from.name == to.name), "\(pair)")
                        if verdict.isSound { continue }
                        let reason = PortabilityReason.otherModel(
                            recorded: recorder.identity, here: machine.identity)
                        #expect(verdict.blockers.first == reason, "\(pair)")
                        #expect(verdict.remedy == to.levels.last { from.levels.contains($0) }, "\(pair)")
                    }
                }
            }
        }
    }

    /// Code that was not searched: under the kernel's pin it replays where XCR0 is 0x7 or can be made so, else on its CPU.
    @Test func everyPairWithCodeThatWasNotSearched() throws {
        let machines = try Self.machines()
        for (from, recorder) in machines where from.levels.contains(.avx2) {
            var byKernel = try RecordingCPU(by: recorder, at: .avx2)
            byKernel.pin.xcr0 = .kernel
            byKernel.limits = [PinLimit(.unscannedPinned, "code")]
            var bySoftware = try RecordingCPU(by: recorder, at: .avx2)
            bySoftware.limits = [PinLimit(.unscanned, "code")]
            for (to, profile) in machines {
                for pins in [false, true] {
                    var machine = profile
                    machine.pinsXCR0 = pins
                    let kernel = PortabilityVerdict(recording: byKernel, machine: machine)
                    #expect(
                        kernel.isSound == (to.levels.contains(.avx2) && (to.xcr0 == 0x7 || pins)),
                        "\(from.name) on \(to.name): \(kernel.blockers)")
                    #expect(
                        kernel.warnings.contains(.unscanned(byKernel.limits[0])) || from.name == to.name
                            || !kernel.isSound)
                    let software = PortabilityVerdict(recording: bySoftware, machine: machine)
                    #expect(software.isSound == (from.name == to.name), "\(from.name) on \(to.name)")
                }
            }
        }
    }
}
