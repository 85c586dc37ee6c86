internal import LinuxABI
internal import MachineCode
internal import Ptrace
internal import Symbols
internal import TraceFormat
internal import Tracee
internal import XState

/// Memory that holds code of which no table tells what it is: either executed or written, and looked at in between.
extension RecordSession {
    func watch(
        _ pages: Range<GuestAddress>, asked: UInt32, of thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        pinned[space(of: thread), default: PinnedCode()].guarded.insert(pages, asked: asked)
        return [try protect(pages, asked & ~Protection.execute.rawValue, of: thread)]
    }

    /// Puts off the traps in code of a file until somebody executes it.
    func watch(
        _ pages: Range<GuestAddress>, asked: UInt32, file: (digest: FileDigest, offset: UInt64),
        of thread: RecordedThread
    ) throws(PtraceError) -> Effect {
        pinned[space(of: thread), default: PinnedCode()].guarded.insert(
            pages, asked: asked, file: .init(file, at: pages.lowerBound))
        return try protect(pages, asked & ~Protection.execute.rawValue, of: thread)
    }

    /// Code of a file is executed for the first time: from now on it is as if it had been mapped to be.
    private func open(
        _ stretch: GuardedPages.Stretch, of file: GuardedPages.FileCode, _ thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        let code = stretch.pages
        pinned[space(of: thread)]?.files = nil
        return try [protect(code, stretch.asked, of: thread)]
            + pinCode(in: code, asked: stretch.asked, file: file.file(at: code.lowerBound), of: thread)
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
            effects =
                if let file = stretch.file {
                    try open(stretch, of: file, thread)
                } else {
                    try admit(page, pin, at: registers.instructionPointer, of: thread)
                }
        }
        let xstate = try thread.traced.xstate()
        try undoForcedSignal(of: thread)
        try stand(thread, at: registers)
        traps.note(.watchedCode)
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
        // What was entered before in the same code is entered again: with all of its functions known the page can stay
        // open.
        let code = programBytes(at: page.lowerBound, count: length, of: thread)
        let entries =
            pinned[space(of: thread)]?.noteEntry(at: entry, into: page.lowerBound, bytes: code)
            ?? (all: [entry], isNew: true)
        if !entries.isNew { pinned[space(of: thread)]?.guarded.noteFlip(of: page.lowerBound) }
        let candidates = CandidateSites.find(in: bytes.span).filter { $0 < length && pin.mayCover(bytes.span, $0) }
            .map { page.lowerBound + UInt64($0) }
        if !candidates.isEmpty {
            try search(page, for: candidates, pin, enteredAt: entries.all, of: thread, &effects)
        }
        for page in Self.single(page) {
            // What has just been given up is the program's again.
            guard let stretch = pinned[space(of: thread)]?.guarded.stretch(at: page.lowerBound) else { continue }
            pinned[space(of: thread)]?.guarded.set(page, isExecuted: true)
            effects.append(try protect(page, stretch.asked & ~Protection.write.rawValue, of: thread))
        }
        return effects
    }

    /// Looks at what is known of a page that is entered: sets the traps, and opens it to this thread alone if there is more.
    private func search(
        _ page: Range<GuestAddress>, for candidates: [GuestAddress], _ pin: TraceeCPU,
        enteredAt entries: [GuestAddress], of thread: RecordedThread, _ effects: inout [Effect]
    ) throws(PtraceError) {
        // An instruction may begin before the page.
        let start = min(entries.first ?? page.lowerBound, page.lowerBound)
        let code = programBytes(at: start, count: Int(page.upperBound - start) + Instruction.maximumLength, of: thread)
        let flow = CodeFlow(from: entries, in: start..<page.upperBound, bytes: code.span, calls: .unknown)
        let image = CodeImage(thread.memory)
        try setTraps(flow.sensitive, pin, in: image, of: thread, &effects)
        try image.flush()
        let ambiguous = flow.ambiguous.filter { pin.covers($0.kind) }.map(\.address)
        if let first = ambiguous.first {
            limit("code that overlaps other code", in: first..<page.upperBound, candidates: ambiguous, of: thread)
        }
        let open = candidates.filter {
            !flow.covers($0) && !isPartOfTrap($0, of: thread) && knownFiles(of: thread)?.isData($0) != true
        }
        guard let first = open.first else { return }
        let inPage = code[Int(page.lowerBound - start)...]
        guard let exits = flow.exits(of: page, bytes: Array(inPage).span),
            try watchNextPage(after: page, exits, of: thread, &effects)
        else {
            return limit("code that no table describes", in: first..<page.upperBound, candidates: open, of: thread)
        }
        // The page after it may have lost its traps.
        for exit in exits.transfers {
            setTrap(.exit(exit), at: exit.address, length: exit.length, pin, in: image, of: thread, &effects)
        }
        try image.flush()
        pinned[space(of: thread)]?.openPage = page
    }

    /// Memory as the program has it: without traps.
    func programBytes(at start: GuestAddress, count: Int, of thread: RecordedThread) -> [UInt8] {
        var bytes = thread.memory.read(start, count: count)
        for site in pinned[space(of: thread)]?.sites.sites(in: start..<start + UInt64(bytes.count)) ?? [] {
            let offset = Int(site.address - start)
            for (index, byte) in site.original.enumerated() where offset + index < bytes.count {
                bytes[offset + index] = byte
            }
        }
        return bytes
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

    private func isPartOfTrap(_ address: GuestAddress, of thread: RecordedThread) -> Bool {
        let longest = UInt64(Instruction.maximumLength)
        guard address.rawValue > longest,
            let sites = pinned[space(of: thread)]?.sites.sites(
                in: GuestAddress(address.rawValue - longest)..<address + 1)
        else { return false }
        return sites.contains { address < $0.end }
    }

    /// What is mapped in the thread's address space.
    func knownFiles(of thread: RecordedThread) -> KnownFiles? {
        if let known = pinned[space(of: thread)]?.files { return known }
        let files = KnownFiles(of: thread)
        if pinned[space(of: thread)] != nil { pinned[space(of: thread)]?.files = files }
        return files
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
            // Where the program cannot write, what is known of its instructions stays so.
            let isFixed = stretch.asked & Protection.write.rawValue == 0
            var effects = try removeTraps(in: page, of: thread) {
                if case .exit = $0.role { true } else { !isFixed }
            }
            effects.append(try protect(page, stretch.asked & ~Protection.execute.rawValue, of: thread))
            return effects
        }
        // Watching would cost the program more than it is worth.
        var effects: [Effect] = []
        for part in guarded.stretches(ofRegion: stretch.region) {
            effects += try removeTraps(in: part.pages, of: thread)
            effects.append(try protect(part.pages, part.asked, of: thread))
            pinned[space(of: thread)]?.guarded.remove(part.pages)
            limit("code that is written or entered again and again", in: part.pages, of: thread)
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
            for part in parts where part.withholdsWrites {
                effects += try release(part.pages, part, of: thread)
            }
        }
        return effects
    }
}
