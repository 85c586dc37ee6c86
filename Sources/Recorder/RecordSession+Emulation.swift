internal import LinuxABI
internal import Logging
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// System calls whose answer is xrr's, or after which xrr has to remember something.
extension RecordSession {
    /// What becomes of a call at its entry.
    enum EntryAction {
        /// The kernel executes it.
        case execute
        /// The kernel never sees it; this is its result.
        case answer(Int64)

        static func refuse(_ error: ErrorNumber) -> Self { .answer(error.syscallResult) }
    }

    func enter(_ call: PendingSyscall, by thread: RecordedThread) throws(PtraceError) -> EntryAction {
        if touchesInterceptor(call.number, call.entry, thread) {
            return .refuse(call.number == .mmap ? .ENOMEM : .EINVAL)
        }
        switch call.rule.treatment {
        case .described:
            // It may be the recorder's end as well, if it is for a process group or for all.
            if call.number == .kill, Int32(truncatingIfNeeded: call.entry.argument(0)) <= 0,
                call.entry.argument(1) == UInt64(Signal.kill)
            {
                sink.commitNow()
            }
            guard let file = call.rule.writesFile else { break }
            if file.source != nil { return try admitCopy(call, file, by: thread) }
            if case .descriptor(let argument) = file.file {
                let descriptor = Int32(truncatingIfNeeded: call.entry.argument(argument))
                let identity = HostFiles.identity(ofDescriptor: descriptor, in: thread.id)
                call.isForOtherFile = identity?.isRegular == false
                if let identity, identity.mayBeProcessMemory {
                    try keepOffOwnPages(call, descriptor: descriptor, by: thread)
                }
            }
        case .guessed:
            log.info("unknown request", metadata: ["call": "\(call.number)", "arg": "\(call.entry.argument(1))"])
        case .refused(let error):
            let answer = refusal(of: call, error, by: thread)
            if answer == error, let refusal = call.rule.refusal { refusals.note(refusal, to: thread) }
            return .refuse(answer)
        case .unsupported:
            sink.fail(
                .unsupported(
                    .init(what: "\(call.number)", thread: thread.id, address: call.entry.instructionPointer - 2)))
        case .handled(let handler): return try enter(call, handler, by: thread)
        }
        return .execute
    }

    /// The error of a call that xrr refuses: what the kernel would find wrong first comes first.
    private func refusal(of call: PendingSyscall, _ error: ErrorNumber, by thread: RecordedThread) -> ErrorNumber {
        switch call.number {
        case .ioctl, .fcntl, .setsockopt, .getsockopt: break
        default: return error
        }
        let descriptor = Int32(truncatingIfNeeded: call.entry.argument(0))
        guard let state = HostFiles.state(ofDescriptor: descriptor, in: thread.id), !state.isPathOnly else {
            return .EBADF
        }
        guard let identity = HostFiles.identity(ofDescriptor: descriptor, in: thread.id), !identity.isSocket else {
            return error
        }
        switch call.number {
        case .setsockopt, .getsockopt: return .ENOTSOCK
        // A request for sockets.
        case .ioctl where error == .EOPNOTSUPP: return .ENOTTY
        default: return error
        }
    }

    private func enter(
        _ call: PendingSyscall, _ handler: SyscallHandler, by thread: RecordedThread
    ) throws(PtraceError) -> EntryAction {
        let entry = call.entry
        switch handler {
        case .mmap:
            let action = mmap(entry, thread)
            if case .execute = action { try makeReadable(call, thread) }
            return action
        case .mprotect:
            try makeReadable(call, thread)
            return .execute
        case .madvise:
            let advice = MemoryAdvice(rawValue: UInt32(truncatingIfNeeded: entry.argument(2)))
            return advice != .free && advice.isKnown ? .execute : .refuse(.EINVAL)
        case .processMadvise:
            let advice = MemoryAdvice(rawValue: UInt32(truncatingIfNeeded: entry.argument(3)))
            return advice.isForProcesses ? .execute : .refuse(.EINVAL)
        case .clone, .clone3: return try clone(call, thread)
        case .mremap:
            noteMovedRanges(of: call, by: thread)
            return .execute
        case .processVMWrite:
            noteRemoteRanges(of: call, by: thread)
            try keepOffOwnPages(call, by: thread)
            return .execute
        case .sigaction:
            // Where both pointers are the same, the former one stands there afterwards.
            let action = GuestAddress(entry.argument(1))
            if !action.isNull {
                call.signalAction = thread.memory.readExactly(action, count: SignalActions.size)
            }
            return .execute
        case .schedGetaffinity: return affinity(call, thread)
        case .schedSetaffinity: return setAffinity(call, thread)
        case .setScheduling: return setScheduling(call, thread)
        case .getScheduling:
            return scheduling(call, thread)
        case .timestampCounter, .noNewPrivileges, .dumpable: return try processControl(call, thread)
        case .seccomp: return try enterSeccomp(call, thread)
        default: return .execute
        }
    }

