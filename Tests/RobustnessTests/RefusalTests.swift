import FoundationEssentials
import Glibc
import LinuxABI
import SystemPackage
import TestSupport
import Testing
import Tracee

@testable import TraceFormat

/// What cannot work is said in one line, with what to do, and with the documented status.
@Suite struct RefusalTests {
    private func trial(_ body: (Trial) async throws -> Void) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("refusal")
            defer { trial.remove() }
            try await body(trial)
        }
    }

    private func expect(_ outcome: Trial.Outcome, _ status: Int32, _ parts: String...) {
        #expect(outcome.ending == .exited(status), "\(outcome)")
        #expect(outcome.notices.count == 1 && outcome.output.isEmpty, "\(outcome)")
        for part in parts { #expect(outcome.error.contains(part), "\(outcome)") }
    }

    // MARK: Programs

    @Test func programsThatCannotBeRun() async throws {
        try await trial { trial in
            let record = [trial.tool, "record"]
            // As execvp does, it would remember a directory of PATH that may not be searched.
            let path = ["env", "PATH=/usr/bin:/bin"]
            expect(try await trial.run(path + record + ["no-such-program"]), 127, "no such program")
            expect(try await trial.run(record + ["./nothing"]), 127, "no such program")
            expect(try await trial.run(record + ["./"]), 126, "is no executable file")
            let text = try trial.sandbox.write("hello\n", to: "text")
            expect(try await trial.run(record + [text]), 126, "you may not execute it")
            // Text without "#!" that may be executed is a script of the shell, as for execvp(3).
            unsafe chmod(text, 0o755)
            let script = try await trial.run(record + [text])
            #expect(script.ending == .exited(127) && script.notices.isEmpty, "\(script)")
            let broken = try trial.sandbox.write("#!/no/such/interpreter\n", to: "script")
            unsafe chmod(broken, 0o755)
            expect(try await trial.run(record + [broken]), 127, "No such file or directory")
            // Nothing is left of recordings that never began: the script's is the only one.
            let left = try FileManager.default.contentsOfDirectory(atPath: trial.home)
            #expect(Set(left).subtracting([".cache"]) == ["store", "latest", "text-0"], "\(left)")
        }
    }

    /// ELF files of another machine, of i386, which this kernel may be able to run, and one that is where xrr has to be.
    @Test func programsThatCannotBeRecorded() async throws {
        try await trial { trial in
            func program(
                _ name: String, machine: UInt16, bits: Int, at address: UInt64 = 0x804_8000
            ) throws -> String {
                let size = bits == 64 ? 8 : 4
                let headers = UInt64(bits == 64 ? 64 + 56 : 52 + 32)
                // mov eax, 1; mov ebx, 42; int 0x80: exit(42) of i386.
                let code = Machine.eax(1) + Machine.ebx(42) + Machine.int80
                let length = Machine.word(headers + UInt64(code.count), size)
                var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, bits == 64 ? 2 : 1, 1, 1] + .init(repeating: 0, count: 9)
                bytes += Machine.word(2, 2) + Machine.word(UInt64(machine), 2) + Machine.word(1, 4)
                bytes += Machine.word(address + headers, size) + Machine.word(bits == 64 ? 64 : 52, size)
                bytes += Machine.word(0, size) + Machine.word(0, 4) + Machine.word(bits == 64 ? 64 : 52, 2)
                bytes += Machine.word(bits == 64 ? 56 : 32, 2) + Machine.word(1, 2) + Machine.word(0, 6)
                bytes += Machine.word(1, 4) + (bits == 64 ? Machine.word(5, 4) : [])
                bytes +=
                    Machine.word(0, size) + Machine.word(address, size) + Machine.word(address, size) + length + length
                bytes += (bits == 64 ? [] : Machine.word(5, 4)) + Machine.word(0x1000, size) + code
                try Data(bytes).write(to: URL(filePath: trial.sandbox.path(name)))
                unsafe chmod(trial.sandbox.path(name), 0o755)
                return trial.sandbox.path(name)
            }
            let arm = try program("arm", machine: 183, bits: 64)
            expect(try await trial.run([trial.tool, "record", arm]), 126, "no program for this machine")

            let occupying = try program(
                "occupying", machine: 62, bits: 64, at: InterceptorLayout.base.rawValue + 0x1000)
            expect(
                try await trial.run([trial.tool, "record", occupying]), 125, "\(occupying): cannot be recorded", "-pie")

            let old = try program("i386", machine: 3, bits: 32)
            let recorded = try await trial.run([trial.tool, "record", "sh", "-c", "\(old); echo status $?"])
            let native = try await trial.run(["sh", "-c", "\(old); echo status $?"])
            #expect(recorded.output == native.output, "\(recorded)")
            if native.output == "status 42\n" {
                #expect(recorded.ending == .exited(125) && recorded.error.contains("a 32-bit program"), "\(recorded)")
                #expect(recorded.notices.count == 1, "\(recorded)")
            }
        }
    }

    // MARK: Places

    @Test func placesThatCannotBeWritten() async throws {
        try await trial { trial in
            func record(_ setting: String...) async throws -> Trial.Outcome {
                try await trial.run(["env"] + setting + [trial.tool, "record", "true"])
            }
            expect(try await record("XRR_DIR=/proc"), 125, "/proc/store", "set XRR_DIR")
            expect(try await record("XRR_DIR=/dev/null"), 125, "Not a directory", "set XRR_DIR")
            expect(try await record("-u", "XRR_DIR", "XDG_DATA_HOME=/proc/x"), 125, "set XRR_DIR")
            expect(
                try await trial.run([trial.tool, "record", "-o", "/proc/x/y", "true"]), 125, "/proc/x", "cannot make")
            let nonempty = try trial.sandbox.makeDirectory("nonempty")
            #expect(try await trial.run(["sh", "-c", ": > '\(nonempty)/file'"]).ending == .exited(0))
            expect(
                try await trial.run([trial.tool, "record", "-o", nonempty, "true"]), 125, "exists already",
                "overwrites nothing")
            // Without a home there is still a place.
            let outcome = try await record("-u", "XRR_DIR", "-u", "HOME", "-u", "XDG_DATA_HOME")
            #expect(outcome.ending == .exited(0) && outcome.notices.isEmpty, "\(outcome)")
            let user = Environment.isRoot ? Environment.nobody : getuid()
            #expect(access("/tmp/xrr-\(user)/latest/manifest.json") || !Environment.isRoot)
            _ = try await trial.run(["rm", "-r", "/tmp/xrr-\(user)"])
        }
    }

    private func access(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test func whatIsNoRecording() async throws {
        try await trial { trial in
            let empty = try trial.sandbox.makeDirectory("empty")
            let file = try trial.sandbox.write("hello", to: "file")
            for path in [empty, file, "/no/such/place", "no-such-name", "/dev/zero", ""] {
                expect(try await trial.replay(path), 4, "is no recording")
            }
            expect(try await trial.run([trial.tool, "replay", "-a"]), 4, "no latest recording", "xrr record")
            var recording = try HostileRecording(code: [])
            recording.frames = []
            let path = trial.sandbox.path("newer")
            try recording.write(to: path)
            var manifest = try RecordingManifest(readingFrom: FilePath(path))
            manifest.formatVersion = FormatVersion(major: FormatVersion.current.major + 1, minor: 0)
            try manifest.write(to: FilePath(path), synchronizes: false)
            unsafe chmod("\(path)/manifest.json", 0o644)
            expect(try await trial.replay(path), 4, "made by a newer xrr")
        }
    }

    /// Modes of a recording that was copied from elsewhere.
    private func makeReadOnlyRecording(in trial: Trial) async throws {
        #expect(try await trial.record(script: "echo hello").ending == .exited(0))
        #expect(try await trial.run(["chmod", "-R", "a-w", trial.recording]).ending == .exited(0))
    }

    @Test func recordingsThatAreReadOnly() async throws {
        try await trial { trial in
            try await makeReadOnlyRecording(in: trial)
            let replayed = try await trial.replay()
            #expect(replayed.ending == .exited(0) && replayed.output == "hello\n", "\(replayed)")
        }
    }

    @Test(.enabled(if: Environment.isRoot, "needs another user"))
    func recordingsThatAreSomebodyElses() async throws {
        try await trial { trial in
            try await makeReadOnlyRecording(in: trial)
            let other = ["setpriv", "--reuid=65533", "--regid=65533", "--clear-groups", "--"]
            let replay = [trial.tool, "replay", "-a", trial.recording]
            expect(try await trial.run(replay, asUser: other), 4, "may not be read")
            #expect(try await trial.run(["chmod", "-R", "a+rX", trial.recording]).ending == .exited(0))
            let foreign = try await trial.run(replay, asUser: other)
            #expect(foreign.ending == .exited(0) && foreign.output == "hello\n", "\(foreign)")

            #expect(try await trial.run(["chmod", "a-rx", "\(trial.recording)/store"]).ending == .exited(0))
            expect(try await trial.run(replay, asUser: other), 4, "store", "Permission denied")
            let store = "\(trial.recording)/store"
            #expect(try await trial.run(["chmod", "u+rx", store]).ending == .exited(0))
            #expect(try await trial.run(["chmod", "-R", "u+w", trial.recording]).ending == .exited(0))
            #expect(try await trial.run(["rm", "-r", store]).ending == .exited(0))
            expect(try await trial.replay(), 4, "has no", "which the recording needs")
            #expect(!access("\(trial.home)/store"), "a replay makes no store")
        }
    }

    // MARK: Permissions and limits

    private static let strace = ["strace", "-o", "/dev/null"]

    @Test(
        .enabled("strace is not there or may not trace") {
            let command = Command(
                words: Environment.asOrdinaryUser + RefusalTests.strace + ["true"], directory: "/", output: "/dev/null",
                error: "/dev/null")
            return try await command.run() == .exited(0)
        })
    func underAnotherTracer() async throws {
        try await trial { trial in
            let strace = Self.strace
            let record = [trial.tool, "record", "echo", "hello"]
            let follows = try await trial.run(strace + ["-f"] + record)
            expect(follows, 125, "strace without -f")
            #expect(try await trial.run(strace + record).output == "hello\n")
        }
    }

    /// What a container's seccomp profile does.
    @Test func forbiddenCalls() async throws {
        try await trial { trial in
            let denier = try await trial.denier()
            for call in ["101", "317"] {
                let outcome = try await trial.run([denier, call, trial.tool, "record", "true"])
                expect(outcome, 125, "Operation not permitted", "xrr doctor")
            }
        }
    }

    @Test(.enabled(if: Environment.isRoot, "mounts a file system"))
    func withoutProc() async throws {
        try await trial { trial in
            let script = "mount -t tmpfs none /proc && exec \"$@\""
            let outcome = try await trial.run(
                ["unshare", "--mount", "sh", "-c", script, "sh", trial.tool, "record", "true"], asUser: [])
            expect(outcome, 125, "/proc is not mounted")
        }
    }

    @Test func smallLimits() async throws {
        try await trial { trial in
            func limited(_ limit: String, _ words: [String]) async throws -> Trial.Outcome {
                try await trial.run(["bash", "-c", "ulimit \(limit) && exec \"$@\"", "bash"] + words)
            }
            let record = [trial.tool, "record", "-o", trial.recording, "echo", "hello"]
            expect(try await limited("-n 8", record), 125, "ulimit -n")
            _ = try await trial.run(["rm", "-rf", trial.recording])
            #expect(try await trial.run(record).output == "hello\n")
            // A soft limit is raised.
            #expect(try await limited("-S -n 8", [trial.tool, "replay", "-a", trial.recording]).output == "hello\n")
            expect(try await limited("-n 4", [trial.tool, "replay", "-a", trial.recording]), 4, "Too many open files")
        }
    }

    @Test(.enabled(if: Environment.isRoot, "needs a user of its own"))
    func aLimitOfProcesses() async throws {
        try await trial { trial in
            #expect(try await trial.record(script: "echo hello").ending == .exited(0))
            // A user of our own, whose processes are counted.
            let user = ["setpriv", "--reuid=65432", "--regid=65534", "--clear-groups", "--"]
            for words in [["record", "-o", trial.sandbox.path("x"), "true"], ["replay", "-a", trial.recording]] {
                _ = try await trial.run(["chmod", "-R", "a+rX", trial.recording])
                _ = try await trial.run(["chmod", "777", trial.sandbox.root], asUser: [])
                let outcome = try await trial.run(
                    ["prlimit", "--nproc=1", trial.tool] + words, asUser: user)
                let status: Int32 = words[0] == "record" ? 125 : 5
                #expect(outcome.ending == .exited(status) && outcome.notices.count == 1, "\(outcome)")
            }
        }
    }

    // MARK: Standard streams

    @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    func closedStreams(redirection: String) async throws {
        try await trial { trial in
            func listing(_ prefix: String) async throws -> Trial.Outcome {
                // The program sees which descriptors it has, and tells in a file.
                let script = "for f in 0 1 2 3 4 5; do [ -e /proc/self/fd/$f ] && echo $f; done > list"
                let outcome = try await trial.run(["sh", "-c", "\(prefix) bash -c '\(script)' \(redirection)"])
                let list = try await trial.run(["cat", "list"])
                return Trial.Outcome(
                    line: outcome.line, ending: outcome.ending, output: list.output, error: outcome.error)
            }
            let native = try await listing("")
            let recorded = try await listing("'\(trial.tool)' record -o '\(trial.recording)'")
            #expect(recorded.ending == native.ending && recorded.output == native.output, "\(recorded)\n\(native)")
            let replay = "'\(trial.tool)' replay -a '\(trial.recording)' \(redirection)"
            let replayed = try await trial.run(["sh", "-c", replay])
            #expect(replayed.ending == .exited(0), "\(replayed)")
        }
    }

    @Test func outputThatCannotBeWritten() async throws {
        try await trial { trial in
            #expect(try await trial.record(script: "echo hello; exit 3").ending == .exited(3))
            let full = try await trial.run(["sh", "-c", "'\(trial.tool)' replay -a '\(trial.recording)' > /dev/full"])
            expect(full, 1, "standard output", "No space left on device", "--quiet")
        }
    }
}
