internal import LinuxABI
internal import MachineCode
internal import Ptrace
internal import Symbols
internal import TraceFormat
internal import Tracee

/// Stopping a thread that computes, so that others can run or a signal can reach it.
///
/// Without a performance counter there is no number that says where it stopped. The frame says instead what the moment
/// looks like: registers, extended state and the memory that can have been written (`Marker`).
extension RecordSession {
    /// The ticker's interval in microseconds: a slice ends late by half of it at most.
    var usualTick: Int64 {
        options.chaosSeed == nil ? min(max(options.slice / 2000, Self.shortTick), 25_000) : Self.chaosTick
    }
    /// How long a signal is put off.
    static let shortTick: Int64 = 3_000
    private static let chaosTick: Int64 = 1_000
    /// How long a thread runs on between a look at its memory and the marker.
    private var lookTick: Int64 { options.chaosSeed == nil ? 2_000 : 50 }

    func setTicker(_ microseconds: Int64) {
        if tick == microseconds { return }
        tick = microseconds
        Tracer.setTicker(microseconds: microseconds)
    }

    /// Has the ticker ring when a turn of chaotic length ends: some are much shorter than the ticker's interval.
    func setTickerForTurn() {
        guard options.chaosSeed != nil, let left = scheduler.newTurn(now: Host.monotonicTime) else { return }
        Tracer.setTicker(microseconds: usualTick, first: max(1, min(usualTick, left / 1000 + 1)))
        tick = usualTick
    }

    /// The ticker rang while the thread executes its own instructions.
    func interruptIfDue(_ thread: RecordedThread) {
        guard !thread.isInterrupted else { return }
        guard isInterruptDue(thread) else {
            if thread.deferredSignals.isEmpty { setTicker(usualTick) }
            return
        }
        thread.isInterrupted = true
        thread.traced.interrupt()
    }

    func isInterruptDue(_ thread: RecordedThread) -> Bool {
        !thread.deferredSignals.isEmpty || scheduler.isSliceOver(now: Host.monotonicTime())
    }

    /// The stop that PTRACE_INTERRUPT has asked for.
    func handleInterrupt(of thread: RecordedThread) throws(PtraceError) {
        thread.isInterrupted = false
        thread.isMidway = true
        guard isInterruptDue(thread) else { return }
        if try thread.traced.registers() == thread.resumedRegisters {
            thread.isMidway = false
        } else {
            if looksBefore(interruptionOf: thread) { return setTicker(lookTick) }
            try admitOwnTraps(of: thread)
            let place = try findPlace(of: thread)
            try withdrawOwnTraps(of: thread)
            guard let place else { return }
            try writeMarker(of: thread, at: place)
        }
        try raiseDeferredSignal(of: thread)
        if thread.deferredSignals.isEmpty { setTicker(usualTick) }
    }

    private func looksBefore(interruptionOf thread: RecordedThread) -> Bool {
        let space = ObjectIdentifier(thread.traced.addressSpace)
        return markers[space, default: newMarkerBuilder].looksBefore(thread, but: arenas[space]?.added ?? [])
    }

    /// At the entry of a system call that came before PTRACE_INTERRUPT took effect: it may still be to come, and would
    /// end a call that sleeps with EINTR. So the call is skipped once, since its exit-stop ends the request, and made
    /// again.
    ///
    /// - Returns: whether the call was put off; false if the thread is gone or has stopped for something else.
    func absorbInterrupt(of thread: RecordedThread, at entry: Registers) throws(PtraceError) -> Bool {
        thread.isInterrupted = false
        _ = try putOff(entry, of: thread)
        return true
    }

    /// At the entry of a system call: leaves it out, and has the thread make it again when it goes on.
    ///
    /// - Returns: whether the thread now stands before its `syscall`; false if it has stopped for something else.
    func putOff(_ entry: Registers, of thread: RecordedThread) throws(PtraceError) -> Bool {
        var skipped = entry
        skipped.origRax = .max
        try thread.traced.setRegisters(skipped)
        try thread.traced.resume(.syscall)
        try awaitStop(of: thread)
        guard thread.pendingStop == .syscall else { return false }
        thread.pendingStop = nil
        var again = entry
        again.rip &-= Self.syscallLength
        again.rax = entry.origRax
        again.origRax = .max
        try thread.traced.setRegisters(again)
        thread.isMidway = true
        return true
    }

