package import LinuxABI

/// Where xrr's own pages stand in every tracee: at one fixed address, at record and at replay, since the recording
/// filter is immutable and inherited and since the tracee's own mappings must fall around the same hole.
package enum InterceptorLayout {
    /// The code page. Above any usual non-PIE program and below everything the kernel chooses by itself.
    package static let base = GuestAddress(0x7000_0000)
    /// The code page, the pages kept for control data and the scratch memory, in bytes. Most of it is never touched.
    package static let length: UInt64 = 0x100_0000
    package static let end = base + length

    /// The `syscall` through which the tracer makes a tracee call the kernel.
    package static let syscallInstruction = base
    /// Memory that system calls of the recorded program fill instead of the program's own (see the recorder).
    package static let scratch = base + 0x1_0000

    /// The page for structures that injected calls point to.
    package static let control = base + GuestAddress.pageSize
    /// The instruction pointer that seccomp(2) sees for it.
    package static let letThrough = base + 2

    private static let magicOffset = 16
    private static let magic: [UInt8] = Array("xrr-interceptor1".utf8)

    /// Whether the given start of a page at `base` is the interceptor of a recording xrr.
    package static func isInterceptor(_ page: [UInt8]) -> Bool {
        page.count >= magicOffset + magic.count && Array(page[magicOffset..<magicOffset + magic.count]) == magic
    }

    /// Whether a range of addresses touches xrr's own pages.
    package static func overlaps(_ address: GuestAddress, length: UInt64) -> Bool {
        let (end, overflow) = address.rawValue.addingReportingOverflow(length)
        return address < self.end && (overflow || end > base.rawValue) && length > 0
    }
}
