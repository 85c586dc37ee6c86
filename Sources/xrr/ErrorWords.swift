import LinuxABI
import Ptrace
import Recorder
import Replayer
import SystemPackage
import TraceFormat

// What the errors of the engine mean for people, and for scripts.

extension PtraceError {
    var words: String {
        switch self {
        case .threadGone(let thread): "thread \(thread) is gone: something else has killed it"
        case .failed(let operation, let thread, let errno):
            "\(operation)\(thread.map { " (thread \($0))" } ?? ""): \(Errno(rawValue: errno))"
        }
    }

    /// EPERM or ENOSYS: a container, a seccomp profile or a sysctl forbids what xrr lives on.
    fileprivate var isForbidden: Bool {
        guard case .failed(_, _, let errno) = self else { return false }
        return [ErrorNumber.EPERM, .ENOSYS].contains(ErrorNumber(rawValue: errno))
    }
}

extension RecordError {
    var words: String {
        switch self {
        case .ptrace(let error) where error.isForbidden:
            "this system does not let xrr trace programs (\(error.words)): 'xrr doctor' says what to do"
        case .ptrace(let error): error.words
        case .cannotExecute(let path, let errno):
            "\(TextFormat.printable(path)): cannot be executed: \(Errno(rawValue: errno))"
        case .recordedAlready: "this xrr is itself being recorded"
        case .writing(let error): error.description
        case .storing(let error): error.description
        case .unsupported(let what):
            "\(what.what) by thread \(what.thread) at \(what.address) cannot be recorded"
        }
    }

    var status: CommandStatus {
        guard case .cannotExecute(_, let errno) = self else { return .recorderFailed }
        return ErrorNumber(rawValue: errno) == .ENOENT ? .notFound : .cannotExecute
    }
}

extension ReplayError {
    var words: String {
        switch self {
        case .recording(let error): error.description
        case .store(let error): error.description
        case .unsound(let reasons):
            "this machine cannot replay the recording soundly: " + reasons.joined(separator: "; ")
        case .ptrace(let error) where error.isForbidden:
            "this system does not let xrr trace programs (\(error.words)): 'xrr doctor' says what to do"
        case .ptrace(let error): error.words
        case .inconsistent(let index, let what): "the recording is damaged: event \(index) \(what)"
        }
    }

    var status: CommandStatus {
        switch self {
        case .recording, .store, .inconsistent: .unreadable
        case .unsound: .unsoundHere
        // Somebody killed the replay's processes: it says nothing of the recording or the machine.
        case .ptrace(.threadGone): .failure
        case .ptrace: .unsoundHere
        }
    }
}
