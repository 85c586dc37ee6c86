internal import LinuxABI
internal import Ptrace
internal import Tracee
internal import XState

/// Makes the local threads of a replay.
///
/// A template process holds nothing but xrr's page; programs are built in copies of it. All local threads share the
/// replayer's descriptors and are its direct children, each a process of its own, whatever they were when they were
/// recorded: what counts is which memory they share.
final class StubProcess {
    private let template: TracedThread
    private let layout: XStateLayout
    private let components: XFeatureMask?

    private static let options: PtraceOptions = [.sysGood, .traceFork, .traceSeccomp, .exitKill]
    /// CLONE_FS, CLONE_FILES, CLONE_PARENT and SIGCHLD as the exit signal.
    private static let cloneFlags: UInt64 = 0x200 | 0x400 | 0x8000 | 17
    private static let sharesMemory: UInt64 = 0x100

    /// - Parameters:
    ///   - layout: this machine's layout of the extended state.
    ///   - components: those that the recording keeps, nil for all of the layout.
    ///   - xcr0: what the kernel is to pin XCR0 to, of this process and its copies; nil: nothing.
    init(
        layout: XStateLayout, components: XFeatureMask? = nil, core: Int32?, xcr0: XFeatureMask? = nil
    ) throws(PtraceError) {
        self.layout = layout
        self.components = components
        let stub = try Tracer.spawnStub(
            options: Self.options, letThrough: InterceptorLayout.letThrough, core: core)
        let id = stub.id
        template = TracedThread(
            RunningThread(id: id), addressSpace: AddressSpace(memory: try GuestMemory(of: id)), layout: layout,
            components: components)
        template.noteStop()
        if let xcr0 { try template.setXCR0(xcr0) }
        try empty()
    }

    deinit { template.kill() }

    /// Maps xrr's page and unmaps everything else.
    private func empty() throws(PtraceError) {
        let own = try RemoteSyscall(template, entry: .filtered, at: Tracer.stubSyscallInstruction)
        let flags = UInt64(
            MappingFlags.private.rawValue | MappingFlags.anonymous.rawValue | MappingFlags.fixedNoReplace.rawValue
                | MappingFlags.noReserve.rawValue)
        let base = InterceptorLayout.base
        let mapped = try own.call(.mmap, base.rawValue, InterceptorLayout.length, 3, flags, .max, 0)
        guard mapped == Int64(base.rawValue) else {
            throw .failed(
                operation: "mapping xrr's page", thread: template.id, errno: Int32(truncatingIfNeeded: -mapped))
        }
        try own.call(.mprotect, base.rawValue, GuestAddress.pageSize, 5)
        try template.memory.write(base, InterceptorCode.bytes)
        let remote = try RemoteSyscall(template, entry: .filtered)
        let end = InterceptorLayout.end
        try remote.call(.munmap, 0, base.rawValue)
        try remote.call(.munmap, end.rawValue, Self.userSpaceEnd - end.rawValue)
    }

    /// TASK_SIZE with 4-level page tables.
    private static let userSpaceEnd: UInt64 = 0x7fff_ffff_f000

    /// A new process with xrr's page and nothing else.
    func makeProcess() throws(PtraceError) -> TracedThread {
        try clone(of: template, sharesMemory: false)
    }

    /// A new thread in the memory of another, or in a copy of it.
    func clone(of parent: TracedThread, sharesMemory: Bool) throws(PtraceError) -> TracedThread {
        let remote = try RemoteSyscall(parent, entry: .filtered)
        var child: ThreadID?
        let flags = Self.cloneFlags | (sharesMemory ? Self.sharesMemory : 0)
        let result = try remote.call(.clone, [flags, 0, 0, 0, 0]) { (event) throws(PtraceError) in
            if event == .fork { child = ThreadID(Int32(truncatingIfNeeded: try parent.eventMessage())) }
        }
        guard let child, result > 0 else {
            throw .failed(
                operation: "making a replay process", thread: parent.id, errno: Int32(truncatingIfNeeded: -result))
        }
        while true {
            guard let report = try Tracer.wait(for: child, block: true) else { continue }
            guard case .groupStop = report.status else { throw .threadGone(child) }
            break
        }
        let space = sharesMemory ? parent.addressSpace : AddressSpace(memory: try GuestMemory(of: child))
        let thread = TracedThread(
            RunningThread(id: child), addressSpace: space, layout: layout, components: components)
        thread.noteStop()
        return thread
    }
}
