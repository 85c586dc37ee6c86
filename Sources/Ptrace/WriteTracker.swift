internal import CPtrace
package import LinuxABI

/// Tells which pages of one address space were written, at the cost of one fault for each page and period.
///
/// By a userfaultfd(2) of the tracee in asynchronous write-protect mode, which the tracee itself never sees. Ends with
/// the object.
package final class WriteTracker {
    private let descriptor: Int32
    private let pagemap: Int32

    /// Flags of the userfaultfd(2) that the tracee has to be made to call: O_CLOEXEC, O_NONBLOCK, UFFD_USER_MODE_ONLY,
    /// which asks for no rights.
    package static let flags: UInt64 = 0o2000000 | 0o4000 | 1

    /// - Parameter descriptor: of a fresh userfaultfd in the process, which may close it afterwards.
    /// - Throws: `failed` where the kernel cannot track writes (before Linux 6.7) or does not let us.
    package init(descriptor: Int32, of process: ProcessID) throws(PtraceError) {
        let copy = try check(cptrace_take_descriptor(process.rawValue, descriptor), "pidfd_getfd of a userfaultfd")
        do throws(PtraceError) {
            try check(cptrace_track_writes(copy), "UFFDIO_API with WP_ASYNC")
            pagemap = try HostFiles.open(path: "/proc/\(process.rawValue)/pagemap")
        } catch {
            _ = cptrace_close(copy)
            throw error
        }
        self.descriptor = copy
    }

    deinit {
        _ = cptrace_close(descriptor)
        _ = cptrace_close(pagemap)
    }

    /// Tracks a mapping from now on.
    /// - Returns: false if it cannot be tracked.
    package func track(_ mapping: Range<GuestAddress>) -> Bool {
        cptrace_track_writes_to(
            descriptor, mapping.lowerBound.rawValue, mapping.upperBound - mapping.lowerBound) == 0
    }

    /// The pages that were written since the last call, as runs of page numbers; a new period begins.
    ///
    /// - Returns: nil if not all of the mapping is tracked.
    package func takeWritten(in mapping: Range<GuestAddress>) -> [Range<UInt64>]? {
        var runs: [Range<UInt64>] = []
        var buffer = [cptrace_page_run](repeating: cptrace_page_run(), count: Self.capacity)
        var start = mapping.lowerBound.rawValue
        let end = mapping.upperBound.rawValue
        while start < end {
            var reached: UInt64 = 0
            let count = unsafe buffer.withUnsafeMutableBufferPointer {
                unsafe cptrace_take_written(pagemap, start, end, $0.baseAddress, $0.count, &reached)
            }
            guard count >= 0 else { return nil }
            for run in buffer.prefix(Int(count)) {
                runs.append(run.start / GuestAddress.pageSize..<run.end / GuestAddress.pageSize)
            }
            guard reached > start else { return nil }
            start = reached
        }
        return runs
    }

    private static let capacity = 512
}
