import Glibc
import LinuxABI
import TestSupport
import Testing
import TraceFormat

@testable import xrr

/// What a program did not get because it was recorded is said, once for each kind, and nothing else is.
@Suite struct RefusalTextTests {
    @Test(arguments: Refusal.allCases) func eachKindHasItsWords(refusal: Refusal) {
        let line = RefusalText(RefusalNote(refusal, program: "/bin/\u{1b}x")).line
        #expect(line.hasPrefix("/bin/\\x1bx ") && line.contains(", because it was recorded"))
        #expect(!line.contains("\n"))
    }

    @Test func aNewerKindIsNamed() {
        #expect(RefusalText(RefusalNote(kind: "teleportation", program: "")).line.contains("teleportation"))
    }

    private static let source = """
        #define _GNU_SOURCE
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/prctl.h>
        #include <sys/ptrace.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        int main(int count, char **arguments) {
            for (int i = 1; i < count; i++) {
                char *what = arguments[i];
                char buffer[4096] = {0};
                long result = 0;
                if (!strcmp(what, "ptrace")) result = ptrace(PTRACE_TRACEME, 0, 0, 0);
                if (!strcmp(what, "syscall-user-dispatch")) result = prctl(59, 1, 0x1000, 0x1000, buffer);
                if (!strcmp(what, "io-uring")) result = syscall(SYS_io_uring_setup, 1, buffer);
                if (!strcmp(what, "aio")) { void *context = 0; result = syscall(SYS_io_setup, 1, &context); }
                if (!strcmp(what, "userfaultfd")) result = syscall(SYS_userfaultfd, 1);
                if (!strcmp(what, "perf-events")) result = syscall(SYS_perf_event_open, buffer, 0, -1, -1, 0);
                if (!strcmp(what, "bpf")) result = syscall(SYS_bpf, 0, buffer, 128);
                if (!strcmp(what, "protection-keys")) result = syscall(SYS_pkey_alloc, 0, 0);
                if (!strcmp(what, "modify-ldt")) result = syscall(SYS_modify_ldt, 0, buffer, 16);
                if (!strcmp(what, "io-ports")) result = syscall(SYS_iopl, 0);
                if (!strcmp(what, "set-mm")) result = prctl(PR_SET_MM, PR_SET_MM_BRK, 0, 0, 0);
                if (!strcmp(what, "mdwe")) result = prctl(65, 1, 0, 0, 0);
                if (!strcmp(what, "shadow-stack")) result = syscall(SYS_arch_prctl, 0x5001, 1);
                if (!strcmp(what, "secret-memory")) result = syscall(447, 0);
                printf("%s %ld\\n", what, result);
            }
        }
        """

    @Test func refusalsAreSaidOnce() async throws {
        let guest = try await RecordedGuest("refused", source: Self.source)
        defer { guest.sandbox.remove() }
        let kinds = [
            "ptrace", "syscall-user-dispatch", "io-uring", "aio", "userfaultfd", "perf-events", "bpf",
            "protection-keys",
            "modify-ldt", "io-ports", "set-mm", "mdwe", "shadow-stack", "secret-memory",
        ]
        for kind in kinds {
            let recorded = try await guest.run(
                "record", "--cpu", "native", "-o", guest.recordingPath(kind), guest.program, kind, kind)
            #expect(recorded.ending == .exited(0), "\(recorded.error)")
            #expect(recorded.output == "\(kind) -1\n\(kind) -1\n")
            let refusal = try #require(Refusal(rawValue: kind))
            let line = RefusalText(RefusalNote(refusal, program: guest.program)).line
            #expect(recorded.error == "xrr: \(line)\n")
            #expect(try await guest.run("info", guest.recordingPath(kind)).output.contains("\nrefused       \(line)\n"))
            let json = try await guest.run("info", "--json", guest.recordingPath(kind)).output
            #expect(json.contains("\"refusals\":[{\"kind\":\"\(kind)\",\"program\":\"\(guest.program)\""))
            let replayed = try await guest.run("replay", "-a", guest.recordingPath(kind))
            #expect(replayed.ending == .exited(0) && replayed.output == recorded.output && replayed.error.isEmpty)
        }
        let all = try await guest.runShell("\"$0\" record \"$@\"", guest.program, "ptrace", "bpf", "ptrace", "mdwe")
        #expect(all.lines.filter { !$0.isEmpty }.count == 3, "\(all.error)")
    }

    /// Ordinary programs are refused nothing that matters.
    @Test(arguments: [
        ["sh", "-c", "ls -l / | sort | tail -1; cat /proc/self/status > /dev/null"], ["python3", "-c", "print(1)"],
        ["bash", "-c", "for i in 1 2; do echo $i; done | cat"],
        ["git", "--version"], ["cc", "--version"], ["perl", "-e", "print 1"],
    ])
    func nothingIsSaidOfOrdinaryPrograms(words: [String]) async throws {
        let guest = try await RecordedGuest("ordinary", source: "int main(void) { return 0; }")
        defer { guest.sandbox.remove() }
        let script = "command -v \"$1\" > /dev/null || exit 0; \"$0\" record \"$@\" > /dev/null"
        let recorded = try await guest.runShell(script, words)
        #expect(recorded.ending == .exited(0), "\(recorded.error)")
        #expect(recorded.error.isEmpty, "\(recorded.error)")
    }

    /// Whether a set-user-id bit means anything where sandboxes are.
    private static let honoursSetUser: Bool = {
        var status = statvfs()
        return unsafe statvfs("/tmp", &status) == 0 && status.f_flag & UInt(ST_NOSUID) == 0
    }()

    /// execve(2): an ordinary user's tracer takes the privileges of the file away.
    @Test(.enabled(if: Environment.isRoot && honoursSetUser)) func lostPrivilegesAreSaid() async throws {
        let guest = try await RecordedGuest(
            "privileged",
            source: "#include <stdio.h>\n#include <unistd.h>\nint main(void) { printf(\"%d\", geteuid()); }")
        defer { guest.sandbox.remove() }
        let plain = try await guest.run("record", guest.program)
        #expect(plain.output == "\(Environment.nobody)" && plain.error.isEmpty, "\(plain.error)")
        unsafe chmod(guest.program, 0o4755)
        let recorded = try await guest.run("record", guest.program)
        #expect(recorded.ending == .exited(0) && recorded.output == "\(Environment.nobody)")
        let line = "xrr: \(RefusalText(RefusalNote(.privileges, program: guest.program)).line)\n"
        #expect(recorded.error == line)
        // However long the list of groups is in /proc/PID/status, which tells of it.
        #expect(try await guest.run(inGroups: 10_000..<13_000, "record", guest.program).error == line)
    }
}
