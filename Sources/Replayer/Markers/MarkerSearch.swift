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
///
/// All ways count the passes in the same manner (`Position`). Where a search before has found at which pass the state
/// is reached, the stub traps at that one alone; should the state be another one there, the count is forgotten and the
/// search goes on without.
struct MarkerSearch {
    enum Outcome {
        case reached
        /// The thread came to another stop before.
        case stopped(WaitStatus)
        /// The time limit is over, and the thread is stopped somewhere.
        case notFound
        /// Where the thread was recorded nothing can be executed.
        case impossible
    }

    private let thread: ReplayedThread
    private let frame: Frame
    private let index: FrameIndex
    private var marker: Marker
    private let comparison: StateComparison
    private let deadline: Int64
    /// How often the tracer compared the whole state.
    private(set) var comparisonCount = 0
    /// What differed when registers were right for the last time.
    private(set) var lastDifference: StateDifference?

    /// How many executions of the instruction at the address have begun.
    private var passCount: UInt64 = 0
    /// The pass at which the state is expected, as long as it can be.
    private var knownPass: UInt64?
    /// Where the state was found.
    private(set) var position: Position?

    /// The page digest that differed last.
    private var suspect = 0
    /// The instruction at the address, where it leads to itself.
    private var selfLoop: SelfLoop?
    /// What the stub compares, most telling first.
    private var checks: [FilterStub.Check]

    private var address: GuestAddress { frame.before.instructionPointer }
    private var traced: TracedThread { thread.traced }

    /// - Parameter knownPass: the pass at which the state was reached in a replay before.
    init(
        _ thread: ReplayedThread, to marker: Marker, of frame: Frame, at index: FrameIndex,
        comparison: StateComparison, knownPass: UInt64?
    ) {
        self.thread = thread
        self.marker = marker
        self.marker.stackEnds = PageHash.ordered(marker.stackEnds)
        self.frame = frame
        self.index = index
        self.comparison = comparison
        self.knownPass = knownPass
        checks = Self.registerChecks(frame.before)
        let time = Int64(clamping: marker.processorTime.multipliedReportingOverflow(by: Self.patience).partialValue)
        deadline = Host.monotonicTime() + max(Self.shortestLimit, min(time, Self.longestLimit))
    }

    /// How much longer than the recording a replay may take, and its bounds in nanoseconds.
    private static let patience: UInt64 = 1000
    private static let shortestLimit: Int64 = 30_000_000_000
    private static let longestLimit: Int64 = 600_000_000_000

    mutating func run() throws(PtraceError) -> Outcome {
        selfLoop = SelfLoop(code: traced.memory.read(address, count: Self.window), at: address)
        // A count may be one of those that are leapt over.
        if selfLoop != nil { knownPass = nil }
        if try isThere() { return .reached }
        let memory = CodeMemory(around: address, in: traced)
        if case .nowhere = memory { return .impossible }
        var page: StubPage?
        if case .guarded(let codeGuard) = memory { try codeGuard.protect() }
        let outcome = try search(memory, &page)
        guard traced.isStopped else { return outcome }
        if case .guarded(let codeGuard) = memory { try codeGuard.unprotect() }
        try page?.unmap()
        return outcome
    }

    /// Waits at the address in the best way that the code of the moment allows, again and again.
    private mutating func search(_ memory: CodeMemory, _ page: inout StubPage?) throws(PtraceError) -> Outcome {
        while true {
            if isOver { return .notFound }
            // A count that is passed, or zero, is a wrong one.
            if let knownPass, knownPass <= passCount { self.knownPass = nil }
            let end: Outcome?
            if let site = memory.isPatchable ? site() : nil, let place = try place(for: site, &page) {
                end = try waitAtStub(site, in: place, memory)
            } else {
                end = try waitAtBreakpoint(memory)
            }
            if let end { return end }
            // A write to code that was carried out by itself may have led to the marker.
            if try isThere() { return .reached }
        }
    }

    /// Memory for a stub: what there is already, or new.
    private func place(for site: PatchSite, _ page: inout StubPage?) throws(PtraceError) -> StubPage? {
        if let page { return FilterStub.base(in: page.address...page.address, for: site) != nil ? page : nil }
        guard let gap = StubPage.gap(near: site, in: traced) else { return nil }
        let made = try StubPage(at: gap, in: traced)
        page = made
        return made
    }