    /// What is to be remembered of a call that the kernel has executed.
    func leave(_ call: PendingSyscall, result: Int64, thread: RecordedThread) throws(PtraceError) {
        switch call.number {
        case .rt_sigprocmask, .rt_sigreturn: thread.signalMask = try thread.traced.signalMask()
        case .sched_yield: scheduler.yieldSlice()
        case .ioctl where result == 0: try correctNotification(of: call, thread: thread)
        default: break
        }
        guard let handler = call.handler, result >= 0 else { return }
        let entry = call.entry
        switch handler {
        case .setTidAddress: thread.clearedAtExit = GuestAddress(entry.argument(0))
        case .setRobustList: thread.robustList = GuestAddress(entry.argument(0))
        case .sigaction: noteAction(of: call, by: thread)
        case .personality: notePersonality(of: thread)
        case .noNewPrivileges: if isSettingNoNewPrivileges(call) { thread.hasNoNewPrivileges = true }
        case .processVMWrite: call.effects += try remoteWrites(call, result: UInt64(result), thread: thread)
        default: break
        }
    }

    // MARK: Memory and threads

    private func mmap(_ entry: Registers, _ thread: RecordedThread) -> EntryAction {
        let flags = MappingFlags(rawValue: UInt32(truncatingIfNeeded: entry.argument(3)))
        let type = flags.rawValue & MappingFlags.typeMask
        if type == MappingFlags.droppable.rawValue { return .refuse(.EOPNOTSUPP) }
        guard !flags.contains(.anonymous), flags.isShared,
            let identity = HostFiles.identity(
                ofDescriptor: Int32(truncatingIfNeeded: entry.argument(4)), in: thread.id)
        else { return .execute }
        // Somebody else writes to the memory of a device.
        if identity.isRegular || identity.isZeroDevice { return .execute }
        refusals.note(.deviceMemory, to: thread)
        return .refuse(.ENODEV)
    }

    private func clone(_ call: PendingSyscall, _ thread: RecordedThread) throws(PtraceError) -> EntryAction {
        let request = CloneRequest(call, memory: thread.memory)
        guard request.isUntraced else { return .execute }
        let flags = request.flags.subtracting(.untraced)
        var registers = call.entry
        if call.number == .clone3 {
            // The structure may be anywhere, and is the program's: the kernel is shown a copy.
            let size = min(Int(clamping: call.entry.argument(1)), Int(GuestAddress.pageSize))
            guard var copy = thread.memory.readExactly(GuestAddress(call.entry.argument(0)), count: size),
                copy.count >= CloneRequest.flagsSize
            else { return .execute }
            copy.replaceSubrange(0..<CloneRequest.flagsSize, with: flags.rawValue.littleEndianBytes)
            try thread.memory.write(InterceptorLayout.control, copy)
            registers.setArgument(0, to: InterceptorLayout.control.rawValue)
        } else {
            registers.setArgument(0, to: flags.rawValue)
        }
        try thread.traced.setRegisters(registers)
        call.isRewritten = true
        return .execute
    }

    // MARK: Scheduling

    /// The mask from before xrr bound everything to one core.
    private func affinity(_ call: PendingSyscall, _ thread: RecordedThread) -> EntryAction {
        guard let target = tracee(call.entry.argument(0), or: thread) else { return .execute }
        let mask = target.affinity ?? affinity
        let capacity = call.entry.argument(1)
        guard capacity >= UInt64(mask.count), capacity % 8 == 0 else { return .refuse(.EINVAL) }
        return reply(mask, to: 2, of: call, result: Int64(mask.count), thread)
    }

