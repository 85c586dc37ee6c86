import FoundationEssentials
import Glibc
import LinuxABI
import TestSupport
import Testing
import TraceFormat

@testable import xrr

/// What commands print is compared with what is known in another way: by what the recorded program said of itself, by the
/// kernel, or by another command.
@Suite struct CommandTruthTests {
    /// Says who it and its children are, with their parents; ends with 3.
    private static let source = """
        #define _GNU_SOURCE
        #include <pthread.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <sys/wait.h>
        #include <unistd.h>
        static char *self;
        static void *executes(void *argument) { execl(self, self, "leaf", "from a thread", NULL); return argument; }
        static void *waits(void *argument) { pause(); return argument; }
        static void tell(const char *what) {
            printf("%s %d %d %d\\n", what, getpid(), getppid(), (int)syscall(SYS_gettid));
            fflush(stdout);
        }
        static void wait_all(void) { while (wait(NULL) > 0) {} }
        int main(int count, char **arguments) {
            self = arguments[0];
            if (count > 1 && !strcmp(arguments[1], "leaf")) { tell("leaf"); return 7; }
            tell("first");
            if (fork() == 0) { tell("forked"); _exit(5); }
            wait_all();
            if (fork() == 0) { tell("killed"); kill(getpid(), SIGTERM); pause(); }
            wait_all();
            if (fork() == 0) {
                tell("middle");
                if (fork() == 0) execl(self, self, "leaf", "it's \\\\", NULL);
                wait_all();
                _exit(0);
            }
            wait_all();
            if (fork() == 0) {
                tell("threads");
                pthread_t one, other;
                pthread_create(&one, NULL, waits, NULL);
                pthread_create(&other, NULL, executes, NULL);
                pthread_join(other, NULL);
            }
            wait_all();
            write(1, "bytes\\n", 6);
            return 3;
        }
        """

    private struct Told: Hashable {
        var what: String
        var process: Int
        var parent: Int
    }

