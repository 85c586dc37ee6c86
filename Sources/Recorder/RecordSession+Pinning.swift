internal import LinuxABI
internal import Logging
internal import MachineCode
internal import Ptrace
internal import Symbols
internal import TraceFormat
internal import Tracee
internal import XState

/// Traps in the place of instructions that would show the CPU, in all code that can be executed.
///
/// Where tables (unwind information, symbols) tell what is code, the traps are set when the code is mapped. The rest is
/// watched: it is not executable until the program executes it, and the address at which it does is certainly the start
/// of an instruction, from which decoding can begin.
extension RecordSession {
    private func space(of thread: RecordedThread) -> ObjectIdentifier { ObjectIdentifier(thread.traced.addressSpace) }

    // MARK: Code appears

    /// Memory was mapped or made executable.
    ///
    /// - Parameters:
    ///   - asked: the PROT_ bits that are in force now.
    ///   - file: what the memory shows and has not been changed; nil for any other.
    ///   - mayBeStack: the kernel writes there when it likes, so its state cannot change.
    ///   - isProgram: it is the program's own code, not that of a library.
    /// - Returns: what was done about it, to be repeated by a replay.
    func pinCode(
        in range: Range<GuestAddress>, asked: UInt32, file: (digest: FileDigest, offset: UInt64)? = nil,
        isShared: Bool = false, mayBeStack: Bool = false, isProgram: Bool = false, of thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        guard let pin = options.pin, !range.isEmpty else { return [] }
        let protection = Protection(rawValue: asked)
        var effects: [Effect] = []
        pinned[space(of: thread), default: PinnedCode()].guarded.remove(range)
        guard protection.contains(.execute) else {
            // Whoever may write the code shall find it as it was.
            return protection.contains(.write) ? try removeTraps(in: range, of: thread) : []
        }
        if isShared {
            // No trap of ours may stand in what others map, too.
            limit("code shared with other mappings", at: range.lowerBound, of: thread)
            return []
        }
        if protection.contains(.write) {
            effects += try removeTraps(in: range, of: thread)
            if mayBeStack {
                limit("an executable stack", at: range.lowerBound, of: thread)
                return effects
            }
            return try effects + watch(range, asked: asked, of: thread)
        }
        guard let code = scanner.scan(range, file: file, of: thread) else { return effects }
        try setTraps(code.sensitive.instructions, pin, of: thread, &effects)
        if !pin.isNative, isProgram || !code.choosesByCPU {
            for instruction in code.features
            where range.contains(instruction.address) && !pin.cpu.has(instruction.feature) {
                try setTrap(
                    .above(instruction), at: instruction.address, length: instruction.length, pin, of: thread, &effects)
            }
        }
        for pages in Self.pages(of: code.sensitive.unresolved, in: range) {
            effects += try watch(pages, asked: asked, of: thread)
        }
        return effects
    }

    /// Memory is gone, or something else is mapped there.
    func forgetCode(in range: Range<GuestAddress>, of thread: RecordedThread) {
        pinned[space(of: thread)]?.forget(range)
    }

    /// mremap(2) has moved memory.
    func moveCode(
        _ range: Range<GuestAddress>, to new: GuestAddress, of thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        guard let pin = options.pin, var code = pinned[space(of: thread)] else { return [] }
        var effects: [Effect] = []
        let sites = code.sites(in: range)
        code.guarded.move(range, to: new)
        for site in sites { code.sites[site.address] = nil }
        for site in sites {
            let address = new + (site.address - range.lowerBound)
            code.sites[address] = site.moved(to: address)
            // The way to a stub is another one from there.
            guard case .stubbed = site.role, let moved = code.sites[address] else { continue }
            effects.append(try write(moved.patch(pin), at: moved, of: thread))
        }
        if let page = code.openPage, range.contains(page.lowerBound) {
            let start = new + (page.lowerBound - range.lowerBound)
            code.openPage = start..<start + (page.upperBound - page.lowerBound)
        }
        pinned[space(of: thread)] = code
        return effects
    }

