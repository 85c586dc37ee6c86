/// Differences in words, or as one JSON object each.
struct ComparisonReport {
    let asJSON: Bool
    let style: TextStyle
    /// What is compared, as the command line names it.
    let sides: [(name: String, origin: StateOrigin)]
    private(set) var hasDifferences = false
    private var eventCount = 0
    private var differingCount = 0
    /// How many events differ in which component, in the order in which they came up.
    private var components: [(name: String, count: Int)] = []

    init(asJSON: Bool, style: TextStyle, sides: [(name: String, origin: StateOrigin)]) {
        self.asJSON = asJSON
        self.style = style
        self.sides = sides
    }

    /// Notes an event; without differences nothing is written.
    mutating func write(_ differences: [StateRecord.Difference], at record: StateRecord) throws {
        eventCount += 1
        guard !differences.isEmpty else { return }
        differingCount += 1
        let names = differences.map(\.component).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        for name in names {
            if let place = components.firstIndex(where: { $0.name == name }) {
                components[place].count += 1
            } else {
                components.append((name, 1))
            }
        }
        let output = StandardOutput.shared
        if asJSON {
            hasDifferences = true
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
        try begin()
        try output.write(line: style.bold("event \(record.index), \(record.event): \(names.joined(separator: ", "))"))
        for difference in differences {
            try output.write(line: "  \(difference.name)")
            try output.write(line: style.red("    - \(difference.first)"))
            try output.write(line: style.green("    + \(difference.second)"))
        }
    }

    /// One side has no more events.
    mutating func write(endAt index: UInt64, of name: String) throws {
        if asJSON {
            hasDifferences = true
            let object = JSONText.object([("frame", .unsigned(index)), ("endOf", .string(name))])
            return try StandardOutput.shared.write(line: object.text)
        }
        try begin()
        try StandardOutput.shared.write(line: style.bold("\(TextFormat.printable(name)) ends before event \(index)"))
    }

    /// Before the first difference: which machines are compared.
    private mutating func begin() throws {
        guard !hasDifferences else { return }
        hasDifferences = true
        let output = StandardOutput.shared
        try output.write(line: style.red("--- \(TextFormat.printable(sides[0].name)): \(sides[0].origin.words)"))
        try output.write(line: style.green("+++ \(TextFormat.printable(sides[1].name)): \(sides[1].origin.words)"))
    }

    /// After the last.
    func writeSummary() throws {
        guard hasDifferences, !asJSON else { return }
        let counts = components.map { "\($0.name) in \($0.count)" }.joined(separator: ", ")
        try StandardOutput.shared.write(
            line: "\(differingCount) of \(eventCount) events differ" + (counts.isEmpty ? "" : ": " + counts))
    }
}
