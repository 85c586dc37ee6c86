internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import XState

/// Priorities and policies: they are remembered at the most, for a tracee that outranks its tracer would starve it. What is
/// wrong with a call is found in the order of the kernel's code: kernel/sched/syscalls.c, kernel/sys.c.
extension RecordSession {
    func setScheduling(_ call: PendingSyscall, _ thread: RecordedThread) -> EntryAction {
        let entry = call.entry
        if call.number == .setpriority { return setPriority(entry, thread) }
        let id = Int32(truncatingIfNeeded: entry.argument(0))
        var policy: SchedulingPolicy?
        var priority: Int32
        switch call.number {
        case .sched_setscheduler:
            let asked = Int32(truncatingIfNeeded: entry.argument(1))
            let address = GuestAddress(entry.argument(2))
            guard asked >= 0, !address.isNull, id >= 0 else { return .refuse(.EINVAL) }
            guard let word = thread.memory.readHalfWord(address) else { return .refuse(.EFAULT) }
            guard exists(id) else { return .refuse(.ESRCH) }
            policy = SchedulingPolicy(rawValue: asked & ~SchedulingPolicy.resetOnFork)
            if policy == nil { return .refuse(.EINVAL) }
            priority = Int32(bitPattern: word)
        case .sched_setparam:
            let address = GuestAddress(entry.argument(1))
            guard !address.isNull, id >= 0 else { return .refuse(.EINVAL) }
            guard let word = thread.memory.readHalfWord(address) else { return .refuse(.EFAULT) }
            guard exists(id) else { return .refuse(.ESRCH) }
            priority = Int32(bitPattern: word)
        default:
            let address = GuestAddress(entry.argument(1))
            guard !address.isNull, id >= 0, UInt32(truncatingIfNeeded: entry.argument(2)) == 0 else {
                return .refuse(.EINVAL)
            }
            guard let size = thread.memory.readHalfWord(address) else { return .refuse(.EFAULT) }
            guard size == 0 || (SchedulingAttributes.firstSize...GuestAddress.pageSize).contains(UInt64(size)),
                !hasUnknownAttributes(address, size: Int(size), thread)
            else { return answerWithSize(at: address, call, thread) }
            guard let word = thread.memory.readHalfWord(address + SchedulingAttributes.policy),
                let value = thread.memory.readHalfWord(address + SchedulingAttributes.priority)
            else { return .refuse(.EFAULT) }
            policy = SchedulingPolicy(rawValue: Int32(bitPattern: word))
            guard policy != nil else { return .refuse(.EINVAL) }
            guard exists(id) else { return .refuse(.ESRCH) }
            priority = Int32(bitPattern: value)
            // Its times, which xrr does not look at.
            if policy == .deadline { return Host.isPrivileged ? .answer(0) : .refuse(.EPERM) }
        }
        let target = tracee(UInt64(id), or: thread)
        let resulting = policy ?? target?.policy ?? .other
        guard (0...SchedulingPolicy.highestPriority).contains(priority), resulting != .deadline,
            resulting.isRealTime == (priority != 0)
        else { return .refuse(.EINVAL) }
        if resulting.isRealTime, !Host.isPrivileged { return .refuse(.EPERM) }
        target?.policy = resulting
        target?.priority = priority
        return .answer(0)
    }

    func scheduling(_ call: PendingSyscall, _ thread: RecordedThread) -> EntryAction {
        let entry = call.entry
        switch call.number {
        case .getpriority:
            guard let nice = thread.nice, entry.argument(0) == 0 else { return .execute }
            return .answer(Int64(20 - nice))
        case .sched_getscheduler:
            guard let policy = tracee(entry.argument(0), or: thread)?.policy else { return .execute }
            return .answer(Int64(policy.rawValue))
        case .sched_getparam:
            let address = GuestAddress(entry.argument(1))
            guard let target = tracee(entry.argument(0), or: thread), target.policy != nil, !address.isNull else {
                return .execute
            }
            let bytes = target.priority.littleEndianBytes
            guard store(bytes, to: address, for: thread) == bytes.count else { return .refuse(.EFAULT) }
            call.effects.append(.write(address, bytes: bytes))
            return .answer(0)
        default: return .execute
        }
    }

    private func setPriority(_ entry: Registers, _ thread: RecordedThread) -> EntryAction {
        // PRIO_PROCESS, PRIO_PGRP, PRIO_USER.
        guard UInt32(truncatingIfNeeded: entry.argument(0)) <= 2 else { return .refuse(.EINVAL) }
        let isProcess = UInt32(truncatingIfNeeded: entry.argument(0)) == 0
        if isProcess, !exists(Int32(truncatingIfNeeded: entry.argument(1))) { return .refuse(.ESRCH) }
        let nice = min(19, max(-20, Int32(truncatingIfNeeded: entry.argument(2))))
        if nice < thread.nice ?? 0, !Host.isPrivileged { return .refuse(.EACCES) }
        if isProcess { tracee(entry.argument(1), or: thread)?.nice = nice }
        return .answer(0)
    }

    private func exists(_ id: Int32) -> Bool { id == 0 || HostThreads.state(of: ThreadID(id)) != nil }

    private func hasUnknownAttributes(_ address: GuestAddress, size: Int, _ thread: RecordedThread) -> Bool {
        let known = Int(SchedulingAttributes.size)
        guard size > known else { return false }
        let rest = thread.memory.read(address + SchedulingAttributes.size, count: size - known)
        return rest.contains { $0 != 0 }
    }

    /// The structure is told its right size.
    private func answerWithSize(
        at address: GuestAddress, _ call: PendingSyscall, _ thread: RecordedThread
    ) -> EntryAction {
        let bytes = UInt32(SchedulingAttributes.size).littleEndianBytes
        if store(bytes, to: address, for: thread) == bytes.count {
            call.effects.append(.write(address, bytes: bytes))
        }
        return .refuse(.E2BIG)
    }
}

/// SCHED_ of sched(7).
enum SchedulingPolicy: Int32 {
    case other = 0
    case fifo = 1
    case roundRobin = 2
    case batch = 3
    case idle = 5
    case deadline = 6

    var isRealTime: Bool { self == .fifo || self == .roundRobin }

    /// SCHED_RESET_ON_FORK.
    static let resetOnFork: Int32 = 0x4000_0000
    static let highestPriority: Int32 = 99
}

/// `struct sched_attr`: sizes and offsets in bytes.
private enum SchedulingAttributes {
    /// SCHED_ATTR_SIZE_VER0.
    static let firstSize: UInt64 = 48
    static let size: UInt64 = 56
    static let policy: UInt64 = 4
    static let priority: UInt64 = 20
}
