internal import LinuxABI
internal import MachineCode
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// Traps in the place of instructions that would show the CPU, in all code that can be executed.
///
/// Where tables (unwind information, symbols) tell what is code, the traps are set when the code is mapped by the kernel or
/// the dynamic linker, or, where another maps it, when it is executed for the first time: programs that translate code
/// read it and never do. The rest is watched: it is not executable until the program executes it, and the address at which
/// it does is certainly the start of an instruction, from which decoding can begin.
extension RecordSession {
    func space(of thread: RecordedThread) -> ObjectIdentifier { ObjectIdentifier(thread.traced.addressSpace) }

    /// Memory was mapped or made executable.
    ///
    /// - Parameters:
    ///   - asked: the PROT_ bits that are in force now.
    ///   - file: what the memory shows and has not been changed; nil for any other.
    ///   - mayBeStack: the kernel writes there when it likes, so its state cannot change.
    ///   - isProgram: it is the program's own code, not that of a library.
    ///   - isToBeExecuted: false for code of a file that may be there to be read only.
    /// - Returns: what was done about it, to be repeated by a replay.
    func pinCode(
        in range: Range<GuestAddress>, asked: UInt32, file: (digest: FileDigest, offset: UInt64)? = nil,
        isShared: Bool = false, mayBeStack: Bool = false, isProgram: Bool = false, isToBeExecuted: Bool = true,
        of thread: RecordedThread
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
            limit("code shared with other mappings", in: range, of: thread)
            return []
        }
        if protection.contains(.write) {
            effects += try removeTraps(in: range, of: thread)
            if mayBeStack {
                limit("an executable stack", in: range, of: thread)
                return effects
            }
            return try effects + watch(range, asked: asked, of: thread)
        }
        let image = CodeImage(thread.memory)
        guard let code = scanner.scan(range, file: file, image, of: thread) else { return effects }
        let above =
            pin.isNative || code.choosesByCPU && !isProgram
            ? [] : code.features.filter { range.contains($0.address) && !pin.cpu.has($0.feature) }
        if let file, !isToBeExecuted {
            let isToBeChanged =
                !above.isEmpty || !code.sensitive.unresolved.isEmpty
                || code.sensitive.instructions.contains { pin.covers($0.kind) }
            return isToBeChanged ? [try watch(range, asked: asked, file: file, of: thread)] : []
        }
        try setTraps(code.sensitive.instructions, pin, in: image, of: thread, &effects)
        for instruction in above {
            setTrap(
                .above(instruction), at: instruction.address, length: instruction.length, pin, in: image, of: thread,
                &effects)
        }
        try image.flush()
        let unresolved = code.sensitive.unresolved.filter { address in
            pin.mayCover(image.read(address, count: 3).span, 0)
        }
        for pages in Self.pages(of: unresolved, in: range) {
            effects += try watch(pages, asked: asked, of: thread)
        }
        return effects
    }

    /// Memory is gone, or something else is mapped there.
    func forgetCode(in range: Range<GuestAddress>, isCodeOfFile: Bool = false, of thread: RecordedThread) {
        pinned[space(of: thread)]?.forget(range, isCodeOfFile: isCodeOfFile)
    }

    /// mremap(2) has moved memory.
    func moveCode(
        _ range: Range<GuestAddress>, to new: GuestAddress, of thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        guard let pin = options.pin, var code = pinned[space(of: thread)] else { return [] }
        var effects: [Effect] = []
        let sites = code.sites.sites(in: range)
        code.files = nil
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
        guard let pin = options.pin, let sites = pinned[space(of: thread)]?.sites.sites(in: range) else { return [] }
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
}
