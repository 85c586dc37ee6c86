import LinuxABI
import Ptrace
import Tracee
import XState

/// A program that stands at the exit of its first system call, with memory of the test's making; killed with the value.
final class StoppedProgram {
    let thread: TracedThread
    var memory: GuestMemory { thread.memory }
    private let remote: RemoteSyscall

    init() throws {
        let path = Array("/bin/true".utf8)
        let running = try Tracer.spawn(
            .init(
                path: path, arguments: [path], environment: [], letThrough: InterceptorLayout.letThrough,
                ignoredSignals: 0, signalMask: 0, options: [.sysGood, .traceExec, .traceSeccomp, .exitKill], core: nil))
        let id = running.id
        let thread = TracedThread(
            running, addressSpace: AddressSpace(memory: try GuestMemory(of: id)),
            layout: try HostMachine.current().layout)
        self.thread = thread
        try Self.run(thread, to: .event(.exec))
        // The descriptor from before is bound to the memory from before.
        thread.replaceAddressSpace(AddressSpace(memory: try GuestMemory(of: id)))
        try thread.resume(.continue)
        try Self.run(thread, to: .event(.seccomp))
        try thread.resume(.syscall)
        try Self.run(thread, to: .syscall)
        remote = try RemoteSyscall(thread, entry: .filtered, at: GuestAddress(try thread.registers().rip - 2))
        try map(InterceptorLayout.base, length: InterceptorLayout.length, protection: [.read, .write])
    }

    deinit { HostThreads.killAndReap(thread.id) }

    /// Maps anonymous memory at an address, anew.
    func map(_ address: GuestAddress, length: UInt64, protection: Protection) throws {
        let flags = MappingFlags([.private, .anonymous, .fixed, .noReserve])
        let result = try remote.call(
            .mmap, address.rawValue, length, UInt64(protection.rawValue), UInt64(flags.rawValue), .max, 0)
        if result != Int64(address.rawValue) { throw Failed(result: result) }
    }

    func unmap(_ address: GuestAddress, length: UInt64) throws {
        if try remote.call(.munmap, address.rawValue, length) != 0 { throw Failed(result: -1) }
    }

    private static func run(_ thread: TracedThread, to expected: WaitStatus) throws {
        while true {
            guard let report = try Tracer.wait(for: thread.id, block: true) else { continue }
            thread.noteStop()
            if report.status == expected { return }
            if case .exited = report.status { throw Failed(result: 0) }
            if case .killed = report.status { throw Failed(result: 0) }
            // RDTSC, which the dynamic loader executes, raises SIGSEGV in a tracee: skipped.
            if report.status == .signal(11) {
                var registers = try thread.registers()
                registers.rip += 2
                try thread.setRegisters(registers)
            }
            try thread.resume(.continue)
        }
    }

    struct Failed: Error { var result: Int64 }
}
