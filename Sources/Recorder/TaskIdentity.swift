internal import LinuxABI
internal import Ptrace

/// A thread as no other is called: by its PID namespace (pid_namespaces(7)) and its id there.
struct TaskIdentity: Hashable {
    /// What the link ns/pid says.
    private var namespace: String
    private var id: Int32

    /// - Parameter directory: that of the process or thread in any mount of procfs.
    init?(directory: String) {
        guard let ids = Self.ids(directory: directory), let innermost = ids.last,
            let namespace = HostFiles.link("\(directory)/ns/pid")
        else { return nil }
        self.namespace = namespace
        id = innermost
    }

    /// The ids of a thread in the namespaces from that of the mount inwards: "NSpid" in its status file.
    private static func ids(directory: String) -> [Int32]? {
        let name = Array("NSpid:".utf8)
        guard let text = HostFiles.contents(of: "\(directory)/status"),
            let line = text.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: name) })
        else { return nil }
        return line.dropFirst(name.count).split { $0 == 9 || $0 == 32 }.compactMap {
            Int32(String(decoding: $0, as: UTF8.self))
        }
    }

    /// The thread that a tracee calls by this number.
    static func thread(calledBy caller: ThreadID, _ number: Int32, among threads: some Sequence<ThreadID>) -> ThreadID?
    {
        guard let own = ids(directory: "/proc/\(caller)") else { return nil }
        let namespace = HostFiles.link("/proc/\(caller)/ns/pid")
        return threads.first { other in
            if own.count == 1 { return other.rawValue == number }
            guard let ids = ids(directory: "/proc/\(other)"), ids.count >= own.count, ids[own.count - 1] == number
            else {
                return false
            }
            return ids.count > own.count || HostFiles.link("/proc/\(other)/ns/pid") == namespace
        }
    }

    /// The thread whose memory a descriptor of a tracee stands for, if it leads to /proc/PID/mem.
    static func owner(ofMemoryFile descriptor: Int32, of thread: ThreadID) -> TaskIdentity? {
        let suffix = "/mem"
        guard let path = HostFiles.link("/proc/\(thread)/fd/\(descriptor)"), path.hasSuffix(suffix) else { return nil }
        // In the tracee's own mount namespace; else, where it has left that since, in ours.
        let directory = String(path.dropLast(suffix.count))
        return TaskIdentity(directory: "/proc/\(thread)/root\(directory)") ?? TaskIdentity(directory: directory)
    }
}

extension HostFiles.Identity {
    /// As /proc/PID/mem looks: what else does is told apart by its path.
    var mayBeProcessMemory: Bool { mode == 0o100600 && size == 0 }
}
