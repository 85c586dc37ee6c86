internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// A new program image: execve(2).
extension RecordSession {
    /// PTRACE_EVENT_EXEC: the old address space is gone, the new one is not yet entered.
    func handleExec(of thread: RecordedThread) throws(PtraceError) {
        guard case .syscall(let call) = thread.phase else { return }
        writeEntry(of: call, by: thread)
        call.isExecDone = true
        hasStarted = true
        let former = thread.traced.addressSpace
        thread.traced.replaceAddressSpace(AddressSpace(memory: try GuestMemory(of: thread.id)))
        // A vfork parent goes on using the old one.
        if former.threadCount == 0 { forget(former) }
        let process = thread.process
        process.programBreak = nil
        process.signalActions = process.signalActions.withoutHandlers()
        process.dumpable = 1
        thread.robustList = .null
        thread.clearedAtExit = .null
        thread.next.request = .syscall
    }

    /// The exit-stop of a successful execve: the thread stands at the first instruction of the new image, which is
    /// now made fit for recording and described from the ground up.
    func finishExec(_ call: PendingSyscall, of thread: RecordedThread) throws(PtraceError) {
        let before = try thread.traced.registers()
        guard before.cs == Self.longModeSegment else {
            sink.fail(
                .unsupported(
                    .init(
                        what: "a 32-bit program", thread: thread.id, address: before.instructionPointer)))
            thread.phase = .user
            return
        }
        notePersonality(of: thread)
        refusals.noteExec(of: thread)
        try pinXCR0(of: thread)
        try installInterceptor(in: thread, at: before.instructionPointer)
        let vdso = try replaceVDSO(of: thread)
        let auxiliary = try InitialStack.pin(at: before.stackPointer, in: thread.memory, to: options.pin)
        try publish(auxiliary, in: thread)

        let registers = try thread.traced.registers()
        var xstate = try thread.traced.xstate()
        // At this stop the kernel shows 0 instead of what the thread will have.
        if xstate.pkru != nil { xstate.pkru = XStateImage.linuxInitialPKRU }
        let image = ExecImage(
            path: HostFiles.link("/proc/\(thread.id)/exe") ?? "",
            arguments: InitialStack.arguments(
                at: registers.stackPointer, in: thread.memory))
        write(
            Frame(
                thread: thread.id, event: .exec(image), before: registers, after: registers, xstate: xstate,
                xstateAfter: xstate,
                effects: try describeImage(of: thread, stackPointer: registers.stackPointer, vdso: vdso)),
            of: thread)
        thread.phase = .user
        thread.next = thread.userResumption
    }

    /// __USER_CS of a 64-bit process.
    private static let longModeSegment: UInt64 = 0x33

    private func installInterceptor(in thread: RecordedThread, at entryPoint: GuestAddress) throws(PtraceError) {
        // The new image has no `syscall` at an address known beforehand: its first instruction lends its place.
        let memory = thread.memory
        guard let original = memory.readExactly(entryPoint, count: 2) else {
            throw .failed(operation: "reading the program's entry point", thread: thread.id, errno: 14)
        }
        try memory.write(entryPoint, [0x0f, 0x05])
        let first = try RemoteSyscall(thread.traced, entry: .filtered, at: entryPoint)
        let result = try first.call(
            .mmap, InterceptorLayout.base.rawValue, InterceptorLayout.length, 3,
            UInt64(
                MappingFlags.private.rawValue | MappingFlags.anonymous.rawValue | MappingFlags.fixedNoReplace.rawValue
                    | MappingFlags.noReserve.rawValue),
            .max, 0)
        if result >= 0 { try first.call(.mprotect, InterceptorLayout.base.rawValue, GuestAddress.pageSize, 5) }
        try memory.write(entryPoint, original)
        if result == ErrorNumber.EEXIST.syscallResult { throw occupied(thread) }
        guard result == Int64(InterceptorLayout.base.rawValue) else {
            throw .failed(operation: "mapping xrr's page into the program", thread: thread.id, errno: Int32(-result))
        }
        try memory.write(InterceptorLayout.base, InterceptorCode.bytes)
    }

    /// The program stands where xrr's pages have to be, and cannot be recorded.
    private func occupied(_ thread: RecordedThread) -> PtraceError {
        let error = RecordError.occupied(path: HostFiles.link("/proc/\(thread.id)/exe") ?? "")
        if sink.frameCount == 0 { startError = error } else { sink.fail(error) }
        return .failed(
            operation: "mapping xrr's page into the program", thread: thread.id, errno: ErrorNumber.EEXIST.rawValue)
    }

