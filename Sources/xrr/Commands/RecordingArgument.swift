import ArgumentParser

/// The recording that a command reads.
struct RecordingArgument: ParsableArguments {
    @Argument(help: "A recording: a path, or a name that 'xrr ls' shows. Default: the latest.", completion: .directory)
    var recording: String?

    func resolved() throws(CommandError) -> RecordingDirectory { try RecordingDirectory.resolve(recording) }
}
