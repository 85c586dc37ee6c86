internal import LinuxABI
internal import MachineCode
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// Instructions that xrr executes for the tracee.
extension RecordSession {
    /// What has become of an instruction.
    private enum Emulation {
        case done(TrapKind, Registers, xstate: XStateImage? = nil, effects: [Effect] = [])
        /// It raises SIGSEGV: at an address that is not mapped, or without one.
        case faults(GuestAddress?)
    }

    /// SIGSEGV that stands for an instruction or for watched memory.
    ///
    /// RDTSC and RDTSCP raise it by PR_SET_TSC (prctl(2)), others by the trap that stands in their place.
    ///
    /// - Parameter info: becomes what the instruction itself would have raised where it raises anything.
    /// - Returns: whether the instruction is done.
    func emulateTrap(
        _ info: inout SignalInfo, at registers: Registers, of thread: RecordedThread
    ) throws(PtraceError) -> Bool {
        guard Signal.isFault(info) else { return false }
        if try handleWatched(info, at: registers, of: thread) { return true }
        let xstate = try thread.traced.xstate()
        guard let emulation = try emulation(at: registers, xstate, of: thread) else {
            try leaveStub(at: registers, of: thread)
            return false
        }
        switch emulation {
        case .faults(let address):
            try leaveStub(at: registers, of: thread)
            if let address {
                let isMapped = AddressSpace.map(of: thread.id)?.entries.contains {
                    $0.start <= address && address < $0.end
                }
                info = .segmentationFault(at: address, isMapped: isMapped == true)
                try thread.traced.setSignalInfo(info)
            }
            return false
        case .done(let kind, var after, let newState, var effects):
            // A thread that does nothing but this is hardly ever interrupted elsewhere.
            if isInterruptDue(thread) { effects += try shutOpenPage(of: thread) }
            after.origRax = .max
            try stand(thread, at: after)
            if let newState { try thread.traced.setXState(newState) }
            try undoForcedSignal(of: thread)
            traps.note(kind)
            write(
                Frame(
                    thread: thread.id, event: .trap(kind), before: registers, after: after, xstate: xstate,
                    xstateAfter: newState, effects: effects), of: thread)
            if registers.eflags & Self.trapFlag != 0 {
                // What the processor raises behind an instruction that is single-stepped.
                thread.deferredSignals.insert(.singleStep(at: after.instructionPointer), at: 0)
                try raiseDeferredSignal(of: thread)
            }
            return true
        }
    }

    /// RFLAGS.TF.
    private static let trapFlag: UInt64 = 0x100

    private func emulation(
        at registers: Registers, _ xstate: XStateImage, of thread: RecordedThread
    ) throws(PtraceError) -> Emulation? {
        let address = registers.instructionPointer
        if let pin = options.pin,
            let site = pinned[ObjectIdentifier(thread.traced.addressSpace)]?.sites[address]
        {
            switch site.role {
            case .sensitive(let instruction):
                return pin.has(instruction.kind)
                    ? try emulate(instruction, pin, registers, xstate, of: thread) : nil
            case .stubbed: return nil
            case .exit(let transfer):
                guard let (after, effects) = try leaveOpenPage(by: transfer, registers, of: thread) else {
                    return .faults(GuestAddress(registers.rsp))
                }
                return .done(.watchedCode, after, effects: effects)
            case .above(let instruction):
                return .done(.watchedCode, registers, effects: try admitFeature(instruction, of: thread))
            }
        }
        return readTimeStamp(registers, of: thread)
    }

    // MARK: The time stamp counter

    private func readTimeStamp(_ registers: Registers, of thread: RecordedThread) -> Emulation? {
        guard !thread.faultsAtTimeStamp else { return nil }
        let code = thread.memory.read(registers.instructionPointer, count: 3)
        var after = registers
        let counter: UInt64
        if code == [0x0f, 0x01, 0xf9] {
            let (value, auxiliary) = Host.readTimeStampCounterAndProcessor()
            counter = value
            after.rcx = UInt64(auxiliary)
            after.rip &+= 3
        } else if code.starts(with: [0x0f, 0x31]) {
            counter = Host.readTimeStampCounter()
            after.rip &+= 2
        } else {
            return nil
        }
        after.rax = counter & 0xffff_ffff
        after.rdx = counter >> 32
        return .done(code[1] == 0x01 ? .rdtscp : .rdtsc, after)
    }

