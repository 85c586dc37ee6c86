internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Calls that fail after they have changed a part of what they were to change: what is mapped afterwards tells.
extension RecordSession {
    /// The effects of a call that has failed.
    func partialMemoryEffects(
        of call: PendingSyscall, error: Int64, thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        let entry = call.entry
        let start = GuestAddress(entry.argument(0))
        let length = pages(entry.argument(1))
        switch call.number {
        case .mprotect, .pkey_mprotect:
            guard let range = Self.range(start, length) else { return [] }
            return try protectedPart(of: range, entry, thread)
        case .madvise:
            let advice = MemoryAdvice(rawValue: UInt32(truncatingIfNeeded: entry.argument(2)))
            guard advice.hasEffect, let range = Self.range(start, length) else { return [] }
            return try advisedParts(of: range, advice, error: error, thread)
        case .munmap:
            guard let range = Self.range(start, length) else { return [] }
            return unmappedParts(of: range, thread)
        case .mmap where MappingFlags(rawValue: UInt32(truncatingIfNeeded: entry.argument(3))).contains(.fixed):
            // What was there before may be gone.
            guard let range = Self.range(start, length) else { return [] }
            return unmappedParts(of: range, thread)
        case .mremap: return try movedParts(of: call, thread) + remappedParts(start, length, entry, thread)
        default: return []
        }
    }

    /// The range that a call was about; nil for one at which the kernel has not looked.
    private static func range(_ start: GuestAddress, _ length: UInt64) -> Range<GuestAddress>? {
        let (end, overflow) = start.rawValue.addingReportingOverflow(length)
        guard start.isPageAligned, length > 0, !overflow, end <= Output.userSpaceEnd else { return nil }
        // Without a hint nothing is mapped beyond that: arch/x86/include/asm/page_64_types.h, TASK_SIZE_MAX.
        if start < fourLevelEnd { return start..<min(GuestAddress(end), fourLevelEnd) }
        return start..<GuestAddress(end)
    }

    /// The end of user space with page tables of four levels.
    private static let fourLevelEnd = GuestAddress(0x7fff_ffff_f000)

    /// mprotect(2) goes from mapping to mapping, up to a gap or one that it may not change.
    private func protectedPart(
        of range: Range<GuestAddress>, _ entry: Registers, _ thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        guard let map = AddressSpace.map(of: thread.id) else { return [] }
        let inForce = protection(entry.argument(2) & 7, thread.process)
        var end = range.lowerBound
        for (part, mapping) in map.pieces(of: range) {
            guard part.lowerBound == end, mapping.protection == inForce else { break }
            end = part.upperBound
        }
        if end == range.lowerBound { return [] }
        let length = end - range.lowerBound
        return try [.protect(range.lowerBound, length: length, protection: inForce)]
            + pinCode(
                in: range.lowerBound..<end, asked: inForce,
                isShared: files.isShared(range.lowerBound, length: length, in: thread.traced.addressSpace), of: thread)
    }

    /// madvise(2) passes over gaps, to answer ENOMEM when it has done the rest, and ends at a mapping that it refuses.
    private func advisedParts(
        of range: Range<GuestAddress>, _ advice: MemoryAdvice, error: Int64, _ thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        guard let map = AddressSpace.map(of: thread.id) else { return [] }
        var effects: [Effect] = []
        for (part, mapping) in map.pieces(of: range) {
            if error != ErrorNumber.ENOMEM.syscallResult, !wasTaken(advice, part, mapping, thread) { break }
            let length = part.upperBound - part.lowerBound
            effects.append(.advise(part.lowerBound, length: length, advice: advice.rawValue))
            effects += try restoreTraps(in: part, of: thread)
        }
        return effects
    }

    /// Whether a mapping looks as if the advice had been taken: if it had not, repeating it changes nothing.
    private func wasTaken(
        _ advice: MemoryAdvice, _ part: Range<GuestAddress>, _ mapping: MemoryMapEntry, _ thread: RecordedThread
    ) -> Bool {
        switch advice {
        case .dontNeed, .dontNeedLocked: mapping.isShared || !isAnyPresent(in: part, of: thread)
        case .wipeOnFork: mapping.inode == 0 && !mapping.isShared
        case .remove: isCleared(part, of: thread)
        case .guardInstall: thread.memory.read(part.lowerBound, count: 1).isEmpty
        default: false
        }
    }

    private func isAnyPresent(in range: Range<GuestAddress>, of thread: RecordedThread) -> Bool {
        let pages = range.lowerBound.pageNumber..<range.upperBound.pageNumber
        guard let map = try? PageMap(of: thread.id) else { return true }
        return !map.runs(in: pages, writtenOnly: false).isEmpty
    }

    /// Whether there is nothing but zeros. What lies behind a file's end cannot be read, and shows nothing.
    private func isCleared(_ range: Range<GuestAddress>, of thread: RecordedThread) -> Bool {
        var isCleared = true
        thread.memory.forEachPiece(
            of: range.lowerBound, length: range.upperBound - range.lowerBound, through: thread.id
        ) { _, bytes in
            if isCleared { isCleared = bytes.allSatisfy { $0 == 0 } }
        }
        return isCleared
    }

    /// mremap(2) of several mappings moves one after the other, up to one that it does not move together with others.
    private func movedParts(of call: PendingSyscall, _ thread: RecordedThread) throws(PtraceError) -> [Effect] {
        guard call.movedRanges.count > 1, let map = AddressSpace.map(of: thread.id) else { return [] }
        let old = GuestAddress(call.entry.argument(0))
        let new = GuestAddress(call.entry.argument(4))
        let staysMapped = call.entry.argument(3) & UInt64(RemapFlags.dontUnmap.rawValue) != 0
        var effects: [Effect] = []
        for range in call.movedRanges {
            let target = new + (range.lowerBound - old)
            let length = range.upperBound - range.lowerBound
            let isGone =
                staysMapped ? !isAnyPresent(in: range, of: thread) : map.holes(in: range) == [range]
            guard isGone, map.holes(in: target..<target + length).isEmpty else { break }
            effects.append(move(range.lowerBound, length, target, length, by: call, thread))
            effects += try moveCode(range, to: target, of: thread)
        }
        return effects
    }

    /// mremap(2) clears the place to move to, and cuts off what is to be left behind, before it finds that it cannot move.
    private func remappedParts(
        _ old: GuestAddress, _ oldLength: UInt64, _ entry: Registers, _ thread: RecordedThread
    ) -> [Effect] {
        let flags = RemapFlags(rawValue: UInt32(truncatingIfNeeded: entry.argument(3)))
        let newLength = pages(entry.argument(2))
        var effects: [Effect] = []
        if !flags.isDisjoint(with: [.fixed, .dontUnmap]),
            let target = Self.range(GuestAddress(entry.argument(4)), newLength)
        {
            effects += unmappedParts(of: target, thread)
        }
        if newLength < oldLength, let tail = Self.range(old + newLength, oldLength - newLength) {
            effects += unmappedParts(of: tail, thread)
        }
        return effects
    }

    /// The gaps in a range: to unmap what was not mapped before changes nothing.
    func unmappedParts(of range: Range<GuestAddress>, _ thread: RecordedThread) -> [Effect] {
        guard let map = AddressSpace.map(of: thread.id) else { return [] }
        return map.holes(in: range).map { hole in
            let length = hole.upperBound - hole.lowerBound
            files.forget(hole.lowerBound, length: length, in: thread.traced.addressSpace)
            forgetCode(in: hole, of: thread)
            return .unmap(hole.lowerBound, length: length)
        }
    }
}
