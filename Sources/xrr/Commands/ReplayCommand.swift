import ArgumentParser

/// `xrr replay`: docs/man/xrr-replay.md.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Replay a recording exactly.",
        discussion: """
            Nothing that was recorded happens again outside of the processes: no files are opened, no packets sent. \
            Only the output appears once more.

              xrr replay -a                        replay the latest recording to its end
              xrr replay -a make-3                 replay a recording of that name
              xrr replay -a --quiet /tmp/run       only check that it replays
              xrr replay -a --dump-registers regs  write the registers of every event

            Exit status: 0 the replay was faithful to the end; 3 it diverged; 4 the recording is unreadable or \
            damaged; 5 this CPU or kernel cannot replay it soundly; 64 usage.
            """)

    @Argument(help: "A recording: a path, or a name that 'xrr ls' shows. Default: the latest.", completion: .directory)
    var recording: String?

    @Flag(name: [.customShort("a"), .customLong("autoplay")], help: "Run to the end without a debugger.")
    var autoplay = false

    @Flag(help: "Do not write the program's output again.")
    var quiet = false

    @Option(
        name: .customLong("dump-registers"),
        help: ArgumentHelp("Write the registers of every event to this file.", valueName: "file"), completion: .file())
    var dumpRegisters: String?

    @OptionGroup var log: LogOption

    /// Everything that the command line says about a replay.
    struct Options: Hashable, Sendable {
        /// As given: `RecordingDirectory.resolve` knows what it means.
        var recording: String?
        var isQuiet: Bool
        var registersFile: String?
        var log: LogSpecification
    }

    func options() throws(CommandError) -> Options {
        guard autoplay else {
            throw CommandError(
                "replay without -a is the debugger, which this version does not have yet; use 'xrr replay -a'",
                status: .usage)
        }
        return try Options(recording: recording, isQuiet: quiet, registersFile: dumpRegisters, log: log.parsed())
    }

    func run() throws {
        let options = try options()
        options.log.install()
        try ReplayRunner(options: options).run()
    }
}
