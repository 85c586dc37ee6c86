internal import CPtrace
package import LinuxABI

/// The memory of one address space, by way of /proc/PID/mem (proc(5)).
///
/// Stays bound to the address space it was opened for: after an exec of that process it reads nothing, and it goes on
/// working when the thread it was opened through is gone but others still run there.
package final class GuestMemory: Sendable {
    private let descriptor: Int32

    /// - Throws: `threadGone`, or EACCES where the kernel forbids /proc/PID/mem.
    package init(of thread: ThreadID) throws(PtraceError) {
        descriptor = try check(cptrace_open_memory(thread.rawValue), "opening /proc/PID/mem", thread)
    }

    deinit { _ = cptrace_close(descriptor) }

    /// Reads up to `count` bytes; fewer where the memory ends, none where there is none.
    package func read(_ address: GuestAddress, count: Int) -> [UInt8] {
        if count <= 0 { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let result = unsafe cptrace_read_memory(descriptor, address.rawValue, buffer.baseAddress, count)
            initialized = max(0, Int(result))
        }
    }

    /// As `read`, for large pieces: by way of a thread that is stopped in this address space.
    package func read(_ address: GuestAddress, count: Int, through thread: ThreadID) -> [UInt8] {
        if count < Self.bulk { return read(address, count: count) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let result = unsafe cptrace_read_memory_of(
                thread.rawValue, address.rawValue, buffer.baseAddress, count)
            initialized = max(0, Int(result))
        }
        // Less may be due to memory that the thread itself cannot read.
        return bytes.count == count ? bytes : read(address, count: count)
    }

    /// From this many bytes on process_vm_readv(2) is faster than /proc/PID/mem.
    private static let bulk = 16 << 10

    /// Reads a range in pieces of at most 1 MiB, up to where it is not mapped any more, by way of a thread that is
    /// stopped in this address space.
    package func forEachPiece(
        of start: GuestAddress, length: UInt64, through thread: ThreadID, _ body: (GuestAddress, [UInt8]) -> Void
    ) {
        var address = start
        var rest = length
        while rest > 0 {
            let wanted = min(rest, 1 << 20)
            let bytes = read(address, count: Int(wanted), through: thread)
            if !bytes.isEmpty { body(address, bytes) }
            if bytes.count < wanted { return }
            address = address + wanted
            rest -= wanted
        }
    }

    /// Reads exactly `count` bytes.
    ///
    /// - Returns: nil if any of them is not mapped.
    package func readExactly(_ address: GuestAddress, count: Int) -> [UInt8]? {
        let bytes = read(address, count: count)
        return bytes.count == count ? bytes : nil
    }

    /// Reads one 64-bit word.
    package func readWord(_ address: GuestAddress) -> UInt64? {
        var word: UInt64 = 0
        let result = unsafe withUnsafeMutableBytes(of: &word) {
            unsafe cptrace_read_memory(descriptor, address.rawValue, $0.baseAddress, 8)
        }
        return result == 8 ? word : nil
    }

    /// Reads one 32-bit word.
    package func readHalfWord(_ address: GuestAddress) -> UInt32? {
        var word: UInt32 = 0
        let result = unsafe withUnsafeMutableBytes(of: &word) {
            unsafe cptrace_read_memory(descriptor, address.rawValue, $0.baseAddress, 4)
        }
        return result == 4 ? word : nil
    }

    /// Reads a zero-terminated string, without its zero.
    ///
    /// - Returns: nil if it is not mapped or longer than `limit`.
    package func readString(_ address: GuestAddress, limit: Int = 4096) -> [UInt8]? {
        var string: [UInt8] = []
        var position = address
        while string.count < limit {
            // Up to the end of the page: the next one need not exist.
            let room = Int(GuestAddress.pageSize - position.rawValue % GuestAddress.pageSize)
            let bytes = read(position, count: min(room, limit - string.count))
            if bytes.isEmpty { return nil }
            if let end = bytes.firstIndex(of: 0) { return string + bytes[..<end] }
            string += bytes
            position = position + UInt64(bytes.count)
        }
        return nil
    }

    /// As `write`, faster for large pieces: by way of a thread that is stopped in this address space.
    package func write(_ address: GuestAddress, _ bytes: [UInt8], through thread: ThreadID) throws(PtraceError) {
        if bytes.count >= Self.bulk {
            let result = unsafe bytes.withUnsafeBytes {
                unsafe cptrace_write_memory_of(thread.rawValue, address.rawValue, $0.baseAddress, $0.count)
            }
            // Less may be due to memory that the thread itself cannot write.
            if result == bytes.count { return }
        }
        try write(address, bytes)
    }

    /// Writes bytes as the program itself could, up to the first page that is not mapped or that it may not write, by way
    /// of a thread that is stopped in this address space: process_vm_writev(2), which unlike /proc/PID/mem heeds
    /// protections.
    ///
    /// - Returns: how many bytes were written.
    package func writeAsProgram(_ address: GuestAddress, _ bytes: [UInt8], through thread: ThreadID) -> Int {
        if bytes.isEmpty { return 0 }
        let result = unsafe bytes.withUnsafeBytes {
            unsafe cptrace_write_memory_of(thread.rawValue, address.rawValue, $0.baseAddress, $0.count)
        }
        return max(0, Int(result))
    }

    /// Writes bytes, also to pages that are read-only for the tracee.
    ///
    /// - Throws: EIO if part of the range is not mapped.
    package func write(_ address: GuestAddress, _ bytes: [UInt8]) throws(PtraceError) {
        if bytes.isEmpty { return }
        let result = unsafe bytes.withUnsafeBytes {
            unsafe cptrace_write_memory(descriptor, address.rawValue, $0.baseAddress, $0.count)
        }
        try check(result, "writing to a tracee's memory")
        if result != bytes.count { throw .failed(operation: "writing to a tracee's memory", thread: nil, errno: 5) }
    }
}
