internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// Writes by name that would meet xrr's own pages: for the program there is nothing at their addresses, so the kernel is
/// shown some at which there is nothing either, and answers as it would.
extension RecordSession {
    /// Where nothing can be mapped, and which is no error in itself: positions in /proc/PID/mem must not be negative, and
    /// the gate area of vsyscalls is at the other end.
    private static let nowhere: UInt64 = 1 << 56

    /// A call is about to write to the memory of a process by /proc/PID/mem, in which addresses are positions. Writing
    /// ends before xrr's pages.
    func keepOffOwnPages(_ call: PendingSyscall, descriptor: Int32, by thread: RecordedThread) throws(PtraceError) {
        guard let start = memoryPosition(of: call, descriptor: descriptor, by: thread) else { return }
        var ranges: [OutputRange] = []
        call.rule.writesFile?.appendCapacity(of: call.entry, to: &ranges) { thread.memory.readExactly($0, count: $1) }
        let length = ranges.reduce(UInt64(0)) { $0 &+ $1.length }
        guard InterceptorLayout.overlaps(GuestAddress(start), length: length),
            let owner = TaskIdentity.owner(ofMemoryFile: descriptor, of: thread.id),
            threads.values.contains(where: { TaskIdentity(directory: "/proc/\($0.id)") == owner })
        else { return }
        var registers = call.isRewritten ? try thread.traced.registers() : call.entry
        let isVector = [.writev, .pwritev, .pwritev2].contains(call.number)
        if start >= InterceptorLayout.base.rawValue {
            // The descriptor's own position cannot be another one. It stays where it is when nothing is written.
            switch call.number {
            case .write: registers.origRax = UInt64(SyscallNumber.pwrite64.rawValue)
            case .writev: registers.origRax = UInt64(SyscallNumber.pwritev.rawValue)
            default: break
            }
            registers.setArgument(3, to: Self.nowhere)
        } else if isVector {
            let vector = vector(registers, 1, 2, of: thread)
            try show(
                Self.beginning(of: vector, length: InterceptorLayout.base.rawValue - start), as: 1, 2, &registers,
                thread)
        } else {
            registers.setArgument(2, to: InterceptorLayout.base.rawValue - start)
        }
        try thread.traced.setRegisters(registers)
        call.isRewritten = true
    }

    /// The position at which a call writes that takes its bytes from memory; nil for others, which /proc/PID/mem does not
    /// know.
    private func memoryPosition(of call: PendingSyscall, descriptor: Int32, by thread: RecordedThread) -> UInt64? {
        switch call.number {
        case .pwrite64, .pwritev: return call.entry.argument(3)
        case .pwritev2 where call.entry.argument(3) != .max: return call.entry.argument(3)
        case .write, .writev, .pwritev2: return HostFiles.position(ofDescriptor: descriptor, in: thread.id)
        default: return nil
        }
    }

    /// process_vm_writev(2) into the address space of a tracee.
    func keepOffOwnPages(_ call: PendingSyscall, by thread: RecordedThread) throws(PtraceError) {
        guard
            let first = call.remoteRanges.firstIndex(where: {
                InterceptorLayout.overlaps($0.start, length: $0.length)
            }),
            TaskIdentity.thread(
                calledBy: thread.id, Int32(truncatingIfNeeded: call.entry.argument(0)), among: threads.keys) != nil
        else { return }
        var registers = call.isRewritten ? try thread.traced.registers() : call.entry
        var vector = Array(vector(registers, 3, 4, of: thread)[..<first])
        let range = call.remoteRanges[first]
        if range.start < InterceptorLayout.base {
            vector.append(GuestRange(start: range.start, length: InterceptorLayout.base - range.start))
        }
        // The kernel comes no further than to here.
        vector.append(GuestRange(start: GuestAddress(Self.nowhere), length: GuestAddress.pageSize))
        try show(vector, as: 3, 4, &registers, thread)
        try thread.traced.setRegisters(registers)
        call.isRewritten = true
    }

    // MARK: Vectors

    /// `struct iovec`s of a call.
    func vector(_ registers: Registers, _ pointer: Int, _ count: Int, of thread: RecordedThread) -> [GuestRange] {
        let start = GuestAddress(registers.argument(pointer))
        var vector: [GuestRange] = []
        for index in 0..<min(registers.argument(count), 1024) {
            guard let base = thread.memory.readWord(start + index * 16),
                let length = thread.memory.readWord(start + index * 16 + 8)
            else { break }
            vector.append(GuestRange(start: GuestAddress(base), length: length))
        }
        return vector
    }

    private static func beginning(of vector: [GuestRange], length: UInt64) -> [GuestRange] {
        var rest = length
        return vector.map { range in
            let part = GuestRange(start: range.start, length: min(range.length, rest))
            rest -= part.length
            return part
        }
    }

    /// Makes a call use another vector than the program's. It stands in a page of xrr's, which the kernel reads before
    /// anything else runs; what does not fit is left out, as the kernel may leave it out.
    private func show(
        _ vector: [GuestRange], as pointer: Int, _ count: Int, _ registers: inout Registers, _ thread: RecordedThread
    ) throws(PtraceError) {
        let shown = vector.prefix(Int(GuestAddress.pageSize) / 16)
        var bytes: [UInt8] = []
        for range in shown {
            for word in [range.start.rawValue, range.length] { bytes += word.littleEndianBytes }
        }
        try thread.memory.write(InterceptorLayout.control, bytes)
        registers.setArgument(pointer, to: InterceptorLayout.control.rawValue)
        registers.setArgument(count, to: UInt64(shown.count))
    }
}
