import Testing
import XState

/// What the kernel's pin of XCR0 changes of where a recording replays: rules 2 and 8.
struct KernelPinTests {
    private static let limit = PinLimit(.unscannedPinned, "the code at 0x7000000000")

    /// A machine with more than AVX, whose kernel may pin XCR0, and one with AVX and nothing else.
    private static func machines(pins: Bool = true) throws -> (full: CPUProfile, avx: CPUProfile) {
        var full = try PortabilityVerdictTests.machine(try Layouts.iceLake)
        full.pinsXCR0 = pins
        return (full, try PortabilityVerdictTests.machine(try Layouts.avx))
    }

    /// A recording at `avx2` by the kernel's pin.
    private static func recording(by machine: CPUProfile, _ limits: PinLimit...) throws -> RecordingCPU {
        var recording = try RecordingCPU(by: machine, at: .avx2)
        recording.pin.xcr0 = .kernel
        recording.limits = limits
        return recording
    }

    @Test func theMaskIsOneThatTheKernelTakes() throws {
        let (full, avx) = try Self.machines()
        for (mask, isTaken) in [
            (0x3, true), (0x7, true), (0xE7, true), (0x2E7, true), (0x1, false), (0x5, false), (0x2, false),
            (0x27, false), (0xE3, false), (0x207, true), (0x1F, false), (0x602E7, false), (0, false),
        ] as [(UInt64, Bool)] {
            #expect(full.pins(XFeatureMask(rawValue: mask)) == isTaken, "\(mask)")
            #expect(!avx.pins(XFeatureMask(rawValue: mask)))
        }
        #expect(avx.shows(avx.xcr0) && !avx.shows(.legacy) && full.shows(.legacy))
        // It has an XCR0 for nobody: what asks for it raises #UD.
        let old = try CPUProfile(cpuid: CPUIDTable(entries: []), xcr0: [], mxcsrMask: nil)
        #expect(old.xcr0 == .legacy && !old.shows(.legacy))
    }

    @Test func codeThatSawThePinnedXCR0ReplaysWhereThatCanBeShown() throws {
        let (full, avx) = try Self.machines()
        let unpatched = try Self.machines(pins: false).full
        let recording = try Self.recording(by: full, Self.limit)
        let same = PortabilityVerdict(recording: recording, machine: full)
        #expect(same.isSound && same.warnings.isEmpty)
        var other = full
        other.identity.stepping += 1
        let elsewhere = PortabilityVerdict(recording: recording, machine: other)
        #expect(elsewhere.isSound && elsewhere.warnings == [.unscanned(Self.limit)])
        // This XCR0 is its own: nothing has to be pinned.
        let poorer = PortabilityVerdict(recording: recording, machine: avx)
        #expect(poorer.isSound && poorer.warnings.contains(.unscanned(Self.limit)))
        // The same CPU with another kernel is not enough.
        let refused = PortabilityVerdict(recording: recording, machine: unpatched)
        #expect(refused.blockers == [.otherXCR0(Self.limit, recorded: [.legacy, .avx])])
        #expect(refused.blockers.map(\.rule) == [8] && refused.blockerWords[0].contains("kernel-patch/"))
        // Without such code it replays everywhere.
        #expect(PortabilityVerdict(recording: try Self.recording(by: full), machine: unpatched).isSound)
    }

    @Test func codeThatMayShowMoreIsTiedToTheCPUAndTheXCR0() throws {
        let (full, avx) = try Self.machines()
        let limit = PinLimit(.unscanned, "the code at 0x7000000000")
        let recording = try Self.recording(by: full, limit)
        #expect(PortabilityVerdict(recording: recording, machine: full).isSound)
        #expect(PortabilityVerdict(recording: recording, machine: avx).blockers == [.sameCPUOnly(limit)])
        #expect(
            PortabilityVerdict(recording: recording, machine: try Self.machines(pins: false).full).blockers
                == [.otherXCR0(limit, recorded: [.legacy, .avx])])
    }

    @Test func aLiftedPinTiesToTheCPU() throws {
        let (full, avx) = try Self.machines()
        let lifted = PinLimit(.pinLifted, "AVX512F in /bin/x")
        let recording = try Self.recording(by: full, lifted)
        #expect(recording.xcr0InForce == full.xcr0 && recording.replayedXCR0(on: full) == nil)
        #expect(PortabilityVerdict(recording: recording, machine: full).isSound)
        #expect(PortabilityVerdict(recording: recording, machine: avx).blockers == [.sameCPUOnly(lifted)])
        // Nobody knows what of it ran with the pin and what without.
        let mixed = try Self.recording(by: full, lifted, Self.limit)
        #expect(!PortabilityVerdict(recording: mixed, machine: full).isSound)
    }

    @Test func theReplayPinsWhatWasInForce() throws {
        let (full, avx) = try Self.machines()
        let unpatched = try Self.machines(pins: false).full
        let kernel = try Self.recording(by: full)
        #expect(kernel.replayedXCR0(on: full) == [.legacy, .avx])
        #expect(kernel.replayedXCR0(on: unpatched) == nil)
        var patched = avx
        patched.pinsXCR0 = true
        #expect(kernel.replayedXCR0(on: patched) == nil, "it is this machine's own")
        // A trap stood wherever the program asked for XCR0; what is not known of saw the machine's.
        let software = try RecordingCPU(by: full, at: .avx2)
        #expect(software.replayedXCR0(on: full) == nil)
        let other = try RecordingCPU(by: avx, at: .avx2)
        #expect(other.replayedXCR0(on: full) == [.legacy, .avx])
        var richer = try RecordingCPU(by: full, at: .avx)
        richer.hostXCR0.formUnion(.amx)
        #expect(richer.replayedXCR0(on: full) == [.legacy, .avx], "the machine does not have what was in force")
    }

    /// Rule 2: what saw its machine's XCR0 replays where the kernel can show it, on the same model.
    @Test func nativeRecordingsReplayUnderTheirXCR0() throws {
        let (full, avx) = try Self.machines()
        let native = try RecordingCPU(by: avx, at: .native)
        #expect(native.replayedXCR0(on: full) == avx.xcr0)
        #expect(PortabilityVerdict(recording: native, machine: full).blockers.allSatisfy { $0.rule != 2 })
        var other = full
        other.identity.model += 1
        #expect(
            PortabilityVerdict(recording: native, machine: other).blockers.contains(
                .otherModel(recorded: avx.identity, here: other.identity)))
        let unpatched = try Self.machines(pins: false).full
        #expect(!PortabilityVerdict(recording: native, machine: unpatched).blockers.filter { $0.rule == 2 }.isEmpty)
        let more = try RecordingCPU(by: full, at: .native)
        #expect(!PortabilityVerdict(recording: more, machine: avx).blockers.filter { $0.rule == 2 }.isEmpty)
    }
}
