import ArgumentParser
import Replayer

/// `xrr compare`: docs/man/xrr-compare.md.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare two recordings or register dumps, event by event.",
        discussion: """
            Registers and extended registers are compared, whatever CPUs the states are of: at which offsets a CPU \
            keeps them does not matter, what it lacks counts as initial, and the flags that instructions leave \
            undefined are left out between different CPUs. Threads are matched by the order in which they appear. A \
            register dump is what 'xrr replay --dump-registers' writes.

              xrr compare make-3 make-4
              xrr compare make-3 regs --event 100..120
              xrr compare regs-epyc regs-xeon
              xrr compare a b --json

            Exit status, as diff(1): 0 the same, 1 different, 2 trouble.
            """)

    @Argument(help: "A recording or a register dump.", completion: .file())
    var first: String

    @Argument(help: "Another one.", completion: .file())
    var second: String

    @Option(help: ArgumentHelp("Only these events: N, N..M or N...", valueName: "n[..m]"))
    var event: EventRange?

    @Flag(help: "Write one JSON object per difference.")
    var json = false

    func run() throws {
        let a = try StateSource(first)
        let b = try StateSource(second)
        let range = event ?? .all
        let comparison = StateComparison(of: a.origin.cpu, with: b.origin.cpu)
        var report = ComparisonReport(
            asJSON: json, style: json ? .plain : .standardOutput,
            sides: [(first, a.origin), (second, b.origin)])
        while true {
            let left = try a.next(in: range)
            let right = try b.next(in: range)
            guard let left, let right else {
                if let only = left ?? right { try report.write(endAt: only.index, of: left == nil ? first : second) }
                break
            }
            try report.write(left.differences(to: right, by: comparison), at: left)
        }
        try report.writeSummary()
        try StandardOutput.shared.flush()
        if report.hasDifferences { throw Finished(status: .different) }
    }
}
