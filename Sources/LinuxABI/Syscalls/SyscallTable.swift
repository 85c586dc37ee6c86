/// The table of all system calls of Linux 6.12 on x86-64, by number.
///
/// The kernel facts behind the rows are in the calls' man pages and, for what those leave out, in the kernel's
/// sources: a length that is stored even on failure, an argument that only the low half of counts.
package enum SyscallTable {
    /// The row of a call. Constant time. A number that the table does not know is a call that this kernel has not:
    /// refused with ENOSYS, as programs that try new calls expect.
    package static subscript(number: SyscallNumber) -> SyscallDescription {
        let index = Int(number.rawValue)
        return index < rows.count ? rows[index] : missing(number)
    }

    /// The rows from number 0 on; numbers between the known ones have a row that refuses.
    package static let rows: [SyscallDescription] = {
        let all = families.flatMap { $0 }
        let count = Int(all.map(\.number.rawValue).max() ?? 0) + 1
        var rows = (0..<count).map { missing(SyscallNumber(UInt32($0))) }
        var isKnown = Array(repeating: false, count: count)
        for row in all {
            let index = Int(row.number.rawValue)
            precondition(!isKnown[index], "two rows for \(row.number)")
            isKnown[index] = true
            rows[index] = row
        }
        return rows
    }()

    /// The rows as they are written down.
    static let families: [[SyscallDescription]] = [
        fileContents, descriptors, paths, mounts, memory, processes, scheduling, signals, time, polling, sockets, ipc,
        security, system, control, ioctl,
    ]

    private static func missing(_ number: SyscallNumber) -> SyscallDescription {
        .row(number, .refused(.ENOSYS))
    }
}
