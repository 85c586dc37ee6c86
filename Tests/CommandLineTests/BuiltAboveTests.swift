import FoundationEssentials
import TestSupport
import Testing

/// Programs that are built for more than the level they are recorded at.
@Suite struct BuiltAboveTests {
    private static let hasAVX =
        (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8).split(whereSeparator: \.isWhitespace)
            .contains("avx")) ?? false

    /// The register is cleared in the end, so that only the instruction itself can be noticed.
    private func program(executes: Bool) -> String {
        """
        #include <stdio.h>
        __attribute__((noinline, target("avx"))) static float sum(const float *a) {
            float v[8];
            __asm__ volatile("vmovups (%1),%%ymm0; vaddps %%ymm0,%%ymm0,%%ymm0; vmovups %%ymm0,%0; vzeroall"
                             : "=m"(v) : "r"(a) : "xmm0");
            return v[0] + v[7];
        }
        int main(int count, char **arguments) {
            (void)arguments;
            float a[8] = {1, 2, 3, 4, 5, 6, 7, 8};
            if (count > \(executes ? 0 : 1)) for (int i = 0; i < 3; i++) printf("%g\\n", sum(a));
            return 0;
        }
        """
    }

    @Test(.enabled(if: hasAVX)) func whatIsExecutedIsNamed() async throws {
        let guest = try await RecordedGuest("above", source: program(executes: true))
        defer { guest.sandbox.remove() }
        let recorded = try await guest.run("record", "--cpu", "sse", "-o", "r", guest.program)
        #expect(recorded.ending == .exited(0) && recorded.output == "18\n18\n18\n", "\(recorded.error)")
        #expect(recorded.error.contains("replays on the same CPU only"), "\(recorded.error)")
        #expect(recorded.error.contains("AVX in \(guest.program)"), "\(recorded.error)")
        let replayed = try await guest.run("replay", "-a", "r")
        #expect(replayed.ending == .exited(0) && replayed.output == recorded.output, "\(replayed.error)")
        #expect(try await guest.run("info", "r").output.contains("AVX in \(guest.program)"))
    }

    @Test func whatIsNotExecutedIsNot() async throws {
        let guest = try await RecordedGuest("not-above", source: program(executes: false))
        defer { guest.sandbox.remove() }
        let recorded = try await guest.run("record", "--cpu", "sse", "-o", "r", guest.program)
        #expect(recorded.ending == .exited(0) && recorded.error.isEmpty, "\(recorded.error)")
    }

    @Test(.enabled(if: hasAVX)) func whatTheLevelHasIsFine() async throws {
        let guest = try await RecordedGuest("at-level", source: program(executes: true))
        defer { guest.sandbox.remove() }
        let recorded = try await guest.run("record", "--cpu", "avx", "-o", "r", guest.program)
        #expect(recorded.ending == .exited(0) && recorded.error.isEmpty, "\(recorded.error)")
    }
}
