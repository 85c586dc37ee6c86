internal import LinuxABI
internal import MachineCode
internal import Tracee

/// A page in a tracee for stubs, near the code that jumps to them.
struct StubArea {
    /// nil before the first stub, and where there is no place for one.
    private(set) var page: GuestAddress?
    private var used: UInt64 = 0
    /// The stubs in the page, which threads may fault in.
    private(set) var stubs: [AreaStub] = []

    /// How far below the first instruction that needs it the page is: the kernel maps what comes next right below what
    /// is there, and 2 GiB is what a jump reaches.
    private static let distance: UInt64 = 1 << 30

    /// Where the page is to be mapped for an instruction; nil if there is no room.
    static func place(for address: GuestAddress, in map: MemoryMap) -> GuestAddress? {
        guard address.rawValue > 2 * distance else { return nil }
        let start = GuestAddress(address.rawValue - distance).pageStart
        let surroundings = 16 * GuestAddress.pageSize
        let isFree = !map.entries.contains { entry in
            entry.start.rawValue < start.rawValue + surroundings && start.rawValue < entry.end.rawValue + surroundings
        }
        return isFree ? start : nil
    }

    mutating func noteMapped(at page: GuestAddress) { self.page = page }

    /// Makes room for a stub.
    ///
    /// - Returns: nil where the page is full, or the stub is of no use.
    mutating func add(_ instruction: SensitiveInstruction, mask: UInt64) -> AreaStub? {
        guard let page, used + UInt64(AreaStub.longest) <= GuestAddress.pageSize,
            let stub = AreaStub(instruction, base: page + used, mask: mask), stub.patch != nil
        else { return nil }
        used += UInt64(AreaStub.longest)
        stubs.append(stub)
        return stub
    }
}
