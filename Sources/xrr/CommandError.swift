import Recorder
import Replayer
import SystemPackage
import TraceFormat
import XState

/// An error in words that say what to do, with the status that xrr ends with.
struct CommandError: Error, Hashable {
    var message: String
    /// nil: the status that the command has for trouble of its own.
    var status: CommandStatus?

    init(_ message: String, status: CommandStatus? = nil) {
        self.message = message
        self.status = status
    }
}

/// The command is done and ends with a status that is its result (a tracee's, or `compare`'s), without words.
struct Finished: Error, Hashable {
    var status: CommandStatus
}

extension CommandError {
    /// The words for the errors of the modules below; nil for an error that is not one of theirs.
    init?(describing error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as RecordingError: self.init(error.description, status: .unreadable)
        case let error as FileStoreError:
            self.init(error.words, status: .unreadable)
        case let error as RecordError: self.init(error.words, status: error.status)
        case let error as ReplayError: self.init(error.words, status: error.status)
        case let error as RecordingWriteError: self.init(error.description)
        case let error as XStateError: self.init("CPUID contradicts XCR0 here: \(error.description)")
        case let error as Errno: self.init("\(error)")
        default: return nil
        }
    }
}
