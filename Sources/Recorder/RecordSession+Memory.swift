internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// System calls that change what is mapped: their effects are mappings, not bytes.
extension RecordSession {
    /// The effects of a successful call at its exit.
    func memoryEffects(
        of call: PendingSyscall, result: UInt64, thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        let entry = call.entry
        let space = thread.traced.addressSpace
        switch call.number {
        case .mmap:
            let (before, own) = try mapped(entry, at: GuestAddress(result), thread: thread)
            return try before + own
                + pinCode(in: own, isToBeExecuted: isLinker(entry.instructionPointer, of: thread), of: thread)
        case .munmap:
            let address = GuestAddress(entry.argument(0))
            let length = pages(entry.argument(1))
            files.forget(address, length: length, in: space)
            forgetCode(in: address..<address + length, of: thread)
            return [.unmap(address, length: length)]
        case .mprotect, .pkey_mprotect:
            let address = GuestAddress(entry.argument(0))
            let length = pages(entry.argument(1))
            let inForce = protection(entry.argument(2), thread.process)
            return try [.protect(address, length: length, protection: inForce)]
                + pinCode(
                    in: address..<address + length, asked: inForce,
                    isShared: files.isShared(address, length: length, in: space), of: thread)
        case .mremap:
            let old = GuestAddress(entry.argument(0))
            let length = min(pages(entry.argument(1)), pages(entry.argument(2)))
            return try remapped(call, to: GuestAddress(result), thread: thread)
                + moveCode(old..<old + length, to: GuestAddress(result), of: thread)
        case .brk: return breakMoved(to: result, thread: thread)
        case .madvise:
            let start = GuestAddress(entry.argument(0))
            let length = pages(entry.argument(1))
            return try advised(start, length: length, entry) + restoreTraps(in: start..<start + length, of: thread)
        case .shmat: return try attached(entry, at: GuestAddress(result), thread: thread)
        case .setrlimit where entry.argument(0) == Self.stackResource: return stackLimited(thread.process.id)
        case .prlimit64 where entry.argument(1) == Self.stackResource && entry.argument(2) != 0:
            let target = ProcessID(Int32(truncatingIfNeeded: entry.argument(0)))
            return [0, thread.process.id.rawValue].contains(target.rawValue) ? stackLimited(thread.process.id) : []
        case .shmdt: return detached(GuestAddress(entry.argument(0)), thread: thread)
        default: return []
        }
    }

    /// Looks for code in what has just been mapped.
    ///
    /// - Parameters:
    ///   - program: the path of the program that has just been executed.
    ///   - isToBeExecuted: whether code of files is there to be executed, as far as one can know.
    func pinCode(
        in mappings: [Effect], program: String? = nil, isToBeExecuted: Bool = true, of thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        var effects: [Effect] = []
        for case .map(let mapping) in mappings {
            let range = mapping.address..<mapping.address + mapping.length
            let isExecutable = Protection(rawValue: mapping.protection).contains(.execute)
            forgetCode(in: range, isCodeOfFile: isExecutable && mapping.backing != .anonymous, of: thread)
            var file: (digest: FileDigest, offset: UInt64)?
            var isProgram = false
            if case .file(let digest, let offset, let path) = mapping.backing {
                file = (digest, offset)
                isProgram = path == program
                if program != nil, !isProgram, isExecutable {
                    pinned[space(of: thread), default: PinnedCode()].linker = range
                }
            }
            let stack = MappingFlags.growsDown.rawValue | MappingFlags.stack.rawValue
            effects += try pinCode(
                in: range, asked: mapping.protection, file: file,
                isShared: mapping.flags & MappingFlags.typeMask != MappingFlags.private.rawValue,
                mayBeStack: mapping.flags & stack != 0, isProgram: isProgram, isToBeExecuted: isToBeExecuted,
                of: thread)
        }
        return effects
    }

    /// Whether an address is in the program's dynamic linker.
    private func isLinker(_ address: GuestAddress, of thread: RecordedThread) -> Bool {
        pinned[space(of: thread)]?.linker?.contains(address) == true
    }

    /// Whether a call touches xrr's own pages, which the tracee may neither replace nor unmap.
    func touchesInterceptor(_ number: SyscallNumber, _ entry: Registers, _ thread: RecordedThread) -> Bool {
        let address = GuestAddress(entry.argument(0))
        switch number {
        case .mmap:
            let fixed = UInt64(MappingFlags.fixed.rawValue | MappingFlags.fixedNoReplace.rawValue)
            return entry.argument(3) & fixed != 0 && isOwn(address, length: pages(entry.argument(1)), in: thread)
        case .munmap, .mprotect, .pkey_mprotect, .madvise:
            return isOwn(address, length: pages(entry.argument(1)), in: thread)
        case .mremap:
            return isOwn(address, length: pages(entry.argument(1)), in: thread)
                || entry.argument(3) & 2 != 0
                    && isOwn(GuestAddress(entry.argument(4)), length: pages(entry.argument(2)), in: thread)
        // With SHM_REMAP alone it replaces what is there.
        case .shmat: return entry.argument(2) & 0o40000 != 0 && reachesInterceptor(entry, thread)
        default: return false
        }
    }

