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
    package static func isShort() -> Bool { bytes().map { $0 < reserve } ?? false }

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

    /// The least that one of the cgroups of version 2 has left: its limit less what is in use and cannot be reclaimed.
    private static func cgroups() -> UInt64? {
        guard let text = HostFiles.contents(of: "/proc/self/cgroup"),
            let line = text.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: "0::".utf8) })
        else { return nil }
        var path = "/sys/fs/cgroup" + String(decoding: line.dropFirst(3), as: UTF8.self)
        var least: UInt64?
        while path.utf8.count >= "/sys/fs/cgroup".utf8.count {
            if let limit = number(path + "/memory.max"), let used = number(path + "/memory.current") {
                let reclaimable = HostFiles.contents(of: path + "/memory.stat").flatMap(inactiveFile) ?? 0
                let left = limit &- min(limit, used &- min(used, reclaimable))
                least = min(least ?? .max, left)
            }
            guard let slash = path.lastIndex(of: "/") else { break }
            path = String(path[..<slash])
        }
        return least
    }

    /// nil for `max`.
    private static func number(_ path: String) -> UInt64? {
        HostFiles.contents(of: path).flatMap { UInt64(String(decoding: $0.prefix { $0 != 10 }, as: UTF8.self)) }
    }

    /// The page cache that goes first, in bytes.
    static func inactiveFile(_ text: [UInt8]) -> UInt64? {
        let name = "inactive_file "
        let line = text.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: name.utf8) }
        return line.flatMap { UInt64(String(decoding: $0.dropFirst(name.utf8.count), as: UTF8.self)) }
    }
}
