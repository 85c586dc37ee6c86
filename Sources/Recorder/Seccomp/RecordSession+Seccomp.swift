internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Seccomp filters of the recorded program: seccomp(2).
extension RecordSession {
    // MARK: What they do

    /// Asks the program's filters about a call that is about to be made, and carries out what they say.
    ///
    /// - Returns: whether that is something else than to make the call.
    func applyFilters(
        to call: PendingSyscall, architecture: SeccompData.Architecture = .amd64, of thread: RecordedThread
    ) throws(PtraceError) -> Bool {
        // Without xrr a sleep that nothing but a ptrace-stop interrupts goes on without this call.
        if call.number == .restart_syscall, thread.interrupted != nil { return false }
        if thread.seccomp.mode == .strict {
            if architecture == .amd64, TraceeSeccomp.strictModeAdmits(call.number) { return false }
            try killByStrictMode(call, of: thread)
            return true
        }
        let (verdict, filter) = thread.seccomp.verdict(on: SeccompData(call.entry, architecture: architecture))
        switch verdict.action {
        case .allow, .log: return false
        case .error: try answer(call, with: verdict.errorResult, thread: thread)
        // There is no tracer but xrr, and for USER_NOTIF nobody who listens.
        case .trace: try answer(call, with: ErrorNumber.ENOSYS.syscallResult, thread: thread)
        case .notify where filter?.hasListener != true:
            try answer(call, with: ErrorNumber.ENOSYS.syscallResult, thread: thread)
        case .notify:
            noteCapacity(of: call, by: thread)
            try leaveToKernel(call, .notify, of: thread)
        case .trap:
            call.trap = .seccomp(
                at: call.entry.instructionPointer, number: Int32(truncatingIfNeeded: call.entry.origRax),
                architecture: architecture, data: verdict.data)
            try leaveToKernel(call, .trap, of: thread)
        case .killThread: try leaveToKernel(call, .killThread, of: thread)
        case .killProcess: try leaveToKernel(call, .killProcess, of: thread)
        }
        return true
    }

    /// Has the kernel do with a call what a filter of the program would have made it do.
    private func leaveToKernel(
        _ call: PendingSyscall, _ answer: RecordingFilter.Answer, of thread: RecordedThread
    ) throws(PtraceError) {
        var registers = call.entry
        registers.instructionPointer = answer.address(letThrough: InterceptorLayout.letThrough)
        try thread.traced.setRegisters(registers)
        call.kernelAnswer = answer
        call.isRewritten = true
        thread.phase = .syscall(call)
        thread.next.request = .syscall
    }

    /// The thread ends, and with it the process if it has no other: SIGKILL.
    private func killByStrictMode(_ call: PendingSyscall, of thread: RecordedThread) throws(PtraceError) {
        thread.phase = .syscall(call)
        thread.next.request = .syscall
        if thread.process.threads.count == 1 {
            HostThreads.send(Signal.kill, to: thread.process.id)
        } else {
            var registers = call.entry
            registers.origRax = UInt64(SyscallNumber.exit.rawValue)
            registers.setArgument(0, to: UInt64(Signal.kill))
            try thread.traced.setRegisters(registers)
        }
    }

    /// The exit of a call for which SIGSYS is about to be delivered.
    func finishTrapped(
        _ call: PendingSyscall, _ info: SignalInfo, at exit: Registers, of thread: RecordedThread
    ) throws(PtraceError) {
        var registers = exit
        registers.instructionPointer = call.entry.instructionPointer
        registers.origRax = .max
        try stand(thread, at: registers)
        thread.phase = .user
        thread.trappedCall = info
        writeCall(call, after: registers, of: thread)
    }

    // MARK: How they are installed

    /// seccomp(2), and prctl(2) in its place.
    func enterSeccomp(_ call: PendingSyscall, _ thread: RecordedThread) throws(PtraceError) -> EntryAction {
        switch SeccompRequest(call) {
        case .getMode: return .answer(thread.seccomp.mode.rawValue)
        case .strict:
            guard thread.seccomp.enterStrictMode() else { return .refuse(.EINVAL) }
            thread.faultsAtTimeStamp = true
            return .answer(0)
        case .filter(let header, let flags): return try installFilter(at: header, flags, for: call, thread)
        case .other: return .execute
        }
    }

