internal import LinuxABI
internal import MachineCode
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// Runs a thread to a marker: to the first moment at which registers, extended state and memory are as they were
/// recorded (docs/determinism.md says why that is the right one).
///
/// Where the code allows it, a jump at the marker's address leads to a stub that compares the registers at the speed of
/// the program and traps only where all are right. If then something else differs, one more word that would have told
/// is added to what the stub compares. Elsewhere a breakpoint stops the thread at each pass.
struct MarkerSearch {
    enum Outcome {
        case reached
        /// The thread came to another stop before.
        case stopped(WaitStatus)
        /// The time limit is over, and the thread is stopped somewhere.
        case notFound
    }

    private let thread: ReplayedThread
    private let frame: Frame
    private let marker: Marker
    private let deadline: Int64
    /// How often the tracer compared the whole state.
    private(set) var comparisonCount = 0
    /// What differed when registers were right for the last time.
    private(set) var lastDifference: StateDifference?

    private var address: GuestAddress { frame.before.instructionPointer }
    private var traced: TracedThread { thread.traced }

    init(_ thread: ReplayedThread, to marker: Marker, of frame: Frame) {
        self.thread = thread
        self.marker = marker
        self.frame = frame
        let time = Int64(clamping: marker.processorTime.multipliedReportingOverflow(by: Self.patience).partialValue)
        deadline = Host.monotonicTime() + max(Self.shortestLimit, min(time, Self.longestLimit))
    }

    /// How much longer than the recording a replay may take, and its bounds in nanoseconds.
    private static let patience: UInt64 = 1000
    private static let shortestLimit: Int64 = 60_000_000_000
    private static let longestLimit: Int64 = 600_000_000_000

    mutating func run() throws(PtraceError) -> Outcome {
        if try isThere() { return .reached }
        Tracer.setTicker(microseconds: 1_000_000)
        defer { Tracer.setTicker(microseconds: 0) }
        if let site = site() {
            if let stop = try leave(site) { return stop }
            if let gap = StubPage.gap(near: site, in: traced) { return try runThroughStub(site, at: gap) }
        }
        return try runToBreakpoint()
    }

    // MARK: Comparison

    /// Whether the thread stands at the marker, in the recorded state.
    private mutating func isThere() throws(PtraceError) -> Bool {
        try compare(try traced.registers()) == nil
    }

    /// What differs first.
    private mutating func compare(_ registers: Registers) throws(PtraceError) -> StateDifference? {
        if !RegisterComparison.differences(expected: frame.before, actual: registers, event: frame.event).isEmpty {
            return .registers
        }
        comparisonCount += 1
        let difference =
            try StateDifference.ofXState(expected: frame.xstate, actual: traced.xstate())
            ?? StateDifference.ofMemory(marker, traced)
        lastDifference = difference
        return difference
    }

    // MARK: The stub

    private func site() -> PatchSite? {
        let memory = traced.memory
        let code = memory.read(address, count: Self.window)
        if let site = PatchSite.find(at: address, code: code.span, function: nil) { return site }
        guard let bounds = marker.function, bounds.contains(address),
            bounds.upperBound - bounds.lowerBound <= Self.longestFunction,
            let bytes = memory.readExactly(bounds.lowerBound, count: Int(bounds.upperBound - bounds.lowerBound))
        else { return nil }
        return PatchSite.find(
            at: address, code: code.span, function: FunctionCode(start: bounds.lowerBound, bytes: bytes.span))
    }

    private static let window = 48
    private static let longestFunction: UInt64 = 1 << 20

    /// A thread that stands inside of what the jump is to replace goes on behind it first.
    private mutating func leave(_ site: PatchSite) throws(PtraceError) -> Outcome? {
        let end = site.end
        while true {
            let registers = try traced.registers()
            let pointer = registers.instructionPointer
            guard site.address < pointer, pointer < end else { return nil }
            if let stop = try step() { return .stopped(stop) }
            if try traced.registers().instructionPointer == address, try isThere() { return .reached }
        }
    }