    /// Advice has taken the changes out of private memory, the traps among them: madvise(2) MADV_DONTNEED.
    func restoreTraps(in range: Range<GuestAddress>, of thread: RecordedThread) throws(PtraceError) -> [Effect] {
        guard let pin = options.pin, let sites = pinned[space(of: thread)]?.sites(in: range) else { return [] }
        var effects: [Effect] = []
        for site in sites where thread.memory.read(site.address, count: site.original.count) == site.original {
            effects.append(try write(site.patch(pin), at: site, of: thread))
        }
        return effects
    }

    /// The pages with the addresses, and the pages after them, to which execution may go on.
    private static func pages(
        of addresses: [GuestAddress], in range: Range<GuestAddress>
    ) -> [Range<GuestAddress>] {
        var result: [Range<GuestAddress>] = []
        for address in addresses {
            let page = address.pageStart
            let next = min(page + 2 * GuestAddress.pageSize, range.upperBound)
            if let last = result.last, page <= last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, next)
            } else {
                result.append(page..<next)
            }
        }
        return result
    }

    // MARK: Traps

    private func setTraps(
        _ instructions: [SensitiveInstruction], _ pin: TraceeCPU, of thread: RecordedThread, _ effects: inout [Effect]
    ) throws(PtraceError) {
        for instruction in instructions where pin.covers(instruction.kind) {
            let role = try stub(for: instruction, pin, of: thread, &effects).map(CodeSite.Role.stubbed)
            try setTrap(
                role ?? .sensitive(instruction), at: instruction.address, length: instruction.length, pin, of: thread,
                &effects)
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

    private func setTrap(
        _ role: CodeSite.Role, at address: GuestAddress, length: Int, _ pin: TraceeCPU, of thread: RecordedThread,
        _ effects: inout [Effect]
    ) throws(PtraceError) {
        let space = space(of: thread)
        guard pinned[space]?.sites[address] == nil,
            let original = thread.memory.readExactly(address, count: length)
        else { return }
        let site = CodeSite(role: role, original: original)
        effects.append(try write(site.patch(pin), at: site, of: thread))
        pinned[space, default: PinnedCode()].sites[address] = site
    }

    private func write(
        _ bytes: [UInt8], at site: CodeSite, of thread: RecordedThread
    ) throws(PtraceError) -> Effect {
        try thread.memory.write(site.address, bytes)
        return .write(site.address, bytes: bytes)
    }

    private func removeTraps(
        in range: Range<GuestAddress>, of thread: RecordedThread, where isMeant: (CodeSite) -> Bool = { _ in true }
    ) throws(PtraceError) -> [Effect] {
        guard let pin = options.pin, let sites = pinned[space(of: thread)]?.sites(in: range) else { return [] }
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
        limit(
            .builtAbove, "\(instruction.feature.bit.name ?? instruction.feature.rawValue)", at: instruction.address,
            of: thread)
        let entry = AddressSpace.map(of: thread.id)?.entries.first {
            $0.start <= instruction.address && instruction.address < $0.end
        }
        return try removeTraps(in: entry.map { $0.start..<$0.end } ?? instruction.address..<instruction.end, of: thread)
        {
            if case .above = $0.role { true } else { false }
        }
    }

    // MARK: Watched memory

    private func watch(
        _ pages: Range<GuestAddress>, asked: UInt32, of thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        pinned[space(of: thread), default: PinnedCode()].guarded.insert(pages, asked: asked)
        return [try protect(pages, asked & ~Protection.execute.rawValue, of: thread)]
    }

    private func protect(
        _ pages: Range<GuestAddress>, _ protection: UInt32, of thread: RecordedThread
    ) throws(PtraceError) -> Effect {
        let length = pages.upperBound - pages.lowerBound
        let result = try RemoteSyscall(thread.traced, entry: .letThrough).call(
            .mprotect, pages.lowerBound.rawValue, length, UInt64(protection))
        guard result == 0 else {
            throw .failed(operation: "watching executable memory", thread: thread.id, errno: Int32(-result))
        }
        return .protect(pages.lowerBound, length: length, protection: protection)
    }

    /// SIGSEGV for watched memory.
    ///
    /// - Returns: whether it was that; false for a fault of the program's own.
    func handleWatched(
        _ info: SignalInfo, at registers: Registers, of thread: RecordedThread
    ) throws(PtraceError) -> Bool {
        guard let pin = options.pin, info.code == Self.accessError,
            let stretch = pinned[space(of: thread)]?.guarded.stretch(at: info.faultAddress)
        else { return false }
        let page = info.faultAddress.pageStart..<info.faultAddress.pageStart + GuestAddress.pageSize
        var effects: [Effect]
        if stretch.isExecuted {
            guard stretch.asked & Protection.write.rawValue != 0 else { return false }
            effects = try release(page, stretch, of: thread)
        } else {
            guard Self.isFetch(of: info.faultAddress, at: registers.instructionPointer) else { return false }
            effects = try admit(page, pin, at: registers.instructionPointer, of: thread)
        }
        let xstate = try thread.traced.xstate()
        try undoForcedSignal(of: thread)
        write(
            Frame(
                thread: thread.id, event: .trap(.watchedCode), before: registers, after: registers, xstate: xstate,
                effects: effects), of: thread)
        return true
    }

    /// SEGV_ACCERR of sigaction(2).
    private static let accessError: Int32 = 2

    /// An instruction may begin on the page before the one that cannot be executed.
    private static func isFetch(of address: GuestAddress, at instruction: GuestAddress) -> Bool {
        address == instruction
            || address.isPageAligned && instruction < address
                && address - instruction < UInt64(Instruction.maximumLength)
    }

    /// Watched memory is executed.
    private func admit(
        _ page: Range<GuestAddress>, _ pin: TraceeCPU, at entry: GuestAddress, of thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        // The instruction may begin on the open page: it needs both.
        var page = page
        if let open = pinned[space(of: thread)]?.openPage, open.contains(entry), open.upperBound == page.lowerBound {
            page = open.lowerBound..<page.upperBound
        }
        var effects = try shutOpenPage(of: thread)
        let length = Int(page.upperBound - page.lowerBound)
        let bytes = thread.memory.read(page.lowerBound, count: length + Instruction.maximumLength)
        let candidates = CandidateSites.find(in: bytes.span).map { page.lowerBound + UInt64($0) }
            .filter { page.contains($0) }
        if !candidates.isEmpty {
            let window = surroundings(of: entry, of: thread)
            let code = thread.memory.read(window.lowerBound, count: Int(window.upperBound - window.lowerBound))
            // What was entered before in the same code is entered again: with all of its functions known the page can
            // stay open.
            let entries =
                pinned[space(of: thread)]?
                .noteEntry(at: entry, into: page.lowerBound, bytes: bytes.prefix(length)) ?? []
            let flow = CodeFlow(from: entries, in: window, bytes: code.span)
            try setTraps(flow.sensitive, pin, of: thread, &effects)
            let open = candidates.filter { !flow.covers($0) && !isPartOfTrap($0, of: thread) }
            if let first = open.first, !hasTables(at: first, of: thread) {
                if let exits = flow.exits(of: page, bytes: bytes.span),
                    try watchNextPage(after: page, exits, of: thread, &effects)
                {
                    for exit in exits.transfers {
                        try setTrap(
                            .exit(exit), at: exit.address, length: exit.length, pin, of: thread, &effects)
                    }
                    pinned[space(of: thread)]?.openPage = page
                } else {
                    limit("code that no table describes", at: first, of: thread)
                }
            }
        }
        for page in Self.single(page) {
            // What has just been given up is the program's again.
            guard let stretch = pinned[space(of: thread)]?.guarded.stretch(at: page.lowerBound) else { continue }
            pinned[space(of: thread)]?.guarded.set(page, isExecuted: true)
            effects.append(try protect(page, stretch.asked & ~Protection.write.rawValue, of: thread))
        }
        return effects
    }

    /// Makes sure that a thread that goes on to the next page is seen.
    ///
    /// - Returns: false if that is not possible.
    private func watchNextPage(
        after page: Range<GuestAddress>, _ exits: CodeFlow.Exits, of thread: RecordedThread, _ effects: inout [Effect]
    ) throws(PtraceError) -> Bool {
        guard exits.fallsThrough else { return true }
        guard let next = pinned[space(of: thread)]?.guarded.stretch(at: page.upperBound) else { return false }
        if next.isExecuted {
            effects += try release(page.upperBound..<page.upperBound + GuestAddress.pageSize, next, of: thread)
        }
        return true
    }

    /// A page that was entered without being known entirely is left, or another one is entered: the next entry is to be
    /// seen again.
    func shutOpenPage(of thread: RecordedThread) throws(PtraceError) -> [Effect] {
        guard let open = pinned[space(of: thread)]?.openPage.take() else { return [] }
        var effects: [Effect] = []
        for page in Self.single(open) {
            guard let stretch = pinned[space(of: thread)]?.guarded.stretch(at: page.lowerBound) else { continue }
            effects += try release(page, stretch, of: thread)
        }
        return effects
    }

    /// Whether the thread's last frame leaves it on the open page, which nobody else shall enter meanwhile.
    func holdsOpenPage(_ thread: RecordedThread) -> Bool {
        guard let registers = thread.resumedRegisters else { return false }
        return pinned[space(of: thread)]?.openPage?.contains(registers.instructionPointer) == true
    }

    /// The pages of a range, one by one.
    private static func single(_ pages: Range<GuestAddress>) -> [Range<GuestAddress>] {
        stride(from: 0, to: pages.upperBound - pages.lowerBound, by: Int(GuestAddress.pageSize)).map {
            pages.lowerBound + $0..<pages.lowerBound + $0 + GuestAddress.pageSize
        }
    }

    /// An instruction that leads out of the open page, executed for the thread.
    func leaveOpenPage(
        by transfer: ControlTransfer, _ registers: Registers, of thread: RecordedThread
    ) throws(PtraceError) -> (after: Registers, effects: [Effect])? {
        let memory = thread.memory
        guard let outcome = transfer.execute(registers, readWord: { memory.readWord($0) }) else { return nil }
        var effects = try shutOpenPage(of: thread)
        if let (address, value) = outcome.pushed {
            let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
            try memory.write(address, bytes)
            effects.append(.write(address, bytes: bytes))
        }
        return (outcome.registers, effects)
    }

    /// How far code is followed from where it is entered, in bytes to either side.
    private static let reach: UInt64 = 1 << 20

    /// The executable or watched memory around an address, without a gap.
    private func surroundings(of address: GuestAddress, of thread: RecordedThread) -> Range<GuestAddress> {
        let code = AddressSpace.map(of: thread.id)?.entries.filter { entry in
            entry.isExecutable
                || !(pinned[space(of: thread)]?.guarded.stretches(in: entry.start..<entry.end) ?? []).isEmpty
        }
        var range = address..<address
        for entry in code ?? [] {
            if entry.start <= address, address < entry.end {
                range = entry.start..<entry.end
            } else if !range.isEmpty, entry.start == range.upperBound {
                range = range.lowerBound..<entry.end
            }
        }
        let low = address.rawValue > Self.reach ? GuestAddress(address.rawValue - Self.reach) : .null
        return range.clamped(to: low..<address + Self.reach)
    }

    private func isPartOfTrap(_ address: GuestAddress, of thread: RecordedThread) -> Bool {
        let longest = UInt64(Instruction.maximumLength)
        guard address.rawValue > longest,
            let sites = pinned[space(of: thread)]?.sites(in: GuestAddress(address.rawValue - longest)..<address + 1)
        else { return false }
        return sites.contains { address < $0.end }
    }

    /// Whether unwind information tells which bytes around are code: what it leaves out there is data.
    private func hasTables(at address: GuestAddress, of thread: RecordedThread) -> Bool {
        guard let map = AddressSpace.map(of: thread.id) else { return false }
        let memory = thread.memory
        return FunctionBounds.hasTable(at: address, modules: map.guestModules) { memory.readExactly($0, count: $1) }
    }

    /// Watched memory that was executed is written: it is as the program left it until it is executed again.
    private func release(
        _ page: Range<GuestAddress>, _ stretch: GuardedPages.Stretch, of thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        if pinned[space(of: thread)]?.openPage?.overlaps(page) == true { pinned[space(of: thread)]?.openPage = nil }
        pinned[space(of: thread)]?.guarded.set(page, isExecuted: false)
        guard let guarded = pinned[space(of: thread)]?.guarded,
            guarded.flipCount(ofRegion: stretch.region) > Self.mostFlips
        else {
            var effects = try removeTraps(in: page, of: thread)
            effects.append(try protect(page, stretch.asked & ~Protection.execute.rawValue, of: thread))
            return effects
        }
        // Watching would cost the program more than it is worth.
        limit("code that is written or entered again and again", at: stretch.pages.lowerBound, of: thread)
        var effects: [Effect] = []
        for part in guarded.stretches(ofRegion: stretch.region) {
            effects += try removeTraps(in: part.pages, of: thread)
            effects.append(try protect(part.pages, part.asked, of: thread))
            pinned[space(of: thread)]?.guarded.remove(part.pages)
        }
        return effects
    }

    private static let mostFlips = 256

    /// Whether the kernel, writing for the program, would meet watched memory that is not writable now.
    func areWithheld(_ outputs: [OutputRange], of thread: RecordedThread) -> Bool {
        guard let guarded = pinned[space(of: thread)]?.guarded, guarded.hasWithheldWrites else { return false }
        return outputs.contains { output in
            guarded.stretches(in: output.start..<output.end).contains(where: \.withholdsWrites)
        }
    }

    /// A call has written to watched memory that was executed.
    func releaseWrites(to outputs: [OutputRange], of thread: RecordedThread) throws(PtraceError) -> [Effect] {
        var effects: [Effect] = []
        for output in outputs {
            let parts = pinned[space(of: thread)]?.guarded.stretches(in: output.start..<output.end) ?? []
            for part in parts where part.withholdsWrites { effects += try release(part.pages, part, of: thread) }
        }
        return effects
    }

    // MARK: Limits

    /// Notes why the recording may show the CPU it was made on. Once for each reason and module.
    private func limit(_ what: String, at address: GuestAddress, of thread: RecordedThread) {
        guard options.pin?.isXCR0PinnedByKernel == false else { return }
        limit(.unscanned, what, at: address, of: thread)
    }

    private func limit(_ kind: PinLimit.Kind, _ what: String, at address: GuestAddress, of thread: RecordedThread) {
        guard options.pin?.isNative == false else { return }
        let name =
            AddressSpace.map(of: thread.id)?.entries.first { $0.start <= address && address < $0.end }?.name ?? ""
        let limit = PinLimit(kind, name.isEmpty ? what : "\(what) in \(name)")
        if limits.contains(limit) { return }
        limits.append(limit)
        log.notice("\(limit)", metadata: ["address": "\(address)"])
    }

    /// Notes that a thread has values in registers that the pinned CPU does not have.
    func noteComponents(of image: XStateImage, at address: GuestAddress, of thread: RecordedThread) {
        guard let pin = options.pin else { return }
        let beyond = image.obstacles(to: pin.cpu.layout.mask)
        if beyond.isEmpty || beyond.isSubset(of: limitedComponents) { return }
        limitedComponents.formUnion(beyond)
        limit(.componentsInUse, "\(beyond), seen", at: address, of: thread)
    }
}