    /// Lets the kernel install a filter that decides nothing in place of the program's: it checks both alike, and says who
    /// may have one and which threads get it.
    private func installFilter(
        at header: GuestAddress, _ flags: SeccompRequest.Flags, for call: PendingSyscall, _ thread: RecordedThread
    ) throws(PtraceError) -> EntryAction {
        let memory = thread.memory
        // struct sock_fprog: a count of 16 bits, a pointer. What is wrong with it the kernel can say.
        guard flags.isValid, let count = memory.readExactly(header, count: 2).map({ Int($0[0]) | Int($0[1]) << 8 }),
            let start = memory.readWord(header + 8), (1...FilterProgram.longest).contains(count)
        else { return .execute }
        // The kernel has set no_new_privs for xrr's sake.
        guard thread.hasNoNewPrivileges || HostThreads.mayAdministrate(thread.id) else { return .refuse(.EACCES) }
        guard let bytes = memory.readExactly(GuestAddress(start), count: count * FilterInstruction.size) else {
            return .execute
        }
        let hasListener = flags.contains(.newListener)
        let program = FilterProgram(bytes: bytes)
        if flags.contains(.synchronise), let other = threadInStrictMode(beside: thread) {
            return flags.contains(.failsWithESRCH) ? .refuse(.ESRCH) : .answer(Int64(other.rawValue))
        }
        let replacement =
            hasListener
            ? program.notifying(
                at: RecordingFilter.Answer.notify.address(letThrough: InterceptorLayout.letThrough))
            : program.permissive
        let code = replacement.bytes
        guard let block = arena(of: thread).allocate(UInt64(code.count) + 16) else { return .refuse(.ENOMEM) }
        // A count of 16 bits, padded to 64, is a word.
        try memory.write(block, Self.bytes(UInt64(replacement.instructions.count)))
        try memory.write(block + 8, Self.bytes((block + 16).rawValue))
        try memory.write(block + 16, code)
        var registers = call.entry
        registers.setArgument(SeccompRequest.pointerIndex, to: block.rawValue)
        try thread.traced.setRegisters(registers)
        call.isRewritten = true
        call.filter = PendingFilter(
            filter: InstalledFilter(program, hasListener: hasListener, previous: thread.seccomp.newest), flags: flags,
            block: block)
        return .execute
    }

    private func threadInStrictMode(beside thread: RecordedThread) -> ThreadID? {
        thread.process.threads.first { $0 != thread.id && threads[$0]?.seccomp.mode == .strict }
    }

    func finishInstallation(_ pending: PendingFilter, result: Int64, thread: RecordedThread) {
        arena(of: thread).release(pending.block)
        guard pending.isInstalled(result) else { return }
        thread.seccomp.install(pending.filter)
        guard pending.flags.contains(.synchronise) else { return }
        for id in thread.process.threads {
            threads[id]?.seccomp.install(pending.filter)
            if thread.hasNoNewPrivileges { threads[id]?.hasNoNewPrivileges = true }
        }
    }

    // MARK: User notification

    /// `SECCOMP_IOCTL_NOTIF_RECV` has told the supervisor where a call comes from: there the recorder has put its own address.
    func correctNotification(of call: PendingSyscall, thread: RecordedThread) throws(PtraceError) {
        // struct seccomp_notif: id, pid, flags, struct seccomp_data.
        let notification = GuestAddress(call.entry.argument(2))
        let place = notification + 24
        guard UInt32(truncatingIfNeeded: call.entry.argument(1)) == Self.receiveNotification,
            thread.memory.readWord(place)
                == RecordingFilter.Answer.notify.address(letThrough: InterceptorLayout.letThrough).rawValue,
            let sender = thread.memory.readHalfWord(notification + 8),
            case .syscall(let notified)? = threads[ThreadID(Int32(bitPattern: sender))]?.phase
        else { return }
        try thread.memory.write(place, Self.bytes(notified.entry.rip))
    }

    private static func bytes(_ word: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }

    private static let receiveNotification: UInt32 = 0xc050_2100
}