    // MARK: Instructions in whose place a trap stands

    private func emulate(
        _ instruction: SensitiveInstruction, _ pin: TraceeCPU, _ registers: Registers, _ xstate: XStateImage,
        of thread: RecordedThread
    ) throws(PtraceError) -> Emulation {
        var after = registers
        after.instructionPointer = instruction.next
        switch instruction.kind {
        case .cpuid:
            let words = pin.cpu.cpuid.words(
                leaf: UInt32(truncatingIfNeeded: registers.rax), subleaf: UInt32(truncatingIfNeeded: registers.rcx))
            after.rax = UInt64(words.eax)
            after.rbx = UInt64(words.ebx)
            after.rcx = UInt64(words.ecx)
            after.rdx = UInt64(words.edx)
            return .done(.cpuid, after)
        case .xgetbv:
            // XGETBV(1), the components in use, where CPUID says that it exists: it would be a matter of chance.
            let showsUse =
                UInt32(truncatingIfNeeded: registers.rcx) == 1
                && pin.cpu.cpuid.words(leaf: 0xD, subleaf: 1).eax & 4 != 0
            guard UInt32(truncatingIfNeeded: registers.rcx) == 0 || showsUse else { return .faults(nil) }
            after.rax = pin.cpu.xcr0.rawValue & 0xffff_ffff
            after.rdx = pin.cpu.xcr0.rawValue >> 32
            return .done(.xgetbv, after)
        case .xsave, .xsaveopt, .xsavec: return try save(instruction, pin, after, xstate, of: thread)
        case .fxsave: return try saveLegacy(instruction, after, xstate, of: thread)
        case .xrstor: return restore(instruction, pin, after, xstate, of: thread)
        case .rdrand, .rdseed:
            guard let register = instruction.register else { return .faults(nil) }
            Self.set(&after, register, to: UInt64.random(in: .min ... .max), size: instruction.operandSize)
            // CF says that there was a number; OF, SF, ZF, AF and PF are cleared (SDM volume 2, RDRAND).
            after.eflags = after.eflags & ~0x8d5 | 1
            return .done(instruction.kind == .rdrand ? .rdrand : .rdseed, after)
        case .rdpid:
            guard let register = instruction.register else { return .faults(nil) }
            // As getcpu(2) and RDTSCP have it.
            Self.set(&after, register, to: UInt64(Host.readTimeStampCounterAndProcessor().1), size: 8)
            return .done(.rdpid, after)
        case .xbegin:
            // Every transaction is aborted at once, without the hint to try again.
            after.rax &= ~0xffff_ffff
            after.instructionPointer = instruction.target ?? instruction.next
            return .done(.xbegin, after)
        }
    }

    /// A write of 32 bits clears the upper half, one of 16 bits leaves the rest alone.
    private static func set(_ registers: inout Registers, _ register: GeneralRegister, to value: UInt64, size: Int) {
        switch size {
        case 2: registers[register] = registers[register] & ~0xffff | value & 0xffff
        case 4: registers[register] = value & 0xffff_ffff
        default: registers[register] = value
        }
    }

    /// RFBM: EDX:EAX and XCR0.
    private static func requested(_ registers: Registers, _ pin: TraceeCPU) -> XFeatureMask {
        XFeatureMask(rawValue: registers.rdx << 32 | registers.rax & 0xffff_ffff).intersection(pin.cpu.xcr0)
    }

