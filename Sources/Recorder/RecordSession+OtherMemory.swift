internal import LinuxABI
internal import MachineCode
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
        var effects: [Effect] = []
        other.memory.forEachPiece(of: range.start, length: range.length, through: other.id) { address, bytes in
            if InterceptorLayout.overlaps(address, length: UInt64(bytes.count)) { return }
            effects.append(written(bytes, at: address, of: other, by: thread))
        }
        return effects
    }

    private func written(
        _ bytes: [UInt8], at address: GuestAddress, of other: RecordedThread, by thread: RecordedThread
    ) -> Effect {
        other.traced.addressSpace === thread.traced.addressSpace
            ? .write(address, bytes: bytes) : .writeElsewhere(other.id, address, bytes: bytes)
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
        var effects = try leaveSites(in: range, of: other, by: thread)
        guard other.traced.addressSpace === thread.traced.addressSpace else {
            // Nobody there can be made to change what is executable. Where nothing was written that shows the CPU, there is
            // no need to.
            if let first = sensitiveAddress(in: range, of: other, code.map(\.range)) {
                limit("code that another process has written", in: first..<range.upperBound, of: other)
            }
            return effects
        }
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

    /// The first place of what was written at which there may be an instruction that shows the CPU, if that can be executed.
    private func sensitiveAddress(
        in range: Range<GuestAddress>, of other: RecordedThread, _ executable: [Range<GuestAddress>]
    ) -> GuestAddress? {
        guard let pin = options.pin else { return nil }
        // An opcode may begin before what was written, and end behind it.
        let reach = UInt64(Instruction.maximumLength)
        let start = GuestAddress(max(range.lowerBound.rawValue, reach) - reach)
        let bytes = programBytes(at: start, count: Int(range.upperBound - start + reach), of: other)
        let offset = CandidateSites.find(in: bytes.span).first { offset in
            let opcode = start + UInt64(offset)..<start + UInt64(offset + Self.longestOpcode)
            return opcode.overlaps(range) && executable.contains { $0.overlaps(opcode) }
                && pin.mayCover(bytes.span, offset)
        }
        return offset.map { start + UInt64($0) }
    }

    /// The bytes that `CandidateSites` goes by.
    private static let longestOpcode = 3

    /// Forgets the instructions that a write has met: what it left of them is the program's own.
    private func leaveSites(
        in range: Range<GuestAddress>, of other: RecordedThread, by thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        let reach = UInt64(Instruction.maximumLength)
        let start = GuestAddress(max(range.lowerBound.rawValue, reach) - reach)
        var effects: [Effect] = []
        for site in pinned[space(of: other)]?.sites.sites(in: start..<range.upperBound) ?? []
        where range.lowerBound < site.end {
            pinned[space(of: other)]?.sites[site.address] = nil
            for (index, byte) in site.original.enumerated() where !range.contains(site.address + UInt64(index)) {
                let address = site.address + UInt64(index)
                try other.memory.write(address, [byte])
                effects.append(written([byte], at: address, of: other, by: thread))
            }
        }
        return effects
    }
}
