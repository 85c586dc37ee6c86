internal import LinuxABI
internal import Ptrace
internal import Tracee

/// What the recorder writes to a program's memory in the kernel's place: only where the kernel could.
extension RecordSession {
    /// How many bytes from an address on the program can write, up to a limit. Cheap, but for an address that it cannot
    /// write.
    func writableLength(from start: GuestAddress, atMost limit: UInt64, by thread: RecordedThread) -> UInt64 {
        let space = ObjectIdentifier(thread.traced.addressSpace)
        let known = writable[space]?.length(from: start, atMost: limit) ?? 0
        if known == limit || writable[space]?.refuses(start + known) == true { return known }
        // A stack grows when somebody looks at what is below it.
        _ = thread.memory.read(start + known, count: 1)
        guard let map = AddressSpace.map(of: thread.id) else { return known }
        let guarded = pinned[space]?.guarded.stretches ?? []
        let withheld = guarded.filter { $0.asked & Protection.write.rawValue != 0 }.map(\.pages)
        writable[space, default: WritableMemory()].learn(map, asFor: start + known, withheld: withheld)
        return writable[space]?.length(from: start, atMost: limit) ?? 0
    }

    /// Writes what the kernel would have written.
    ///
    /// - Returns: how many bytes the program could have written; they are written.
    func store(_ bytes: [UInt8], to address: GuestAddress, for thread: RecordedThread) -> Int {
        var count = thread.memory.writeAsProgram(address, bytes, through: thread.id)
        if count == bytes.count { return count }
        // xrr may withhold pages from the program, or the kernel the access from xrr: the map decides.
        let rest = address + UInt64(count)
        let space = ObjectIdentifier(thread.traced.addressSpace)
        writable[space] = writable[space]?.withoutMap
        let length = writableLength(from: rest, atMost: UInt64(bytes.count - count), by: thread)
        let piece = Array(bytes[count...].prefix(Int(length)))
        if (try? thread.memory.write(rest, piece)) != nil { count += piece.count }
        return count
    }
}
