import ArgumentParser

/// `xrr record`: docs/man/xrr-record.md.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record a program and all processes it starts.",
        usage: """
            xrr record [-o DIR] [--cpu LEVEL|FILE] [--xcr0 MASK] [--no-wait] [-v NAME=VALUE]... [--slice TIME] [--chaos[=SEED]] [--until-fails N] \
            [--verify-memory[=EVENTS]] \
            [--log SPEC] [--] PROGRAM [ARGS...]
            """,
        discussion: """
            The program runs as it would without xrr: same output, same terminal, same exit status. All after PROGRAM \
            goes to it untouched.

              xrr record ls -l                     record ls -l
              xrr record -o /tmp/run -- ./server   choose the directory
              xrr record -v LC_ALL=C make -j4      with one more environment variable
              xrr record --no-wait ./daemon        stop with the first process
              xrr record --cpu sse -- ./test       replays on CPUs without AVX, too
              xrr record --chaos --until-fails 500 ./test
                                                   look for a race, and keep the run that shows it

            Exit status: the program's own, 128+N if it died of signal N; 125 if xrr itself failed, 126 if the program \
            cannot be executed, 127 if there is none of that name.
            """)

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Record into this new directory instead of PROGRAM-N.", valueName: "dir"),
        completion: .directory)
    var output: String?

    @Flag(name: .customLong("no-wait"), help: "End with the first process, and kill what it left behind.")
    var noWait = false

    @Option(
        name: [.customShort("v"), .customLong("env")],
        help: ArgumentHelp("Add a variable to the program's environment.", valueName: "name=value"))
    var variables: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            The CPU that the program sees, and that a replay needs at least: sse (x86-64-v2), avx, avx2 (x86-64-v3), \
            avx512-intel, avx512-amd, or native: the machine's own, for replays on the same model; or the file of a \
            profile, as 'xrr cpu baseline -o' writes it. Default: the best of the first three.
            """, valueName: "level"))
    var cpu: String?

    @Option(
        help: ArgumentHelp("The XCR0 that the program sees, such as 0x7: a part of the level's.", valueName: "mask"))
    var xcr0: String?

    @Option(
        help: ArgumentHelp(
            "How long a thread may run while others wait, as 20ms, 500us or 1s (default 50ms).", valueName: "time"))
    var slice: String?

    @Option(
        help: ArgumentHelp(
            "Schedule adversely, to bring out races: turns of random length. The seed is kept in the recording.",
            valueName: "seed"))
    var chaos: String?

    @Option(
        name: .customLong("until-fails"),
        help: ArgumentHelp(
            "Record again and again, at most this often, until the program fails; keep only that recording.",
            valueName: "n"))
    var untilFails: Int?

    @Option(
        name: .customLong("verify-memory"),
        help: ArgumentHelp(
            """
            Record what memory was as well, for replays to compare: after so many events (default 64) of an address space, \
            and at the ends of turns and programs.
            """, valueName: "events"))
    var verifyMemory: Int?

    @OptionGroup var log: LogOption

    // ArgumentParser's own help flag is not seen where an argument captures all that follows.
    @Flag(name: [.customShort("h"), .customLong("help")], help: "Show help information.")
    var help = false

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The program, looked up along PATH, and its arguments.", valueName: "program"),
        completion: .shellCommand("compgen -c"))
    var command: [String] = []

    /// Everything that the command line says about a recording.
    struct Options: Hashable, Sendable {
        /// nil: a new `PROGRAM-N` in the home of recordings.
        var output: String?
        /// Ends with the first process instead of the last.
        var endsWithFirstProcess: Bool
        /// Replace or add to the environment, in this order. Here and below text is as `ArgumentText` writes it.
        var variables: [Variable]
        /// Never empty.
        var program: String
        var arguments: [String]
        var log: LogSpecification
        var cpu: CPUChoice
        /// Nanoseconds; nil: the recorder's default.
        var slice: Int64?
        var chaos: ChaosChoice?
        /// The events between two digests of memory; nil for none.
        var verifyInterval: Int?
        /// How often to record at most while the program succeeds.
        var attempts: Int?

        struct Variable: Hashable, Sendable {
            var name: String
            var value: String
        }
    }

    /// - Throws: what ArgumentParser reports as a usage error.
    func options() throws -> Options {
        var words = command[...]
        if words.first == "--" {
            words.removeFirst()
        } else if let first = words.first, first.hasPrefix("-"), first != "-" {
            throw ValidationError("Unknown option '\(first)'; the program's own options go after its name")
        }
        guard let program = words.first else { throw ValidationError("Name the program to record") }
        guard !program.isEmpty else { throw ValidationError("The program's name is empty") }
        guard ArgumentText.isPlain(output ?? "") else { throw ValidationError("The path after -o is not UTF-8") }
        let parsed = try variables.map { text in
            let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty else {
                throw ValidationError("'\(text)' is not of the form NAME=VALUE")
            }
            return Options.Variable(name: String(sides[0]), value: String(sides[1]))
        }
        return try Options(
            output: output, endsWithFirstProcess: noWait, variables: parsed, program: program,
            arguments: Array(words.dropFirst()), log: log.parsed(), cpu: CPUChoice(level: cpu, mask: xcr0),
            slice: slice.map(Self.sliceTime),
            chaos: chaos.map(ChaosChoice.init), verifyInterval: verifyInterval(), attempts: attempts())
    }

    /// Of a bare `--verify-memory`.
    static let usualVerifyInterval = 64

    private func verifyInterval() throws -> Int? {
        guard let verifyMemory else { return nil }
        guard (1...1_000_000_000).contains(verifyMemory) else {
            throw ValidationError("--verify-memory needs a number of events above 0")
        }
        return verifyMemory
    }

    private static func sliceTime(_ text: String) throws -> Int64 {
        guard let time = TextFormat.nanoseconds(ofDuration: text), (100_000...60_000_000_000).contains(time) else {
            throw ValidationError("'\(text)' is no time for --slice: write one from 100us to 60s, such as 20ms")
        }
        return time
    }

    private func attempts() throws -> Int? {
        guard let untilFails else { return nil }
        guard untilFails > 0 else { throw ValidationError("--until-fails needs a number of runs above 0") }
        return untilFails
    }

    func validate() throws {
        if help { throw CleanExit.helpRequest(self) }
        // ArgumentParser explains only errors of its own kinds.
        do { _ = try options() } catch let error as CommandError { throw ValidationError(error.message) }
    }

    func run() throws {
        let options = try options()
        options.log.install()
        throw Finished(status: try RecordRunner(options: options).run())
    }
}
