internal import LinuxABI
internal import MachineCode
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Keeps a program that writes code (a JIT compiler) from writing over a jump that stands in it: the pages are made
/// read-only while the jump is there, and each write to them is carried out without it.
struct CodeGuard {
    private let pages: Range<GuestAddress>
    private let protection: UInt32
    private let thread: TracedThread

    /// What the memory that holds a site allows.
    enum Need {
        case none
        case some(CodeGuard)
        /// Shared memory: it can be written by way of another address, and no jump would be safe there.
        case impossible
    }

    static func need(for site: PatchSite, in thread: TracedThread) -> Need {
        guard let map = AddressSpace.map(of: thread.id) else { return .impossible }
        let entries = map.entries.filter { $0.start < site.end && site.address < $0.end }
        if entries.contains(where: \.isShared) { return .impossible }
        guard let entry = entries.first(where: \.isWritable) else { return .none }
        guard entries.count == 1 else { return .impossible }
        let end = (site.end + (GuestAddress.pageSize - 1)).pageStart
        return .some(
            CodeGuard(pages: site.address.pageStart..<end, protection: entry.protection, thread: thread))
    }

    private init(pages: Range<GuestAddress>, protection: UInt32, thread: TracedThread) {
        self.pages = pages
        self.protection = protection
        self.thread = thread
    }

    /// Whether the signal that the thread has stopped for comes of a write to the guarded pages.
    func hasCaught(_ stop: WaitStatus) throws(PtraceError) -> Bool {
        guard stop == .signal(Self.segmentationFault) else { return false }
        let info = try thread.signalInfo()
        // A write that begins on the page before is reported with its first byte on the guarded one.
        return info.code == Self.accessError && pages.contains(info.faultAddress)
    }

    func protect() throws(PtraceError) { try set(protection & ~Protection.write.rawValue) }
    func unprotect() throws(PtraceError) { try set(protection) }

    private func set(_ protection: UInt32) throws(PtraceError) {
        let result = try RemoteSyscall(thread, entry: .filtered).call(
            .mprotect, pages.lowerBound.rawValue, pages.upperBound - pages.lowerBound, UInt64(protection))
        guard result == 0 else {
            throw .failed(
                operation: "protecting code that is written", thread: thread.id,
                errno: Int32(truncatingIfNeeded: -result))
        }
    }

    private static let segmentationFault: Int32 = 11
    /// SEGV_ACCERR of sigaction(2).
    private static let accessError: Int32 = 2
}
