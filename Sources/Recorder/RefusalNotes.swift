internal import LinuxABI
internal import Ptrace
internal import TraceFormat

/// What tracees were refused because they are recorded: the first case of each kind.
struct RefusalNotes {
    private(set) var all: [RefusalNote] = []
    private var kinds: Set<Refusal> = []

    /// The tracees' CPU is pinned to one without protection keys and shadow stacks: what they are told is the truth then.
    let isCPUPinned: Bool
    private static let cpuFeatures: Set<Refusal> = [.protectionKeys, .shadowStack]

    init(isCPUPinned: Bool) { self.isCPUPinned = isCPUPinned }

    mutating func note(_ refusal: Refusal, to thread: RecordedThread) {
        if isCPUPinned, Self.cpuFeatures.contains(refusal) { return }
        guard kinds.insert(refusal).inserted else { return }
        all.append(RefusalNote(refusal, program: HostFiles.link("/proc/\(thread.id)/exe") ?? ""))
    }

    /// A new image: execve(2) gives a traced program less than its file says.
    mutating func noteExec(of thread: RecordedThread) {
        // What the program has asked for itself, it gets without xrr as well.
        guard !thread.hasNoNewPrivileges, HostThreads.lacksPrivileges(ofItsFile: thread.id) else { return }
        note(.privileges, to: thread)
    }
}
