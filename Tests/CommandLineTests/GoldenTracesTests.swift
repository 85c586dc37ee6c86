import FoundationEssentials
import TestSupport
import Testing

/// The recordings of `traces/`, which earlier versions made on several CPUs: what was sound once replays for ever.
@Suite struct GoldenTracesTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "traces").path
    /// CPU-LEVEL-PROGRAM.
    private static let names =
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [])
        .filter { $0.split(separator: "-").count == 3 }.sorted()

    /// What this machine has, by the kernel's account and not by xrr's.
    private static let flags = Set(
        (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n")
            .first { $0.hasPrefix("flags") }?.split(whereSeparator: \.isWhitespace).map(String.init) ?? [])

    /// Vendor, family, model, stepping and brand string, by the kernel's account.
    private static let model: [String] = {
        var values: [String: String] = [:]
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(
            separator: "\n", omittingEmptySubsequences: false)
        for line in (lines ?? []).prefix(while: { !$0.isEmpty }) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let key = parts[0].split(separator: "\t").first else { continue }
            values[String(key)] = String(parts[1].dropFirst())
        }
        return ["vendor_id", "cpu family", "model", "stepping", "model name"].map { values[$0] ?? "" }
    }()

    /// What the manifest says that the CPU was.
    private static func model(of recording: String) throws -> [String] {
        struct Manifest: Decodable {
            struct CPU: Decodable {
                var vendor: String
                var family: Int
                var model: Int
                var stepping: Int
                var brand: String
            }
            var cpu: CPU
        }
        let cpu = try JSONDecoder().decode(Manifest.self, from: Data(recording.utf8)).cpu
        return [cpu.vendor, "\(cpu.family)", "\(cpu.model)", "\(cpu.stepping)", cpu.brand]
    }

    private static func hasLevel(_ level: Substring) -> Bool? {
        switch level {
        case "sse": true
        case "avx": flags.contains("avx")
        case "avx2": flags.isSuperset(of: ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"])
        default: nil
        }
    }

    @Test func thereAreRecordingsOfSeveralCPUs() {
        let cpus = Set(Self.names.compactMap { $0.split(separator: "-").first })
        #expect(cpus == ["host", "max", "Haswell", "SandyBridge", "Nehalem"])
        #expect(Self.names.count >= 40)
    }

    /// Each replays as the program ran then, or is refused for the reasons that `xrr cpu check` gives.
    @Test func eachReplaysOrIsRefused() async throws {
        let sandbox = try Sandbox("golden")
        defer { sandbox.remove() }
        let tool = try await sandbox.copyProgram(Environment.tool, as: "xrr")
        let cache = try sandbox.makeDirectory("cache")
        let copies = sandbox.path("traces")
        // What git checks out need not be readable for the ordinary user.
        let copying = Command(
            words: ["sh", "-c", "cp -r \"$0\" \"$1\" && chmod -R a+rX \"$1\"", Self.directory, copies],
            directory: sandbox.root, output: "/dev/null", error: sandbox.path("copy.err"))
        #expect(try await copying.run() == .exited(0))

        func run(_ words: String...) async throws -> (ending: Command.Ending, output: String, error: String) {
            let command = Command(
                words: Environment.asOrdinaryUser + [tool] + words,
                environment: ["XDG_CACHE_HOME": cache, "XRR_DIR": cache], directory: cache,
                output: sandbox.path("out"), error: sandbox.path("err"))
            let ending = try await command.run()
            return (
                ending, String(decoding: sandbox.bytes("out"), as: UTF8.self),
                String(decoding: sandbox.bytes("err"), as: UTF8.self)
            )
        }

        for name in Self.names {
            let recording = "\(copies)/\(name)"
            let check = try await run("cpu", "check", recording)
            let isSound = check.ending == .exited(0)
            #expect(isSound || check.ending == .exited(5), "\(name): \(check.error)")
            let info = try await run("info", recording)
            #expect(info.ending == .exited(0))
            if !info.output.contains("same CPU only"), let has = Self.hasLevel(name.split(separator: "-")[1]) {
                #expect(isSound == has, "\(name): \(check.output)")
            }
            if name.contains("-native-"), isSound {
                #expect(try Self.model(of: await run("info", "--json", recording).output) == Self.model, "\(name)")
            }
            let replay = try await run("replay", "-a", recording)
            if isSound {
                #expect(replay.ending == .exited(0), "\(name): \(replay.error)")
                #expect(replay.output == String(decoding: sandbox.bytes("traces/outputs/\(name)"), as: UTF8.self))
            } else {
                #expect(replay.ending == .exited(5), "\(name): \(replay.error)")
                for reason in check.output.split(separator: "\n").dropFirst() where reason.hasPrefix("  ") {
                    guard !reason.hasPrefix("  warning") else { continue }
                    #expect(replay.error.contains(reason.dropFirst(2)), "\(name): \(replay.error)")
                }
            }
        }
    }
}
