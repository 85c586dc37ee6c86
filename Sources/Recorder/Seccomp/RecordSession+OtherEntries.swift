internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Ways into the kernel other than the instruction `syscall`.
extension RecordSession {
    // MARK: int $0x80

    /// A call with the numbers and arguments of 32-bit programs, which this recorder does not know.
    func handleForeignCall(of thread: RecordedThread, at entry: Registers) throws(PtraceError) {
        let call = PendingSyscall(
            number: SyscallNumber(UInt32(truncatingIfNeeded: entry.origRax)), entry: entry,
            xstate: try thread.traced.xstate(), rule: SyscallRule())
        // A sandbox may want to answer it.
        if thread.seccomp.isActive, try applyFilters(to: call, architecture: .i386, of: thread) { return }
        sink.fail(
            .unsupported(
                .init(
                    what: "a 32-bit system call (int $0x80)", thread: thread.id,
                    address: entry.instructionPointer - 2)))
        // Unrecorded from now on, but its children are still to be looked after.
        thread.phase = .syscall(ForeignCall.equivalent(of: call))
        thread.next.request = .syscall
    }

    // MARK: The vsyscall page

    /// A call of the vsyscall page, which the kernel makes without an instruction of its own, and without a stop behind it
    /// (arch/x86/entry/vsyscall/vsyscall_64.c): answered here. The kernel then returns from the page.
    func handleVsyscall(of thread: RecordedThread, at entry: Registers) throws(PtraceError) {
        // Behind the page comes the stop that PTRACE_INTERRUPT may have asked for.
        thread.isInterrupted = false
        let number = SyscallNumber(UInt32(truncatingIfNeeded: entry.origRax))
        let call = PendingSyscall(
            number: number, entry: entry, xstate: try thread.traced.xstate(), rule: SyscallRule())
        if thread.seccomp.isActive {
            let verdict = thread.seccomp.verdict(on: SeccompData(entry)).verdict
            switch verdict.action {
            case .allow where thread.seccomp.mode == .filter, .log: break
            case .error: return try answerVsyscall(call, with: verdict.errorResult, thread: thread)
            // All calls of the page are forbidden in strict mode.
            case .allow, .killThread, .killProcess:
                _ = try applyFilters(to: call, of: thread)
                return
            case .trap, .trace, .notify: return failAtVsyscall("a seccomp filter that catches a vsyscall", call, thread)
            }
        }
        guard let (result, stores) = VsyscallAnswer.make(number, entry) else {
            return failAtVsyscall("a vsyscall", call, thread)
        }
        let map = stores.isEmpty ? nil : AddressSpace.map(of: thread.id)
        for store in stores where map?.isWritable(at: store.address) != true {
            return failAtVsyscall("a vsyscall with a bad pointer", call, thread)
        }
        for store in stores {
            try thread.memory.write(store.address, store.bytes)
            call.effects.append(.write(store.address, bytes: store.bytes))
        }
        try answerVsyscall(call, with: result, thread: thread)
    }

    /// Lets the kernel return from the page before anything else is done with the thread: until then it would take another
    /// instruction pointer for an attack.
    private func answerVsyscall(
        _ call: PendingSyscall, with result: Int64, thread: RecordedThread
    ) throws(PtraceError) {
        var registers = call.entry
        registers.syscallResult = result
        registers.origRax = .max
        try thread.traced.setRegisters(registers)
        thread.phase = .syscall(call)
        HostThreads.interrupt(thread.id)
        try thread.traced.resume(thread.userRequest)
        try awaitStop(of: thread)
        // Anything else is the end of the thread.
        guard case .groupStop(let signal)? = thread.pendingStop else { return }
        if signal == Signal.trap { thread.pendingStop = nil }
        thread.phase = .user
        let after = try thread.traced.registers()
        try stand(thread, at: after)
        writeCall(call, after: after, of: thread)
        try raiseDeferredSignal(of: thread)
    }

    private func failAtVsyscall(_ what: String, _ call: PendingSyscall, _ thread: RecordedThread) {
        sink.fail(.unsupported(.init(what: what, thread: thread.id, address: call.entry.instructionPointer)))
    }
}

/// A call of the vsyscall page.
enum VsyscallAnswer {
    /// What the kernel would answer, and store.
    ///
    /// - Returns: nil for what is no call of that page.
    static func make(
        _ number: SyscallNumber, _ entry: Registers
    ) -> (result: Int64, stores: [(address: GuestAddress, bytes: [UInt8])])? {
        var stores: [(address: GuestAddress, bytes: [UInt8])] = []
        func store(_ argument: Int, _ values: [UInt64], size: Int) {
            let address = GuestAddress(entry.argument(argument))
            guard !address.isNull else { return }
            stores.append(
                (address, values.flatMap { value in (0..<size).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }))
        }
        let now = Host.realTime()
        let second: Int64 = 1_000_000_000
        switch number {
        case .time:
            store(0, [UInt64(now / second)], size: 8)
            return (now / second, stores)
        case .gettimeofday:
            let zone = Host.timeZone()
            store(0, [UInt64(now / second), UInt64(now % second / 1000)], size: 8)
            store(1, [UInt64(UInt32(bitPattern: zone.0)), UInt64(UInt32(bitPattern: zone.1))], size: 4)
            return (0, stores)
        case .getcpu:
            let place = Host.processorAndNode()
            store(0, [UInt64(place.processor)], size: 4)
            store(1, [UInt64(place.node)], size: 4)
            return (0, stores)
        default: return nil
        }
    }
}

/// Calls of 32-bit programs: arch/x86/entry/syscalls/syscall_32.tbl.
private enum ForeignCall {
    /// A 64-bit call that makes and ends threads and images as a 32-bit one does; where that does nothing of the kind, one
    /// that does not either.
    static func equivalent(of call: PendingSyscall) -> PendingSyscall {
        let number: SyscallNumber =
            switch call.number.rawValue {
            case 1: .exit
            case 2: .fork
            case 11: .execve
            case 120: .clone
            case 190: .vfork
            case 252: .exit_group
            case 358: .execveat
            case 435: .clone3
            default: .getppid
            }
        var entry = call.entry
        entry.rdi = call.entry.rbx
        entry.rsi = call.entry.rcx
        // tls and child_tid stand the other way round in clone(2).
        entry.r10 = call.entry.rdi
        entry.r8 = call.entry.rsi
        return PendingSyscall(
            number: number, entry: entry, xstate: call.xstate, rule: SyscallRule([.blocking(.anyone)]))
    }
}
