/// How much memory can still be used before the kernel has to end processes: of the machine, and of the cgroups that this
/// process is in.
package enum AvailableMemory {
    /// In bytes, with swap; nil where nothing tells of it.
    package static func bytes() -> UInt64? {
        [HostFiles.contents(of: "/proc/meminfo").flatMap(available), cgroups()].compactMap(\.self).min()
    }

    /// All that the machine has, with swap, in bytes.
    package static func total() -> UInt64? {
        HostFiles.contents(of: "/proc/meminfo").flatMap { text in
            field("MemTotal:", of: text).map { $0 &+ (field("SwapTotal:", of: text) ?? 0) }
        }
    }

    /// Whether so little is left that going on would be at the expense of others.
    package static func isShort() -> Bool { !hasRoom(for: 0) }

    /// Whether so many bytes more would leave others enough.
    package static func hasRoom(for count: UInt64) -> Bool { bytes().map { $0 >= reserve &+ count } ?? true }

    /// What a replay leaves to others, in bytes: enough for what it can take between two looks.
    private static let reserve: UInt64 = 384 << 20

    /// MemAvailable and SwapFree of /proc/meminfo (proc_meminfo(5)).
    static func available(_ text: [UInt8]) -> UInt64? {
        field("MemAvailable:", of: text).map { $0 &+ (field("SwapFree:", of: text) ?? 0) }
    }

    /// The value of a line, in bytes.
    private static func field(_ name: String, of text: [UInt8]) -> UInt64? {
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: name.utf8) {
            let digits = line.dropFirst(name.utf8.count).drop { $0 == 32 }.prefix { (48...57).contains($0) }
            return UInt64(String(decoding: digits, as: UTF8.self)).map { $0 &* 1024 }
        }
        return nil
    }

    // MARK: cgroups(7)

    /// The files of one version of the memory controller.
    private struct Controller {
        var root: String
        /// What the line in /proc/self/cgroup has between its first and its last colon.
        var name: String
        var limit: String
        var usage: String
        /// Of memory.stat: the page cache that goes first.
        var reclaimable: String

        static let all = [
            Controller(
                root: "/sys/fs/cgroup", name: "", limit: "memory.max", usage: "memory.current",
                reclaimable: "inactive_file "),
            Controller(
                root: "/sys/fs/cgroup/memory", name: "memory", limit: "memory.limit_in_bytes",
                usage: "memory.usage_in_bytes", reclaimable: "total_inactive_file "),
        ]
    }

    /// The least that one of the cgroups has left: its limit less what is in use and cannot be reclaimed.
    private static func cgroups() -> UInt64? {
        guard let text = HostFiles.contents(of: "/proc/self/cgroup") else { return nil }
        return Controller.all.compactMap { controller in
            path(of: controller.name, in: text).flatMap { least(controller, $0) }
        }.min()
    }

    /// The path of the cgroup in the hierarchy of a controller, "/" or one without a slash at its end.
    static func path(of controller: String, in text: [UInt8]) -> String? {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
            if fields.count == 3, fields[1].elementsEqual(controller.utf8) {
                return String(decoding: fields[2], as: UTF8.self)
            }
        }
        return nil
    }

    /// From the cgroup up to the root. In a container the lower ones may not be there, and its own is the root.
    private static func least(_ controller: Controller, _ path: String) -> UInt64? {
        var directory = controller.root + (path == "/" ? "" : path)
        var least: UInt64?
        while directory.utf8.count >= controller.root.utf8.count {
            if let limit = number("\(directory)/\(controller.limit)"),
                let used = number("\(directory)/\(controller.usage)")
            {
                let statistics = HostFiles.contents(of: "\(directory)/memory.stat")
                let reclaimable = statistics.flatMap { count(controller.reclaimable, in: $0) } ?? 0
                let left = limit &- min(limit, used &- min(used, reclaimable))
                least = min(least ?? .max, left)
            }
            guard let slash = directory.lastIndex(of: "/") else { break }
            directory = String(directory[..<slash])
        }
        return least
    }

    /// nil for `max`.
    private static func number(_ path: String) -> UInt64? {
        HostFiles.contents(of: path).flatMap { UInt64(String(decoding: $0.prefix { $0 != 10 }, as: UTF8.self)) }
    }

    /// The number behind a name at the start of a line.
    static func count(_ name: String, in text: [UInt8]) -> UInt64? {
        let line = text.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: name.utf8) }
        return line.flatMap { UInt64(String(decoding: $0.dropFirst(name.utf8.count), as: UTF8.self)) }
    }
}
