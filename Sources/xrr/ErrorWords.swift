import LinuxABI
import Ptrace
import Recorder
import Replayer
import SystemPackage
import TraceFormat

extension PtraceError {
    var words: String {
        switch self {
        case .threadGone(let thread): "thread \(thread) is gone"
        case .failed(let operation, let thread, let errno):
            "\(operation)\(thread.map { " (thread \($0))" } ?? ""): \(ErrorNumber(rawValue: errno))\(Self.advice(errno))"
        }
    }
}

extension PtraceError {
    private static func advice(_ errno: Int32) -> String {
        switch errno {
        case 11: " (too many processes: raise 'ulimit -u' or end some)"
        case 12: " (not enough memory)"
        case 23, 24: " (too many open files: raise 'ulimit -n')"
        default: ""
        }
    }
}

extension RecordError {
    var words: String {
        switch self {
        case .ptrace(.failed(_, _, errno: 1)) where Host.isTraced:
            "xrr runs under a debugger or strace that traces its children too; leave that out (strace without -f)"
        case .ptrace(.failed(let operation, _, errno: 1)):
            "\(operation): not permitted here (ptrace scope, or a container's seccomp profile); see 'xrr doctor'"
        case .ptrace(let error): error.words
        case .cannotExecute(let path, errno: 8):
            "cannot execute '\(String(decoding: path, as: UTF8.self))': it is no program for this machine, nor a "
                + "script that begins with '#!'"
        case .cannotExecute(let path, let errno):
            "cannot execute '\(String(decoding: path, as: UTF8.self))': \(ErrorNumber(rawValue: errno))"
        case .recordedAlready: "this xrr is itself being recorded"
        case .writing(let error): error.description + Self.advice(error)
        case .storing(let error): "cannot store a mapped file: " + error.description + Self.advice(error)
        case .unsupported(let what):
            "\(what.what) by thread \(what.thread) at \(what.address) cannot be recorded"
        }
    }

    private static func advice(_ error: RecordingWriteError) -> String {
        if case .file(_, _, let errno) = error { advice(errno) } else { "" }
    }

    private static func advice(_ error: FileStoreError) -> String {
        if case .file(_, let errno) = error { advice(errno) } else { "" }
    }

    private static func advice(_ errno: Errno) -> String {
        switch errno {
        case .noSpace, .diskQuotaExceeded: " (free some space, or record to another disk with -o or XRR_DIR)"
        case .fileTooLarge: " (raise 'ulimit -f')"
        default: ""
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
        case .output(let stream, let errno):
            "cannot write the program's \(stream == .standardOutput ? "standard output" : "standard error"): "
                + "\(ErrorNumber(rawValue: errno)); 'xrr replay -a --quiet' does not write it"
        case .unsound(let reasons):
            "this machine cannot replay the recording soundly: " + reasons.joined(separator: "; ")
        case .ptrace(let error): error.words
        case .inconsistent(let index, let what): "the recording is damaged: event \(index) \(what)"
        }
    }

    var status: CommandStatus {
        switch self {
        case .recording, .store, .inconsistent: .unreadable
        case .output: .failure
        case .unsound: .unsoundHere
        case .ptrace: .unsoundHere
        }
    }
}
