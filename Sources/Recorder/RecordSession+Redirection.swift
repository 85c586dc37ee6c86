internal import LinuxABI
internal import Logging
internal import Ptrace
internal import Tracee

/// Scratch memory for calls that sleep: others may look at the memory that such a call is to fill. A replay shows its bytes
/// at its exit, so the recording has to as well.
extension RecordSession {
    /// Points a call that is about to be made at scratch memory, if others can see what it writes.
    ///
    /// - Returns: false if the call is not made now: the thread will make it again, and then there is room.
    func redirect(_ call: PendingSyscall, of thread: RecordedThread) throws(PtraceError) -> Bool {
        if call.number == .restart_syscall, let interrupted = thread.interrupted {
            // The kernel goes on with the pointers it was given then.
            call.outputs = interrupted.outputs
            call.redirection = interrupted.redirection
            interrupted.redirection = nil
            return true
        }
        endInterruption(of: thread)
        // What a clone writes is for its child as well, where it is.
        guard call.handler == nil, !call.outputs.isEmpty,
            call.rule.mayBlock && isWatched(call.outputs, by: thread) || areWithheld(call.outputs, of: thread)
        else { return true }
        let plan = Redirection.Plan(of: call.outputs) { writableLength(from: $0.start, atMost: $0.length, by: thread) }
        if plan.length == 0 { return true }
        let arena = arena(of: thread)
        guard let block = arena.allocate(plan.length) else {
            if plan.length < arena.refusedLength { return try !makeRoom(plan.length, call, of: thread) }
            if !arena.isShortageSaid {
                log.warning(
                    "no scratch memory: other threads may see half of an output",
                    metadata: ["call": "\(call.number)", "bytes": "\(plan.length)"])
            }
            arena.isShortageSaid = true
            return true
        }
        var registers = call.isRewritten ? try thread.traced.registers() : call.entry
        call.redirection = try Redirection(plan, in: block, registers: &registers, memory: thread.memory)
        call.isRewritten = true
        try thread.traced.setRegisters(registers)
        return true
    }

    /// Maps more scratch memory, for a call that is put off meanwhile.
    ///
    /// - Returns: whether the call was put off, which it is even where there is no memory: it is then made in place.
    private func makeRoom(
        _ length: UInt64, _ call: PendingSyscall, of thread: RecordedThread
    ) throws(PtraceError) -> Bool {
        guard try putOff(call.entry, of: thread) else { return true }
        let arena = arena(of: thread)
        let remote = try RemoteSyscall(thread.traced, entry: .letThrough)
        let length = pages(length)
        let flags = MappingFlags.private.rawValue | MappingFlags.anonymous.rawValue | MappingFlags.noReserve.rawValue
        let address = try remote.call(
            .mmap, 0, length, UInt64(Protection.read.rawValue | Protection.write.rawValue), UInt64(flags), .max, 0)
        guard address > 0 else {
            arena.refusedLength = length
            return true
        }
        // A child has no call that it would be for.
        try remote.call(.madvise, UInt64(address), length, UInt64(MemoryAdvice.dontFork.rawValue))
        arena.add(GuestAddress(UInt64(address))..<GuestAddress(UInt64(address) + length))
        return true
    }

    /// Gives back what was mapped for a call that has ended. The thread is at the exit of a call.
    func unmapUnusedScratch(of thread: RecordedThread) throws(PtraceError) {
        guard let arena = arenas[ObjectIdentifier(thread.traced.addressSpace)], arena.hasUnused else { return }
        let remote = try RemoteSyscall(thread.traced, entry: .letThrough)
        for area in arena.takeUnused() {
            try remote.call(.munmap, area.lowerBound.rawValue, area.upperBound - area.lowerBound)
        }
    }

    /// What is mapped for the program in a thread's address space.
    func programMap(of thread: RecordedThread) -> MemoryMap? {
        guard let map = AddressSpace.map(of: thread.id) else { return nil }
        return arenas[ObjectIdentifier(thread.traced.addressSpace)].map { map.without($0.added) } ?? map
    }

    /// Whether a thread other than the caller can see the memory.
    func isWatched(_ outputs: [OutputRange], by thread: RecordedThread) -> Bool {
        let space = thread.traced.addressSpace
        if space.threadCount > 1 { return true }
        return outputs.contains { files.isShared($0.start, length: $0.length, in: space) }
    }

    /// - Returns: the result of the call, after what became of the program's memory while it slept.
    func bringBack(_ call: PendingSyscall, result: Int64, thread: RecordedThread) -> Int64 {
        guard let redirection = call.redirection else { return result }
        let final = redirection.complete(result: result, memory: thread.memory) { store($1, to: $0, for: thread) }
        // A call that restart_syscall(2) goes on with keeps its scratch memory.
        if !PendingSyscall.isRestart(result) { release(call, of: thread) }
        return final
    }

    /// The thread does something else than to go on with a call that was interrupted.
    private func endInterruption(of thread: RecordedThread) {
        if let interrupted = thread.interrupted.take() { release(interrupted, of: thread) }
    }

    func release(_ call: PendingSyscall, of thread: RecordedThread) {
        if let redirection = call.redirection.take() { arena(of: thread).release(redirection.block) }
    }

    func arena(of thread: RecordedThread) -> ScratchArena {
        let id = ObjectIdentifier(thread.traced.addressSpace)
        if let arena = arenas[id] { return arena }
        let arena = ScratchArena()
        arenas[id] = arena
        return arena
    }
}
