internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Memory that goes away under a call that sleeps.
extension RecordSession {
    /// Has other threads make their calls again whose outputs go to scratch memory, where the program can no longer write
    /// to its own: the kernel finds that out as it does without xrr, before it takes anything from a pipe or socket.
    func wakeSleepers(after effects: [Effect], by thread: RecordedThread) throws(PtraceError) {
        guard thread.traced.addressSpace.threadCount > 1 else { return }
        for case let range? in effects.map(\.rangeNotWritable) {
            for other in Array(threads.values) where other !== thread && isRedirected(other, into: range, of: thread) {
                other.isWoken = true
                other.traced.interrupt()
                // Before anybody has something for the call.
                try awaitStop(of: other)
            }
        }
    }

    private func isRedirected(
        _ other: RecordedThread, into range: Range<GuestAddress>, of thread: RecordedThread
    ) -> Bool {
        guard other.traced.addressSpace === thread.traced.addressSpace, other.pendingStop == nil,
            case .syscall(let call) = other.phase, call.redirection != nil, !call.collects
        else { return false }
        return call.outputs.contains { $0.start < range.upperBound && range.lowerBound < $0.end }
    }
}

extension PendingSyscall {
    /// Whether the call may have taken something already while it sleeps for more: interrupted, it would return with that.
    fileprivate var collects: Bool {
        switch number {
        case .recvfrom: entry.argument(3) & Self.waitsForAll != 0
        case .recvmsg: entry.argument(2) & Self.waitsForAll != 0
        case .recvmmsg: true
        default: false
        }
    }

    /// MSG_WAITALL of recv(2).
    private static let waitsForAll: UInt64 = 0x100
}

extension Effect {
    /// Memory that cannot be written after the effect, and could be before.
    fileprivate var rangeNotWritable: Range<GuestAddress>? {
        func isReadOnly(_ protection: UInt32) -> Bool { !Protection(rawValue: protection).contains(.write) }
        switch self {
        case .unmap(let address, let length): return address..<address + length
        case .remap(let old, let length, _, _, dontUnmap: false): return old..<old + length
        case .protect(let address, let length, let protection) where isReadOnly(protection):
            return address..<address + length
        case .map(let mapping) where isReadOnly(mapping.protection):
            return mapping.address..<mapping.address + mapping.length
        default: return nil
        }
    }
}
