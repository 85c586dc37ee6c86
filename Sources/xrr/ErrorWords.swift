import LinuxABI
import Ptrace
import Recorder
import Replayer
import TraceFormat

extension PtraceError {
    var words: String {
        switch self {
        case .threadGone(let thread): "thread \(thread) is gone"
        case .failed(let operation, let thread, let errno):
            "\(operation)\(thread.map { " (thread \($0))" } ?? ""): \(ErrorNumber(rawValue: errno))"
        }
    }
}

extension RecordError {
    var words: String {
        switch self {
        case .ptrace(.failed(_, _, errno: 1)):
            "ptrace(2) or seccomp(2) is not permitted here: see 'xrr doctor'"
        case .ptrace(let error): error.words
        case .cannotExecute(let path, let errno):
            "cannot execute '\(String(decoding: path, as: UTF8.self))': \(ErrorNumber(rawValue: errno))"
        case .recordedAlready: "this xrr is itself being recorded"
        case .writing(let error): error.description
        case .storing(let error): error.description
        case .unsupported(let what):
            "\(what.what) by thread \(what.thread) at \(what.address) cannot be recorded"
        }
    }

    var status: CommandStatus {
        if case .cannotExecute(_, let errno) = self { return errno == 2 ? .notFound : .cannotExecute }
        return .recorderFailed
    }
}

extension ReplayError {
    var words: String {
        switch self {
        case .recording(let error): error.description
        case .store(let error): error.description
        case .unsound(let reasons):
            "this machine cannot replay the recording soundly: " + reasons.joined(separator: "; ")
        case .ptrace(let error): error.words
        case .inconsistent(let index, let what): "the recording is damaged: event \(index) \(what)"
        }
    }

    var status: CommandStatus {
        switch self {
        case .recording, .store, .inconsistent: .unreadable
        case .unsound: .unsoundHere
        case .ptrace: .unsoundHere
        }
    }
}
