internal import CPtrace
package import LinuxABI

/// A memory file of the session that tracees map shared: memfd_create(2).
package final class SharedMemory {
    package let descriptor: Int32
    /// In bytes.
    package private(set) var length: UInt64

    package init(name: String, length: UInt64) throws(PtraceError) {
        descriptor = try check(unsafe cptrace_memfd(name, length), "memfd_create")
        self.length = length
    }

    deinit { _ = cptrace_close(descriptor) }

    package func resize(to length: UInt64) throws(PtraceError) {
        try check(cptrace_truncate(descriptor, length), "resizing a shared region")
        self.length = length
    }

    /// Fills the region from the start with a file's contents.
    package func fill(from file: Int32, length: UInt64) throws(PtraceError) {
        try check(cptrace_copy_to(descriptor, file, length), "filling a shared region")
    }

    /// Makes part of the region zeros that take no memory.
    package func clear(at offset: UInt64, length: UInt64) throws(PtraceError) {
        if length == 0 { return }
        try check(cptrace_punch_hole(descriptor, offset, length), "clearing part of a shared region")
    }

    package func write(_ bytes: [UInt8], at offset: UInt64) throws(PtraceError) {
        let result = unsafe bytes.withUnsafeBytes {
            unsafe cptrace_write_at(descriptor, $0.baseAddress, $0.count, offset)
        }
        try check(result, "writing to a shared region")
    }
}

/// System V shared memory.
package enum SharedSegment {
    /// The length of a segment as a tracee names it, in bytes; nil where it cannot be asked for, in another IPC namespace
    /// for instance.
    package static func length(of identifier: Int32, in thread: ThreadID) -> UInt64? {
        guard let own = HostFiles.link("/proc/self/ns/ipc"), own == HostFiles.link("/proc/\(thread)/ns/ipc") else {
            return nil
        }
        let length = cptrace_segment_length(identifier)
        return length < 0 ? nil : UInt64(length)
    }
}

/// Writing the tracee's output again.
package enum StandardStreams {
    package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(PtraceError) {
        let result = unsafe bytes.withUnsafeBytes {
            unsafe cptrace_write_all(descriptor, $0.baseAddress, $0.count)
        }
        try check(result, "writing the program's output")
    }
}
