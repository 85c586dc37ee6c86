import ArgumentParser
import TraceFormat
import XState

/// `xrr cpu check`.
struct CPUCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say whether a recording replays on a machine, and if not, why.",
        discussion: """
              xrr cpu check make-3
              xrr cpu check make-3 there.json

            Exit status: 0 if it does, 5 if it does not.
            """)

    @Argument(help: "A recording: a path, or a name that 'xrr ls' shows.", completion: .directory)
    var recording: String

    @Argument(help: "A profile, a text of 'cpuid -r', or a recording. Default: this machine.", completion: .file())
    var profile: String?

    func run() throws {
        let recording = try NamedMachine(recording)
        guard let manifest = recording.recording else {
            throw CommandError(
                "\(TextFormat.printable(self.recording)) is a profile; 'xrr cpu check' takes a recording first, "
                    + "'xrr cpu compare' two profiles", status: .usage)
        }
        let machine = try profile.map { try NamedMachine($0) } ?? NamedMachine.host()
        let verdict = PortabilityVerdict(recording: manifest.recordingCPU, machine: machine.profile)
        let output = StandardOutput.shared
        let title = "\(TextFormat.printable(recording.name)) \(verdict.isSound ? "replays" : "does not replay")"
        try output.write(line: "\(verdict.isSound ? "yes" : "no"): \(title) on \(machine.title)")
        for words in verdict.blockerWords { try output.write(line: "  " + TextFormat.printable(words)) }
        for reason in verdict.warnings {
            try output.write(line: "  warning: " + TextFormat.printable(reason.description))
        }
        if verdict.isSound { return }
        if let flag = verdict.flag {
            try output.write(line: "'xrr record \(flag)' records for both CPUs")
        } else {
            try output.write(line: "no level of 'xrr record --cpu' would have avoided that")
        }
        throw Finished(status: .unsoundHere)
    }
}
