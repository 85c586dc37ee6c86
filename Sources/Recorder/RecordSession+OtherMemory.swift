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
        call.localRanges = vector(call.entry, 1, 2, of: thread)
        call.remoteRanges = vector(call.entry, 3, 4, of: thread)
    }

    /// The thread into whose memory process_vm_writev(2) writes; nil if it is not recorded.
    private func target(of call: PendingSyscall, by thread: RecordedThread) -> RecordedThread? {
        let number = Int32(truncatingIfNeeded: call.entry.argument(0))
        return TaskIdentity.thread(calledBy: thread.id, number, among: threads.keys).flatMap { threads[$0] }
    }

    /// Goes on where process_vm_writev(2) has met watched memory that the program may write and that is not writable now.
    ///
    /// - Returns: the result of the call with that.
    func completeRemoteWrite(
        _ call: PendingSyscall, result: Int64, by thread: RecordedThread
    ) throws(PtraceError) -> Int64 {
        guard result >= 0 || result == ErrorNumber.EFAULT.syscallResult, let other = target(of: call, by: thread),
            let guarded = pinned[space(of: other)]?.guarded, guarded.hasWithheldWrites
        else { return result }
        func isWithheld(_ address: GuestAddress) -> Bool { guarded.stretch(at: address)?.withholdsWrites == true }
        let start = UInt64(max(0, result))
        var (from, to) = (call.localRanges.dropping(start), call.remoteRanges.dropping(start))
        guard let first = to.first, isWithheld(first.start) else { return result }
        var done = start
        while let source = from.first, let target = to.first {
            var length = min(source.length, target.length, 1 << 20)
            if let stretch = guarded.stretch(at: target.start) {
                length = min(length, stretch.pages.upperBound - target.start)
            }
            let bytes = thread.memory.read(source.start, count: Int(length))
            let count: Int
            if InterceptorLayout.overlaps(target.start, length: length) {
                count = 0
            } else if isWithheld(target.start) {
                try other.memory.write(target.start, bytes)
                count = bytes.count
            } else {
                count = other.memory.writeAsProgram(target.start, bytes, through: other.id)
            }
            done += UInt64(count)
            if count < Int(length), count == 0 || !isWithheld(target.start + UInt64(count)) { break }
            from = from.dropping(UInt64(count))
            to = to.dropping(UInt64(count))
        }
        return done > 0 ? Int64(done) : result
    }

    /// What process_vm_writev(2) wrote.
    func remoteWrites(
        _ call: PendingSyscall, result: UInt64, thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        guard let other = target(of: call, by: thread) else { return [] }
        var effects: [Effect] = []
        var rest = result
        for var range in call.remoteRanges where rest > 0 && range.length > 0 {
            range.length = min(range.length, rest)
            rest -= range.length
            effects += changes(range, of: other, by: thread)
            let watched = pinned[space(of: other)]?.guarded.stretches(in: range.start..<range.end) ?? []
            if watched.contains(where: \.isExecuted) {
                effects += try codeWritten(range.start..<range.end, of: other, by: thread)
            }
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

extension Collection where Element == GuestRange {
    /// The ranges without their first bytes, and without empty ones.
    fileprivate func dropping(_ count: UInt64) -> [GuestRange] {
        var rest = count
        return compactMap { range in
            let left = Swift.min(range.length, rest)
            rest -= left
            return left < range.length ? GuestRange(start: range.start + left, length: range.length - left) : nil
        }
    }
}