    private static let syscallLength: UInt64 = 2

    // MARK: The place

    /// Where a replay is to stop.
    private struct Place {
        var registers: Registers
        var map: MemoryMap
        /// The bounds of the function, if a replay needs them.
        var function: Range<GuestAddress>?
    }

    /// Lets the thread go on to an instruction at which a replay can wait for it at full speed.
    ///
    /// - Returns: nil if the thread comes to its next event by itself, or has stopped for something else.
    private func findPlace(of thread: RecordedThread) throws(PtraceError) -> Place? {
        scheduler.keep(thread.id)
        let map = AddressSpace.map(of: thread.id) ?? MemoryMap(entries: [])
        for attempt in 0... {
            let registers = try thread.traced.registers()
            let address = registers.instructionPointer
            let code = thread.memory.read(address, count: Self.window)
            guard let instruction = Instruction.decode(code.span, at: address),
                instruction.kind != .leavesUserMode
            else { return nil }
            if instruction.isRepeated {
                guard try run(thread, to: instruction.next) else { return nil }
                continue
            }
            // Code that is written again and again is a bad place: each write would have to be watched.
            if attempt >= Self.longestFlight || !map.isWritable(at: address) {
                if PatchSite.find(at: address, code: code.span, function: nil) != nil {
                    return Place(registers: registers, map: map)
                }
                if let function = function(around: address, in: map, of: thread),
                    PatchSite.find(at: address, code: code.span, function: function) != nil
                {
                    return Place(registers: registers, map: map, function: function.addresses)
                }
            }
            if attempt >= Self.longestSearch || Self.showsTrapFlag(code) {
                return Place(registers: registers, map: map)
            }
            guard try step(thread) else { return nil }
        }
        return nil
    }

    /// `pushf` would push the trap flag of a single step.
    private static func showsTrapFlag(_ code: [UInt8]) -> Bool {
        code.first { $0 != 0x66 && !(0x40...0x4f).contains($0) } == 0x9c
    }

    /// Bytes of code looked at: more than five bytes' worth of instructions.
    private static let window = 48
    /// How many instructions are stepped over in search of a place; each costs a stop.
    private static let longestSearch = 64
    /// How many of them in search of one in code that is not written.
    private static let longestFlight = 32
    /// The longest function whose code is searched for jump targets, in bytes.
    private static let longestFunction: UInt64 = 32 << 10

    private func function(
        around address: GuestAddress, in map: MemoryMap, of thread: RecordedThread
    ) -> FunctionCode? {
        let modules = map.guestModules
        let memory = thread.memory
        symbolizer.modules = modules
        let bounds =
            FunctionBounds.find(around: address, modules: modules) { memory.readExactly($0, count: $1) }
            ?? symbolizer.function(around: address)
        guard let bounds, bounds.upperBound - bounds.lowerBound <= Self.longestFunction,
            let bytes = memory.readExactly(bounds.lowerBound, count: Int(bounds.upperBound - bounds.lowerBound))
        else { return nil }
        return FunctionCode(start: bounds.lowerBound, bytes: bytes.span)
    }

    /// Makes SIGTRAP, which steps and breakpoints force upon the thread, one that the kernel neither unblocks nor sets to
    /// its default for that (`SignalActions`).
    private func admitOwnTraps(of thread: RecordedThread) throws(PtraceError) {
        if thread.signalMask & Self.trapBit != 0 { try thread.traced.setSignalMask(thread.signalMask & ~Self.trapBit) }
        if thread.process.signalActions.isIgnored(Signal.trap), !thread.process.signalActions.admitsOwnTraps {
            thread.process.signalActions.admitsOwnTraps = true
            try setAction(nil, for: Signal.trap, of: thread)
        }
    }

