import ArgumentParser
import TraceFormat

/// `xrr cpu`: docs/man/xrr-cpu.md.
struct CPUCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cpu",
        abstract: "Show and compare CPUs, and say where a recording replays.",
        discussion: """
            A machine is given as a profile (a file that 'xrr cpu dump' or 'xrr cpu baseline -o' wrote), as what \
            'cpuid -r' prints, as a recording, or as 'host', which is this machine.

              xrr cpu show
              xrr cpu dump > here.json
              xrr cpu compare here.json there.json --svg layouts.svg
              xrr cpu baseline here.json there.json other.txt
              xrr cpu check make-3 there.json

            docs/portability.md has the rules.
            """,
        subcommands: [
            CPUShowCommand.self, CPUDumpCommand.self, CPUCompareCommand.self, CPUBaselineCommand.self,
            CPUCheckCommand.self, CPUPairsCommand.self,
        ])
}

/// `xrr cpu show`.
struct CPUShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a CPU: its levels, components, features, and how each fact is known.")

    @Argument(help: "A profile, a text of 'cpuid -r', or a recording. Default: this machine.", completion: .file())
    var machine: String?

    func run() throws {
        let machine = try machine.map { try NamedMachine($0) } ?? NamedMachine.host()
        for line in CPUText(machine.profile).lines { try StandardOutput.shared.write(line: line) }
    }
}

/// `xrr cpu dump`.
struct CPUDumpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump", abstract: "Write a CPU's profile as JSON.",
        discussion: "The profile serves all 'xrr cpu' commands, and 'xrr record --cpu FILE'.")

    @Argument(help: "A profile, a text of 'cpuid -r', or a recording. Default: this machine.", completion: .file())
    var machine: String?

    func run() throws {
        let machine = try machine.map { try NamedMachine($0) } ?? NamedMachine.host()
        let text = String(decoding: machine.profile.encoded().dropLast(), as: UTF8.self)
        try StandardOutput.shared.write(line: text)
    }
}
