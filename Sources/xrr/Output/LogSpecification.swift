import Logging

/// What `--log` asks for: `LEVEL` for all subsystems, `LABEL=LEVEL` for one and those below it, separated by commas.
struct LogSpecification: Hashable, Sendable {
    /// For subsystems that no rule names.
    var general = Logger.Level.warning
    var rules: [String: Logger.Level] = [:]

    init() {}

    /// - Throws: `CommandError` naming what is no level.
    init(parsing text: String) throws(CommandError) {
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard let last = sides.last, let level = Logger.Level(rawValue: last) else {
                let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandError("--log: '\(sides.last ?? "")' is no level; levels are \(levels)", status: .usage)
            }
            if sides.count == 2 { rules[sides[0]] = level } else { general = level }
        }
    }

    /// The level of a label: that of the longest rule that is the label or a part of it before a dot. A rule may
    /// leave out the first component: `scheduler` means `recorder.scheduler` as well.
    func level(for label: String) -> Logger.Level {
        var parts = label.split(separator: ".")[...]
        let short = parts.dropFirst().joined(separator: ".")
        while !parts.isEmpty {
            if let level = rules[parts.joined(separator: ".")] { return level }
            parts.removeLast()
        }
        return rules[short] ?? general
    }

    /// Makes all loggers created from now on follow this. Once per process.
    func install() {
        LoggingSystem.bootstrap { label in StandardErrorLogHandler(label: label, logLevel: level(for: label)) }
    }
}