    /// What `admitOwnTraps` has changed is as it was. A disposition is left to the next time or call, if the thread stands
    /// where it cannot be set now.
    private func withdrawOwnTraps(of thread: RecordedThread) throws(PtraceError) {
        if thread.signalMask & Self.trapBit != 0 { try thread.traced.setSignalMask(thread.signalMask) }
        if thread.pendingStop == nil { try restoreTrapAction(of: thread) }
    }

    /// SIGTRAP is ignored again, if it was not for steps of the recorder. At a stop on the way to user mode.
    func restoreTrapAction(of thread: RecordedThread) throws(PtraceError) {
        guard thread.process.signalActions.admitsOwnTraps else { return }
        thread.process.signalActions.admitsOwnTraps = false
        if let action = thread.process.signalActions[Signal.trap] {
            try setAction(action, for: Signal.trap, of: thread)
        }
    }

    private static let trapBit = UInt64(1) << UInt64(Signal.trap - 1)

    /// Executes one instruction.
    ///
    /// - Returns: false if the thread stopped for something else, which is still to be handled.
    private func step(_ thread: RecordedThread) throws(PtraceError) -> Bool {
        try thread.traced.resume(.singleStep)
        try awaitStop(of: thread)
        guard thread.pendingStop == .signal(Signal.trap), try thread.traced.signalInfo().code == Self.trapTrace else {
            return false
        }
        thread.pendingStop = nil
        return true
    }

    /// TRAP_TRACE of sigaction(2).
    private static let trapTrace: Int32 = 2

    /// Runs on to an address that the thread comes to in a moment: behind a repeated string instruction, which a
    /// single step takes only one round of.
    private func run(_ thread: RecordedThread, to address: GuestAddress) throws(PtraceError) -> Bool {
        guard let original = thread.memory.readExactly(address, count: 1) else { return false }
        try thread.memory.write(address, [Self.breakpoint])
        try thread.traced.resume(.continue)
        try awaitStop(of: thread)
        // Where the thread is gone, so is its memory.
        try? thread.memory.write(address, original)
        guard thread.pendingStop == .signal(Signal.trap) else { return false }
        var registers = try thread.traced.registers()
        guard registers.instructionPointer == address + 1 else { return false }
        thread.pendingStop = nil
        registers.instructionPointer = address
        try thread.traced.setRegisters(registers)
        return true
    }

    /// int3.
    private static let breakpoint: UInt8 = 0xcc

    // MARK: The frame

    var newMarkerBuilder: MarkerBuilder {
        MarkerBuilder(method: options.dirtyPages, verifies: options.verifyInterval != nil)
    }

    /// The dead parts of all stacks in an address space.
    ///
    /// - Parameters:
    ///   - registers: of the thread, where it stands now.
    ///   - map: what is mapped now.
    func deadStacks(of thread: RecordedThread, at registers: Registers, in map: MemoryMap) -> [Range<GuestAddress>] {
        let registers = threads.values.compactMap { other -> Registers? in
            guard other.traced.addressSpace === thread.traced.addressSpace else { return nil }
            if other === thread { return registers }
            if case .syscall(let call) = other.phase { return call.entry }
            return other.resumedRegisters
        }
        return DeadStack.ranges(of: registers, in: map)
    }

    private func writeMarker(of thread: RecordedThread, at place: Place) throws(PtraceError) {
        let space = ObjectIdentifier(thread.traced.addressSpace)
        var builder = markers[space] ?? newMarkerBuilder
        var marker = builder.marker(
            of: thread, registers: place.registers,
            dead: deadStacks(of: thread, at: place.registers, in: place.map), but: arenas[space]?.added ?? [])
        markers[space] = builder
        marker.function = place.function
        let time = HostThreads.processorTime(of: thread.id) ?? 0
        marker.processorTime = time &- thread.interruptedTime
        thread.interruptedTime = time
        // Others may run now, and enter the page elsewhere.
        let effects = try shutOpenPage(of: thread)
        write(
            Frame(
                thread: thread.id, event: .interruption(marker), before: place.registers, after: place.registers,
                xstate: try thread.traced.xstate(), effects: effects), of: thread)
        try stand(thread, at: place.registers)
    }
}