    /// Answers in the program's memory, which like the kernel's answer may end at a page that cannot be written.
    ///
    /// - Parameter pointer: the argument with the address.
    private func reply(
        _ bytes: [UInt8], to pointer: Int, of call: PendingSyscall, result: Int64, _ thread: RecordedThread
    ) -> EntryAction {
        let address = GuestAddress(call.entry.argument(pointer))
        let count = store(bytes, to: address, for: thread)
        if count > 0 { call.effects.append(.write(address, bytes: Array(bytes.prefix(count)))) }
        return count == bytes.count ? .answer(result) : .refuse(.EFAULT)
    }

    private func setAffinity(_ call: PendingSyscall, _ thread: RecordedThread) -> EntryAction {
        guard let target = tracee(call.entry.argument(0), or: thread) else { return .execute }
        let count = min(Int(clamping: call.entry.argument(1)), affinity.count)
        guard let wanted = thread.memory.readExactly(GuestAddress(call.entry.argument(2)), count: count) else {
            return .refuse(.EFAULT)
        }
        var mask = affinity
        for index in mask.indices { mask[index] &= index < wanted.count ? wanted[index] : 0 }
        guard mask.contains(where: { $0 != 0 }) else { return .refuse(.EINVAL) }
        target.affinity = mask
        return .answer(0)
    }

    func tracee(_ id: UInt64, or caller: RecordedThread) -> RecordedThread? {
        let id = ThreadID(Int32(truncatingIfNeeded: id))
        return id.rawValue == 0 ? caller : threads[id]
    }

    // MARK: prctl

    /// prctl(2) options whose state is partly xrr's.
    private func processControl(_ call: PendingSyscall, _ thread: RecordedThread) throws(PtraceError) -> EntryAction {
        let argument = call.entry.argument(1)
        switch ProcessControl(rawValue: UInt32(truncatingIfNeeded: call.entry.argument(0))) {
        case .getTSC:
            let mode = thread.faultsAtTimeStamp ? Self.timeStampFaults : Self.timeStampWorks
            return reply([UInt8(mode), 0, 0, 0], to: 1, of: call, result: 0, thread)
        case .setTSC:
            switch UInt32(truncatingIfNeeded: argument) {
            case Self.timeStampWorks: thread.faultsAtTimeStamp = false
            case Self.timeStampFaults: thread.faultsAtTimeStamp = true
            default: return .refuse(.EINVAL)
            }
            return .answer(0)
        case .getDumpable: return .answer(thread.process.dumpable)
        case .setDumpable:
            guard argument <= 1 else { return .refuse(.EINVAL) }
            for process in processes(in: thread.traced.addressSpace) { process.dumpable = Int64(argument) }
            return .answer(0)
        case .setNoNewPrivileges: return .execute
        case .getNoNewPrivileges: return .answer(thread.hasNoNewPrivileges ? 1 : 0)
        case nil: return .execute
        }
    }

    /// PR_TSC_ENABLE and PR_TSC_SIGSEGV.
    private static let timeStampWorks: UInt32 = 1
    private static let timeStampFaults: UInt32 = 2

    private func isSettingNoNewPrivileges(_ call: PendingSyscall) -> Bool {
        UInt32(truncatingIfNeeded: call.entry.argument(0)) == ProcessControl.setNoNewPrivileges.rawValue
    }

    private enum ProcessControl: UInt32 {
        case getDumpable = 3
        case setDumpable = 4
        case getTSC = 25
        case setTSC = 26
        case setNoNewPrivileges = 38
        case getNoNewPrivileges = 39
    }

    /// Reads what personality(2) or an exec has set.
    func notePersonality(of thread: RecordedThread) {
        guard let text = HostFiles.contents(of: "/proc/\(thread.id)/personality") else { return }
        let digits = String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let readImpliesExecute: UInt32 = 0x40_0000
        thread.process.readImpliesExecute = (UInt32(digits, radix: 16) ?? 0) & readImpliesExecute != 0
    }
}
