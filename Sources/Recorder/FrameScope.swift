internal import LinuxABI
internal import TraceFormat
internal import Tracee

/// Where the effects of one frame take place: in the address space of its thread, or in another one by way of a thread
/// there.
struct FrameScope {
    let thread: ThreadID
    let space: AddressSpace
    /// A thread of an address space that a replay has as well; nil if there is none any more.
    let owner: (AddressSpace) -> ThreadID?

    /// A thread that runs in an address space.
    func thread(in other: AddressSpace) -> ThreadID? { other === space ? thread : owner(other) }

    /// A `map`, `advise` or `write` as an effect of the frame.
    func effect(_ effect: Effect, in other: AddressSpace) -> Effect? {
        if other === space { return effect }
        guard let thread = owner(other) else { return nil }
        if case .write(let address, let bytes) = effect { return .writeElsewhere(thread, address, bytes: bytes) }
        return .elsewhere(thread, effect)
    }
}

extension RecordSession {
    func scope(of thread: RecordedThread) -> FrameScope {
        FrameScope(thread: thread.id, space: thread.traced.addressSpace) { [threads] space in
            threads.values.first { $0.traced.addressSpace === space }?.id
        }
    }
}
