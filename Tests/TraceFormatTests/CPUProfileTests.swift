import Codec
import Testing
import XState

@testable import TraceFormat

struct CPUProfileTests {
    private static func profile() throws -> CPUProfile {
        try CPUProfile(
            cpuid: CPUIDTable(entries: [
                .init(leaf: 0, words: .init(eax: 0xD, ebx: 0x756E_6547, ecx: 0x6C65_746E, edx: 0x4965_6E69)),
                .init(leaf: 1, words: .init(eax: 0x000C_06F2, ecx: 0x1C00_0000, edx: .max)),
                .init(leaf: 0xD, words: .init(eax: 7, ebx: 832, ecx: 832)),
                .init(leaf: 0xD, subleaf: 2, words: .init(eax: 256, ebx: 576)),
            ]), xcr0: [.legacy, .avx], mxcsrMask: 0xFFFF)
    }

    @Test func profilesSurviveJSON() throws {
        let profile = try Self.profile()
        let text = profile.encoded()
        #expect(try CPUProfile(decoding: text) == profile)
        #expect(text.last == UInt8(ascii: "\n"))
        #expect(String(decoding: text, as: UTF8.self).contains(#""xss":"unknown""#))
        #expect(!String(decoding: text, as: UTF8.self).contains("pinsXCR0"))
        var patched = profile
        patched.pinsXCR0 = true
        #expect(try CPUProfile(decoding: patched.encoded()) == patched)
    }

    @Test func aLevelMayStandForCPUID() throws {
        let text = """
            {"xrrCPUProfile": 1, "identity": {"vendor": "AuthenticAMD", "family": 23, "model": 1, "stepping": 1,
             "brand": "Zen"}, "isaLevel": "x86-64-v3", "xcr0": "0x7",
             "layout": [{"component": 2, "offset": 576, "size": 256, "flags": 0}], "x87": "zeros",
             "mxcsrMask": "0x2ffff"}
            """
        let profile = try CPUProfile(decoding: Array(text.utf8))
        #expect(profile.obstacle(to: .avx2) == nil)
        #expect(profile.obstacle(to: .avx512AMD) != nil)
        #expect(CPUIdentity(profile.cpuid) == profile.identity)
        #expect(try CPUProfile(decoding: profile.encoded()) == profile)
    }

    @Test func damagedProfiles() throws {
        let text = String(decoding: try Self.profile().encoded(), as: UTF8.self)
        func error(_ old: String, _ new: String) -> CPUProfileError? {
            let changed = Array(text.replacing(old, with: new).utf8)
            #expect(changed != Array(text.utf8), "\(old) is not there")
            do { _ = try CPUProfile(decoding: changed) } catch { return error }
            return nil
        }
        #expect(error("xrrCPUProfile", "other") == .noProfile)
        #expect(error(#""xrrCPUProfile":1"#, #""xrrCPUProfile":2"#) == .newerVersion(2))
        #expect(error(#""xcr0":"0x7""#, #""xcr0":"7""#) == .damaged("'xcr0' is '7' and no number like \"0x7\""))
        #expect(error(#""xcr0":"0x7""#, #""xcr0":"0x6""#) != nil)
        #expect(error(#""offset":576"#, #""offset":500"#) != nil)
        #expect(error(#""mxcsrMask":"0xffff""#, #""mxcsrMask":"0x1ffffffff""#) != nil)
        #expect(error(#""x87":"all""#, #""x87":"some""#) == .damaged("'x87' is none of the five classes"))
        #expect(error(#""layout":[{"#, #""layout":[7,{"#) != nil)
        #expect(error(#""measured""#, #""guessed""#) != nil)
        #expect(throws: CPUProfileError.noProfile) { try CPUProfile(decoding: Array("[]".utf8)) }
        #expect(throws: CPUProfileError.noProfile) { try CPUProfile(decoding: []) }
    }

    /// The manifest with a member's value changed, and the right checksum.
    private static func changing(_ member: String, _ value: String, in manifest: RecordingManifest) throws -> [UInt8] {
        let text = String(decoding: try manifest.encoded(), as: UTF8.self)
        let changed = text.replacing("\"\(member)\":\"\(value)\"", with: "\"\(member)\":\"nonsense\"")
        #expect(changed != text)
        var bytes = Array(changed.utf8)
        let place = 13..<29
        bytes.replaceSubrange(place, with: Array(repeating: UInt8(ascii: "0"), count: 16))
        let digits = String(XXH3.hash(bytes), radix: 16)
        bytes.replaceSubrange(place, with: (String(repeating: "0", count: 16 - digits.count) + digits).utf8)
        return bytes
    }

    @Test func theManifestHasThePin() throws {
        var manifest = try RecordingManifest.example()
        let old = try RecordingManifest(decoding: manifest.encoded())
        #expect(old.recordingCPU.pin == .none && old.recordingCPU.hostXCR0 == manifest.xcr0)
        #expect(!String(decoding: try manifest.encoded(), as: UTF8.self).contains("Pin"))

        let host = try Self.profile()
        // The example's CPU has no features at all; a level's CPU is put in its place.
        let level = CPULevel.native
        let pinned = try PinnedCPU(level: level, host: host.cpuid, xcr0: host.xcr0, layout: host.layout)
        manifest.setCPU(pinned, pin: CPUPin(xcr0: .kernel, cpuid: .software), host: host)
        manifest.pinLimits = [PinLimit(.unscanned, "a region"), PinLimit(.init(rawValue: "new"), "x")]
        let read = try RecordingManifest(decoding: manifest.encoded())
        #expect(read == manifest)
        #expect(read.cpuLevel == .native && read.pin == CPUPin(xcr0: .kernel, cpuid: .software))
        #expect(read.hostXCR0 == host.xcr0 && read.hostX87 == .all && read.hostMXCSRMask == 0xFFFF)
        let words = [("cpuLevel", "native"), ("xcr0Pin", "kernel"), ("cpuidPin", "software"), ("hostX87", "all")]
        for (member, value) in words {
            let error = #expect(throws: RecordingError.self) {
                try RecordingManifest(decoding: Self.changing(member, value, in: manifest))
            }
            #expect(error?.description.contains("none that this version knows") == true)
        }
        let recording = read.recordingCPU
        #expect(recording.identity == host.identity && recording.limits == manifest.pinLimits)
        #expect(PortabilityVerdict(recording: recording, machine: host).isSound)
    }
}