    private func save(
        _ instruction: SensitiveInstruction, _ pin: TraceeCPU, _ after: Registers, _ xstate: XStateImage,
        of thread: RecordedThread
    ) throws(PtraceError) -> Emulation {
        // As the operand's registers are before the instruction, and as it does not change them.
        guard let area = instruction.memory?.address(after), area.rawValue % 64 == 0 else { return .faults(nil) }
        let requested = Self.requested(after, pin)
        let writes: [XStateImage.AreaWrite]
        if instruction.kind == .xsavec {
            writes = xstate.compactedArea(requested, layout: pin.cpu.layout)
        } else {
            let header = area + UInt64(XStateImage.AreaHeader.presentOffset)
            guard let present = thread.memory.readWord(header) else { return .faults(header) }
            writes = xstate.savedArea(requested, keeping: present, layout: pin.cpu.layout)
        }
        return try carryOut(writes, in: area, after, of: thread)
    }

    private func saveLegacy(
        _ instruction: SensitiveInstruction, _ after: Registers, _ xstate: XStateImage, of thread: RecordedThread
    ) throws(PtraceError) -> Emulation {
        guard let area = instruction.memory?.address(after), area.rawValue % 16 == 0 else { return .faults(nil) }
        return try carryOut(xstate.legacyArea, in: area, after, of: thread)
    }

    private func carryOut(
        _ writes: [XStateImage.AreaWrite], in area: GuestAddress, _ after: Registers, of thread: RecordedThread
    ) throws(PtraceError) -> Emulation {
        for write in writes {
            let start = area + UInt64(write.offset)
            for address in [start, start + UInt64(write.bytes.count - 1)] {
                // A stack grows when somebody looks at what is right below it.
                if thread.memory.read(address, count: 1).isEmpty { return .faults(address) }
            }
        }
        // The kernel's view of the map, since xrr itself may write where the tracee may not.
        let map = AddressSpace.map(of: thread.id)
        for write in writes {
            let start = area + UInt64(write.offset)
            for address in [start, start + UInt64(write.bytes.count - 1)] where map?.isWritable(at: address) != true {
                return .faults(address)
            }
        }
        var effects: [Effect] = []
        for write in writes {
            try thread.memory.write(area + UInt64(write.offset), write.bytes)
            effects.append(.write(area + UInt64(write.offset), bytes: write.bytes))
        }
        return .done(.xsave, after, effects: effects)
    }

    private func restore(
        _ instruction: SensitiveInstruction, _ pin: TraceeCPU, _ after: Registers, _ xstate: XStateImage,
        of thread: RecordedThread
    ) -> Emulation {
        guard let area = instruction.memory?.address(after), area.rawValue % 64 == 0 else { return .faults(nil) }
        // xrr itself may read where the tracee may not.
        let length = AddressSpace.map(of: thread.id)?
            .readableLength(from: area, atMost: pin.cpu.layout.maximumAreaLength)
        let bytes = thread.memory.read(area, count: length ?? 0)
        guard bytes.count >= XStateImage.AreaHeader.end else { return .faults(area + UInt64(bytes.count)) }
        guard
            let restored = xstate.restored(
                from: bytes, Self.requested(after, pin), layout: pin.cpu.layout)
        else { return .faults(nil) }
        return .done(.xrstor, after, xstate: restored)
    }

    // MARK: The signal

    /// After a forced SIGSEGV that the tracee is not to see.
    func undoForcedSignal(of thread: RecordedThread) throws(PtraceError) {
        let bit = UInt64(1) << UInt64(Signal.segv - 1)
        let wasBlocked = thread.signalMask & bit != 0
        if wasBlocked { try thread.traced.setSignalMask(thread.signalMask) }
        let actions = thread.process.signalActions
        guard let action = actions[Signal.segv], wasBlocked || actions.isIgnored(Signal.segv) else { return }
        try setAction(action, for: Signal.segv, of: thread)
    }

    /// Sets a disposition by rt_sigaction(2); nil for the default.
    func setAction(_ action: [UInt8]?, for signal: Int32, of thread: RecordedThread) throws(PtraceError) {
        // The structure goes to the interceptor's control page.
        let bytes = action ?? [UInt8](repeating: 0, count: SignalActions.size)
        try thread.memory.write(InterceptorLayout.control, bytes)
        try RemoteSyscall(thread.traced, entry: .letThrough).call(
            .rt_sigaction, UInt64(signal), InterceptorLayout.control.rawValue, 0, SignalActions.maskSize)
    }
}
