import ArgumentParser
import Glibc
import TraceFormat

/// The exit statuses of xrr, which scripts rely on. This file is the only place where they are decided.
struct CommandStatus: Hashable, Sendable {
    var code: Int32

    static let success = CommandStatus(code: 0)
    /// Trouble of a command that has no status of its own for it.
    static let failure = CommandStatus(code: 1)
    /// EX_USAGE of <sysexits.h>: the command line makes no sense.
    static let usage = CommandStatus(code: 64)
    /// The reader of standard output went away: what a shell shows for SIGPIPE.
    static let outputClosed = CommandStatus(code: 128 + SIGPIPE)

    // `xrr record`, otherwise the tracee's own status. As env(1).
    static let recorderFailed = CommandStatus(code: 125)
    static let cannotExecute = CommandStatus(code: 126)
    static let notFound = CommandStatus(code: 127)

    // `xrr replay -a`, 0 for a faithful replay.
    static let diverged = CommandStatus(code: 3)
    static let unreadable = CommandStatus(code: 4)
    static let unsoundHere = CommandStatus(code: 5)

    // `xrr compare`, as diff(1).
    static let different = CommandStatus(code: 1)
    static let compareTrouble = CommandStatus(code: 2)

    func exit() -> Never { Glibc.exit(code) }
}

extension CommandStatus {
    /// What a recorded program's end means for `xrr record`: its own status, or 128 plus the signal it died of.
    init(tracee: TraceFormat.ExitStatus) { code = tracee.shellStatus }

    /// The status that an error ends the command with.
    ///
    /// - Parameter command: the first argument: `record` and `compare` own the statuses that others use for trouble.
    init(_ error: any Error, command: String?) {
        switch error {
        case let error as Finished: self = error.status
        case is OutputClosed: self = .outputClosed
        case let error as ExitCode: self.init(code: error.rawValue)
        default:
            let isHelp = XRR.exitCode(for: error) == ExitCode.success
            if isHelp {
                self = .success
            } else if command == "record" {
                // All other numbers are the tracee's to return; a wrong command line is seen before there is one.
                let status = CommandError(describing: error)?.status
                let isUsage = XRR.exitCode(for: error) == ExitCode.validationFailure
                self =
                    status.flatMap { [.cannotExecute, .notFound].contains($0) ? $0 : nil }
                    ?? (isUsage ? .usage : .recorderFailed)
            } else if command == "compare" {
                self = .compareTrouble
            } else if let described = CommandError(describing: error) {
                self = described.status ?? .failure
            } else {
                self = XRR.exitCode(for: error) == ExitCode.validationFailure ? .usage : .failure
            }
        }
    }
}
