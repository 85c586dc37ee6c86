/// A `siginfo_t` as PTRACE_GETSIGINFO delivers it: 128 opaque bytes with typed views of the common fields.
///
/// Field offsets are those of the kernel's include/uapi/asm-generic/siginfo.h on a 64-bit machine.
package struct SignalInfo: Hashable, Sendable {
    /// The size of `siginfo_t` (SI_MAX_SIZE).
    package static let size = 128

    package private(set) var bytes: [UInt8]

    /// - Precondition: `bytes` has exactly `size` elements.
    package init(bytes: [UInt8]) {
        precondition(bytes.count == Self.size)
        self.bytes = bytes
    }

    /// What a load or store raises: SIGSEGV with SEGV_MAPERR, or SEGV_ACCERR for memory that is mapped otherwise.
    package static func segmentationFault(at address: GuestAddress, isMapped: Bool) -> SignalInfo {
        var bytes = [UInt8](repeating: 0, count: size)
        bytes[0] = 11
        bytes[8] = isMapped ? 2 : 1
        for index in 0..<8 { bytes[16 + index] = UInt8(truncatingIfNeeded: address.rawValue >> (8 * index)) }
        return SignalInfo(bytes: bytes)
    }

    /// What is raised behind each instruction of a thread that has set RFLAGS.TF: SIGTRAP with TRAP_TRACE.
    package static func singleStep(at address: GuestAddress) -> SignalInfo {
        var bytes = [UInt8](repeating: 0, count: size)
        bytes[0] = 5
        bytes[8] = 2
        for index in 0..<8 { bytes[16 + index] = UInt8(truncatingIfNeeded: address.rawValue >> (8 * index)) }
        return SignalInfo(bytes: bytes)
    }

    /// What SECCOMP_RET_TRAP raises: SIGSYS with SYS_SECCOMP (kernel/seccomp.c, force_sig_seccomp).
    ///
    /// - Parameters:
    ///   - address: behind the instruction that made the call.
    ///   - data: SECCOMP_RET_DATA of what the filter returned.
    package static func seccomp(
        at address: GuestAddress, number: Int32, architecture: SeccompData.Architecture, data: UInt32
    ) -> SignalInfo {
        var bytes = [UInt8](repeating: 0, count: size)
        func put(_ value: UInt64, _ length: Int, at offset: Int) {
            for index in 0..<length { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
        }
        put(31, 4, at: 0)
        put(UInt64(data), 4, at: 4)
        put(1, 4, at: 8)
        put(address.rawValue, 8, at: 16)
        put(UInt64(UInt32(bitPattern: number)), 4, at: 24)
        put(UInt64(architecture.rawValue), 4, at: 28)
        return SignalInfo(bytes: bytes)
    }

    /// si_signo.
    package var number: Int32 { word(at: 0) }
    /// si_errno.
    package var error: Int32 { word(at: 4) }
    /// si_code: positive for what the kernel raised, 0 or negative for kill(2), tgkill(2), sigqueue(3).
    package var code: Int32 { word(at: 8) }
    /// si_pid of a signal that was sent or of a child that changed state.
    package var sender: Int32 { word(at: 16) }
    /// si_addr of a fault.
    package var faultAddress: GuestAddress {
        var value: UInt64 = 0
        for index in (16..<24).reversed() { value = value << 8 | UInt64(bytes[index]) }
        return GuestAddress(value)
    }

    private func word(at offset: Int) -> Int32 {
        var value: UInt32 = 0
        for index in (offset..<offset + 4).reversed() { value = value << 8 | UInt32(bytes[index]) }
        return Int32(bitPattern: value)
    }
}
