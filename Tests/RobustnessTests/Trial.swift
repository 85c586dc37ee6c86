import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// One recording and what is done to it: a directory, a copy of xrr that the ordinary user may run, and his processes.
struct Trial {
    let sandbox: Sandbox
    let tool: String
    /// The directory of the recordings, the user's own.
    let home: String
    /// In the environment of all that the trial starts, by which what it left running is found.
    let marker = "XRR_TRIAL=\(UUID().uuidString)"

    init(_ name: String) async throws {
        sandbox = try Sandbox(name)
        tool = try await sandbox.copyProgram(Environment.tool, as: "xrr")
        home = try sandbox.makeDirectory("home")
    }

    func remove() {
        for process in processes() { kill(process, SIGKILL) }
        sandbox.remove()
    }

    /// The recording that `record` makes.
    var recording: String { "\(home)/recording" }

    struct Outcome: CustomStringConvertible {
        var line: String
        var ending: Command.Ending
        var output: String
        /// With the lines of xrr itself.
        var error: String

        /// The lines of xrr itself.
        var notices: [Substring] { error.split(separator: "\n").filter { $0.hasPrefix("xrr: ") } }

        var description: String {
            "\(line)\n  \(ending)\n  output ends: \(output.suffix(300))\n  error ends: \(error.suffix(600))"
        }
    }

    /// Runs any command as the ordinary user.
    func run(
        _ words: [String], limit: Duration = .seconds(60), asUser prefix: [String] = Environment.asOrdinaryUser,
        output: String? = nil, meanwhile: (pid_t) async -> Void = { _ in }
    ) async throws -> Outcome {
        let name = UUID().uuidString
        let variable = marker.split(separator: "=")
        let command = Command(
            words: prefix + words,
            environment: ["HOME": home, "XRR_DIR": home, String(variable[0]): String(variable[1])], directory: home,
            output: output ?? sandbox.path("\(name).out"), error: sandbox.path("\(name).err"), timeLimit: limit)
        let ending = try await command.run(meanwhile: meanwhile)
        return Outcome(
            line: command.line, ending: ending,
            output: String(decoding: output == nil ? sandbox.bytes("\(name).out") : [], as: UTF8.self),
            error: String(decoding: sandbox.bytes("\(name).err"), as: UTF8.self))
    }

    /// Records a shell script.
    func record(
        script: String, limit: Duration = .seconds(60), meanwhile: (pid_t) async -> Void = { _ in }
    ) async throws -> Outcome {
        try await run([tool, "record", "-o", recording, "sh", "-c", script], limit: limit, meanwhile: meanwhile)
    }

    func replay(_ recording: String? = nil, limit: Duration = .seconds(60)) async throws -> Outcome {
        try await run([tool, "replay", "-a", recording ?? self.recording], limit: limit)
    }

    /// What the trial started and still runs, wherever it moved to.
    func processes() -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let id = pid_t(name), let environment = FileManager.default.contents(atPath: "/proc/\(id)/environ")
            else { return nil }
            return environment.split(separator: 0).contains { $0.elementsEqual(marker.utf8) } ? id : nil
        }
    }

    /// Members of a process group that are no zombies: replayed processes have no environment of their own.
    static func processes(inGroup group: pid_t) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let id = pid_t(name), let text = FileManager.default.contents(atPath: "/proc/\(id)/stat"),
                let end = text.lastIndex(of: UInt8(ascii: ")"))
            else { return nil }
            // state, parent, process group: proc(5).
            let fields = text[end...].dropFirst(2).split(separator: UInt8(ascii: " ")).prefix(3)
            guard fields.count == 3, fields.first?.first != UInt8(ascii: "Z") else { return nil }
            return pid_t(String(decoding: fields[fields.startIndex + 2], as: UTF8.self)) == group ? id : nil
        }
    }

    /// Looks every 10 ms, so many times at the most, until a condition no longer holds.
    static func wait(rounds: Int, while condition: () -> Bool) async {
        for _ in 0..<rounds {
            if !condition() { return }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits until nothing is left running; what still is after five seconds is the result.
    func leftovers() async -> [pid_t] {
        for _ in 0..<500 {
            if processes().isEmpty { return [] }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return processes()
    }

    static func leftovers(inGroup group: pid_t) async -> [pid_t] {
        for _ in 0..<500 {
            if processes(inGroup: group).isEmpty { return [] }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return processes(inGroup: group)
    }
}

/// How much the tests do: more in `Scripts/check --full`.
enum Effort {
    /// The number that an environment variable holds, or what is enough in between.
    static func count(_ variable: String, usual: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? usual
    }
}

/// SplitMix64: the same damage in each run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
