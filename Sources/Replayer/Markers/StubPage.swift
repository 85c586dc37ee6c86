internal import LinuxABI
internal import MachineCode
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Memory in a replayed address space for the code of a stub, mapped only while the stub is in use: nothing but user
/// code runs meanwhile, so that nobody notices.
struct StubPage {
    let address: GuestAddress
    private let thread: TracedThread

    /// A hole in the address space from which the site's code can be reached.
    static func gap(near site: PatchSite, in thread: TracedThread) -> GuestAddress? {
        guard let map = AddressSpace.map(of: thread.id) else { return nil }
        var end = lowest
        for entry in map.entries {
            // Not at the upper end of a hole: there a stack might be about to grow.
            if entry.start > end, entry.start - end >= 2 * length,
                let base = FilterStub.base(in: end...GuestAddress(entry.start.rawValue - 2 * length), for: site)
            {
                return base
            }
            end = max(end, entry.end)
        }
        return nil
    }

    private static let lowest = GuestAddress(0x1_0000)
    static let length: UInt64 = 5 * GuestAddress.pageSize

    /// Maps the page. The thread must be about to go on in user mode.
    init(at address: GuestAddress, in thread: TracedThread) throws(PtraceError) {
        self.address = address
        self.thread = thread
        let flags =
            MappingFlags.private.rawValue | MappingFlags.anonymous.rawValue | MappingFlags.fixedNoReplace.rawValue
        let result = try RemoteSyscall(thread, entry: .filtered).call(
            .mmap, address.rawValue, Self.length, 7, UInt64(flags), .max, 0)
        guard result == Int64(address.rawValue) else {
            throw .failed(operation: "mapping a stub", thread: thread.id, errno: Int32(truncatingIfNeeded: -result))
        }
    }

    func write(_ bytes: [UInt8]) throws(PtraceError) { try thread.memory.write(address, bytes) }

    /// A word of a stub's slots, little-endian.
    func word(at address: GuestAddress) throws(PtraceError) -> UInt64 {
        guard let bytes = thread.memory.readExactly(address, count: 8) else {
            throw .failed(operation: "reading the words of a stub", thread: thread.id, errno: 14)
        }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    func setWord(_ word: UInt64, at address: GuestAddress) throws(PtraceError) {
        try thread.memory.write(address, (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) })
    }

    func unmap() throws(PtraceError) {
        try RemoteSyscall(thread, entry: .filtered).call(.munmap, address.rawValue, Self.length)
    }
}
