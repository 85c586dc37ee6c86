internal import Ptrace

/// The kernel's table of System V shared memory segments: /proc/sysvipc/shm (proc(5)).
enum SegmentTable {
    /// Whether a segment has no page yet, in memory or swapped out: reading it would make them all.
    static func isUntouched(_ identifier: UInt64) -> Bool {
        guard let text = HostFiles.contents(of: "/proc/sysvipc/shm") else { return false }
        return isUntouched(identifier, table: text)
    }

    static func isUntouched(_ identifier: UInt64, table: [UInt8]) -> Bool {
        let rows = table.split(separator: UInt8(ascii: "\n")).map {
            $0.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        }
        guard let names = rows.first, let id = names.firstIndex(of: "shmid"),
            let resident = names.firstIndex(of: "rss"),
            let swapped = names.firstIndex(of: "swap"),
            let row = rows.dropFirst().first(where: { $0.count == names.count && $0[id] == String(identifier) })
        else { return false }
        return row[resident] == "0" && row[swapped] == "0"
    }
}
