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
        if let site = site(), let gap = StubPage.gap(near: site, in: traced) {
            switch CodeGuard.need(for: site, in: traced) {
            case .none: return try runThroughStub(site, at: gap, codeGuard: nil)
            case .some(let codeGuard): return try runThroughStub(site, at: gap, codeGuard: codeGuard)
            case .impossible: break
            }
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

    private mutating func runThroughStub(
        _ first: PatchSite, at base: GuestAddress, codeGuard: CodeGuard?
    ) throws(PtraceError) -> Outcome {
        var site = first
        if let outcome = try leave(site) { return outcome }
        let page = try StubPage(at: base, in: traced)
        try codeGuard?.protect()
        var checks = Self.registerChecks(frame.before)
        while true {
            guard let stub = try? FilterStub(site: site, base: base, checks: checks).assemble(),
                stub.length <= StubPage.length
            else {
                try remove(page, codeGuard)
                return try runToBreakpoint()
            }
            try page.write(stub.code)
            try traced.memory.write(site.address, stub.patch)
            let stop = try go()
            guard traced.isStopped else { return .stopped(stop) }
            try traced.memory.write(site.address, site.displacedBytes)

            var registers = try traced.registers()
            if stop == .signal(Self.trap), registers.instructionPointer == stub.trapAddress {
                registers.instructionPointer = site.address
                guard let difference = try compare(registers) else {
                    try traced.setRegisters(registers)
                    try remove(page, codeGuard)
                    return .reached
                }
                if checks.count < Self.longestStub, let check = difference.check, !checks.contains(check) {
                    checks.insert(check, at: 0)
                }
                registers.instructionPointer = stub.resumeAddress
                try traced.setRegisters(registers)
            } else if let codeGuard, try codeGuard.hasCaught(stop) {
                try codeGuard.unprotect()
                if let other = try step() {
                    try page.unmap()
                    return .stopped(other)
                }
                guard let changed = self.site() else {
                    try page.unmap()
                    return try runToBreakpoint()
                }
                site = changed
                if let outcome = try leave(site) {
                    try page.unmap()
                    return outcome
                }
                try codeGuard.protect()
            } else {
                try remove(page, codeGuard)
                return stop.isGroupStop ? .notFound : .stopped(stop)
            }
        }
    }

    private func remove(_ page: StubPage, _ codeGuard: CodeGuard?) throws(PtraceError) {
        try codeGuard?.unprotect()
        try page.unmap()
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

    /// Stops at each pass of the address.
    private mutating func runToBreakpoint() throws(PtraceError) -> Outcome {
        // Off the address itself first: a breakpoint there would stop the thread without a pass.
        while try traced.registers().instructionPointer == address {
            if let stop = try step() { return .stopped(stop) }
            if try isThere() { return .reached }
        }
        let breakpoint = try Breakpoint(at: address, in: traced)
        while true {
            let stop = try go()
            guard try breakpoint.hasStopped(stop) else {
                if traced.isStopped { try breakpoint.remove() }
                return stop.isGroupStop ? .notFound : .stopped(stop)
            }
            if try isThere() {
                try breakpoint.remove()
                return .reached
            }
            if Host.monotonicTime() > deadline {
                try breakpoint.remove()
                return .notFound
            }
            if let stop = try breakpoint.pass(step) { return .stopped(stop) }
        }
    }

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
