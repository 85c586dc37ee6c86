internal import LinuxABI
internal import Tracee

/// Memory of one address space that the kernel may fill while other threads run there: handed out to system calls
/// that may block, in place of the tracee's own buffers.
final class ScratchArena {
    private var taken: [Range<UInt64>] = []
    private static let alignment: UInt64 = 64

    /// So many bytes; nil if there is no room, which leaves the call to its own buffers.
    func allocate(_ length: UInt64) -> GuestAddress? {
        let length = (length + Self.alignment - 1) & ~(Self.alignment - 1)
        var start = InterceptorLayout.scratch.rawValue
        for (index, range) in taken.enumerated() {
            if range.lowerBound - start >= length {
                taken.insert(start..<start + length, at: index)
                return GuestAddress(start)
            }
            start = range.upperBound
        }
        guard InterceptorLayout.end.rawValue - start >= length else { return nil }
        taken.append(start..<start + length)
        return GuestAddress(start)
    }

    func release(_ address: GuestAddress) { taken.removeAll { $0.lowerBound == address.rawValue } }
}
