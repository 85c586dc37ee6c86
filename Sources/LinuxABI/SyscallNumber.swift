/// The number of a system call in the x86-64 table (arch/x86/entry/syscalls/syscall_64.tbl).
package struct SyscallNumber: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package init(_ rawValue: UInt32) { self.rawValue = rawValue }
}
