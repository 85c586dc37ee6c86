import Glibc
import LinuxABI
import Ptrace

/// Memory of the test itself, seen as that of a tracee.
@safe final class OwnMemory {
    let memory: GuestMemory
    /// The start of 64 KiB of zeros.
    let start: GuestAddress
    private let block: UnsafeMutableRawPointer

    init() throws {
        memory = try GuestMemory(of: ThreadID(getpid()))
        unsafe block = UnsafeMutableRawPointer.allocate(byteCount: 1 << 16, alignment: 4096)
        unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: 1 << 16)
        start = unsafe GuestAddress(UInt64(UInt(bitPattern: block)))
    }

    deinit { unsafe block.deallocate() }

    /// Writes 64-bit words.
    func put(_ words: [UInt64], at offset: UInt64) throws {
        let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
        try memory.write(start + offset, bytes)
    }
}
