internal import LinuxABI
internal import Ptrace
internal import TraceFormat

/// What a system call may have done to a regular file.
struct FileChange {
    /// As the file is after the call.
    let identity: HostFiles.Identity
    let extent: Extent
    /// Opens the file for reading; the caller closes the descriptor.
    let open: () throws(PtraceError) -> Int32

    /// Which bytes may differ. What a new length adds or takes away does not belong to it.
    enum Extent: Equatable {
        case none
        case bytes(Range<UInt64>)
        /// All from here on, and in no page behind it is anything left that a private mapping had of its own.
        case shifted(from: UInt64)
        case all
    }
}

extension FileChange.Extent {
    /// The bytes that a successful call has changed.
    ///
    /// - Parameters:
    ///   - state: of the descriptor written to, after the call.
    ///   - length: of the file, after the call.
    init(
        of call: PendingSyscall, result: UInt64, state: HostFiles.DescriptorState?, length: UInt64,
        memory: GuestMemory
    ) {
        let entry = call.entry
        func moved(to end: UInt64?) -> Self {
            guard let end, end >= result else { return .all }
            return .bytes(end - result..<end)
        }
        func placed(at start: UInt64) -> Self {
            // pwrite(2), "BUGS": with O_APPEND the position does not count.
            guard let state, start.addingReportingOverflow(result).overflow == false else { return .all }
            return state.appends ? moved(to: length) : .bytes(start..<start + result)
        }
        func copied(to position: Int) -> Self {
            let pointer = GuestAddress(entry.argument(position))
            return moved(to: pointer.isNull ? state?.position : memory.readWord(pointer))
        }
        switch call.number {
        case .write, .writev, .sendfile: self = moved(to: state?.position)
        case .pwrite64, .pwritev: self = placed(at: entry.argument(3))
        case .pwritev2:
            let (append, noAppend): (UInt64, UInt64) = (0x10, 0x20)  // RWF_APPEND, RWF_NOAPPEND
            if entry.argument(3) == .max {
                self = moved(to: state?.position)
            } else if entry.argument(5) & append != 0 {
                self = moved(to: length)
            } else if entry.argument(5) & noAppend != 0 {
                let start = entry.argument(3)
                self = .bytes(start..<max(start, start &+ result))
            } else {
                self = placed(at: entry.argument(3))
            }
        case .copy_file_range, .splice: self = copied(to: 3)
        case .ftruncate, .truncate, .open, .openat, .openat2, .creat, .open_by_handle_at: self = .none
        case .fallocate:
            self = Self.allocated(mode: entry.argument(1), offset: entry.argument(2), length: entry.argument(3))
        case .ioctl where UInt32(truncatingIfNeeded: entry.argument(1)) == Self.cloneRange:
            // struct file_clone_range: descriptor, offset, length (0: up to the end), offset in this file.
            guard let count = memory.readWord(GuestAddress(entry.argument(2)) + 16),
                let start = memory.readWord(GuestAddress(entry.argument(2)) + 24), start <= length
            else {
                self = .all
                return
            }
            self = .bytes(start..<(count == 0 ? length : min(length, start + min(count, length))))
        default: self = .all
        }
    }

    /// FICLONERANGE of linux/fs.h.
    private static let cloneRange: UInt32 = 0x4020_940d

    private static func allocated(mode: UInt64, offset: UInt64, length: UInt64) -> Self {
        let mode = AllocationMode(rawValue: mode)
        if !mode.isDisjoint(with: [.collapseRange, .insertRange]) { return .shifted(from: offset) }
        if !mode.isDisjoint(with: [.punchHole, .zeroRange, .writeZeroes]) {
            return .bytes(offset..<max(offset, offset &+ length))
        }
        return .none
    }
}

/// FALLOC_FL_ bits of fallocate(2).
private struct AllocationMode: OptionSet {
    var rawValue: UInt64
    static let punchHole = Self(rawValue: 0x02)
    static let collapseRange = Self(rawValue: 0x08)
    static let zeroRange = Self(rawValue: 0x10)
    static let insertRange = Self(rawValue: 0x20)
    static let writeZeroes = Self(rawValue: 0x80)
}
