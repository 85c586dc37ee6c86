package import LinuxABI
package import Ptrace
package import XState

/// A thread under ptrace, together with what record and replay both remember of it.
///
/// Holds the one value that says whether the thread is stopped; operations that need a ptrace-stop throw
/// `threadGone` when it is dead and trap when it runs, which would be an error of xrr.
package final class TracedThread {
    package private(set) var id: ThreadID
    package private(set) var addressSpace: AddressSpace

    private var stopped: StoppedThread?
    private var running: RunningThread?
    private var xstateReader: XStateReader

    /// A thread that is running until a wait reports otherwise.
    ///
    /// - Parameters:
    ///   - layout: this machine's layout of the extended state.
    ///   - components: those that `xstate` shows, unless others hold values; all of the machine's if nil.
    package init(
        _ thread: consuming RunningThread, addressSpace: AddressSpace, layout: XStateLayout,
        components: XFeatureMask? = nil
    ) {
        id = thread.id
        self.addressSpace = addressSpace
        xstateReader = XStateReader(layout: layout, mask: components)
        running = consume thread
        stopped = nil
        addressSpace.threadCount += 1
    }

    deinit { addressSpace.threadCount -= 1 }

    /// The status word of the wait that reported the thread's end.
    package private(set) var endStatus: Int32?

    package var isStopped: Bool { stopped != nil }
    package var memory: GuestMemory { addressSpace.memory }

    /// A wait has reported a stop of this thread.
    ///
    /// It may have been at another one: SIGKILL takes a thread out of any ptrace-stop, to PTRACE_EVENT_EXIT.
    package func noteStop() {
        guard let thread = running.take() else { return }
        stopped = thread.stopped()
    }

    /// The thread became the leader of its process by an exec: execve(2), ptrace(2) PTRACE_EVENT_EXEC.
    package func rename(to id: ThreadID) {
        self.id = id
        running = RunningThread(id: id)
        stopped = nil
    }

    /// An exec gave the thread another address space.
    package func replaceAddressSpace(_ space: AddressSpace) {
        addressSpace.threadCount -= 1
        addressSpace = space
        addressSpace.threadCount += 1
    }

    package func resume(_ request: ResumeRequest, signal: Int32 = 0) throws(PtraceError) {
        let thread = try takeStopped()
        running = try thread.resume(request, signal: signal)
    }

    package func listen() throws(PtraceError) {
        let thread = try takeStopped()
        running = try thread.listen()
    }

    /// PTRACE_INTERRUPT: a running thread stops as soon as it can. Whatever stop comes first ends the request, unless
    /// the thread had already stopped before.
    package func interrupt() {
        if stopped == nil { HostThreads.interrupt(id) }
    }

    /// PTRACE_DETACH, without the signal that it has stopped for. What becomes of the thread is not reported any more.
    package func detach() throws(PtraceError) {
        let thread = try takeStopped()
        running = try thread.detach()
    }

    private func takeStopped() throws(PtraceError) -> StoppedThread {
        guard let thread = stopped.take() else {
            precondition(running == nil, "thread \(id) is not stopped")
            throw .threadGone(id)
        }
        // Should the kernel say that the thread is gone, only a wait for its end is left.
        return thread
    }

    /// A wait has reported the thread's end.
    package func noteEnd(_ rawStatus: Int32) {
        stopped = nil
        running = nil
        endStatus = rawStatus
    }

    /// The thread died under an operation: only its exit status is still to come.
    package func noteDying() {
        stopped = nil
        running = RunningThread(id: id)
    }

    /// Kills a thread of which nothing else is expected, and waits for its end.
    package func kill() {
        // The id of one that is gone may be somebody else's by now.
        guard endStatus == nil else { return }
        HostThreads.killAndReap(id)
        noteEnd(9)
    }

    // MARK: State at a stop

    private func withStopped<Result>(
        _ body: (borrowing StoppedThread) throws(PtraceError) -> Result
    ) throws(PtraceError) -> Result {
        let thread = try takeStopped()
        let result: Result
        do { result = try body(thread) } catch {
            stopped = consume thread
            throw error
        }
        stopped = consume thread
        return result
    }

    package func registers() throws(PtraceError) -> Registers {
        try withStopped { (thread) throws(PtraceError) in try thread.registers() }
    }

    package func setRegisters(_ registers: Registers) throws(PtraceError) {
        try withStopped { (thread) throws(PtraceError) in try thread.setRegisters(registers) }
    }

    package func setBreakpoint(_ address: GuestAddress) throws(PtraceError) {
        try withStopped { (thread) throws(PtraceError) in try thread.setBreakpoint(address) }
    }

    package func eventMessage() throws(PtraceError) -> UInt64 {
        try withStopped { (thread) throws(PtraceError) in try thread.eventMessage() }
    }

    package func signalInfo() throws(PtraceError) -> SignalInfo {
        try withStopped { (thread) throws(PtraceError) in try thread.signalInfo() }
    }

    package func setSignalInfo(_ info: SignalInfo) throws(PtraceError) {
        try withStopped { (thread) throws(PtraceError) in try thread.setSignalInfo(info) }
    }

    package func signalMask() throws(PtraceError) -> UInt64 {
        try withStopped { (thread) throws(PtraceError) in try thread.signalMask() }
    }

    package func setSignalMask(_ mask: UInt64) throws(PtraceError) {
        try withStopped { (thread) throws(PtraceError) in try thread.setSignalMask(mask) }
    }

    /// XCR0 as the thread has it. Needs the kernel of kernel-patch/.
    package func xcr0() throws(PtraceError) -> XFeatureMask {
        XFeatureMask(rawValue: try withStopped { (thread) throws(PtraceError) in try thread.xcr0() })
    }

    /// Pins XCR0 of the thread, and of all that it starts, by the kernel of kernel-patch/.
    package func setXCR0(_ mask: XFeatureMask) throws(PtraceError) {
        try withStopped { (thread) throws(PtraceError) in try thread.setXCR0(mask.rawValue) }
    }

    /// The extended state now. Cheap when it has not changed since the last call.
    package func xstate() throws(PtraceError) -> XStateImage {
        let thread = try takeStopped()
        let result: XStateImage
        do { result = try xstateReader.read(thread) } catch {
            stopped = consume thread
            throw error
        }
        stopped = consume thread
        return result
    }

    /// The components of an image that hold values and do not exist on this machine: with any, `setXState` fails.
    package func missingComponents(for image: XStateImage) -> XFeatureMask {
        image.obstacles(to: xstateReader.layout.mask)
    }

    /// Sets the extended state, in this machine's layout.
    ///
    /// - Throws: `failed` with EINVAL if this machine cannot hold it.
    package func setXState(_ image: XStateImage) throws(PtraceError) {
        let thread = try takeStopped()
        do { try xstateReader.write(image, to: thread) } catch {
            stopped = consume thread
            throw error
        }
        stopped = consume thread
    }
}
