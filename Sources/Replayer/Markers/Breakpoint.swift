internal import LinuxABI
internal import Ptrace
internal import Tracee

/// A breakpoint for one thread: by a debug register, which leaves the code alone, or where there is none by `int3`.
struct Breakpoint {
    let address: GuestAddress
    private let thread: TracedThread
    /// The byte that `int3` stands for; nil with a debug register.
    private let original: [UInt8]?

    init(at address: GuestAddress, in thread: TracedThread) throws(PtraceError) {
        self.address = address
        self.thread = thread
        do {
            try thread.setBreakpoint(address)
            original = nil
        } catch {
            guard case .failed = error else { throw error }
            guard let byte = thread.memory.readExactly(address, count: 1) else {
                throw .failed(operation: "reading the code at a marker", thread: thread.id, errno: 14)
            }
            original = byte
            try insert()
        }
    }

    private func insert() throws(PtraceError) {
        if original != nil { try thread.memory.write(address, [Self.instruction]) }
    }

    /// Whether this is what the thread has stopped for. If so, it stands at the address, and the code is as the
    /// program has it, until `pass`.
    func hasStopped(_ stop: WaitStatus) throws(PtraceError) -> Bool {
        guard stop == .signal(Self.trap) else { return false }
        var registers = try thread.registers()
        guard let original else { return registers.instructionPointer == address }
        guard registers.instructionPointer == address + 1 else { return false }
        registers.instructionPointer = address
        try thread.setRegisters(registers)
        try thread.memory.write(address, original)
        return true
    }

    /// Lets the thread execute the instruction at the address.
    ///
    /// - Parameter step: executes one instruction; returns the stop if it was another one.
    /// - Returns: what `step` returns.
    func pass(_ step: () throws(PtraceError) -> WaitStatus?) throws(PtraceError) -> WaitStatus? {
        // With a debug register the kernel sees to it, by RF: SDM volume 3, section 18.3.1.1.
        if original == nil { return nil }
        let stop = try step()
        if stop == nil { try insert() }
        return stop
    }

    func remove() throws(PtraceError) {
        if let original { try thread.memory.write(address, original) } else { try thread.setBreakpoint(.null) }
    }

    private static let trap: Int32 = 5
    /// int3.
    private static let instruction: UInt8 = 0xcc
}