    /// Whether a range of addresses touches what xrr has mapped in an address space.
    private func isOwn(_ address: GuestAddress, length: UInt64, in thread: RecordedThread) -> Bool {
        InterceptorLayout.overlaps(address, length: length)
            || arenas[space(of: thread)]?.overlaps(address, length: length) == true
    }

    /// Whether shmat(2) at an address may come to lie upon xrr's own pages. The length is the segment's.
    private func reachesInterceptor(_ entry: Registers, _ thread: RecordedThread) -> Bool {
        let address = GuestAddress(entry.argument(1))
        let length = SharedSegment.length(of: Int32(truncatingIfNeeded: entry.argument(0)), in: thread.id)
        // What cannot be looked up may have any length.
        return isOwn(address.pageStart, length: length.map(pages) ?? UInt64(1) << 40, in: thread)
    }

    /// The protection in force: the personality READ_IMPLIES_EXEC makes readable memory executable, and a CPU without
    /// protection keys makes executable memory readable.
    func protection(_ asked: UInt64, _ process: RecordedProcess) -> UInt32 {
        let asked = Protection(rawValue: UInt32(truncatingIfNeeded: asked))
        if isExecuteOnly(asked) { return asked.union(.read).rawValue }
        return process.readImpliesExecute && asked.contains(.read)
            ? asked.union(.execute).rawValue : asked.rawValue
    }

    /// Whether the machine's protection keys would make memory unreadable (pkeys(7)), but not those of the tracee's CPU.
    private func isExecuteOnly(_ asked: Protection) -> Bool {
        guard let pin = options.pin, !pin.cpu.xcr0.contains(.pkru) else { return false }
        return asked.intersection([.read, .write, .execute]) == .execute
    }

    /// Has the kernel map readable what would be so on the tracee's CPU.
    func makeReadable(_ call: PendingSyscall, _ thread: RecordedThread) throws(PtraceError) {
        let asked = Protection(rawValue: UInt32(truncatingIfNeeded: call.entry.argument(2)))
        guard isExecuteOnly(asked) else { return }
        var registers = call.entry
        registers.setArgument(2, to: UInt64(asked.union(.read).rawValue))
        try thread.traced.setRegisters(registers)
        call.isRewritten = true
    }

    /// RLIMIT_STACK, which decides at which depth a stack overflows.
    private static let stackResource: UInt64 = 3

    private func stackLimited(_ process: ProcessID) -> [Effect] { [.limitStack(HostThreads.stackLimit(of: process))] }

    func pages(_ length: UInt64) -> UInt64 {
        (length &+ (GuestAddress.pageSize - 1)) & ~(GuestAddress.pageSize - 1)
    }

    /// The effects of mmap(2): what has to come before the mapping, of other mappings too, and what it is itself.
    private func mapped(
        _ entry: Registers, at address: GuestAddress, thread: RecordedThread
    ) throws(PtraceError) -> (before: [Effect], own: [Effect]) {
        let flags = UInt32(truncatingIfNeeded: entry.argument(3))
        let length = HugePages.length(pages(entry.argument(1)), flags: flags)
        let type = flags & MappingFlags.typeMask
        let isShared = type == MappingFlags.shared.rawValue || type == MappingFlags.sharedValidate.rawValue
        let kept = MappingFlags.growsDown.rawValue | MappingFlags.noReserve.rawValue | MappingFlags.stack.rawValue
        let space = thread.traced.addressSpace
        var mapping = Mapping(
            address: address, length: length, protection: protection(entry.argument(2), thread.process),
            flags: (isShared ? MappingFlags.shared.rawValue : MappingFlags.private.rawValue) | flags & kept,
            backing: .anonymous)
        files.forget(address, length: length, in: space)
        if flags & MappingFlags.anonymous.rawValue != 0 {
            guard isShared else { return ([], [.map(mapping)]) }
            let (region, key, creation) = files.anonymousRegion(length: length)
            mapping.backing = .shared(region, offset: 0, path: "")
            files.note(mapping, key: key, isShared: true, offset: 0, in: space)
            return (creation, [.map(mapping)])
        }
        let descriptor = Int32(truncatingIfNeeded: entry.argument(4))
        let offset = entry.argument(5)
        if let (backing, key, effects) = try files.backing(
            ofDescriptor: descriptor, of: thread.id, offset: offset, isShared: isShared, in: scope(of: thread))
        {
            mapping.backing = backing
            files.note(mapping, key: key, isShared: isShared, offset: offset, in: space)
            return (effects, [.map(mapping)])
        }
        return ([], deviceMapped(mapping, entry, isShared: isShared, thread: thread))
    }

