import ArgumentParser
import Ptrace
import Tracee

/// The command tree. docs/man has a page for each command; the exit statuses are in `CommandStatus`.
struct XRR: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "xrr",
        abstract: "Record a Linux program once and replay it exactly, as often as you like.",
        discussion: """
            Needs no root, no performance counters and no kernel patch.

              xrr record make -j4        record a program and all it starts
              xrr replay -a              replay the latest recording to its end
              xrr dump --event 0..20     show what happened, event by event
              xrr doctor                 show what this machine can do
              xrr cpu check              say whether a recording replays on a CPU, and if not, why

            Recordings are kept in $XRR_DIR, else ${XDG_DATA_HOME:-~/.local/share}/xrr, as PROGRAM-N. Commands that \
            take a recording accept a path or such a name, and take the latest one if you give none.
            """,
        version: "xrr \(Version.current)",
        subcommands: [
            RecordCommand.self, ReplayCommand.self, DumpCommand.self, CompareCommand.self, ProcessesCommand.self,
            InfoCommand.self, ListCommand.self, RemoveCommand.self, CPUCommand.self, DoctorCommand.self,
        ])
}

@main struct CommandLineTool {
    /// Parses, runs, and turns every error into words and an exit status: nothing else in xrr does.
    static func main() {
        Host.reserveStandardStreams()
        HostMachine.leaveInheritedPin()
        let words = Host.arguments()
        // Swift takes the arguments from /proc/self/cmdline.
        guard !words.isEmpty else {
            Diagnostics.say(
                "/proc is not mounted here, and xrr cannot work without it; mount it with 'mount -t proc proc /proc'")
            CommandStatus.recorderFailed.exit()
        }
        let arguments = ChaosChoice.completing(words.dropFirst().map { ArgumentText.text(of: $0) })
        do {
            var command = try XRR.parseAsRoot(arguments)
            try command.run()
            try StandardOutput.shared.flush()
        } catch {
            exit(with: error, arguments: arguments)
        }
    }

    private static func exit(with error: any Error, arguments: [String]) -> Never {
        // What was written before the error is still data.
        try? StandardOutput.shared.flush()
        let status = CommandStatus(error, command: arguments.first)
        switch error {
        case is OutputClosed, is ExitCode, is Finished: break
        case let error as CommandError: Diagnostics.say(error.message)
        default:
            let text = XRR.fullMessage(for: error)
            if status == .success {
                try? StandardOutput.shared.write(line: text)
                try? StandardOutput.shared.flush()
            } else if CommandError(describing: error) != nil || XRR.exitCode(for: error) != ExitCode.validationFailure {
                Diagnostics.say(CommandError(describing: error)?.message ?? "\(error)")
            } else {
                Diagnostics.say(usage: text)
            }
        }
        status.exit()
    }
}

/// The version of this program.
enum Version {
    static let current = "0.1.0"
}
