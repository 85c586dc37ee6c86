import TestSupport
import Testing

/// `int $0x80` of a 64-bit program: made as natively, and the recording ends there by name.
@Suite struct ForeignCallTests {
    private static let source = """
        #include <stdio.h>
        #include <sys/wait.h>
        #include <unistd.h>
        static int call(int number, unsigned b) {
            int result;
            __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(b), "c"(0), "d"(0) : "memory", "r8", "r9", "r10", "r11");
            return result;
        }
        int main(void) {
            printf("getpid %d\\n", call(20, 0) == getpid());
            int child = call(2, 0);
            if (child == 0) call(1, 7);
            int status;
            printf("waited %d", waitpid(child, &status, 0) == child);
            printf(", status %d\\n", WEXITSTATUS(status));
            return 5;
        }
        """

    @Test func areNamed() async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("foreign")
            defer { trial.remove() }
            let program = "\(trial.home)/program"
            let source = try trial.sandbox.write(Self.source, to: "program.c")
            let compiled = try await trial.run(["cc", "-w", "-o", program, source])
            #expect(compiled.ending == .exited(0), "\(compiled)")
            let native = try await trial.run([program])
            let recorded = try await trial.run([trial.tool, "record", "-o", trial.recording, program])
            #expect(recorded.output == native.output, "\(recorded)\n\(native)")
            if native.ending == .exited(5) {
                #expect(recorded.ending == .exited(125) && recorded.notices.count == 1, "\(recorded)")
                #expect(recorded.error.contains("int $0x80"), "\(recorded)")
            }
        }
    }
}
