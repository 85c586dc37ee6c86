import FoundationEssentials
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
    private struct Row: Decodable {
        struct Place: Decodable, Equatable {
            var offset: Int
            var size: Int
        }
        struct Layout: Decodable {
            var id: String
            var components: [String: Place]
        }
        struct CPU: Decodable {
            var vendor: String
            var linux_xcr0: String
            var layout: String
            var isa_level: String
        }
        var layouts: [Layout]
        var cpus: [CPU]
    }

    private struct Machine {
        var mask: UInt64
        var level: Int
        /// Offset and size by bit, of those in the mask.
        var places: [Int: Row.Place]

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

        func replays(_ recorder: Machine, _ level: CPULevel) -> Bool {
            guard level == .native else { return recorder.has(level) && has(level) }
            return recorder.mask == mask && recorder.level <= self.level && recorder.places == places
        }
    }

    @Test func everyPairIsJudgedAsTheRulesSay() throws {
        let survey = try MachineSurvey(path: Survey.path)
        let rows = try JSONDecoder().decode(Row.self, from: Data(contentsOf: URL(filePath: Survey.path)))
        let machines = try rows.cpus.map { cpu in
            let mask = try #require(UInt64(cpu.linux_xcr0.dropFirst(2), radix: 16))
            let layout = try #require(rows.layouts.first { $0.id == cpu.layout })
            let places = layout.components.reduce(into: [:]) { $0[Int($1.key) ?? 0] = $1.value }
            return Machine(
                mask: mask, level: try #require(cpu.isa_level.last?.wholeNumberValue),
                places: places.filter { mask >> $0.key & 1 != 0 })
        }
        #expect(survey.machines.count == 375 && machines.count == 375)
        var wrong: [String] = []
        for level in CPULevel.allCases {
            for (from, recorder) in machines.enumerated() {
                guard let recording = try? RecordingCPU(by: survey.machines[from], at: level) else {
                    if recorder.has(level) { wrong.append("\(level) cannot be recorded on \(survey.names[from])") }
                    continue
                }
                for (to, replayer) in machines.enumerated() {
                    let verdict = PortabilityVerdict(recording: recording, machine: survey.machines[to])
                    if verdict.isSound != replayer.replays(recorder, level) {
                        wrong.append("\(level) \(survey.names[from]) on \(survey.names[to]): \(verdict.blockers)")
                    }
                    // The flag that is named does help, and none is kept back.
                    if verdict.isSound { continue }
                    let best = CPULevel.portable.last { $0 != level && recorder.has($0) && replayer.has($0) }
                    let known = level == .native || verdict.remedy.map { $0 != level } ?? true
                    if !known || (level == .native && verdict.remedy != best) {
                        wrong.append("\(level) \(survey.names[from]) on \(survey.names[to]): \(verdict.flag ?? "-")")
                    }
                    if let remedy = verdict.remedy, !replayer.replays(recorder, remedy) {
                        wrong.append("\(level) \(survey.names[from]) on \(survey.names[to]): \(remedy) does not help")
                    }
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) verdicts, the first: \(wrong.prefix(3))")
    }

    @Test func theTableOfTheDocumentIsTheMeasuredOne() throws {
        let document = try String(contentsOfFile: Survey.package + "/docs/portability.md", encoding: .utf8)
        let table = try MachineSurvey(path: Survey.path).table.joined(separator: "\n")
        #expect(document.contains(table), "docs/portability.md wants the output of 'xrr cpu pairs': \(table)")
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
