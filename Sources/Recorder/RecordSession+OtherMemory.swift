internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Memory that is written by name and not by address: through /proc/PID/mem, and by process_vm_writev(2).
extension RecordSession {
    /// What a call wrote through a descriptor that may be one of /proc/PID/mem, in which addresses are positions; nil if it
    /// leads elsewhere, or to a process that is not recorded.
    func memoryFileEffects(
        _ extent: FileChange.Extent, descriptor: Int32, by thread: RecordedThread
    ) throws(PtraceError) -> [Effect]? {
        guard case .bytes(let range) = extent, !range.isEmpty,
            let owner = TaskIdentity.owner(ofMemoryFile: descriptor, of: thread.id),
            let other = threads.values.first(where: { TaskIdentity(directory: "/proc/\($0.id)") == owner })
        else { return nil }
        let written = GuestAddress(range.lowerBound)..<GuestAddress(range.upperBound)
        if InterceptorLayout.overlaps(written.lowerBound, length: UInt64(range.count)) {
            // xrr's own pages, which the program does not know of.
            try other.memory.write(InterceptorLayout.base, InterceptorCode.bytes)
        }
        var effects = changes(GuestRange(start: written.lowerBound, length: UInt64(range.count)), of: other, by: thread)
        if options.pin != nil { effects += try codeWritten(written, of: other, by: thread) }
        return effects
    }

    /// The memory that process_vm_writev(2) may write in another thread's address space.
    func noteRemoteRanges(of call: PendingSyscall, by thread: RecordedThread) {
        for index in 0..<min(call.entry.argument(4), 1024) {
            let element = GuestAddress(call.entry.argument(3)) + index * 16
            guard let base = thread.memory.readWord(element), let length = thread.memory.readWord(element + 8) else {
                return
            }
            call.remoteRanges.append(GuestRange(start: GuestAddress(base), length: length))
        }
    }

    /// What process_vm_writev(2) wrote.
    func remoteWrites(_ call: PendingSyscall, result: UInt64, thread: RecordedThread) -> [Effect] {
        let number = Int32(truncatingIfNeeded: call.entry.argument(0))
        guard let id = TaskIdentity.thread(calledBy: thread.id, number, among: threads.keys), let other = threads[id]
        else { return [] }
        var effects: [Effect] = []
        var rest = result
        for var range in call.remoteRanges where rest > 0 {
            range.length = min(range.length, rest)
            rest -= range.length
            effects += changes(range, of: other, by: thread)
        }
        return effects
    }

    private func changes(_ range: GuestRange, of other: RecordedThread, by thread: RecordedThread) -> [Effect] {
        let isOwn = other.traced.addressSpace === thread.traced.addressSpace
        var effects: [Effect] = []
        other.memory.forEachPiece(of: range.start, length: range.length, through: other.id) { address, bytes in
            if InterceptorLayout.overlaps(address, length: UInt64(bytes.count)) { return }
            effects.append(isOwn ? .write(address, bytes: bytes) : .writeElsewhere(other.id, address, bytes: bytes))
        }
        return effects
    }

    /// Code was written although it cannot be: it is looked at anew when it is executed.
    private func codeWritten(
        _ range: Range<GuestAddress>, of other: RecordedThread, by thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        let last = GuestAddress(range.upperBound.rawValue - 1).pageStart
        let pages = range.lowerBound.pageStart..<last + GuestAddress.pageSize
        guard let map = AddressSpace.map(of: other.id) else { return [] }
        let code = map.pieces(of: pages).filter(\.entry.isExecutable)
        let watched = pinned[space(of: other)]?.guarded.stretches(in: pages) ?? []
        if code.isEmpty && watched.isEmpty { return [] }
        guard other.traced.addressSpace === thread.traced.addressSpace else {
            limit("code that another process has written", in: range, of: other)
            return []
        }
        var effects = try leaveSites(in: range, of: thread)
        for stretch in watched {
            let part = stretch.pages.clamped(to: pages)
            effects += try removeTraps(in: part, of: thread)
            effects += try watch(part, asked: stretch.asked, of: thread)
        }
        for (part, mapping) in code where !watched.contains(where: { $0.pages.overlaps(part) }) {
            effects += try removeTraps(in: part, of: thread)
            effects += try watch(part, asked: mapping.protection, of: thread)
        }
        return effects
    }

    /// Forgets the instructions that a write has met: what it left of them is the program's own.
    private func leaveSites(
        in range: Range<GuestAddress>, of thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        var effects: [Effect] = []
        for site in pinned[space(of: thread)]?.sites.sites(in: range) ?? [] {
            pinned[space(of: thread)]?.sites[site.address] = nil
            for (index, byte) in site.original.enumerated() where !range.contains(site.address + UInt64(index)) {
                let address = site.address + UInt64(index)
                try thread.memory.write(address, [byte])
                effects.append(.write(address, bytes: [byte]))
            }
        }
        return effects
    }
}
