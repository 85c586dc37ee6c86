internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import XState

/// Priorities and policies: they are remembered at the most, for a tracee that outranks its tracer would starve it. What is
/// wrong with a call is found in the order of the kernel's code: kernel/sched/syscalls.c, kernel/sys.c.
extension RecordSession {
    func setScheduling(_ call: PendingSyscall, _ thread: RecordedThread) -> EntryAction {
        let entry = call.entry
        let id = Int32(truncatingIfNeeded: entry.argument(0))
        switch call.number {
        case .setpriority: return setPriority(entry, thread)
        case .sched_setattr: return setAttributes(call, thread)
        case .sched_setscheduler:
            let asked = Int32(truncatingIfNeeded: entry.argument(1))
            guard asked >= 0 else { return .refuse(.EINVAL) }
            return setPolicy(
                SchedulingPolicy(rawValue: asked & ~SchedulingPolicy.resetOnFork), isKept: false, of: id,
                parameter: GuestAddress(entry.argument(2)), thread)
        default:
            return setPolicy(nil, isKept: true, of: id, parameter: GuestAddress(entry.argument(1)), thread)
        }
    }

    /// - Parameters:
    ///   - policy: nil if there is no such policy, or the present one is kept.
    ///   - parameter: where `struct sched_param` stands: the priority, an int.
    private func setPolicy(
        _ policy: SchedulingPolicy?, isKept: Bool, of id: Int32, parameter: GuestAddress, _ thread: RecordedThread
    ) -> EntryAction {
        guard !parameter.isNull, id >= 0 else { return .refuse(.EINVAL) }
        guard let word = thread.memory.readHalfWord(parameter) else { return .refuse(.EFAULT) }
        guard exists(id) else { return .refuse(.ESRCH) }
        let target = tracee(UInt64(id), or: thread)
        let priority = Int32(bitPattern: word)
        guard let resulting = isKept ? target?.policy ?? .other : policy, resulting != .deadline,
            (0...SchedulingPolicy.highestPriority).contains(priority), resulting.isRealTime == (priority != 0)
        else { return .refuse(.EINVAL) }
        if resulting.isRealTime, !Host.isPrivileged { return .refuse(.EPERM) }
        target?.policy = resulting
        target?.priority = priority
        return .answer(0)
    }

    private func setAttributes(_ call: PendingSyscall, _ thread: RecordedThread) -> EntryAction {
        let (id, address) = (call.entry.argument(0), GuestAddress(call.entry.argument(1)))
        guard !address.isNull, Int32(truncatingIfNeeded: id) >= 0,
            UInt32(truncatingIfNeeded: call.entry.argument(2)) == 0
        else { return .refuse(.EINVAL) }
        let attributes: SchedulingAttributes
        do throws(SchedulingAttributes.Failure) {
            attributes = try SchedulingAttributes { thread.memory.readExactly(address, count: $0) }
        } catch {
            guard case .error(let number) = error else { return answerWithSize(at: address, call, thread) }
            return .refuse(number)
        }
        guard exists(Int32(truncatingIfNeeded: id)) else { return .refuse(.ESRCH) }
        let target = tracee(id, or: thread)
        let raisesNice = attributes.setsNice && attributes.nice < target?.nice ?? 0
        if attributes.isPrivileged || raisesNice, !Host.isPrivileged { return .refuse(.EPERM) }
        if attributes.setsNice { target?.nice = attributes.nice }
        // The times of SCHED_DEADLINE are nothing that xrr looks at.
        if let policy = attributes.newPolicy, policy != .deadline {
            target?.policy = policy
            target?.priority = Int32(bitPattern: attributes.priority)
        }
        return .answer(0)
    }

    func scheduling(_ call: PendingSyscall, _ thread: RecordedThread) -> EntryAction {
        let entry = call.entry
        switch call.number {
        case .getpriority:
            guard entry.argument(0) == Self.priorityOfProcess,
                let nice = tracee(entry.argument(1), or: thread)?.nice
            else { return .execute }
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
        guard entry.argument(0) == Self.priorityOfProcess else { return .answer(0) }
        // What is not recorded is the kernel's affair.
        guard let target = tracee(entry.argument(1), or: thread) else { return .execute }
        let nice = min(19, max(-20, Int32(truncatingIfNeeded: entry.argument(2))))
        if nice < target.nice ?? 0, !Host.isPrivileged { return .refuse(.EACCES) }
        target.nice = nice
        return .answer(0)
    }

    /// PRIO_PROCESS of getpriority(2).
    private static let priorityOfProcess: UInt64 = 0

    private func exists(_ id: Int32) -> Bool { id == 0 || HostThreads.state(of: ThreadID(id)) != nil }

    /// The structure is told its right size.
    private func answerWithSize(
        at address: GuestAddress, _ call: PendingSyscall, _ thread: RecordedThread
    ) -> EntryAction {
        let bytes = UInt32(SchedulingAttributes.knownSize).littleEndianBytes
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
