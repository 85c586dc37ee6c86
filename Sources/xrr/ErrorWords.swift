import LinuxABI
import Ptrace
import Recorder
import Replayer
import SystemPackage
import TraceFormat
import Tracee

// What the errors of the engine mean for people, and for scripts.

extension PtraceError {
    var words: String {
        switch self {
        case .threadGone(let thread): "thread \(thread) is gone: something else has killed it"
        case .failed(let operation, let thread, let errno):
            "\(operation)\(thread.map { " (thread \($0))" } ?? ""): \(Errno(rawValue: errno))\(Self.advice(errno))"
        }
    }

    private static func advice(_ errno: Int32) -> String {
        switch ErrorNumber(rawValue: errno) {
        case .EAGAIN: " (too many processes: raise 'ulimit -u' or end some)"
        case .ENFILE, .EMFILE: " (raise 'ulimit -n')"
        case .ENOMEM: " (free some memory; where many mappings are in use, raise the sysctl vm.max_map_count)"
        default: ""
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
        case .ptrace(let error) where error.isForbidden && Host.isTraced:
            "xrr runs under a debugger or strace that traces its children too; leave that out (strace without -f)"
        case .ptrace(let error) where error.isForbidden:
            "\(error.words) (ptrace scope, or a container's seccomp profile): 'xrr doctor' says what to do"
        case .ptrace(let error): error.words
        case .cannotExecute(let path, ErrorNumber.ENOEXEC.rawValue):
            "\(TextFormat.printable(path)): cannot be executed: it is no program for this machine, nor a script"
        case .cannotExecute(let path, let errno):
            "\(TextFormat.printable(path)): cannot be executed: \(Errno(rawValue: errno))"
        case .occupied(let path):
            "\(TextFormat.printable(path)): cannot be recorded: its own memory takes up \(InterceptorLayout.base) to "
                + "\(InterceptorLayout.end), where xrr has to be; build it position-independent (-fPIE -pie)"
        case .writing(let error): error.description + Self.advice(error)
        case .storing(let error): "cannot store a mapped file: " + error.description + error.advice
        case .unsupported(let what):
            "\(what.what) by thread \(what.thread) at \(what.address) cannot be recorded"
        }
    }

    private static func advice(_ error: RecordingWriteError) -> String {
        if case .file(_, _, let errno) = error { advice(errno) } else { "" }
    }

    fileprivate static func advice(_ errno: Errno) -> String {
        switch errno {
        case .noSpace, .diskQuotaExceeded: " (free some space, or record to another disk with -o or XRR_DIR)"
        case .fileTooLarge: " (raise 'ulimit -f')"
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem: " (raise 'ulimit -n')"
        default: ""
        }
    }

    var status: CommandStatus {
        guard case .cannotExecute(_, let errno) = self else { return .recorderFailed }
        return ErrorNumber(rawValue: errno) == .ENOENT ? .notFound : .cannotExecute
    }
}

extension FileStoreError {
    var words: String {
        if case .file = self { return "cannot use the store of mapped files: " + description + advice }
        return description
    }

    /// What to do about it; empty if there is nothing to say.
    fileprivate var advice: String {
        if case .file(_, let errno) = self { Self.advice(errno) } else { "" }
    }

    /// The same for an error of the store's directory itself.
    static func advice(_ errno: Errno) -> String {
        switch errno {
        case .permissionDenied, .notPermitted:
            " (give yourself access, as 'chmod -R u+rwX' does, or use another place with -o or XRR_DIR)"
        case .readOnlyFileSystem: " (use another place with -o or XRR_DIR)"
        default: RecordError.advice(errno)
        }
    }
}

extension ReplayError {
    var words: String {
        switch self {
        case .recording(let error): error.description
        case .store(let error): error.words
        case .output(let stream, let errno):
            "cannot write the program's \(stream == .standardOutput ? "standard output" : "standard error"): "
                + "\(Errno(rawValue: errno)); 'xrr replay -a --quiet' does not write it"
        case .unsound(let reasons):
            "this machine cannot replay the recording soundly: " + reasons.joined(separator: "; ")
        case .ptrace(let error) where error.isForbidden:
            "\(error.words) (ptrace scope, or a container's seccomp profile): 'xrr doctor' says what to do"
        case .ptrace(let error): error.words
        case .missingComponents(let index, let thread, let components):
            "this machine cannot hold the registers that thread \(thread) has from event \(index) on: it has no "
                + "\(components); replay on a CPU that has them"
        case .tooLarge(let index, let bytes, let available):
            "at event \(index) the recorded program had \(TextFormat.size(bytes)) of memory in use, and this machine has "
                + "\(TextFormat.size(available))"
        case .inconsistent(let index, let what): "the recording is damaged: event \(index) \(what)"
        }
    }

    var status: CommandStatus {
        switch self {
        case .recording, .store, .inconsistent: .unreadable
        case .output: .failure
        case .unsound, .missingComponents, .tooLarge: .unsoundHere
        // Somebody killed the replay's processes: it says nothing of the recording or the machine.
        case .ptrace(.threadGone): .failure
        case .ptrace: .unsoundHere
        }
    }
}
