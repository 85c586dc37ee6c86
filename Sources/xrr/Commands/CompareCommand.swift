import ArgumentParser
import SystemPackage

/// `xrr compare`: docs/man/xrr-compare.md.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare two recordings or register dumps, event by event.",
        discussion: """
            Registers and extended registers are compared; threads are matched by the order in which they appear. A \
            register dump is what 'xrr replay --dump-registers' writes.

              xrr compare make-3 make-4
              xrr compare make-3 regs --event 100..120
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
        let report = ComparisonReport(asJSON: json, isColoured: FileSystem.isTerminal(.standardOutput) && !json)
        var differs = false
        while true {
            let left = try a.next(in: range)
            let right = try b.next(in: range)
            guard let left, let right else {
                if let only = left ?? right {
                    differs = true
                    try report.write(endAt: only.index, of: left == nil ? first : second)
                }
                break
            }
            let differences = left.differences(to: right)
            if !differences.isEmpty {
                differs = true
                try report.write(differences, at: left)
            }
        }
        try StandardOutput.shared.flush()
        if differs { throw Finished(status: .different) }
    }
}

/// Differences in words or as JSON.
struct ComparisonReport {
    var asJSON: Bool
    var isColoured: Bool

    func write(_ differences: [StateRecord.Difference], at record: StateRecord) throws {
        let output = StandardOutput.shared
        if asJSON {
            for difference in differences {
                let object = JSONText.object([
                    ("frame", .unsigned(record.index)), ("event", .string(record.event)),
                    ("component", .string(difference.component)), ("name", .string(difference.name)),
                    ("first", .string(difference.first)), ("second", .string(difference.second)),
                ])
                try output.write(line: object.text)
            }
            return
        }
        let components = differences.map(\.component).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        try output.write(line: bold("event \(record.index), \(record.event): \(components.joined(separator: ", "))"))
        for difference in differences {
            try output.write(line: "  \(difference.name)")
            try output.write(line: colour("    - \(difference.first)", 31))
            try output.write(line: colour("    + \(difference.second)", 32))
        }
    }

    func write(endAt index: UInt64, of name: String) throws {
        let line =
            asJSON
            ? JSONText.object([("frame", .unsigned(index)), ("endOf", .string(name))]).text
            : bold("\(name) ends before event \(index)")
        try StandardOutput.shared.write(line: line)
    }

    private func bold(_ text: String) -> String { colour(text, 1) }
    private func colour(_ text: String, _ code: Int) -> String { isColoured ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text }
}
