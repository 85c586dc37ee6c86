import ArgumentParser
import SystemPackage
import XState

/// `xrr cpu pairs`: makes the table of docs/portability.md.
struct CPUPairsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pairs", abstract: "Judge all pairs of a survey of machines, level by level.",
        discussion: """
            The survey is one JSON object whose member 'cpus' has the machines (xsave-layouts.json). For each level, \
            each machine that has it is taken to record, and each machine to replay. docs/portability.md has the result.

              xrr cpu pairs xsave-layouts.json
              xrr cpu pairs xsave-layouts.json --list | grep -w avx512-amd
            """)

    @Argument(help: "The survey.", completion: .file())
    var survey: String

    @Flag(help: "Write each verdict: level, recording and replaying machine, yes or no, and the first reason.")
    var list = false

    func run() throws {
        let survey = try MachineSurvey(path: survey)
        if list {
            for level in CPULevel.allCases { try write(level, survey) }
            return
        }
        for line in survey.table { try StandardOutput.shared.write(line: line) }
    }

    private func write(_ level: CPULevel, _ survey: MachineSurvey) throws {
        for (from, recorder) in survey.machines.enumerated() {
            let recording: RecordingCPU
            do throws(PinError) { recording = try RecordingCPU(by: recorder, at: level) } catch {
                let line = [level.rawValue, survey.names[from], "-", "no", error.description]
                try StandardOutput.shared.write(line: line.joined(separator: "\t"))
                continue
            }
            for (to, replayer) in survey.machines.enumerated() {
                let verdict = PortabilityVerdict(recording: recording, machine: replayer)
                let line = [
                    level.rawValue, survey.names[from], survey.names[to], verdict.isSound ? "yes" : "no",
                    verdict.blockers.first?.description ?? "",
                ]
                try StandardOutput.shared.write(line: line.joined(separator: "\t"))
            }
        }
    }
}
