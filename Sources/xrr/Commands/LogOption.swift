import ArgumentParser

/// `--log` of the commands that run tracees.
struct LogOption: ParsableArguments {
    @Option(
        name: .customLong("log"),
        help: ArgumentHelp(
            "Say what the engine does: LEVEL, or LABEL=LEVEL for a part, several with commas.",
            discussion: "Levels: trace, debug, info, notice, warning, error, critical. Example: session=debug,info",
            valueName: "spec"))
    var specification: String?

    func parsed() throws(CommandError) -> LogSpecification {
        if let specification { return try LogSpecification(parsing: specification) }
        return LogSpecification()
    }
}
