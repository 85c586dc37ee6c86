import LinuxABI
import TraceFormat

/// What a recorded program was refused, in words, with what can be done about it.
struct RefusalText {
    let note: RefusalNote

    init(_ note: RefusalNote) { self.note = note }

    /// One line.
    var line: String {
        let program = note.program.isEmpty ? "the program" : TextFormat.printable(note.program)
        guard let refusal = note.refusal else {
            let kind = TextFormat.printable(note.kind)
            return "\(program) was refused something that only a newer xrr has a word for: \(kind)"
        }
        let (what, advice) = Self.words(refusal)
        return "\(program) \(what), because it was recorded\(advice.isEmpty ? "" : ": ")\(advice)"
    }

    private static func words(_ refusal: Refusal) -> (what: String, advice: String) {
        switch refusal {
        case .tracing:
            (
                "was refused ptrace(2)",
                "debuggers and strace do not work in it, nor does LeakSanitizer, which ASAN_OPTIONS=detect_leaks=0 turns "
                    + "off"
            )
        case .privileges:
            (
                "did not get the privileges of its file (set-uid, set-gid or capabilities)",
                "record it as the user it is to run as, or with xrr run by root"
            )
        case .userDispatch: ("was refused syscall user dispatch", "what emulates system calls by it does not work")
        case .ioUring: ("was refused io_uring", "most programs go on without; their settings turn it off for good")
        case .asynchronousIO: ("was refused io_setup(2)", "choose synchronous I/O or threads in its settings")
        case .userfaultfd: ("was refused userfaultfd(2)", "what handles page faults by it does not work")
        case .performanceEvents: ("was refused perf_event_open(2)", "profile it without xrr")
        case .bpf: ("was refused bpf(2)", "")
        case .protectionKeys: ("was refused memory protection keys", "most programs go on without")
        case .segments: ("was refused modify_ldt(2)", "16-bit code and old 32-bit code do not run")
        case .ports: ("was refused I/O ports", "")
        case .memoryLayout: ("was refused PR_SET_MM", "")
        case .denialOfWriteExecute: ("was refused PR_SET_MDWE", "it ran without that protection")
        case .shadowStack: ("was refused a shadow stack", "it ran without that protection")
        case .secretMemory: ("was refused memfd_secret(2)", "it ran with ordinary memory, or without")
        case .deviceMemory:
            (
                "was refused a mapping of a device's memory",
                "graphics by a GPU, for instance, has to be done in software"
            )
        case .sharedBuffers:
            ("was refused to share buffers with the network", "choose ordinary sockets in its settings")
        case .unknownRequest:
            ("was refused an ioctl(2) request of which xrr does not know what it writes", "please report which device")
        }
    }
}
