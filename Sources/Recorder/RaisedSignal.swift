internal import LinuxABI
internal import Ptrace
internal import Tracee

/// A signal that was put off, and now is delivered where the thread stands.
///
/// To send it anew could fail (RLIMIT_SIGPENDING), would put it behind others of its number, or be merged with one that is
/// pending. So another is sent that nobody uses, all others are blocked until the thread stops for it, and the one that
/// was put off takes its place there (ptrace(2), "Signal injection and suppression").
struct RaisedSignal {
    let info: SignalInfo
    /// The thread's mask.
    private let mask: UInt64
    /// SIGSTKFLT, which the kernel does not raise.
    private static let carrier: Int32 = 16

    /// Sends the carrier to a stopped thread.
    init(_ info: SignalInfo, to thread: TracedThread, of process: ProcessID) throws(PtraceError) {
        self.info = info
        mask = try thread.signalMask()
        try thread.setSignalMask(~(1 << UInt64(Self.carrier - 1)))
        HostThreads.send(Self.carrier, to: thread.id, of: process)
    }

    /// A signal-delivery-stop: puts the signal in the place of the carrier.
    ///
    /// - Returns: nil if the stop is for another signal; else what has come instead of the carrier, which was pending
    ///   before and has become one with it.
    func replace(_ arrived: SignalInfo, in thread: TracedThread) throws(PtraceError) -> SignalInfo?? {
        guard arrived.number == Self.carrier else { return nil }
        try thread.setSignalMask(mask)
        try thread.setSignalInfo(info)
        // Without room in the queue the kernel knows the number only.
        let isOwn = arrived.code == Self.sentByTkill && arrived.sender == Host.processID || arrived.sender == 0
        return .some(isOwn ? nil : arrived)
    }

    /// SI_TKILL.
    private static let sentByTkill: Int32 = -6
}
