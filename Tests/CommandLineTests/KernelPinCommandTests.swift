import FoundationEssentials
import TestSupport
import Testing
import TraceFormat
import Tracee
import XState

@testable import xrr

/// XCR0 pinned by the kernel (ARCH_SET_XCR0 of kernel-patch/), as the built tool has it and says it. Most kernels lack it;
/// `kernel-patch/end-to-end` tries the rest in virtual machines that have it.
@Suite struct KernelPinCommandTests {
    private static let machine = try? HostMachine.current()
    private static let pins = machine?.profile.pinsXCR0 == true
    /// At `avx2` less than this machine's XCR0 is pinned.
    private static let hasMore =
        machine.map { $0.profile.obstacle(to: .avx2) == nil && $0.layout.mask != CPULevel.avx2.xcr0 } == true

    private func with(_ name: String, _ body: (RecordedGuest, String) async throws -> Void) async throws {
        let source = "\(GuestProgram.directory)/\(name).c"
        let program = try GuestProgram(
            name: name, source: source, text: String(contentsOfFile: source, encoding: .utf8))
        let binary = try await program.compiled()
        let guest = try await RecordedGuest("empty", source: "int main(void) { return 0; }")
        defer { guest.sandbox.remove() }
        try await body(guest, try await guest.sandbox.copyProgram(binary, as: name))
    }

    private func pin(of recording: String, _ guest: RecordedGuest) async throws -> Substring? {
        try await guest.run("info", recording).output.split(separator: "\n").first { $0.hasPrefix("pinned to ") }
    }

    @Test func doctorSaysWhetherTheKernelHasItAndHowToGetIt() async throws {
        let guest = try await RecordedGuest("empty", source: "int main(void) { return 0; }")
        defer { guest.sandbox.remove() }
        let lines = try await guest.run("doctor").output.split(separator: "\n")
        let index = try #require(lines.firstIndex { $0.contains("ARCH_SET_XCR0") })
        if Self.pins {
            #expect(lines[index].hasPrefix("ok "))
        } else if lines[index].hasPrefix("missing ") {
            #expect(lines[index + 1].contains("kernel-patch/README.md"))
        } else {
            // Without XSAVE there is nothing to pin.
            #expect(lines[index].hasPrefix("info ") && lines[index].contains("no XSAVE"))
        }
    }

    @Test(.enabled(if: !pins)) func theKernelCannotBeForced() async throws {
        let guest = try await RecordedGuest("empty", source: "int main(void) { return 0; }")
        defer { guest.sandbox.remove() }
        let forced = try await guest.runShell("XRR_PIN=kernel exec \"$0\" record \"$1\"", guest.program)
        #expect(forced.ending == .exited(125) && forced.error.contains("xrr doctor"), "\(forced.error)")
        let wrong = try await guest.runShell("XRR_PIN=hardware exec \"$0\" record \"$1\"", guest.program)
        #expect(wrong.ending == .exited(125) && wrong.error.contains("automatic, kernel, software or none"))
        let software = try await guest.runShell("XRR_PIN=software exec \"$0\" record -o r \"$1\"", guest.program)
        #expect(software.ending == .exited(0) && software.error.isEmpty, "\(software.error)")
        #expect(try await pin(of: "r", guest)?.contains("XCR0 by software") == true)
    }

    /// Where the software pin gives up, the code sees the machine's XCR0, and the recording says so.
    @Test(.enabled(if: hasMore)) func theSoftwarePinGivesUpOnManyRegions() async throws {
        try await with("cpu_many_jit_regions") { guest, program in
            let recorded = try await guest.runShell(
                "XRR_PIN=software exec \"$0\" record --cpu avx2 -o r \"$1\"", program)
            #expect(recorded.ending == .exited(0), "\(recorded.error)")
            #expect(recorded.output.contains("round 0, region 0: XCR0 7\n"))
            #expect(!recorded.output.contains("round 299, region 0: XCR0 7\n"))
            #expect(recorded.error.contains("replays on the same CPU only"))
            let replayed = try await guest.run("replay", "-a", "r")
            #expect(replayed.ending == .exited(0) && replayed.output == recorded.output, "\(replayed.error)")
        }
    }

    @Test(.enabled(if: pins && hasMore)) func theKernelPinDoesNot() async throws {
        try await with("cpu_many_jit_regions") { guest, program in
            let recorded = try await guest.run("record", "--cpu", "avx2", "-o", "r", program)
            #expect(recorded.ending == .exited(0), "\(recorded.error)")
            let seen = recorded.output.split(separator: "\n").filter { $0.contains("XCR0") }
            #expect(!seen.isEmpty && seen.allSatisfy { $0.hasSuffix("XCR0 7") })
            let words = try #require(try await pin(of: "r", guest))
            #expect(words.contains("XCR0 by kernel") && words.contains("replays where XCR0 is 0x7 or the kernel can"))
            let replayed = try await guest.run("replay", "-a", "r")
            #expect(replayed.ending == .exited(0) && replayed.output == recorded.output, "\(replayed.error)")
            #expect(try await guest.run("cpu", "check", "r").ending == .exited(0))
        }
    }

    /// A recording that needs the kernel's pin, made here with a manifest that says so.
    @Test(.enabled(if: hasMore && !pins)) func aReplayWithoutTheKernelIsRefused() async throws {
        let guest = try await RecordedGuest("empty", source: "int main(void) { return 0; }")
        defer { guest.sandbox.remove() }
        let recorded = try await guest.run("record", "--cpu", "avx2", guest.program)
        #expect(recorded.ending == .exited(0), "\(recorded.error)")
        for (name, limits) in [("scanned", []), ("generated", [PinLimit(.unscannedPinned, "code")])] {
            try await guest.alter(
                "empty-0", to: name,
                manifest: { manifest in
                    manifest.pin.xcr0 = .kernel
                    manifest.pinLimits = limits
                }, { _ in })
        }
        #expect(try await guest.run("replay", "-a", "scanned").ending == .exited(0))
        let refused = try await guest.run("replay", "-a", "generated")
        #expect(refused.ending == .exited(5), "\(refused.error)")
        #expect(refused.error.contains("another XCR0") && refused.error.contains("kernel-patch/"), "\(refused.error)")
        // The same machine with the patched kernel would do.
        let script = """
            "$0" cpu dump | sed 's/"obtained"/"pinsXCR0":true,"obtained"/' > patched.json
            exec "$0" cpu check generated patched.json
            """
        let elsewhere = try await guest.runShell(script)
        #expect(elsewhere.ending == .exited(0), "\(elsewhere.output)\(elsewhere.error)")
    }
}
