internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// `xrr record --verify-memory`: digests of memory, at moments when it is what it is after a frame's effects.
extension RecordSession {
    /// The digest that is due after a frame.
    ///
    /// - Parameter pending: a call of the thread that the kernel may be in the middle of.
    func digest(after frame: Frame, of thread: RecordedThread, pending: PendingSyscall?) -> Effect? {
        // An exec has its digest of before, and calls that change mappings may be half done.
        if let pending, pending.changesMappings { return nil }
        let space = ObjectIdentifier(thread.traced.addressSpace)
        let endsTurn = scheduler.isSliceOver(now: Host.monotonicTime())
        guard let extent = verification?.extent(after: frame.event, in: space, endsTurn: endsTurn) else { return nil }
        return digest(of: thread, at: frame.after, pending: pending, extent, mayCall: frame.event.leavesMarker)
    }

    /// The digest of all memory, at the entry of an exec.
    func wholeDigest(of thread: RecordedThread, at registers: Registers) -> Effect? {
        digest(of: thread, at: registers, pending: nil, .whole, mayCall: false)
    }

    private func digest(
        of thread: RecordedThread, at registers: Registers, pending: PendingSyscall?,
        _ extent: VerificationSchedule.Extent, mayCall: Bool
    ) -> Effect? {
        guard let map = programMap(of: thread) else { return nil }
        let space = ObjectIdentifier(thread.traced.addressSpace)
        var builder = markers[space] ?? newMarkerBuilder
        defer { markers[space] = builder }
        let (written, isTracked) = builder.takeForVerification(of: thread, map: map, mayCall: mayCall)
        let entries = map.entries.filter { entry in
            // What nobody can write now may have been written before, and been protected then.
            extent == .whole || !entry.isShared && !(isTracked && entry.isWritable)
        }
        let present = WritablePages.runs(of: thread.id, in: entries, includesFilePages: extent == .whole)
        let all = MarkerBuilder.union(written, present)
        let unknown = pagesOfCalls(in: thread.traced.addressSpace, pending: pending)
        builder.putOff(PageRuns.intersection(all, unknown))
        var digest = MemoryDigest(
            of: PageRuns.subtracting(unknown, from: all),
            dead: deadStacks(of: thread, at: registers, in: map), in: thread)
        if extent == .whole, map.ranges.count <= FormatLimits.mappingCount { digest.mappings = map.ranges }
        return digest.runs.isEmpty && digest.mappings == nil ? nil : .verifyMemory(digest)
    }

    /// The pages that the kernel may be about to write, for calls that have not ended and threads that are ending: in the
    /// recording they may have their new contents already, in the replay they get them at the calls' ends.
    private func pagesOfCalls(in space: AddressSpace, pending: PendingSyscall?) -> [Range<UInt64>] {
        var pages: [Range<UInt64>] = pending?.touchedPages ?? []
        for thread in threads.values where thread.traced.addressSpace === space {
            if case .syscall(let call) = thread.phase { pages += call.touchedPages }
            if let call = thread.restart { pages += call.touchedPages }
            for (address, _) in thread.wordsChangedByExit { pages.append(PageRuns.pages(from: address, length: 4)) }
        }
        return PageRuns.united(pages)
    }
}

extension Event {
    /// Whether the frame's thread can be made to call the kernel, so that tracking of its writes can begin.
    fileprivate var leavesMarker: Bool {
        if case .interruption = self { return true }
        return false
    }
}

extension PendingSyscall {
    /// What the call may write, and the pointers that are changed to have it written elsewhere.
    fileprivate var touchedPages: [Range<UInt64>] {
        outputs.flatMap { output in
            var pages = [PageRuns.pages(from: output.start, length: output.length)]
            if case .memory(let slot) = output.pointer { pages.append(PageRuns.pages(from: slot, length: 8)) }
            return pages
        }
    }

    /// Whether the call can be found half done.
    fileprivate var changesMappings: Bool {
        switch number {
        case .execve, .execveat, .mmap, .munmap, .mprotect, .pkey_mprotect, .mremap, .brk, .madvise, .process_madvise,
            .shmat, .shmdt,
            .remap_file_pages:
            true
        default: false
        }
    }
}

extension MemoryDigest {
    /// In pages and runs: above the memory of most machines.
    private static let mostPages = 1 << 22
    private static let mostRuns = 1 << 17

    /// The digest of these pages, but for those that cannot be read: they lie behind the end of a file.
    ///
    /// - Parameter dead: of the stacks.
    init(of runs: [Range<UInt64>], dead: [Range<GuestAddress>], in thread: RecordedThread) {
        self.init(runs: [])
        let runs = DeadStack.remove(dead, from: runs)
        stackEnds = PageHash.ordered(
            dead.map(\.upperBound).filter { end in
                !end.isPageAligned && runs.contains { $0.contains(end.pageNumber) }
            })
        var room = Self.mostPages
        for run in runs where self.runs.count < Self.mostRuns && room > 0 {
            let count = min(run.count, room)
            room -= count
            let hashes = PageHash.hashes(
                of: GuestAddress(run.lowerBound * GuestAddress.pageSize), pageCount: UInt64(count),
                stackEnds: stackEnds, in: thread.memory, through: thread.id)
            var first = 0
            while first < hashes.count {
                let end = hashes[first...].firstIndex(of: 0) ?? hashes.count
                if end > first {
                    let page = run.lowerBound + UInt64(first)
                    self.runs.append(
                        .init(start: GuestAddress(page * GuestAddress.pageSize), pageHashes: hashes[first..<end]))
                }
                first = end + 1
            }
        }
    }
}