    /// A mapping of something that is no regular file: /dev/zero is plain memory; what else there is can be recorded as
    /// long as nobody else changes it.
    private func deviceMapped(
        _ mapping: Mapping, _ entry: Registers, isShared: Bool, thread: RecordedThread
    ) -> [Effect] {
        var mapping = mapping
        if !isShared, isZeroDevice(entry, of: thread) { return [.map(mapping)] }
        guard isShared else {
            var effects = [Effect.map(mapping)]
            thread.memory.forEachPiece(
                of: mapping.address, length: mapping.length, through: thread.id
            ) { address, bytes in
                if bytes.contains(where: { $0 != 0 }) { effects.append(.write(address, bytes: bytes)) }
            }
            return effects
        }
        let (region, key, creation) = files.anonymousRegion(length: mapping.length)
        mapping.backing = .shared(region, offset: 0, path: "")
        files.note(mapping, key: key, isShared: true, offset: 0, in: thread.traced.addressSpace)
        return creation + [.map(mapping)]
    }

    private func isZeroDevice(_ entry: Registers, of thread: RecordedThread) -> Bool {
        let descriptor = Int32(truncatingIfNeeded: entry.argument(4))
        return HostFiles.identity(ofDescriptor: descriptor, in: thread.id)?.isZeroDevice ?? false
    }

    private func remapped(_ call: PendingSyscall, to new: GuestAddress, thread: RecordedThread) -> [Effect] {
        let old = GuestAddress(call.entry.argument(0))
        let oldLength = pages(call.entry.argument(1))
        let newLength = pages(call.entry.argument(2))
        if call.movedRanges.count < 2 { return [move(old, oldLength, new, newLength, by: call, thread)] }
        // Each is a move of its own, which any kernel can repeat.
        return call.movedRanges.map { range in
            let length = range.upperBound - range.lowerBound
            return move(range.lowerBound, length, new + (range.lowerBound - old), length, by: call, thread)
        }
    }

    /// A mapping has been moved by mremap(2).
    func move(
        _ old: GuestAddress, _ oldLength: UInt64, _ new: GuestAddress, _ newLength: UInt64, by call: PendingSyscall,
        _ thread: RecordedThread
    ) -> Effect {
        let dontUnmap = call.entry.argument(3) & UInt64(RemapFlags.dontUnmap.rawValue) != 0
        files.move(
            from: old, length: oldLength, to: new, newLength: newLength, keepsOld: dontUnmap || oldLength == 0,
            in: thread.traced.addressSpace)
        return .remap(from: old, oldLength: oldLength, to: new, newLength: newLength, dontUnmap: dontUnmap)
    }

    /// Since Linux 6.17 a call that resizes nothing moves several mappings at once.
    func noteMovedRanges(of call: PendingSyscall, by thread: RecordedThread) {
        let length = pages(call.entry.argument(1))
        let start = GuestAddress(call.entry.argument(0))
        guard call.entry.argument(3) & UInt64(RemapFlags.fixed.rawValue) != 0,
            length == pages(call.entry.argument(2)), length > 0, length <= Output.userSpaceEnd,
            start.rawValue < Output.userSpaceEnd, let map = AddressSpace.map(of: thread.id)
        else { return }
        call.movedRanges = map.pieces(of: start..<start + length).map(\.range)
    }

    private func breakMoved(to end: UInt64, thread: RecordedThread) -> [Effect] {
        let process = thread.process
        defer { for process in processes(in: thread.traced.addressSpace) { process.programBreak = end } }
        guard let start = process.programBreak else { return [] }
        let (old, new) = (pages(start), pages(end))
        if new > old {
            return [
                .map(
                    Mapping(
                        address: GuestAddress(old), length: new - old, protection: protection(3, process),
                        flags: MappingFlags.private.rawValue, backing: .anonymous))
            ]
        }
        return new < old ? [.unmap(GuestAddress(new), length: old - new)] : []
    }

    private func advised(_ start: GuestAddress, length: UInt64, _ entry: Registers) -> [Effect] {
        let advice = MemoryAdvice(rawValue: UInt32(truncatingIfNeeded: entry.argument(2)))
        return advice.hasEffect && length > 0 ? [.advise(start, length: length, advice: advice.rawValue)] : []
    }

    private func attached(
        _ entry: Registers, at address: GuestAddress, thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        let map = AddressSpace.map(of: thread.id)
        guard let found = map?.entries.first(where: { $0.start == address }) else { return [] }
        let (region, key, creation) = files.segment(entry.argument(0), length: found.length)
        let mapping = Mapping(
            address: address, length: found.length, protection: found.protection, flags: MappingFlags.shared.rawValue,
            backing: .shared(region, offset: 0, path: found.name))
        var effects = creation
        if !creation.isEmpty, !SegmentTable.isUntouched(entry.argument(0)) {
            thread.memory.forEachPiece(of: address, length: found.length, through: thread.id) { piece, bytes in
                guard bytes.contains(where: { $0 != 0 }) else { return }
                effects.append(.writeShared(region, offset: piece - address, bytes: bytes))
            }
        }
        files.note(mapping, key: key, isShared: true, offset: 0, in: thread.traced.addressSpace)
        return effects + [.map(mapping)]
    }

    private func detached(_ address: GuestAddress, thread: RecordedThread) -> [Effect] {
        // The kernel unmaps all pieces that are left of the segment where it was attached: ipc/shm.c, ksys_shmdt.
        guard let end = files.end(ofSegmentAt: address, in: thread.traced.addressSpace) else { return [] }
        return unmappedParts(of: address..<end, thread)
    }
}
