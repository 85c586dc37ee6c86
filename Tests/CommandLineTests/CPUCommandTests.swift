import FoundationEssentials
import Recorder
import SystemPackage
import TestSupport
import Testing
import TraceFormat
import Tracee
import XState

@testable import xrr

/// `xrr cpu` as the built tool has it.
@Suite struct CPUCommandTests {
    private struct Result {
        var ending: Command.Ending
        var output: String
        var error: String
    }

    private func xrr(_ words: [String], in sandbox: Sandbox) async throws -> Result {
        let command = Command(
            words: [Environment.tool, "cpu"] + words, environment: ["XRR_DIR": sandbox.path("home")],
            directory: sandbox.root, output: sandbox.path("out"), error: sandbox.path("err"))
        let ending = try await command.run()
        return Result(
            ending: ending, output: String(decoding: sandbox.bytes("out"), as: UTF8.self),
            error: String(decoding: sandbox.bytes("err"), as: UTF8.self))
    }

    private func with(_ body: (Sandbox) async throws -> Void) async throws {
        let sandbox = try Sandbox("cpu")
        defer { sandbox.remove() }
        try await body(sandbox)
    }

    /// A machine of a level, as a file.
    private func profile(
        _ name: String, _ vendor: String, _ level: String, _ mask: String, _ places: [(Int, Int, Int)],
        in sandbox: Sandbox
    ) throws -> String {
        let layout = places.map { #"{"component":\#($0.0),"offset":\#($0.1),"size":\#($0.2),"flags":0}"# }
        return try sandbox.write(
            """
            {"xrrCPUProfile":1,"identity":{"vendor":"\(vendor)","family":6,"model":1,"stepping":1,"brand":"\(name) <&>"},
            "isaLevel":"\(level)","xcr0":"\(mask)","layout":[\(layout.joined(separator: ","))],"x87":"all",
            "mxcsrMask":"0xffff"}
            """, to: "\(name).json")
    }

    private static let avx = (2, 576, 256)
    private static let intel = [avx, (5, 1088, 64), (6, 1152, 512), (7, 1664, 1024)]
    private static let amd = [avx, (5, 832, 64), (6, 896, 512), (7, 1408, 1024)]

    /// A recording of nothing on a machine.
    private func recording(
        of profile: String, at level: CPULevel, in sandbox: Sandbox, limits: [PinLimit] = []
    ) throws -> String {
        let host = try CPUProfile(decoding: Array(try Data(contentsOf: URL(filePath: profile))))
        let pinned = try PinnedCPU(level: level, host: host.cpuid, xcr0: host.xcr0, layout: host.layout)
        var manifest = RecordingManifest(
            producer: "test", commandLine: [Array("x".utf8)], environment: [], workingDirectory: [], userID: 0,
            cpu: host.identity, cpuid: pinned.cpuid, xcr0: pinned.xcr0, xstateLayout: pinned.layout,
            kernelRelease: "6", pageSize: 4096, pinnedCore: nil, stackLimit: 0, interceptorVersion: 0, startTime: 1)
        let isNative = level == .native
        manifest.setCPU(pinned, pin: CPUPin(xcr0: isNative ? .none : .software, cpuid: .software), host: host)
        let path = sandbox.path("recording-\(level.rawValue)-\(limits.count)")
        let writer = try RecordingWriter(creating: FilePath(path), manifest: manifest)
        try writer.finish(exitStatus: .init(waitStatus: 0), endTime: 2, limits: limits)
        return path
    }

    @Test func theHostIsShownAndDumped() async throws {
        try await with { sandbox in
            let shown = try await xrr(["show"], in: sandbox)
            #expect(shown.ending == .exited(0) && shown.error.isEmpty)
            for word in ["cpu ", "psABI level", "xcr0", "xsave area", "x87 pointers", "mxcsr mask", "levels", "  sse "]
            {
                #expect(shown.output.contains("\n" + word) || shown.output.hasPrefix(word), "\(word)")
            }
            let dumped = try await xrr(["dump"], in: sandbox)
            let profile = try CPUProfile(decoding: Array(dumped.output.utf8))
            #expect(profile.sources.xcr0 == .measured && profile.sources.mxcsrMask == .measured)
            #expect(!profile.cpuid.entries.isEmpty)
            // A profile, a text of `cpuid -r` made from it and the machine itself are shown alike.
            let file = try sandbox.write(dumped.output, to: "host.json")
            #expect(try await xrr(["show", file], in: sandbox).output == shown.output)
            #expect(try await xrr(["dump", file], in: sandbox).output == dumped.output)
            func digits(_ value: UInt32) -> String {
                let text = String(value, radix: 16)
                return "0x" + String(repeating: "0", count: 8 - text.count) + text
            }
            let lines = profile.cpuid.entries.map { entry in
                let words = entry.words
                return "   \(digits(entry.leaf)) 0x\(String(entry.subleaf, radix: 16)): eax=\(digits(words.eax)) "
                    + "ebx=\(digits(words.ebx)) ecx=\(digits(words.ecx)) edx=\(digits(words.edx))"
            }
            let text = try sandbox.write("CPU 0:\n" + lines.joined(separator: "\n") + "\n", to: "host.txt")
            let compared = try await xrr(["compare", "host", file, text], in: sandbox)
            #expect(compared.output.hasSuffix("all have the same instructions\n"))
            #expect(!compared.output.contains("!"))
        }
    }

    @Test func comparingShowsConflicts() async throws {
        try await with { sandbox in
            let a = try profile("ice", "GenuineIntel", "x86-64-v4", "0xe7", Self.intel, in: sandbox)
            let b = try profile("zen", "AuthenticAMD", "x86-64-v4", "0xe7", Self.amd, in: sandbox)
            let result = try await xrr(["compare", a, b, "--svg", "x.svg"], in: sandbox)
            #expect(result.ending == .exited(0) && result.error.isEmpty)
            let lines = result.output.split(separator: "\n")
            let opmask = try #require(lines.first { $0.contains("OPMASK") })
            #expect(opmask.hasPrefix("! ") && opmask.contains("1088+64") && opmask.contains("832+64"))
            #expect(try #require(lines.first { $0.contains("AVX ") }).hasPrefix("  "))
            let svg = String(decoding: sandbox.bytes("x.svg"), as: UTF8.self)
            #expect(svg.hasPrefix("<?xml") && svg.hasSuffix("</svg>\n"))
            #expect(svg.contains("url(#conflict)") && svg.contains("ice &lt;&amp;&gt;"))
            for element in ["title", "text", "svg", "defs", "pattern"] {
                let opened = svg.components(separatedBy: "<" + element).count
                #expect(opened > 1 && opened == svg.components(separatedBy: "</\(element)>").count, "\(element)")
            }
        }
    }

    @Test func baselines() async throws {
        try await with { sandbox in
            let ice = try profile("ice", "GenuineIntel", "x86-64-v4", "0xe7", Self.intel, in: sandbox)
            let zen = try profile("zen", "AuthenticAMD", "x86-64-v4", "0xe7", Self.amd, in: sandbox)
            let sandy = try profile("sandy", "GenuineIntel", "x86-64-v2", "0x7", [Self.avx], in: sandbox)
            let result = try await xrr(["baseline", ice, zen, "-o", "common.json"], in: sandbox)
            #expect(result.ending == .exited(0))
            #expect(result.output.contains("record   xrr record --cpu avx2 PROGRAM\n"))
            #expect(result.output.contains("xrr record --cpu common.json PROGRAM"))
            #expect(result.output.contains("OPMASK state") && result.output.contains("AVX512F"))
            let common = try CPUProfile(decoding: sandbox.bytes("common.json"))
            #expect(common.xcr0 == [.legacy, .avx] && common.obstacle(to: .avx2) == nil)
            #expect(try await xrr(["baseline", ice, sandy], in: sandbox).output.contains("--cpu avx PROGRAM"))
            #expect(try await xrr(["baseline", ice], in: sandbox).output.contains("--cpu avx512-intel PROGRAM"))
            let old = try profile("old", "GenuineIntel", "x86-64-v1", "0x3", [], in: sandbox)
            let none = try await xrr(["baseline", ice, old], in: sandbox)
            #expect(none.ending == .exited(5))
            #expect(none.error.contains("SSE4.2") && none.error.contains("old"))
        }
    }

    /// Of `xrr record --cpu`: what is no level has to be a file, and the machine has to have what is in it.
    @Test func profilesToRecordAt() async throws {
        try await with { sandbox in
            #expect(throws: (any Error).self) { try CPUChoice(level: "avx3", mask: nil) }
            #expect(try CPUChoice(level: "avx2", mask: "0x3").level == .avx2)
            let file = try profile("sse", "GenuineIntel", "x86-64-v2", "0x3", [], in: sandbox)
            let choice = try CPUChoice(level: file, mask: nil)
            #expect(choice.level == nil && choice.profile == file)
            let machine = try HostMachine.current()
            let pinned = try choice.pin(on: machine).cpu
            #expect(pinned.level == nil && pinned.xcr0 == .legacy && pinned.cpuid.has(CPUIDBit(.features1C, bit: 20)))
            #expect(!pinned.cpuid.has(.osxsave) && !pinned.cpuid.has(CPUIDBit(.features1C, bit: 25)))
            // No machine has AVX there.
            let odd = try profile(
                "odd", "GenuineIntel", "x86-64-v4", "0xe7", Self.intel.map { ($0.0, $0.1 + 4096, $0.2) }, in: sandbox)
            let error = #expect(throws: CommandError.self) { try CPUChoice(level: odd, mask: nil).pin(on: machine) }
            #expect(error?.status == .recorderFailed && error?.message.contains("odd.json") == true)
        }
    }

    @Test func checking() async throws {
        try await with { sandbox in
            let ice = try profile("ice", "GenuineIntel", "x86-64-v4", "0xe7", Self.intel, in: sandbox)
            let zen = try profile("zen", "AuthenticAMD", "x86-64-v4", "0xe7", Self.amd, in: sandbox)
            let sandy = try profile("sandy", "GenuineIntel", "x86-64-v2", "0x7", [Self.avx], in: sandbox)
            let avx2 = try recording(of: ice, at: .avx2, in: sandbox)
            let yes = try await xrr(["check", avx2, zen], in: sandbox)
            #expect(yes.ending == .exited(0))
            #expect(yes.output.hasPrefix("yes: recording-avx2-0 replays on "))
            #expect(yes.output.contains("warning: AuthenticAMD CPUs compute rcpps"))
            let no = try await xrr(["check", avx2, sandy], in: sandbox)
            #expect(no.ending == .exited(5) && no.error.isEmpty)
            #expect(no.output.contains("CPUID 7.EBX[5] AVX2"))
            #expect(no.output.hasSuffix("'xrr record --cpu avx' records for both CPUs\n"))
            let native = try await xrr(["check", try recording(of: ice, at: .native, in: sandbox), zen], in: sandbox)
            #expect(native.ending == .exited(5))
            #expect(native.output.contains("OPMASK is at 832 (64 bytes) of XSAVE areas on the machine, not at 1088"))
            #expect(native.output.contains("--cpu avx2'"))
            let tied = try recording(of: ice, at: .avx2, in: sandbox, limits: [PinLimit(.unscanned, "code at 0x1000")])
            #expect(try await xrr(["check", tied, ice], in: sandbox).ending == .exited(0))
            let elsewhere = try await xrr(["check", tied, zen], in: sandbox)
            #expect(elsewhere.ending == .exited(5))
            #expect(elsewhere.output.contains("same CPU only: not all instructions of code at 0x1000 could be found"))
            // A recording stands for the CPU that its program saw.
            #expect(try await xrr(["baseline", avx2], in: sandbox).output.contains("--cpu avx2 PROGRAM"))
        }
    }

    @Test(
        arguments: [
            (["compare", "host"], 64), (["check"], 64), (["baseline"], 64), (["show", "a", "b"], 64), (["frob"], 64),
            (["show", "/no/such"], 4), (["check", "no-such"], 4), (["show", "/etc/passwd"], 4), (["show", "/"], 4),
            (["show", "bad.json"], 4), (["check", "good.json"], 64), (["pairs", "good.json"], 4),
            (["compare", "good.json", "good.json", "--svg", "/no/such/x.svg"], 1),
            (["baseline", "good.json", "-o", "/no/such/x"], 1),
        ] as [([String], Int32)])
    func mistakesAreSaid(words: [String], status: Int32) async throws {
        try await with { sandbox in
            _ = try sandbox.write(#"{"xrrCPUProfile":1}"#, to: "bad.json")
            _ = try profile("good", "GenuineIntel", "x86-64-v3", "0x7", [Self.avx], in: sandbox)
            let result = try await xrr(words, in: sandbox)
            #expect(result.ending == .exited(status))
            #expect(!result.error.isEmpty && result.output.isEmpty)
        }
    }
}
