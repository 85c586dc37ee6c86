import FoundationEssentials
import Glibc
import LinuxABI
import TestSupport
import Testing
import TraceFormat

/// Recordings, stores and homes that somebody else made.
@Suite struct UntrustedPlaceTests {
    private func with(_ name: String, _ body: (Trial) async throws -> Void) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial(name)
            defer { trial.remove() }
            try await body(trial)
        }
    }

    private static let streams = ["manifest.json", "frames", "memory", "files", "commits"]

    @Test(arguments: streams, ["missing", "empty", "fifo", "directory", "device", "link to itself", "link", "socket"])
    func otherThingsInPlaceOfFiles(file: String, kind: String) async throws {
        try await with("place") { trial in
            let made = try await trial.record(script: "echo once")
            #expect(made.ending == .exited(0), "\(made)")
            let path = "\(trial.recording)/\(file)"
            try FileManager.default.removeItem(atPath: path)
            switch kind {
            case "missing": break
            case "empty": try Data().write(to: URL(filePath: path))
            case "fifo": #expect(unsafe mkfifo(path, 0o666) == 0)
            case "directory": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            case "device": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
            case "link to itself": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: file)
            case "link": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/passwd")
            default:
                let bound = try await trial.run(
                    [
                        "/usr/bin/python3", "-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
                        path,
                    ])
                #expect(bound.ending == .exited(0), "\(bound)")
            }
            for command in [["replay", "-a"], ["info"], ["dump"], ["ps"]] {
                let outcome = try await trial.run([trial.tool] + command + [trial.recording], limit: .seconds(10))
                #expect(outcome.ending == .exited(4), "\(outcome)")
            }
        }
    }

    /// All that is in a directory, with its mode and times.
    private func state(_ directory: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: directory).sorted().map { name in
            var status = stat()
            try #require(unsafe lstat("\(directory)/\(name)", &status) == 0)
            return "\(name) \(status.st_mode) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) "
                + "\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
        }
    }

    @Test func aReplayWritesNothingBesideARecording() async throws {
        try await with("nothing") { trial in
            let made = try await trial.record(script: "echo once")
            #expect(made.ending == .exited(0), "\(made)")
            var status = stat()
            for (name, mode): (String, mode_t) in [("", 0o700), ("/store", 0o700), ("/frames", 0o600)] {
                #expect(unsafe lstat(trial.recording + name, &status) == 0)
                #expect(status.st_mode & 0o777 == mode)
            }
            // Long enough ago for what is compared to be noted.
            try await Task.sleep(for: .milliseconds(2200))
            let before = try state(trial.recording)
            for _ in 0..<2 {
                let replayed = try await trial.replay()
                #expect(replayed.ending == .exited(0) && replayed.output == "once\n", "\(replayed)")
            }
            #expect(try state(trial.recording) == before)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: "\(trial.home)/.cache/xrr/verified") == ["objects"])
        }
    }

    @Test(.enabled(if: Environment.isRoot)) func aCacheOfSomebodyElseIsNotUsed() async throws {
        try await with("cache") { trial in
            let made = try await trial.record(script: "echo once")
            #expect(made.ending == .exited(0), "\(made)")
            try await Task.sleep(for: .milliseconds(2200))
            // As sudo does it: root with a user's HOME, in which that user has laid links.
            let precious = try trial.sandbox.makeDirectory("precious")
            let replayed = try await trial.run([trial.tool, "replay", "-a", trial.recording], asUser: [])
            #expect(replayed.ending == .exited(0), "\(replayed)")
            #expect(!FileManager.default.fileExists(atPath: "\(trial.home)/.cache/xrr/verified"))
            try? FileManager.default.removeItem(atPath: "\(trial.home)/.cache/xrr")
            let links = try await trial.run(
                ["sh", "-c", "mkdir -p .cache && ln -s \(precious) .cache/xrr"])
            #expect(links.ending == .exited(0), "\(links)")
            let again = try await trial.replay()
            #expect(again.ending == .exited(0), "\(again)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: precious) == [])
        }
    }

    @Test func theReplayIsTheFirstToGo() async throws {
        try await with("score") { trial in
            var recording = try HostileRecording(code: Machine.loop)
            recording.append(.syscall(SyscallNumber(60)), HostileRecording.registers, HostileRecording.registers)
            let path = trial.sandbox.path("hostile")
            try recording.write(to: path)
            let replayed = try await trial.run([trial.tool, "replay", "-a", path], limit: .seconds(20)) { group in
                var scores: [String] = []
                // The stub that runs, its template, and xrr itself.
                await Trial.wait(rounds: 500) { Trial.processes(inGroup: group).count < 3 }
                try? await Task.sleep(for: .milliseconds(200))
                for process in Trial.processes(inGroup: group) {
                    let text = FileManager.default.contents(atPath: "/proc/\(process)/oom_score_adj") ?? Data()
                    scores.append(String(decoding: text, as: UTF8.self))
                }
                #expect(scores.count >= 3 && scores.allSatisfy { $0 == "1000\n" }, "\(scores)")
                kill(-group, SIGTERM)
            }
            #expect(replayed.ending == .killed(signal: SIGTERM), "\(replayed)")
        }
    }

    private static let escape = "\u{1b}]0;OWNED\u{7}\u{1b}[31m\u{202e}\u{9b}31m\n\r"

    @Test func nothingPrintedActsOnTheTerminal() async throws {
        try await with("terminal") { trial in
            // As the name of a recording, of a program, of its arguments and variables, and of a directory.
            let name = "r" + Self.escape.filter { $0 != "/" }
            let path = "\(trial.home)/\(name)"
            let program = "\(trial.home)/p\(Self.escape)"
            let copied = try await trial.run(["cp", "/bin/true", program])
            #expect(copied.ending == .exited(0), "\(copied)")
            let made = try await trial.run(
                [trial.tool, "record", "-o", path, "-v", "E=\(Self.escape)", program, "a\(Self.escape)"])
            #expect(made.ending == .exited(0), "\(made)")
            let bare = "\(trial.home)/bare\(Self.escape)"
            #expect(try await trial.run(["mkdir", bare]).ending == .exited(0))
            let commands = [
                ["ls"], ["ls", "--json"], ["info", path], ["info", "--json", path], ["dump", path],
                ["dump", "--json", path], ["ps", path], ["ps", "--json", path], ["replay", "-a", path],
                ["compare", path, "none\(Self.escape)"], ["cpu", "check", path], ["cpu", "show", path],
                ["cpu", "check", bare], ["info", bare], ["rm", bare], ["rm", "none\(Self.escape)"],
                ["record", "none\(Self.escape)"], ["record", "-o", path, "true"], ["record", "--cpu", bare, "true"],
                ["record", "--log", Self.escape, "true"], [Self.escape], ["dump", "--event", Self.escape],
                ["cpu", "baseline", path, "-o", "\(bare)/none\(Self.escape)/x"],
            ]
            for command in commands {
                let outcome = try await trial.run([trial.tool] + command)
                for text in [outcome.output, outcome.error] {
                    let hidden = text.unicodeScalars.filter { PrintableText.isHidden($0) && $0 != "\n" }
                    #expect(hidden.isEmpty, "\(command): \(hidden.map { String($0.value, radix: 16) }): \(outcome)")
                    #expect(!text.contains("\n31m") && !text.contains("OWNED\n"), "\(command): \(outcome)")
                }
            }
        }
    }
}
