import LinuxABI
import Ptrace
import Testing

/// ARCH_SET_XCR0 of kernel-patch/, and what kernels without it answer.
@Suite struct KernelPinTests {
    private static let isThere = Host.pinsXCR0
    private static let mask: UInt64 = 3

    private func spawn(xcr0: UInt64?) throws -> RunningThread {
        try Tracer.spawn(
            .init(
                path: Array("/bin/true".utf8), arguments: [Array("true".utf8)], environment: [],
                letThrough: GuestAddress(0x7000_0002), ignoredSignals: 0, signalMask: 0,
                options: [.sysGood, .traceSeccomp, .exitKill], core: nil, xcr0: xcr0))
    }

    private func wait(for id: ThreadID) throws -> WaitStatus {
        while true { if let report = try Tracer.wait(for: id, block: true) { return report.status } }
    }

    @Test(.enabled(if: !isThere)) func aKernelWithoutItSaysSo() throws {
        #expect(HostProbe.xcr0Control.failure() == ErrorNumber.EINVAL.rawValue)
        let tracee = try LiveTracee("/bin/true")
        #expect(try tracee.wait() == .event(.seccomp))
        let error = PtraceError.failed(
            operation: "ARCH_GET_XCR0", thread: tracee.id, errno: ErrorNumber.EINVAL.rawValue)
        #expect(throws: error) { _ = try tracee.atStop { try $0.xcr0() } }
        #expect(throws: PtraceError.self) { try tracee.atStop { try $0.setXCR0(Self.mask) } }
    }

    @Test(.enabled(if: !isThere)) func aChildThatCannotPinItDoesNotStart() throws {
        let thread = try spawn(xcr0: Self.mask)
        #expect(try wait(for: thread.id) == .exited(code: Tracer.exitWithoutXCR0))
    }

    @Test(.enabled(if: isThere)) func aChildHasThePinBeforeItsExec() throws {
        let thread = try spawn(xcr0: Self.mask)
        let id = thread.id
        #expect(try wait(for: id) == .event(.seccomp))
        let stopped = thread.stopped()
        #expect(try stopped.xcr0() == Self.mask)
        try stopped.setXCR0(Host.readXCR0())
        #expect(try stopped.xcr0() == Host.readXCR0())
        #expect(throws: PtraceError.failed(operation: "ARCH_SET_XCR0", thread: id, errno: ErrorNumber.EINVAL.rawValue))
        {
            try stopped.setXCR0(1)
        }
        HostThreads.killAndReap(id)
        _ = consume stopped
    }
}
