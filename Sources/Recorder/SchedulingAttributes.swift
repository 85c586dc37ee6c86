internal import LinuxABI
internal import XState

/// What sched_setattr(2) is asked for: `struct sched_attr`, as sched_copy_attr of kernel/sched/syscalls.c reads it.
struct SchedulingAttributes: Equatable {
    let policy: UInt32
    let flags: UInt64
    let nice: Int32
    let priority: UInt32

    enum Failure: Error, Equatable {
        case error(ErrorNumber)
        /// E2BIG, and the size that the kernel knows is stored into the structure.
        case wrongSize
    }

    /// The sizes of the structure's first version, and of the second one, with its clamps of utilization.
    private static let firstSize = 48
    static let knownSize = 56
    /// SCHED_FLAG_UTIL_CLAMP.
    private static let clampFlags: UInt64 = 0x60
    /// SCHED_FLAG_ALL.
    private static let knownFlags: UInt64 = 0x7f
    /// SCHED_FLAG_KEEP_POLICY.
    private static let keepsPolicy: UInt64 = 0x08

    /// - Parameter read: so many bytes from the start of the structure; nil if they cannot be read.
    init(read: (_ count: Int) -> [UInt8]?) throws(Failure) {
        guard let head = read(4) else { throw .error(.EFAULT) }
        var size = Int(head.integer(at: 0, as: UInt32.self))
        if size == 0 { size = Self.firstSize }
        guard (Self.firstSize...Int(GuestAddress.pageSize)).contains(size) else { throw .wrongSize }
        guard var bytes = read(size) else { throw .error(.EFAULT) }
        // Of a later version, nothing of it may be asked for.
        guard bytes.dropFirst(Self.knownSize).allSatisfy({ $0 == 0 }) else { throw .wrongSize }
        if bytes.count < Self.knownSize { bytes += [UInt8](repeating: 0, count: Self.knownSize - bytes.count) }
        policy = bytes.integer(at: 4, as: UInt32.self)
        flags = bytes.integer(at: 8, as: UInt64.self)
        nice = min(19, max(-20, Int32(bitPattern: bytes.integer(at: 16, as: UInt32.self))))
        priority = bytes.integer(at: 20, as: UInt32.self)
        if flags & Self.clampFlags != 0, size < Self.knownSize { throw .error(.EINVAL) }
        guard isValid else { throw .error(.EINVAL) }
    }

    /// SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE, SCHED_DEADLINE, SCHED_EXT.
    private var isValid: Bool {
        guard Int32(bitPattern: policy) >= 0, flags & ~Self.knownFlags == 0 else { return false }
        if flags & Self.keepsPolicy != 0 { return true }
        return [0, 1, 2, 3, 5, 6, 7].contains(policy) && (isRealTime ? (1...99).contains(priority) : priority == 0)
    }

    private var isRealTime: Bool { [1, 2].contains(policy) }
    /// Whether the policy may outrank others.
    var isPrivileged: Bool { flags & Self.keepsPolicy == 0 && (isRealTime || policy == 6) }
    /// nil if the present one is kept, or is none that is remembered.
    var newPolicy: SchedulingPolicy? {
        flags & Self.keepsPolicy == 0 ? SchedulingPolicy(rawValue: Int32(bitPattern: policy)) : nil
    }
    /// Whether the nice value counts.
    var setsNice: Bool { flags & Self.keepsPolicy == 0 && [0, 3].contains(policy) }
}
