internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// The entry and the exit of system calls.
extension RecordSession {
    /// A thread is about to enter the kernel.
    func handleEntry(of thread: RecordedThread) throws(PtraceError) {
        let entry = try thread.traced.registers()
        var isForeign = false
        // The instruction `syscall` leaves these behind, other ways into the kernel do not.
        if entry.rcx != entry.rip || entry.r11 != entry.eflags {
            if entry.isInVsyscallPage { return try handleVsyscall(of: thread, at: entry) }
            isForeign = try thread.traced.eventMessage() == RecordingFilter.foreignCall
        }
        if thread.isInterrupted, try absorbInterrupt(of: thread, at: entry) { return }
        if thread.restart != nil { try resolveRestart(of: thread) }
        if try deliverDeferredSignals(of: thread, at: entry) { return }
        if isForeign { return try handleForeignCall(of: thread, at: entry) }
        let number = SyscallNumber(UInt32(truncatingIfNeeded: entry.origRax))
        let xstate = try thread.traced.xstate()
        // The memory is gone at the next stop.
        let isExec = number == .execve || number == .execveat
        if isExec { searchAgain(in: thread) }
        let call = PendingSyscall(
            number: number, entry: entry, xstate: xstate, rule: rule(of: number, entry: entry, thread: thread))
        if thread.seccomp.isActive, try applyFilters(to: call, of: thread) { return }
        if isExec, verification != nil { call.entryDigest = wholeDigest(of: thread, at: entry) }
        switch try enter(call, by: thread) {
        case .execute:
            noteCapacity(of: call, by: thread)
            guard try redirect(call, of: thread) else { return }
            try withholdIgnoredSignals(during: call, of: thread)
            thread.phase = .syscall(call)
            thread.next.request = .syscall
        case .answer(let result):
            try answer(call, with: result, thread: thread)
        }
    }

    /// The rule that the table has for a call; that of the interrupted call for restart_syscall(2).
    func rule(of number: SyscallNumber, entry: Registers, thread: RecordedThread) -> SyscallRule {
        if number == .restart_syscall, let interrupted = thread.interrupted { return interrupted.rule }
        let rule = SyscallTable[number].rule(for: entry)
        guard let argument = rule.direction else { return rule }
        let descriptor = Int32(truncatingIfNeeded: entry.argument(argument))
        return rule.directed(isWritable: HostFiles.state(ofDescriptor: descriptor, in: thread.id)?.isWritable ?? true)
    }

    /// The kernel never sees the call.
    func answer(_ call: PendingSyscall, with result: Int64, thread: RecordedThread) throws(PtraceError) {
        var registers = call.entry
        registers.syscallResult = result
        // A number of -1 makes the kernel skip the call: seccomp(2), SECCOMP_RET_TRACE.
        registers.origRax = .max
        try stand(thread, at: registers)
        try passExit(of: thread)
        writeCall(call, after: registers, of: thread)
    }

    /// What memory the call may touch, while its lengths and vectors are still untouched themselves.
    func noteCapacity(of call: PendingSyscall, by thread: RecordedThread) {
        let memory = thread.memory
        if !call.rule.outputs.isEmpty {
            call.rule.appendCapacity(of: call.entry, to: &call.outputs) { memory.readExactly($0, count: $1) }
        }
        if call.rule.treatment == .guessed {
            let request = IoctlRequest(UInt32(truncatingIfNeeded: call.entry.argument(1)))
            call.reachable = ReachableMemory(
                of: GuestAddress(call.entry.argument(2)), size: request.size, in: memory)
        }
        if let file = call.rule.writesFile {
            file.appendCapacity(of: call.entry, to: &call.inputs) { memory.readExactly($0, count: $1) }
        }
    }