    private mutating func runThroughStub(_ site: PatchSite, at base: GuestAddress) throws(PtraceError) -> Outcome {
        var stub = FilterStub(site: site, base: base)
        stub.checks = Self.registerChecks(frame.before)
        guard var code = try? stub.assemble() else { return try runToBreakpoint() }
        let page = try StubPage(at: base, in: traced)
        let original = site.displacedBytes
        try page.write(code.code)
        try traced.memory.write(site.address, code.patch)
        while true {
            let stop = try go()
            var registers = try traced.isStopped ? traced.registers() : Registers()
            guard stop == .signal(Self.trap), registers.instructionPointer == code.trapAddress else {
                try? traced.memory.write(site.address, original)
                if traced.isStopped, stop != .syscall { try? page.unmap() }
                if stop == .syscall { try? page.unmap() }
                return stop.isGroupStop ? .notFound : .stopped(stop)
            }
            registers.instructionPointer = site.address
            try traced.memory.write(site.address, original)
            let difference = try compare(registers)
            guard let difference else {
                try traced.setRegisters(registers)
                try page.unmap()
                return .reached
            }
            if stub.checks.count < Self.longestStub, let check = difference.check, !stub.checks.contains(check) {
                stub.checks.insert(check, at: 0)
                if let better = try? stub.assemble(), better.length <= StubPage.length {
                    code = better
                    try page.write(code.code)
                }
            }
            try traced.memory.write(site.address, code.patch)
            registers.instructionPointer = code.resumeAddress
            try traced.setRegisters(registers)
        }
    }

    /// The registers that change most come first.
    private static func registerChecks(_ registers: Registers) -> [FilterStub.Check] {
        [
            .register(.rcx, registers.rcx), .register(.rax, registers.rax), .register(.rdx, registers.rdx),
            .register(.rsi, registers.rsi), .register(.rdi, registers.rdi), .register(.r8, registers.r8),
            .register(.r9, registers.r9), .register(.r10, registers.r10), .register(.rbx, registers.rbx),
            .register(.rbp, registers.rbp), .register(.r11, registers.r11), .register(.r12, registers.r12),
            .register(.r13, registers.r13), .register(.r14, registers.r14), .register(.r15, registers.r15),
            .register(.rsp, registers.rsp),
        ]
    }

    private static let longestStub = 48
    private static let trap: Int32 = 5

    // MARK: The breakpoint

    private mutating func runToBreakpoint() throws(PtraceError) -> Outcome {
        let memory = traced.memory
        guard let original = memory.readExactly(address, count: 1) else {
            throw .failed(operation: "reading the code at a marker", thread: traced.id, errno: 14)
        }
        while true {
            // Off the address itself first: the breakpoint there would be hit without a pass.
            if try traced.registers().instructionPointer == address, let stop = try step() { return .stopped(stop) }
            if try traced.registers().instructionPointer == address {
                if try isThere() { return .reached }
                continue
            }
            try memory.write(address, [Self.breakpoint])
            let stop = try go()
            if traced.isStopped || stop == .syscall { try? memory.write(address, original) }
            guard stop == .signal(Self.trap) else { return stop.isGroupStop ? .notFound : .stopped(stop) }
            var registers = try traced.registers()
            guard registers.instructionPointer == address + 1 else { return .stopped(stop) }
            registers.instructionPointer = address
            try traced.setRegisters(registers)
            if try isThere() { return .reached }
            if Host.monotonicTime() > deadline { return .notFound }
        }
    }

    private static let breakpoint: UInt8 = 0xcc

    // MARK: Running

    /// Runs to the next stop; a group-stop means that the time limit is over.
    private func go() throws(PtraceError) -> WaitStatus {
        try thread.run { Host.monotonicTime() > deadline }
    }

    /// Executes one instruction.
    ///
    /// - Returns: the stop if it was another one.
    private func step() throws(PtraceError) -> WaitStatus? {
        try traced.resume(.singleStep)
        let stop = try thread.awaitStop()
        guard stop == .signal(Self.trap) else { return stop }
        return nil
    }
}

extension WaitStatus {
    fileprivate var isGroupStop: Bool { if case .groupStop = self { true } else { false } }
}