    private func told(_ output: String) -> [Told] {
        output.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 4, let process = Int(words[1]), let parent = Int(words[2]) else { return nil }
            return Told(what: String(words[0]), process: process, parent: parent)
        }
    }

    /// A line of `xrr ps --json`.
    private struct Process: Decodable {
        var pid: Int
        var ppid: Int?
        var exitCode: Int?
        var signal: Int?
        var arguments: [String]?
    }

    private func objects<T: Decodable>(_ text: String) throws -> [T] {
        try text.split(separator: "\n").map { try JSONDecoder().decode(T.self, from: Data($0.utf8)) }
    }

    private func with(_ body: (RecordedGuest, RecordedGuest.Outcome) async throws -> Void) async throws {
        let guest = try await RecordedGuest("family", source: Self.source)
        defer { guest.sandbox.remove() }
        let recorded = try await guest.run("record", guest.program, "an argument", "")
        #expect(recorded.ending == .exited(3), "\(recorded.error)")
        try await body(guest, recorded)
    }

    @Test func processesAreThoseThatTheProgramTellsOf() async throws {
        try await with { guest, recorded in
            let told = told(recorded.output)
            #expect(told.map(\.what) == ["first", "forked", "killed", "middle", "leaf", "threads", "leaf"])
            let shown: [Process] = try objects(try await guest.run("ps", "--json").output)
            // The thread that executes a program goes on as its process.
            let processes = told.dropLast()
            #expect(shown.map(\.pid) == processes.map(\.process))
            #expect(shown.map(\.ppid) == [nil] + processes.dropFirst().map(\.parent))
            #expect(shown.map(\.exitCode) == [3, 5, nil, 0, 7, 7])
            #expect(shown.map(\.signal) == [nil, nil, 15, nil, nil, nil])
            let program = guest.program
            #expect(
                shown.map(\.arguments) == [
                    [program, "an argument", ""], nil, nil, nil, [program, "leaf", "it's \\"],
                    [program, "leaf", "from a thread"],
                ])
            #expect(told.last?.process == shown.last?.pid && told.last?.parent == shown[0].pid)

            let lines = try await guest.run("ps").output.split(separator: "\n")
            #expect(lines[0].split(separator: " ") == ["PID", "PPID", "END", "COMMAND"])
            let ends = ["3", "5", "SIGTERM", "0", "7", "7"]
            for (line, (process, end)) in zip(lines.dropFirst(), zip(shown, ends)) {
                let words = line.split(separator: " ").map(String.init)
                #expect(words[0] == "\(process.pid)" && words[1] == process.ppid.map(String.init) ?? "-")
                #expect(words[2] == end, "\(line)")
            }
            #expect(lines.count == 7)
            #expect(lines[1].hasSuffix("  \(program) 'an argument' ''") && lines[2].hasSuffix(" (forked)"))
            #expect(lines[5].hasSuffix("    \(program) leaf 'it'\\''s \\'"), "two below the first")
        }
    }

    @Test func infoIsWhatWasRun() async throws {
        try await with { guest, _ in
            struct Info: Decodable {
                struct File: Decodable { var path: String }
                var directory: String
                var store: String
                var command: [String]
                var workingDirectory: String
                var userID: UInt32
                var environment: [String]
                var finished: Bool
                var exitCode: Int?
                var frames: Int
                var startTime: UInt64
                var kernel: String
                var pageSize: Int
                var mappedFiles: [File]
            }
            let all: [Info] = try objects(try await guest.run("info", "--json").output)
            let info = try #require(all.first)
            #expect(info.command == [guest.program, "an argument", ""])
            #expect(info.directory == guest.recordingPath("family-0") && info.store == guest.recordingPath("store"))
            #expect(info.workingDirectory == guest.recordingPath("").dropLast())
            #expect(info.userID == (Environment.isRoot ? Environment.nobody : getuid()))
            #expect(info.environment.contains("XRR_DIR=\(info.workingDirectory)"))
            #expect(info.finished && info.exitCode == 3 && info.pageSize == getpagesize())
            #expect(info.frames == (try await guest.run("dump").output.split(separator: "\n").count))
            #expect(abs(Int64(info.startTime / 1_000_000_000) - Int64(time(nil))) < 600)
            #expect(
                info.kernel
                    == String(
                        decoding: try Data(contentsOf: URL(filePath: "/proc/sys/kernel/osrelease")).dropLast(),
                        as: UTF8.self))
            #expect(info.mappedFiles.contains { $0.path == guest.program })
            let lines = try await guest.run("info").output
            #expect(lines.contains("\ncommand       \(guest.program) 'an argument' ''\n"))
            #expect(
                lines.contains("\nend           exited with 3\n") && lines.contains("\nframes        \(info.frames)\n"))
        }
    }

    @Test func listsAreWhatIsThere() async throws {
        try await with { guest, _ in
            struct Listed: Decodable {
                var name: String
                var latest: Bool
                var frames: Int
                var finished: Bool
                var exitStatus: Int?
                var command: [String]
            }
            let killed = try await guest.run("record", "sh", "-c", "kill -9 $$")
            #expect(killed.ending == .exited(137), "\(killed.error)")
            let listed: [Listed] = try objects(try await guest.run("ls", "--json").output)
            let names = try FileManager.default.contentsOfDirectory(atPath: guest.recordingPath("")).sorted()
            #expect(names == ["family-0", "latest", "sh-0", "store"])
            #expect(listed.map(\.name) == ["family-0", "sh-0"] && listed.map(\.latest) == [false, true])
            #expect(listed.map(\.exitStatus) == [3, 137] && listed.allSatisfy(\.finished))
            #expect(listed[1].command == ["sh", "-c", "kill -9 $$"])
            for one in listed {
                #expect(one.frames == (try await guest.run("dump", one.name).output.split(separator: "\n").count))
            }
            let lines = try await guest.run("ls").output.split(separator: "\n")
            #expect(lines.count == 2 && lines[0].hasPrefix("  family-0 ") && lines[1].hasPrefix("* sh-0 "))
            #expect(lines[1].hasSuffix("killed by SIGKILL  sh -c 'kill -9 $$'"))

            // What is removed is gone, and no more than that.
            #expect(try await guest.run("rm", "sh-0").ending == .exited(0))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: guest.recordingPath("")).sorted() == [
                    "family-0", "store",
                ])
            #expect(try await guest.run("replay", "-a", "family-0").ending == .exited(0))
            #expect(try await guest.run("rm", "family-0", "misspelt").ending == .exited(1))
            #expect(try await guest.run("rm", "family-0").ending == .exited(0))
            let left = try FileManager.default.subpathsOfDirectory(atPath: guest.recordingPath("store"))
            #expect(left.allSatisfy { $0.split(separator: "/").count < 3 }, "\(left)")
        }
    }

    @Test func dumpsShowWhatTheProgramDid() async throws {
        try await with { guest, recorded in
            struct Frame: Decodable {
                var frame: Int
                var thread: Int
                var event: String
                var name: String?
                var result: Int?
                var registers: [String: String]?
            }
            let told = told(recorded.output)
            let frames: [Frame] = try objects(try await guest.run("dump", "--json").output)
            #expect(frames.map(\.frame) == Array(frames.indices))
            let calls = frames.filter { $0.name == "getpid" }
            #expect(Set(calls.compactMap(\.result)).isSuperset(of: told.map(\.process)))
            // The last line that is written is "bytes".
            let write = try #require(frames.last { $0.name == "write" })
            #expect(write.result == 6 && write.thread == told[0].process)
            let line = try await guest.run("dump", "--event", "\(write.frame)").output
            #expect(
                line.hasPrefix("\(write.frame) [\(write.thread)] write(0x1, ") && line.contains(", 0x6, ")
                    && line.contains(" = 0x6"))
            let some = try await guest.run("dump", "--event", "3..7").output.split(separator: "\n")
            #expect(some.map { $0.split(separator: " ")[0] } == ["3", "4", "5", "6", "7"])
            let rest = try await guest.run("dump", "--event", "\(frames.count - 2)..").output.split(separator: "\n")
            #expect(rest.count == 2)
            let ofThread: [Frame] = try objects(
                try await guest.run("dump", "--json", "--thread", "\(told[1].process)").output)
            #expect(!ofThread.isEmpty && ofThread.allSatisfy { $0.thread == told[1].process })
            #expect(ofThread.map(\.frame) == frames.filter { $0.thread == told[1].process }.map(\.frame))
            let detailed: [Frame] = try objects(
                try await guest.run("dump", "--json", "--registers", "--event", "\(write.frame)").output)
            #expect(detailed[0].registers?["rdx"] == "0x6" && detailed[0].registers?["rdi"] == "0x1")
            let shown = try await guest.run("dump", "--registers", "--xstate", "--event", "\(write.frame)").output
            #expect(shown.contains(" rdx=0x6") && shown.contains("\n    mxcsr="))
            #expect(try await guest.run("dump", "--event", "\(frames.count)").ending == .exited(1))
        }
    }

    @Test func comparisonsFindWhatDiffers() async throws {
        try await with { guest, _ in
            let same = try await guest.run("compare", "family-0", "family-0")
            #expect(same.ending == .exited(0) && same.output.isEmpty)
            let registers = guest.recordingPath("registers")
            let replayed = try await guest.run("replay", "-a", "--quiet", "--dump-registers", registers)
            #expect(replayed.ending == .exited(0) && replayed.output.isEmpty, "\(replayed.error)")
            #expect(try await guest.run("compare", "family-0", registers).ending == .exited(0))
            var number = -1
            let changed = try await guest.alter("family-0", to: "family-1") { frame in
                number += 1
                if number == 9 { frame.before.rbx ^= 0x10 }
            }
            #expect(changed == 1)
            let differs = try await guest.run("compare", "family-0", "family-1")
            #expect(differs.ending == .exited(1))
            #expect(differs.output.contains("event 9, ") && differs.output.contains("\n  rbx\n"))
            #expect(differs.output.hasSuffix("events differ: registers in 1\n"))
            #expect(try await guest.run("compare", "family-0", "family-1", "--event", "10..").ending == .exited(0))
            struct Difference: Decodable {
                var frame: Int
                var name: String
                var component: String
            }
            let found: [Difference] = try objects(
                try await guest.run("compare", "--json", "family-0", "family-1").output)
            #expect(
                found.count == 1 && found[0].frame == 9 && found[0].name == "rbx" && found[0].component == "registers")
            #expect(try await guest.run("compare", "family-0", "none").ending == .exited(2))
        }
    }

    @Test func theMachineIsThisOne() async throws {
        let guest = try await RecordedGuest("machine", source: "int main(void) { return 0; }")
        defer { guest.sandbox.remove() }
        let text = String(decoding: try Data(contentsOf: URL(filePath: "/proc/cpuinfo")), as: UTF8.self)
        func fact(_ name: String) -> Substring? {
            text.split(separator: "\n").first { $0.hasPrefix(name) }?.split(separator: ":").last.map { $0.dropFirst() }
        }
        let vendor = try #require(fact("vendor_id"))
        let family = try #require(fact("cpu family"))
        let shown = try await guest.run("cpu", "show")
        #expect(shown.ending == .exited(0) && shown.output.contains(vendor) && shown.output.contains(family))
        let dump = try await guest.run("cpu", "dump")
        struct Profile: Decodable {
            struct Identity: Decodable {
                var vendor: String
                var family: Int
            }
            var identity: Identity
        }
        let profiles: [Profile] = try objects(dump.output)
        let profile = try #require(profiles.first)
        #expect(profile.identity.vendor == vendor && "\(profile.identity.family)" == family)

        let file = try guest.sandbox.write(dump.output, to: "here.json")
        let drawing = guest.recordingPath("layouts.svg")
        let compared = try await guest.run("cpu", "compare", "host", file, "--svg", drawing)
        #expect(compared.ending == .exited(0) && !compared.output.contains("! "), "\(compared.output)")
        #expect(
            String(decoding: FileManager.default.contents(atPath: drawing) ?? Data(), as: UTF8.self).contains("<svg"))
        let common = guest.recordingPath("common.json")
        let baseline = try await guest.run("cpu", "baseline", "host", file, "-o", common)
        #expect(baseline.ending == .exited(0), "\(baseline.error)")
        let recorded = try await guest.run("record", "--cpu", common, guest.program)
        #expect(recorded.ending == .exited(0), "\(recorded.error)")
        let checked = try await guest.run("cpu", "check", "machine-0")
        #expect(checked.ending == .exited(0) && checked.output.hasPrefix("yes: machine-0 replays on "))
        #expect(try await guest.run("replay", "-a", "machine-0").ending == .exited(0))

        let doctor = try await guest.run("doctor")
        #expect(doctor.ending == .exited(0), "a recording was just made")
        let release = String(
            decoding: try Data(contentsOf: URL(filePath: "/proc/sys/kernel/osrelease")).dropLast(), as: UTF8.self)
        #expect(doctor.output.contains("kernel: \(release)\n") && doctor.output.hasSuffix("\nrecording works here\n"))
        struct Finding: Decodable {
            var name: String
            var state: String
            var needed: Bool
        }
        let findings: [Finding] = try objects(try await guest.run("doctor", "--json").output)
        #expect(findings.allSatisfy { !$0.needed || $0.state == "ok" })
        #expect(findings.contains { $0.name == "ptrace" && $0.needed })
    }

    /// What each option of `xrr record` is said to do, as the program sees it.
    @Test func recordDoesWhatItsPageSays() async throws {
        let guest = try await RecordedGuest(
            "options",
            source: """
                #include <stdio.h>
                #include <stdlib.h>
                #include <unistd.h>
                #include <cpuid.h>
                int main(int count, char **arguments) {
                    unsigned a, b, c, d, low = 0;
                    __cpuid(1, a, b, c, d);
                    if (c >> 27 & 1) __asm__ volatile("xgetbv" : "=a"(low), "=d"(d) : "c"(0));
                    printf("%s %x %d\\n", getenv("X") ? getenv("X") : "-", low, c >> 28 & 1);
                    fflush(stdout);
                    if (count > 1 && fork() == 0) { close(1); sleep(atoi(arguments[1])); return 0; }
                    return count > 1 ? 9 : 0;
                }
                """)
        defer { guest.sandbox.remove() }
        func record(_ options: String..., arguments: [String] = []) async throws -> RecordedGuest.Outcome {
            try await guest.runShell("\"$0\" record \"$@\"", options + ["--", guest.program] + arguments)
        }
        #expect(try await record("-v", "X=1", "--env", "X=two words").output.hasPrefix("two words "))
        #expect(try await record("--cpu", "sse").output == "- 0 0\n")
        #expect(try await record("--xcr0", "0x3").output == "- 0 0\n")
        let out = guest.recordingPath("chosen")
        #expect(try await record("-o", out).ending == .exited(0))
        #expect(try FileManager.default.contentsOfDirectory(atPath: out).contains("store"))
        #expect(try await record("--output", out).ending == .exited(125), "it is not empty")
        let started = ContinuousClock.now
        #expect(try await record("--no-wait", arguments: ["60"]).ending == .exited(9))
        #expect(ContinuousClock.now - started < .seconds(30))
        #expect(try await record("--slice", "1ms").ending == .exited(0))
        #expect(try await record("--slice", "1h").ending == .exited(64))
        #expect(try await record("--chaos=17").ending == .exited(0))
        #expect(try await guest.run("info").output.contains("\nscheduling    chaotic, seed 17\n"))
        let failed = try await record("--until-fails", "3", arguments: ["0"])
        #expect(failed.ending == .exited(9) && failed.error.contains("run 1 of 3 failed"))
        let never = try await record("--until-fails", "2")
        #expect(never.ending == .exited(0) && never.error.contains("none of 2 runs failed"))
        #expect(never.output.split(separator: "\n").count == 2)
        let logged = try await record("--log", "debug")
        #expect(logged.ending == .exited(0))
        let replayLogged = try await guest.run("replay", "--autoplay", "--log", "session=trace", "latest")
        #expect(replayLogged.ending == .exited(0) && replayLogged.error.contains("[replayer.session] event 0 "))
        #expect(try await guest.run("record", "/no/such/program").ending == .exited(127))
        #expect(try await guest.run("record", "/etc/passwd").ending == .exited(126))
        #expect(try await guest.run("replay").ending == .exited(64))
    }
}
