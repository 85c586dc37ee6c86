import LinuxABI
import Ptrace
import Tracee
import XState

/// A program that stands at the exit of its first system call after its exec; killed with the value.
final class LiveProgram {
    let thread: TracedThread
    /// The address of the `syscall` that it executed.
    private(set) var syscallInstruction = GuestAddress.null
    private(set) var layout: XStateLayout

    init(_ path: String, components: XFeatureMask? = nil) throws {
        layout = try HostMachine.current().layout
        let running = try Tracer.spawn(
            .init(
                path: Array(path.utf8), arguments: [Array(path.utf8)], environment: [],
                letThrough: InterceptorLayout.letThrough, ignoredSignals: 0, signalMask: 0,
                options: [.sysGood, .traceExec, .traceFork, .traceSeccomp, .exitKill], core: nil))
        let id = running.id
        let space = AddressSpace(memory: try GuestMemory(of: id))
        thread = TracedThread(running, addressSpace: space, layout: layout, components: components)
        try wait(for: .event(.exec))
        // The descriptor from before is bound to the memory from before.
        thread.replaceAddressSpace(AddressSpace(memory: try GuestMemory(of: id)))
        try thread.resume(.continue)
        try wait(for: .event(.seccomp))
        try thread.resume(.syscall)
        try wait(for: .syscall)
        syscallInstruction = GuestAddress(try thread.registers().rip - 2)
    }

    deinit { HostThreads.killAndReap(thread.id) }

    func wait(for expected: WaitStatus) throws {
        while true {
            guard let report = try Tracer.wait(for: thread.id, block: true) else { continue }
            switch report.status {
            case .exited, .killed:
                thread.noteEnd(report.rawStatus)
                if report.status == expected { return }
                throw Ended(status: report.status)
            default:
                thread.noteStop()
                if report.status == expected { return }
                if report.status == .signal(11) { try skipTimestampCounter() }
                try thread.resume(.continue)
            }
        }
    }

    /// RDTSC, which the dynamic loader executes, raises SIGSEGV in a tracee: reads 0 and goes on behind it.
    private func skipTimestampCounter() throws {
        var registers = try thread.registers()
        guard thread.memory.read(registers.instructionPointer, count: 2) == [0x0f, 0x31] else {
            throw Ended(status: .signal(11))
        }
        (registers.rax, registers.rdx) = (0, 0)
        registers.rip += 2
        try thread.setRegisters(registers)
    }

    struct Ended: Error { var status: WaitStatus }
}
