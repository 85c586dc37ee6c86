internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// What kind of memory a marker's code is in.
enum CodeMemory {
    /// The program cannot write there.
    case constant
    /// The program may write code (a JIT compiler): writes are caught while something else stands in it.
    case guarded(CodeGuard)
    /// It can be written by way of another address, too: nothing would be safe there.
    case shared
    /// Nothing that can be executed is mapped there.
    case nowhere

    var isPatchable: Bool { if case .shared = self { false } else { true } }

    init(around address: GuestAddress, in thread: TracedThread) {
        let pages = address.pageStart..<((address + Self.longestSite).pageStart + GuestAddress.pageSize)
        guard let map = AddressSpace.map(of: thread.id) else {
            self = .shared
            return
        }
        let entries = map.entries.filter { $0.start < pages.upperBound && pages.lowerBound < $0.end }
        if !entries.contains(where: { $0.isExecutable && $0.start <= address && address < $0.end }) {
            self = .nowhere
        } else if entries.contains(where: \.isShared) {
            self = .shared
        } else if let entry = entries.first(where: \.isWritable) {
            let part = max(pages.lowerBound, entry.start)..<min(pages.upperBound, entry.end)
            self = .guarded(CodeGuard(pages: part, protection: entry.protection, thread: thread))
        } else {
            self = .constant
        }
    }

    /// More than a jump takes the place of.
    private static let longestSite: UInt64 = 32

    /// Whether the signal that the thread has stopped for comes of a write to the guarded pages.
    func hasCaught(_ stop: WaitStatus) throws(PtraceError) -> Bool {
        guard case .guarded(let codeGuard) = self else { return false }
        return try codeGuard.hasCaught(stop)
    }
}

/// Keeps a program that writes code from writing over what stands there for a while, or unseen at all: the pages are
/// read-only, and the writes to them are carried out one by one.
struct CodeGuard {
    let pages: Range<GuestAddress>
    let protection: UInt32
    let thread: TracedThread

    func hasCaught(_ stop: WaitStatus) throws(PtraceError) -> Bool {
        guard stop == .signal(Self.segmentationFault) else { return false }
        let info = try thread.signalInfo()
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
