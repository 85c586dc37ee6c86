import LinuxABI
import Replayer
import TestSupport
import Testing
import TraceFormat
import XState

@testable import xrr

/// Recordings of other CPUs: made here, with manifests that say so.
@Suite struct ElsewhereTests {
    private static let source = """
        #include <unistd.h>
        __attribute__((noinline)) static void approximate(float *x) {
            __asm__ volatile("rcpps (%0), %%xmm1; movups %%xmm1, (%0)" :: "r"(x) : "xmm1", "memory");
        }
        __attribute__((noinline)) static double sine(double x) { __asm__("fsin" : "+t"(x)); return x; }
        static unsigned long multiply(unsigned long x) {
            unsigned long high;
            __asm__ volatile("mulq %2" : "=d"(high), "+a"(x) : "r"(x));
            return high;
        }
        int main(void) {
            static _Alignas(16) float x[4] = {1, 2, 3, 4};
            approximate(x);
            unsigned long high = multiply((unsigned long)getpid() << 40);
            write(1, "done\\n", 5);
            return sine(x[0]) > 2 || high > 1UL << 60;
        }
        """

    private func recorded(_ name: String, _ options: String...) async throws -> RecordedGuest {
        let guest = try await RecordedGuest(name, source: Self.source)
        let outcome = try await guest.runShell(
            "exec \"$0\" record \(options.joined(separator: " ")) \"$1\"", guest.program)
        #expect(outcome.ending == .exited(0), "\(outcome.error)")
        return guest
    }

    /// Makes the machine that recorded one of the other vendor's.
    private static func moveToOtherVendor(_ manifest: inout RecordingManifest) {
        manifest.cpu.vendor = manifest.cpu.isAMDFamily ? "GenuineIntel" : "AuthenticAMD"
        manifest.cpu.brand = "Another"
    }

    /// The flags that its instructions leave undefined there are others.
    @Test func aPinnedRecordingOfAnotherCPUReplaysAndWarns() async throws {
        let guest = try await recorded("elsewhere")
        defer { guest.sandbox.remove() }
        let changes = try await guest.alter("elsewhere-0", to: "other", manifest: Self.moveToOtherVendor) { frame in
            if frame.event.isSystemCallEntry { frame.before.eflags ^= 0x8D5 }
        }
        #expect(changes > 10)
        let outcome = try await guest.run("replay", "-a", "other")
        #expect(outcome.ending == .exited(0), "\(outcome.error)")
        #expect(outcome.output == "done\n")
        let line = outcome.lines.first { $0.contains("/elsewhere: ") }
        #expect(line?.contains("rcpps at 0x") == true && line?.contains("(approximate+0x") == true, "\(outcome.error)")
        #expect(line?.contains("fsin at 0x") == true && line?.contains("(sine+0x") == true)
        #expect(outcome.lines.dropLast().allSatisfy { $0.hasPrefix("xrr: ") })
        // Here the vendor is the same, and every flag counts.
        try await guest.alter("elsewhere-0", to: "same") { frame in
            if frame.event.isSystemCallEntry { frame.before.eflags ^= 0x8D5 }
        }
        let same = try await guest.run("replay", "-a", "same")
        #expect(same.ending == .exited(3) && !same.error.contains("rcpps"))
    }

    @Test func aRecordingThatSawItsOwnCPUIsRefused() async throws {
        let guest = try await recorded("native", "--cpu", "native")
        defer { guest.sandbox.remove() }
        // XOP, FMA4 and TBM: no CPU has them together with what a machine of today has.
        func moveToRicherCPU(_ manifest: inout RecordingManifest) {
            Self.moveToOtherVendor(&manifest)
            var entries = manifest.cpuid.entries
            for index in entries.indices where entries[index].leaf == 0x8000_0001 {
                entries[index].words.ecx |= 1 << 11 | 1 << 16 | 1 << 21
            }
            manifest.cpuid = CPUIDTable(entries: entries)
        }
        try await guest.alter("native-0", to: "other", manifest: moveToRicherCPU) { _ in }
        let outcome = try await guest.run("replay", "-a", "other")
        #expect(outcome.ending == .exited(5))
        #expect(outcome.output.isEmpty)
        #expect(outcome.error.hasPrefix("xrr: this machine cannot replay the recording soundly:\nxrr:   "))
        #expect(outcome.error.contains("Another") && outcome.error.contains("--cpu "), "\(outcome.error)")
        #expect(outcome.error.contains("CPUID 80000001.ECX[11] XOP"), "\(outcome.error)")
        #expect(try await guest.run("replay", "-a", "native-0").ending == .exited(0))
    }

    /// With the same XCR0, layout and features.
    @Test func aRecordingThatSawItsOwnCPUIsRefusedOnAnotherModel() async throws {
        let guest = try await recorded("model", "--cpu", "native")
        defer { guest.sandbox.remove() }
        func moveToOtherStepping(_ manifest: inout RecordingManifest) { manifest.cpu.stepping += 1 }
        try await guest.alter("model-0", to: "other", manifest: moveToOtherStepping) { _ in }
        for words in [["replay", "-a", "other"], ["cpu", "check", "other"]] {
            let outcome = try await guest.runShell("exec \"$0\" \(words.joined(separator: " "))")
            #expect(outcome.ending == .exited(5))
            let text = outcome.output + outcome.error
            let reasons = text.split(separator: "\n").filter { $0.contains("depends on its model: recorded on ") }
            #expect(reasons.count == 1 && text.contains("--cpu "), "\(text)")
        }
    }

    @Test func componentsThatAreMissingHereAreNamed() async throws {
        let guest = try await recorded("missing")
        defer { guest.sandbox.remove() }
        func addTiles(_ manifest: inout RecordingManifest) throws {
            let layout = manifest.xstateLayout
            manifest.xstateLayout = try XStateLayout(
                mask: layout.mask.union(.amx),
                locations: layout.locations + [
                    .init(type: 17, size: 64, offset: 2752, flags: 2),
                    .init(type: 18, size: 8192, offset: 2816, flags: 6),
                ])
            manifest.xcr0 = manifest.xstateLayout.mask
        }
        try await guest.alter("missing-0", to: "other", manifest: addTiles) { _ in }
        let outcome = try await guest.run("replay", "-a", "other")
        #expect(outcome.ending == .exited(5))
        #expect(outcome.error.contains("XTILEDATA"), "\(outcome.error)")
    }
}
