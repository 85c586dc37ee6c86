import ArgumentParser
import SystemPackage
import TraceFormat
import XState

/// `xrr cpu baseline`.
struct CPUBaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline", abstract: "Find the richest CPU that machines have in common.",
        discussion: """
            Says how to record so that the recording replays on all of them, and what each loses by that.

              xrr cpu baseline host there.json other.txt
              xrr cpu baseline *.json -o fleet.json

            Exit status: 5 if they have no level in common.
            """)

    @Argument(help: "Profiles, texts of 'cpuid -r' or recordings; 'host' is this machine.", completion: .file())
    var machines: [String]

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write a profile of all that they have in common, for 'xrr record --cpu FILE'.", valueName: "file"),
        completion: .file())
    var output: String?

    func run() throws {
        let machines = try machines.map { try NamedMachine($0) }
        let baseline: CPUBaseline
        do throws(CPUBaseline.Obstacle) { baseline = try CPUBaseline(of: machines.map(\.profile)) } catch {
            throw CommandError(
                "\(machines[error.machine].title) does not have the level sse, which every recording needs: it "
                    + CPUText.words(error.error), status: .unsoundHere)
        }
        if let output {
            do throws(Errno) { try FileSystem.write(baseline.common.encoded(), to: output) } catch {
                throw CommandError("cannot write \(TextFormat.printable(output)): \(error)")
            }
        }
        for line in lines(baseline, machines) { try StandardOutput.shared.write(line: line) }
    }

    private func lines(_ baseline: CPUBaseline, _ machines: [NamedMachine]) -> [String] {
        let mask = baseline.level.xcr0 ?? .legacy
        var lines = [
            "level    \(baseline.level.rawValue): XCR0 \(TextFormat.hexadecimal(mask.rawValue)), "
                + "\(baseline.level.layout?.size ?? 576) bytes",
            "record   xrr record --cpu \(baseline.level.rawValue) PROGRAM",
        ]
        if let output {
            let common = baseline.common
            let path = TextFormat.commandLine([Array(output.utf8)])
            lines.append(
                "or       xrr record --cpu \(path) PROGRAM, with XCR0 "
                    + "\(TextFormat.hexadecimal(common.xcr0.rawValue)) and all instructions that they share")
            let more = CPUFeatureWord.all.flatMap { word in
                let level = baseline.level.features?[word.place] ?? 0
                let bits = common.cpuid.features(at: word.place) & word.significantMask & ~level
                return (0..<32).filter { bits >> $0 & 1 != 0 }.compactMap { CPUIDBit(word.place, bit: $0).name }
            }
            if !more.isEmpty { lines.append("         beyond the level: " + more.joined(separator: " ")) }
        }
        for (machine, loss) in zip(machines, baseline.losses) {
            let lost =
                loss.components.components.map { "\($0) state" } + loss.features.map { $0.name ?? $0.description }
            lines += ["", "\(machine.title) loses " + (lost.isEmpty ? "nothing" : "\(lost.count):")]
            if !lost.isEmpty { lines.append("  " + lost.joined(separator: ", ")) }
        }
        return lines
    }
}