    /// A thread has left the kernel.
    func handleExit(of thread: RecordedThread) throws(PtraceError) {
        guard case .syscall(let call) = thread.phase else { return }
        if call.isExecDone { return try finishExec(call, of: thread) }
        var registers = try thread.traced.registers()
        registers.hideStandstill()
        let isAgain = isEndedByIgnoredSignals(call, result: registers.syscallResult, of: thread)
        try releaseIgnoredSignals(of: thread)
        if let info = call.trap { return try finishTrapped(call, info, at: registers, of: thread) }
        if call.isRewritten {
            registers = restored(registers, from: call)
            try stand(thread, at: registers)
        } else if !registers.showStandstill {
            // rt_sigreturn(2).
            try stand(thread, at: registers)
        }
        thread.phase = .user
        var result = bringBack(call, result: registers.syscallResult, thread: thread)
        if call.handler == .processVMWrite { result = try completeRemoteWrite(call, result: result, by: thread) }
        try unmapUnusedScratch(of: thread)
        if result != registers.syscallResult {
            registers.syscallResult = result
            try stand(thread, at: registers)
        }
        if isAgain {
            call.effects = try effects(of: call, exit: registers, thread: thread)
            registers = PendingSyscall.restarted(from: registers)
            registers.origRax = .max
            try stand(thread, at: registers)
            return writeCall(call, after: registers, of: thread)
        }
        if let filter = call.filter { finishInstallation(filter, result: result, thread: thread) }
        if PendingSyscall.isRestart(result), call.handler != .sigreturn {
            // Whether the kernel makes the call again depends on what comes next.
            call.exit = registers
            call.effects = try effects(of: call, exit: registers, thread: thread)
            thread.restart = call
            thread.interrupted = call
            return try restoreTrapAction(of: thread)
        }
        if !hasStarted, call.number == .execve { startFailure = Int32(truncatingIfNeeded: -result) }
        try leave(call, result: result, thread: thread)
        // Not before: the call may have set another.
        try restoreTrapAction(of: thread)
        call.effects += try effects(of: call, exit: registers, thread: thread)
        try wakeSleepers(after: call.effects, by: thread)
        if call.handler == .sigreturn {
            writeCall(call, after: registers, xstateAfter: try thread.traced.xstate(), of: thread)
        } else {
            writeCall(call, after: registers, of: thread)
        }
    }

    /// Arguments that the recorder had changed are the tracee's again.
    func restored(_ registers: Registers, from call: PendingSyscall) -> Registers {
        var registers = registers
        for index in 0..<6 { registers.setArgument(index, to: call.entry.argument(index)) }
        registers.origRax = call.entry.origRax
        if let answer = call.kernelAnswer,
            registers.instructionPointer == answer.address(letThrough: InterceptorLayout.letThrough)
        {
            registers.rip = call.entry.rip
        }
        return registers
    }

    // MARK: Effects

    /// What a call did to memory.
    private func effects(
        of call: PendingSyscall, exit: Registers, thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        let result = exit.syscallResult
        var effects: [Effect] = []
        if result >= 0 || result < -4095 {
            effects += try memoryEffects(of: call, result: UInt64(bitPattern: result), thread: thread)
        } else {
            effects += try partialMemoryEffects(of: call, error: result, thread: thread)
        }
        if !call.outputs.isEmpty, areWithheld(call.outputs, of: thread) {
            effects += try releaseWrites(to: call.outputs, of: thread)
        }
        if !call.outputs.isEmpty { appendOutputs(of: call, exit: exit, thread: thread, to: &effects) }
        if let reachable = call.reachable {
            effects += reachable.changes(in: thread.memory).map { .write($0.start, bytes: $0.bytes) }
        }
        if let file = call.rule.writesFile, result >= 0 {
            effects += try fileEffects(of: call, file, result: result, thread: thread)
        }
        return effects
    }

    private func appendOutputs(
        of call: PendingSyscall, exit: Registers, thread: RecordedThread, to effects: inout [Effect]
    ) {
        let memory = thread.memory
        var written: [GuestRange] = []
        OutputRange.appendWritten(of: call.outputs, result: exit.syscallResult, to: &written) {
            memory.readExactly($0, count: $1)
        }
        if exit.syscallResult == ErrorNumber.EFAULT.syscallResult {
            // The kernel came no further than the program can write.
            for index in written.indices {
                written[index].length = writableLength(
                    from: written[index].start, atMost: written[index].length, by: thread)
            }
        }
        let isLarge = written.reduce(0) { $0 &+ $1.length } > Self.largestFrame
        if isLarge { writeEntry(of: call, by: thread) }
        for range in written {
            memory.forEachPiece(of: range.start, length: range.length, through: thread.id) { address, bytes in
                let effect = Effect.write(address, bytes: bytes)
                if isLarge {
                    // The call's other effects are still to come.
                    write(
                        Frame(
                            thread: thread.id, event: .syscallExit(call.number), before: call.entry, after: exit,
                            xstate: call.xstate, effects: [effect]), of: thread, isVerifiable: false)
                } else {
                    effects.append(effect)
                }
            }
        }
    }