    // MARK: Comparison

    /// Whether the thread stands at the marker, in the recorded state.
    ///
    /// - Parameter hasBegun: whether the pass that would begin here is counted already.
    private mutating func isThere(hasBegun: Bool = false) throws(PtraceError) -> Bool {
        guard try compare(try traced.registers()) == nil else { return false }
        notePosition(pass: hasBegun ? passCount : passCount + 1)
        return true
    }

    private mutating func notePosition(pass: UInt64) {
        position = Position(frame: index, address: address, pass: pass)
    }

    /// What differs first.
    private mutating func compare(_ registers: Registers) throws(PtraceError) -> StateDifference? {
        if !comparison.registers.differences(expected: frame.before, actual: registers, event: frame.event).isEmpty {
            return .registers
        }
        comparisonCount += 1
        let difference =
            try StateDifference.ofXState(expected: frame.xstate, actual: traced.xstate())
            ?? StateDifference.ofMemory(marker, traced, suspect: &suspect)
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

    /// Runs with a jump to a stub at the address.
    ///
    /// - Returns: nil when the code has changed, or the stub cannot be made: a new way of waiting has to be found.
    private mutating func waitAtStub(
        _ site: PatchSite, in page: StubPage, _ memory: CodeMemory
    ) throws(PtraceError) -> Outcome? {
        // A thread inside of what the jump is to replace goes on behind it first.
        while true {
            let pointer = try traced.registers().instructionPointer
            guard site.address < pointer, pointer < site.end else { break }
            if isOver { return .notFound }
            if let stop = try step(memory) { return .stopped(stop) }
            if try isThere() { return .reached }
        }
        guard self.site() == site else { return nil }
        // The state of a thread that is to go on behind the checks, which have said yes wrongly.
        var passing: Registers?
        while true {
            let checks = knownPass.map { [.pass($0)] } ?? checks
            guard let stub = try? FilterStub(site: site, base: page.address, checks: checks).assemble(),
                stub.length <= StubPage.length
            else { return try waitAtBreakpoint(memory) }
            try page.write(stub.code)
            try page.setWord(passCount, at: stub.passCountAddress)
            try traced.memory.write(site.address, stub.patch)
            if var registers = passing.take() {
                registers.instructionPointer = stub.resumeAddress
                try traced.setRegisters(registers)
            }
            let stop = try goOn(past: stub)
            guard traced.isStopped else { return .stopped(stop) }
            try traced.memory.write(site.address, site.displacedBytes)
            passCount = try page.word(at: stub.passCountAddress)

            var registers = try traced.registers()
            guard stop == .signal(Self.trap), registers.instructionPointer == stub.trapAddress else {
                if try memory.hasCaught(stop) {
                    if let stop = try repeatWrite(memory) { return .stopped(stop) }
                    try leave(stub)
                    return nil
                }
                return stop.isGroupStop ? .notFound : .stopped(stop)
            }
            registers.instructionPointer = site.address
            guard let difference = try compare(registers) else {
                try traced.setRegisters(registers)
                notePosition(pass: passCount)
                return .reached
            }
            knownPass = nil
            if isOver {
                try traced.setRegisters(registers)
                return .notFound
            }
            if self.checks.count < Self.longestStub, let check = difference.check, !self.checks.contains(check) {
                self.checks.insert(check, at: 0)
            }
            passing = registers
        }
    }

    /// Runs to the next stop but those in the middle of the jump, where code that was not foreseen has jumped to.
    private func goOn(past stub: AssembledStub) throws(PtraceError) -> WaitStatus {
        while true {
            let stop = try go()
            guard stop == .signal(Self.trap) || stop == .signal(Self.illegalInstruction), traced.isStopped else {
                return stop
            }
            var registers = try traced.registers()
            // Behind `int3`, at an invalid opcode.
            let met = registers.instructionPointer.rawValue - (stop == .signal(Self.trap) ? 1 : 0)
            guard let place = stub.continuation(at: GuestAddress(met)) else { return stop }
            registers.instructionPointer = place
            try traced.setRegisters(registers)
        }
    }

    /// A thread in the stub's copy of an instruction goes on at the instruction itself: the stub may become another.
    private func leave(_ stub: AssembledStub) throws(PtraceError) {
        guard traced.isStopped else { return }
        var registers = try traced.registers()
        guard case .program(let address) = stub.place(of: registers.instructionPointer) else { return }
        registers.instructionPointer = address
        try traced.setRegisters(registers)
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
    private static let illegalInstruction: Int32 = 4

    // MARK: The breakpoint

    /// Stops at each pass of the address.
    ///
    /// - Returns: nil when the code has changed.
    private mutating func waitAtBreakpoint(_ memory: CodeMemory) throws(PtraceError) -> Outcome? {
        // Off the address itself first: a breakpoint there would stop the thread without a pass.
        while try traced.registers().instructionPointer == address {
            if try leap(hasBegun: false) { return .reached }
            passCount += 1
            if isOver { return .notFound }
            if let stop = try step(memory) { return .stopped(stop) }
            if try isThere() { return .reached }
        }
        let breakpoint = try Breakpoint(at: address, in: traced)
        while true {
            let stop = try go()
            guard traced.isStopped else { return .stopped(stop) }
            guard try breakpoint.hasStopped(stop) else {
                try breakpoint.remove()
                if try memory.hasCaught(stop) {
                    if let stop = try repeatWrite(memory) { return .stopped(stop) }
                    return nil
                }
                return stop.isGroupStop ? .notFound : .stopped(stop)
            }
            passCount += 1
            var isReached = false
            if isPossible() { isReached = try isThere(hasBegun: true) }
            if !isReached { isReached = try leap(hasBegun: true) }
            if isReached {
                try breakpoint.remove()
                return .reached
            }
            if isOver {
                try breakpoint.remove()
                return .notFound
            }
            if let stop = try breakpoint.pass({ () throws(PtraceError) in try step(memory) }) { return .stopped(stop) }
        }
    }

    /// Leaves passes of an instruction that leads to itself out: those to the marker, or all but the last.
    ///
    /// - Parameter hasBegun: whether the pass that would begin here is counted already.
    /// - Returns: whether the thread now stands at the marker.
    private mutating func leap(hasBegun: Bool) throws(PtraceError) -> Bool {
        guard let selfLoop else { return false }
        let registers = try traced.registers()
        guard registers.instructionPointer == address,
            selfLoop.stands(in: traced.memory.read(address, count: selfLoop.length))
        else { return false }
        if let passes = selfLoop.passes(from: registers, to: frame.before), passes > 0 {
            try traced.setRegisters(selfLoop.registers(after: passes, registers))
            passCount &+= passes
            if try isThere(hasBegun: hasBegun) { return true }
            passCount &-= passes
        }
        let passes = selfLoop.furtherPasses(registers)
        try traced.setRegisters(selfLoop.registers(after: passes, registers))
        passCount &+= passes
        return false
    }

    /// Whether this pass can be the one; if it is the known one, that is used up.
    private mutating func isPossible() -> Bool {
        guard let knownPass else { return true }
        if passCount < knownPass { return false }
        self.knownPass = nil
        return true
    }

    // MARK: Running

    /// Runs to the next stop; a group-stop means that the time limit is over.
    private func go() throws(PtraceError) -> WaitStatus {
        try thread.run { isOver }
    }

    /// Whether the time limit is over.
    private var isOver: Bool { Host.monotonicTime() > deadline }

    /// Executes one instruction.
    ///
    /// - Returns: the stop if it was another one.
    private func step(_ memory: CodeMemory) throws(PtraceError) -> WaitStatus? {
        try traced.resume(.emulateSingleStep)
        let stop = try thread.awaitStop()
        if stop == .signal(Self.trap) { return nil }
        guard traced.isStopped, try memory.hasCaught(stop) else { return stop }
        return try repeatWrite(memory)
    }

    /// The thread has stopped for a write to guarded code, which is now carried out.
    ///
    /// - Returns: the stop if that was not all there was to it.
    private func repeatWrite(_ memory: CodeMemory) throws(PtraceError) -> WaitStatus? {
        guard case .guarded(let codeGuard) = memory else { return nil }
        try codeGuard.unprotect()
        try traced.resume(.emulateSingleStep)
        let stop = try thread.awaitStop()
        guard traced.isStopped else { return stop }
        try codeGuard.protect()
        return stop == .signal(Self.trap) ? nil : stop
    }
}

extension WaitStatus {
    fileprivate var isGroupStop: Bool { if case .groupStop = self { true } else { false } }
}
