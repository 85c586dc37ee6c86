package import LinuxABI

/// Why an operation on a tracee failed: exactly two reasons, as the kernel has no third.
package enum PtraceError: Error, Hashable, Sendable {
    /// The thread no longer exists or is dying: ESRCH. ptrace(2) returns it at any time for a tracee that gets SIGKILL.
    case threadGone(ThreadID)
    /// The operation failed with this error number.
    case failed(operation: StaticStringBox, thread: ThreadID?, errno: Int32)
}

extension PtraceError {
    /// ENOMEM, ENFILE, EMFILE: there is no more of what every operation needs.
    package var isExhaustion: Bool {
        guard case .failed(_, _, let errno) = self else { return false }
        return [ErrorNumber.ENOMEM, .ENFILE, .EMFILE].map(\.rawValue).contains(errno)
    }
}

/// The name of an operation in an error: a literal, comparable.
package struct StaticStringBox: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let description: String
    package init(stringLiteral value: String) { description = value }
}

/// Turns the -errno convention of CPtrace into a typed error.
@discardableResult
func check<Value: BinaryInteger>(
    _ result: Value, _ operation: StaticStringBox, _ thread: ThreadID? = nil
) throws(PtraceError) -> Value {
    if result >= 0 { return result }
    let errno = Int32(-Int64(result))
    if errno == ErrorNumber.ESRCH.rawValue, let thread { throw .threadGone(thread) }
    throw .failed(operation: operation, thread: thread, errno: errno)
}
