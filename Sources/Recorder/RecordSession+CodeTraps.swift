internal import LinuxABI
internal import MachineCode
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// Traps in the place of instructions, and the stubs that execute some of them.
extension RecordSession {
    /// - Parameter image: takes the traps, and is to be flushed.
    func setTraps(
        _ instructions: [SensitiveInstruction], _ pin: TraceeCPU, in image: CodeImage, of thread: RecordedThread,
        _ effects: inout [Effect]
    ) throws(PtraceError) {
        for instruction in instructions where pin.covers(instruction.kind) {
            let role = try stub(for: instruction, pin, of: thread, &effects).map(CodeSite.Role.stubbed)
            setTrap(
                role ?? .sensitive(instruction), at: instruction.address, length: instruction.length, pin, in: image,
                of: thread, &effects)
        }
    }

    /// The stub for an instruction of a library or program that saves or restores extended state: the dynamic linker
    /// does so at the first call of each function.
    private func stub(
        for instruction: SensitiveInstruction, _ pin: TraceeCPU, of thread: RecordedThread, _ effects: inout [Effect]
    ) throws(PtraceError) -> AreaStub? {
        let space = space(of: thread)
        guard pin.has(instruction.kind), pinned[space]?.sites[instruction.address] == nil,
            AreaStub(instruction, base: instruction.address, mask: pin.mask) != nil
        else { return nil }
        if pinned[space]?.stubs.page == nil {
            guard let map = AddressSpace.map(of: thread.id),
                let place = StubArea.place(for: instruction.address, in: map)
            else { return nil }
            let mapping = Mapping(
                address: place, length: GuestAddress.pageSize,
                protection: Protection.read.rawValue | Protection.execute.rawValue,
                flags: MappingFlags.private.rawValue, backing: .anonymous)
            let flags =
                mapping.flags | MappingFlags.anonymous.rawValue | MappingFlags.fixedNoReplace.rawValue
            let result = try RemoteSyscall(thread.traced, entry: .letThrough).call(
                .mmap, place.rawValue, mapping.length, UInt64(mapping.protection), UInt64(flags), .max, 0)
            guard result == Int64(place.rawValue) else { return nil }
            pinned[space, default: PinnedCode()].stubs.noteMapped(at: place)
            effects.append(.map(mapping))
        }
        guard let stub = pinned[space]?.stubs.add(instruction, mask: pin.mask) else { return nil }
        try thread.memory.write(stub.base, stub.code)
        effects.append(.write(stub.base, bytes: stub.code))
        if let trap = stub.trapAddress {
            // The trap is in the stub already.
            pinned[space]?.sites[trap] = CodeSite(role: .sensitive(instruction), original: [0xF4])
        }
        return stub
    }

    /// A thread that has faulted in a stub has faulted in the program's instruction.
    func leaveStub(at registers: Registers, of thread: RecordedThread) throws(PtraceError) {
        let memory = thread.memory
        guard let stubs = pinned[space(of: thread)]?.stubs.stubs else { return }
        for stub in stubs {
            if let own = stub.registersAtFault(registers, readWord: { memory.readWord($0) }) {
                return try thread.traced.setRegisters(own)
            }
        }
    }

    func setTrap(
        _ role: CodeSite.Role, at address: GuestAddress, length: Int, _ pin: TraceeCPU, in image: CodeImage,
        of thread: RecordedThread, _ effects: inout [Effect]
    ) {
        let space = space(of: thread)
        guard pinned[space]?.sites[address] == nil, let original = image.readExactly(address, count: length) else {
            return
        }
        let site = CodeSite(role: role, original: original)
        let patch = site.patch(pin)
        image.write(address, patch)
        effects.append(.write(address, bytes: patch))
        pinned[space, default: PinnedCode()].sites[address] = site
    }

    func write(
        _ bytes: [UInt8], at site: CodeSite, of thread: RecordedThread
    ) throws(PtraceError) -> Effect {
        try thread.memory.write(site.address, bytes)
        return .write(site.address, bytes: bytes)
    }

    func removeTraps(
        in range: Range<GuestAddress>, of thread: RecordedThread, where isMeant: (CodeSite) -> Bool = { _ in true }
    ) throws(PtraceError) -> [Effect] {
        guard let pin = options.pin, let sites = pinned[space(of: thread)]?.sites.sites(in: range) else { return [] }
        var effects: [Effect] = []
        for site in sites where isMeant(site) {
            pinned[space(of: thread)]?.sites[site.address] = nil
            let patch = site.patch(pin)
            if thread.memory.read(site.address, count: patch.count) == patch {
                effects.append(try write(site.original, at: site, of: thread))
            }
        }
        return effects
    }

    /// The thread executes an instruction that the pinned CPU does not have. From now on so may all of its module.
    func admitFeature(
        _ instruction: FeatureInstruction, of thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        // With the kernel's pin it raises SIGILL next, and what the program makes of that decides.
        if !isMadeUndefined(instruction.feature) {
            limit(
                .builtAbove, "\(instruction.feature.bit.name ?? instruction.feature.rawValue)", at: instruction.address,
                of: thread)
        }
        let entry = AddressSpace.map(of: thread.id)?.entries.first {
            $0.start <= instruction.address && instruction.address < $0.end
        }
        return try removeTraps(in: entry.map { $0.start..<$0.end } ?? instruction.address..<instruction.end, of: thread)
        {
            if case .above = $0.role { true } else { false }
        }
    }
}
