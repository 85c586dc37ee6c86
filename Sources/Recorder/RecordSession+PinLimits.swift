internal import LinuxABI
internal import Logging
internal import MachineCode
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// Why a recording may show the CPU it was made on.
extension RecordSession {
    /// Notes that code is executed in which not all instructions are known.
    ///
    /// - Parameters:
    ///   - candidates: where it may have instructions that show the CPU; nil: anywhere in `range`.
    func limit(
        _ what: String, in range: Range<GuestAddress>, candidates: [GuestAddress]? = nil, of thread: RecordedThread
    ) {
        guard let pin = options.pin else { return }
        guard pin.isXCR0PinnedByKernel else { return limit(.unscanned, what, at: range.lowerBound, of: thread) }
        let showsMore = candidates.map { showsMoreThanXCR0($0, of: thread) } ?? showsMoreThanXCR0(range, of: thread)
        limit(showsMore ? .unscanned : .unscannedPinned, what, at: range.lowerBound, of: thread)
        if !showsMore { pinned[space(of: thread), default: PinnedCode()].unsearched.append((range, what)) }
    }

    /// Memory is about to be gone in which not all instructions are known: it is looked at for the last time.
    func searchAgain(in thread: RecordedThread) {
        for (range, what) in pinned[space(of: thread)]?.unsearched ?? [] where showsMoreThanXCR0(range, of: thread) {
            limit(.unscanned, what, at: range.lowerBound, of: thread)
        }
    }

    /// Whether there are bytes that may be CPUID or another instruction for which a kernel's pin of XCR0 does not help.
    private func showsMoreThanXCR0(_ range: Range<GuestAddress>, of thread: RecordedThread) -> Bool {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(start + Self.searched, range.upperBound)
            // A piece more, for what straddles the border.
            let bytes = thread.memory.read(start, count: Int(end - start) + Instruction.maximumLength)
            if CandidateSites.find(in: bytes.span).contains(where: { CandidateSites.showsMoreThanXCR0(bytes.span, $0) })
            {
                return true
            }
            start = end
        }
        return false
    }

    private func showsMoreThanXCR0(_ candidates: [GuestAddress], of thread: RecordedThread) -> Bool {
        candidates.contains { address in
            let bytes = thread.memory.read(address, count: Instruction.maximumLength)
            return CandidateSites.showsMoreThanXCR0(bytes.span, 0)
        }
    }

    private static let searched: UInt64 = 1 << 20

    func limit(_ kind: PinLimit.Kind, _ what: String, at address: GuestAddress, of thread: RecordedThread) {
        guard options.pin?.isNative == false else { return }
        let name = knownFiles(of: thread)?.name(at: address) ?? ""
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
