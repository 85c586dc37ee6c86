import FoundationEssentials
import TestSupport
import Testing
import XState

@testable import xrr

/// Where the survey and the document about it are.
private enum Survey {
    static let package: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()
    static let path = package + "/../shared/data/xsave-layouts.json"
    static let isPresent = FileManager.default.fileExists(atPath: path)
}

/// The 375 machines of shared/data, which is not part of the package.
@Suite(.enabled(if: Survey.isPresent, "no shared/data/xsave-layouts.json beside the package"))
struct MachineSurveyTests {
    /// A row as the rules of docs/portability.md see it, read without any of the code under test.
    private struct File: Decodable {
        struct Place: Decodable, Hashable {
            var offset: Int
            var size: Int
        }
        struct Layout: Decodable {
            var id: String
            var components: [String: Place]
        }
        struct CPU: Decodable, Hashable {
            var vendor: String
            var family: Int
            var model: Int
            var stepping: Int
            var brand: String?
            var fdpExcptnOnly: Bool
            var zeroFcsFds: Bool
            var xsaveerptr: Bool
            var misalignsse: Bool
            var linuxXcr0: String
            var layout: String
            var isaLevel: String
        }
        var layouts: [Layout]
        var cpus: [CPU]
    }

    private struct Row: Hashable {
        var mask: UInt64
        var level: Int
        /// Offset and size by bit, of those in the mask.
        var places: [Int: File.Place]
        /// Which model it is, and all else that is known of it.
        var cpu: File.CPU

        func has(_ level: CPULevel) -> Bool {
            switch level {
            case .sse: self.level >= 2
            case .avx: self.level >= 2 && mask & 4 != 0
            case .avx2: self.level >= 3 && mask & 4 != 0
            case .avx512Intel: self.level >= 4 && mask & 0xE0 == 0xE0 && places[5]?.offset == 1088
            case .avx512AMD: self.level >= 4 && mask & 0xE0 == 0xE0 && places[5]?.offset == 832
            case .native: true
            }
        }

        func replays(_ recorder: Row, _ level: CPULevel) -> Bool {
            level == .native ? recorder == self : recorder.has(level) && has(level)
        }
    }

    private func rows() throws -> [Row] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let file = try decoder.decode(File.self, from: Data(contentsOf: URL(filePath: Survey.path)))
        return try file.cpus.map { cpu in
            let mask = try #require(UInt64(cpu.linuxXcr0.dropFirst(2), radix: 16))
            let layout = try #require(file.layouts.first { $0.id == cpu.layout })
            let places = layout.components.reduce(into: [:]) { $0[Int($1.key) ?? 0] = $1.value }
            return Row(
                mask: mask, level: try #require(cpu.isaLevel.last?.wholeNumberValue),
                places: places.filter { mask >> $0.key & 1 != 0 }, cpu: cpu)
        }
    }

    /// One machine of each kind: the tests are not optimised. `theTable` has all pairs.
    @Test func everyPairOfKindsIsJudgedAsTheRulesSay() throws {
        let survey = try MachineSurvey(path: Survey.path)
        let rows = try rows()
        #expect(survey.machines.count == 375 && rows.count == 375)
        let kinds = Dictionary(grouping: rows.indices) { index in
            [AnyHashable(rows[index].mask), AnyHashable(rows[index].level), AnyHashable(rows[index].places)]
        }.values.compactMap(\.first).sorted()
        #expect(kinds.count == 17)
        var wrong: [String] = []
        for level in CPULevel.allCases {
            for from in kinds {
                guard let recording = try? RecordingCPU(by: survey.machines[from], at: level) else {
                    if rows[from].has(level) { wrong.append("\(level) cannot be recorded on \(survey.names[from])") }
                    continue
                }
                for to in kinds {
                    let verdict = PortabilityVerdict(recording: recording, machine: survey.machines[to])
                    let pair = "\(level) \(survey.names[from]) on \(survey.names[to])"
                    if verdict.isSound != rows[to].replays(rows[from], level) {
                        wrong.append("\(pair): \(verdict.blockers)")
                    }
                    if verdict.isSound { continue }
                    // The flag that is named helps, and is the best that does.
                    let best = CPULevel.portable.last { other in
                        let isKnown = level == .native || isPart(other, of: level)
                        return other != level && isKnown && rows[from].has(other) && rows[to].has(other)
                    }
                    if verdict.remedy != best { wrong.append("\(pair): \(verdict.flag ?? "-")") }
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) verdicts, the first: \(wrong.prefix(3))")
    }

    /// Whether a recording at the level tells that its machine has the other.
    private func isPart(_ other: CPULevel, of level: CPULevel) -> Bool {
        switch (other, level) {
        case (.sse, _): true
        case (.avx, .avx2), (.avx, .avx512Intel), (.avx, .avx512AMD), (.avx2, .avx512Intel), (.avx2, .avx512AMD): true
        default: false
        }
    }

    /// All ordered pairs, counted by the built tool and by the rows, and the document.
    @Test func theTable() async throws {
        let sandbox = try Sandbox("survey")
        defer { sandbox.remove() }
        let command = Command(
            words: [Environment.tool, "cpu", "pairs", Survey.path], directory: sandbox.root,
            output: sandbox.path("out"), error: sandbox.path("err"), timeLimit: .seconds(300))
        #expect(try await command.run() == .exited(0))
        let table = String(decoding: sandbox.bytes("out"), as: UTF8.self)
        let document = try String(contentsOfFile: Survey.package + "/docs/portability.md", encoding: .utf8)
        #expect(document.contains(table), "docs/portability.md wants the output of 'xrr cpu pairs': \(table)")
        let counts = Dictionary(grouping: try rows()) { $0 }.mapValues(\.count)
        for level in CPULevel.allCases {
            let recorders = counts.reduce(0) { $1.key.has(level) ? $0 + $1.value : $0 }
            let pairs = counts.reduce(0) { sum, recorder in
                counts.reduce(sum) { $1.key.replays(recorder.key, level) ? $0 + recorder.value * $1.value : $0 }
            }
            #expect(table.contains("| `\(level.rawValue)` | \(recorders) | \(pairs) |"))
        }
    }

    /// A baseline of any three machines replays on each of them.
    @Test func baselines() throws {
        let machines = try MachineSurvey(path: Survey.path).machines
        for index in 0..<machines.count {
            let three = [machines[index], machines[(index * 7 + 3) % 375], machines[(index * 31 + 11) % 375]]
            guard let baseline = try? CPUBaseline(of: three) else {
                #expect(three.contains { $0.obstacle(to: .sse) != nil })
                continue
            }
            for recorder in three {
                let recording = try RecordingCPU(by: recorder, at: baseline.level)
                #expect(three.allSatisfy { PortabilityVerdict(recording: recording, machine: $0).isSound })
            }
            for level in CPULevel.portable.reversed().prefix(while: { $0 != baseline.level }) {
                #expect(three.contains { $0.obstacle(to: level) != nil })
            }
        }
    }
}