    /// More output than this, in bytes, goes into several frames: the recorder does not hold it all at once.
    private static let largestFrame: UInt64 = 2 << 20

    // MARK: Frames

    /// Leaves a thread where a frame ends, such that it shows when it has gone on from there.
    func stand(_ thread: RecordedThread, at registers: Registers) throws(PtraceError) {
        try thread.traced.setRegisters(registers.markedForStandstill)
    }

    /// Writes a frame and notes that the thread stands where it leaves it. If that is with an orig_rax of -1, its registers
    /// are set by `stand`.
    ///
    /// - Parameters:
    ///   - pending: the call that the frame is the entry of: what it may write is unknown.
    ///   - isVerifiable: whether memory is now what it is after the frame's effects, but for what calls that sleep may write.
    func write(
        _ frame: Frame, of thread: RecordedThread, pending: PendingSyscall? = nil, isVerifiable: Bool = true
    ) {
        for effect in frame.effects where effect.isAboutMappings {
            writable[ObjectIdentifier(thread.traced.addressSpace), default: WritableMemory()].note(effect)
        }
        thread.resumedRegisters = frame.after.markedForStandstill
        thread.isMidway = false
        let xstate = frame.xstateAfter ?? frame.xstate
        if hasStarted, let components, xstate.mask != components {
            noteComponents(of: xstate, at: frame.after.instructionPointer, of: thread)
        }
        thread.lastXState = xstate
        guard hasStarted else { return }
        if verification != nil, isVerifiable, let digest = digest(after: frame, of: thread, pending: pending) {
            var frame = frame
            frame.effects.append(digest)
            sink.append(frame)
        } else {
            sink.append(frame)
        }
    }

    /// The frame of a finished call, or of its exit if the entry has one of its own.
    func writeCall(
        _ call: PendingSyscall, after: Registers, xstateAfter: XStateImage? = nil, of thread: RecordedThread
    ) {
        write(
            Frame(
                thread: thread.id,
                event: call.isEntryWritten ? .syscallExit(call.number) : .syscall(call.number),
                before: call.entry, after: after, xstate: call.xstate, xstateAfter: xstateAfter,
                effects: call.effects), of: thread)
    }

    /// The frame of an entry during which other threads run.
    func writeEntry(of call: PendingSyscall, by thread: RecordedThread) {
        guard !call.isEntryWritten else { return }
        call.isEntryWritten = true
        if call.exit == nil { noteInputs(of: call, by: thread) }
        // What the kernel has written in place so far (the waiters' bit of a PI futex) is seen by those who run now.
        var effects: [Effect] = []
        for output in call.outputs where output.transfer == .inPlace {
            if let bytes = thread.memory.readExactly(output.start, count: Int(clamping: output.length)) {
                effects.append(.write(output.start, bytes: bytes))
            }
        }
        if let digest = call.entryDigest { effects.append(digest) }
        write(
            Frame(
                thread: thread.id, event: .syscallEntry(call.number), before: call.entry, after: call.entry,
                xstate: call.xstate, effects: effects), of: thread, pending: call)
    }

    // MARK: Restarts

    /// The thread is at the entry of a call again: the one that was interrupted has been restarted.
    func resolveRestart(of thread: RecordedThread) throws(PtraceError) {
        if let call = thread.restart.take() { try finishRestart(call, of: thread, restarted: true) }
    }

    /// Writes the frame of a call that was held back until its fate was known.
    ///
    /// - Parameter restarted: the kernel made the thread go back to the `syscall` instruction.
    func finishRestart(_ call: PendingSyscall, of thread: RecordedThread, restarted: Bool) throws(PtraceError) {
        guard let exit = call.exit else { return }
        writeCall(call, after: restarted ? PendingSyscall.restarted(from: exit) : exit, of: thread)
    }
}