    /// Unmaps the vDSO and its data, which show clocks unseen, and puts one in its place whose functions make system calls:
    /// there are programs that take for granted that AT_SYSINFO_EHDR leads to one.
    ///
    /// - Returns: where it stands; nil on a kernel without a vDSO.
    private func replaceVDSO(of thread: RecordedThread) throws(PtraceError) -> GuestAddress? {
        guard let map = AddressSpace.map(of: thread.id) else { return nil }
        let remote = try RemoteSyscall(thread.traced, entry: .letThrough)
        var place: GuestAddress?
        for entry in map.entries where entry.isKernelProvided && entry.name != "[vsyscall]" {
            try remote.call(.munmap, entry.start.rawValue, entry.length)
            if entry.name == "[vdso]" { place = entry.start }
        }
        guard let place else { return nil }
        let flags = MappingFlags.private.rawValue | MappingFlags.anonymous.rawValue
        let protection = Protection.read.rawValue | Protection.execute.rawValue
        let result = try remote.call(
            .mmap, place.rawValue, GuestAddress.pageSize, UInt64(protection),
            UInt64(flags | MappingFlags.fixedNoReplace.rawValue), .max, 0)
        guard result == Int64(place.rawValue) else {
            throw .failed(operation: "replacing the vDSO", thread: thread.id, errno: Int32(-result))
        }
        try thread.memory.write(place, SystemCallVDSO.bytes)
        return place
    }

    /// Gives /proc/PID/auxv the same contents as the stack: prctl(2) PR_SET_MM_MAP. It also tells where the program
    /// break begins.
    private func publish(_ auxiliary: Range<GuestAddress>, in thread: RecordedThread) throws(PtraceError) {
        guard let layout = ProcessLayout(of: thread.id) else { return }
        thread.process.programBreak = layout.startBreak
        let map = layout.memoryMap(auxiliary: auxiliary)
        try thread.memory.write(InterceptorLayout.control, map)
        let remote = try RemoteSyscall(thread.traced, entry: .letThrough)
        // Kernels without CONFIG_CHECKPOINT_RESTORE refuse; what tells of the CPU is then the machine's there.
        try remote.call(
            .prctl, ProcessLayout.setMemory, ProcessLayout.setMemoryMap, InterceptorLayout.control.rawValue,
            UInt64(map.count), 0)
    }

    /// The effects that build the image from an empty address space.
    private func describeImage(
        of thread: RecordedThread, stackPointer: GuestAddress, vdso: GuestAddress?
    ) throws(PtraceError) -> [Effect] {
        var effects: [Effect] = [.limitStack(HostThreads.stackLimit(of: thread.process.id))]
        guard let map = AddressSpace.map(of: thread.id) else { throw .threadGone(thread.id) }
        let page = Int(GuestAddress.pageSize)
        for entry in map.entries where !entry.isKernelProvided {
            if InterceptorLayout.overlaps(entry.start, length: entry.length) { continue }
            let isStack = entry.name == "[stack]"
            var mapping = Mapping(
                address: entry.start, length: entry.length, protection: entry.protection,
                flags: MappingFlags.private.rawValue,
                backing: .anonymous)
            if isStack { mapping.flags |= MappingFlags.growsDown.rawValue | MappingFlags.stack.rawValue }
            if entry.inode != 0 {
                let (backing, key, conversions) = try files.backing(of: entry, thread: thread, in: scope(of: thread))
                mapping.backing = backing
                effects += conversions + [.map(mapping)]
                files.note(mapping, key: key, isShared: false, offset: entry.offset, in: thread.traced.addressSpace)
                // The kernel has zeroed what lies behind the file's part of the last page.
                let last = entry.end - UInt64(page)
                if entry.isWritable, let bytes = thread.memory.readExactly(last, count: page) {
                    effects.append(.write(last, bytes: bytes))
                }
            } else {
                effects.append(.map(mapping))
                if let vdso, entry.start <= vdso, vdso < entry.end {
                    effects.append(.write(vdso, bytes: SystemCallVDSO.bytes))
                }
                if isStack {
                    let bytes = thread.memory.read(stackPointer, count: Int(entry.end - stackPointer))
                    effects.append(.write(stackPointer, bytes: bytes))
                }
            }
        }
        return try effects + pinCode(in: effects, program: HostFiles.link("/proc/\(thread.id)/exe"), of: thread)
    }
}
