internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// System calls that change files: what of it shows in mapped memory, and what is output to be repeated.
extension RecordSession {
    func fileEffects(
        of call: PendingSyscall, _ file: FileWrite, result: Int64, thread: RecordedThread
    ) throws(PtraceError) -> [Effect] {
        let descriptor: Int32
        switch file.file {
        case .path(let argument): return truncated(call, path: argument, by: thread)
        case .opened(let flags):
            guard truncates(call, flags, by: thread) else { return [] }
            descriptor = Int32(truncatingIfNeeded: result)
        case .descriptor(let argument): descriptor = Int32(truncatingIfNeeded: call.entry.argument(argument))
        }
        var effects: [Effect] = []
        if case .descriptor = file.file, let stream = standardStream(descriptor, of: thread) {
            if let source = file.source {
                effects += copied(call, from: source, count: result, to: stream, thread: thread)
            } else {
                effects += output(of: call, result: result, to: stream, thread: thread)
            }
        }
        guard !call.isForOtherFile, let identity = HostFiles.identity(ofDescriptor: descriptor, in: thread.id),
            identity.isRegular, identity.mayBeProcessMemory || files.isMapped(identity)
        else { return effects }
        let extent = FileChange.Extent(
            of: call, result: UInt64(max(0, result)), state: HostFiles.state(ofDescriptor: descriptor, in: thread.id),
            length: identity.size, memory: thread.memory)
        if identity.mayBeProcessMemory,
            let changes = try memoryFileEffects(extent, descriptor: descriptor, by: thread)
        {
            return effects + changes
        }
        let change = FileChange(identity: identity, extent: extent) { () throws(PtraceError) in
            try HostFiles.open(descriptor: descriptor, of: thread.id)
        }
        return effects + files.effects(of: change, in: scope(of: thread))
    }

    /// truncate(2), the one call that changes a file which it does not open.
    private func truncated(_ call: PendingSyscall, path argument: Int, by thread: RecordedThread) -> [Effect] {
        guard let name = thread.memory.readString(GuestAddress(call.entry.argument(argument))) else { return [] }
        let path = HostFiles.path(String(decoding: name, as: UTF8.self), as: thread.id)
        guard let identity = HostFiles.identity(ofPath: path), identity.isRegular, files.isMapped(identity) else {
            return []
        }
        let change = FileChange(identity: identity, extent: .none) { () throws(PtraceError) in
            try HostFiles.open(path: path)
        }
        return files.effects(of: change, in: scope(of: thread))
    }

    private func truncates(_ call: PendingSyscall, _ flags: FileWrite.Flags, by thread: RecordedThread) -> Bool {
        let value: UInt64? =
            switch flags {
            case .argument(let index): call.entry.argument(index)
            case .pointee(let index): thread.memory.readWord(GuestAddress(call.entry.argument(index)))
            case .truncating: UInt64(OpenFlags.truncate.rawValue)
            }
        return OpenFlags(rawValue: UInt32(truncatingIfNeeded: value ?? 0)).contains(.truncate)
    }

    /// Whether a descriptor of the tracee leads to the recorder's own standard output or error.
    ///
    /// A file has to be the same open file, since another has a position of its own. What has no position (a pipe, a
    /// terminal) may have been opened again, by the names of /dev/stdout and /proc/self/fd/1.
    private func standardStream(_ descriptor: Int32, of thread: RecordedThread) -> OutputStream? {
        // Where both are one file, the descriptor's own number decides.
        let order: [OutputStream] =
            descriptor == 2 ? [.standardError, .standardOutput] : [.standardOutput, .standardError]
        if let same = order.first(where: {
            HostFiles.isSameOpenFile(descriptor, of: thread.id, as: Int32($0.rawValue))
        }) {
            return same
        }
        if reopenableStreams.isEmpty { return nil }
        guard let identity = HostFiles.identity(ofDescriptor: descriptor, in: thread.id), !identity.isRegular else {
            return nil
        }
        return order.first { reopenableStreams[$0].map(identity.isSameFile(as:)) ?? false }
    }

    // MARK: Copies within the kernel

    /// The most bytes that one call may copy to standard output or error: they go through the recorder's memory.
    private static let longestCopy: UInt64 = 1 << 20

    /// A call is about to copy from one file to another. What it copies to standard output or error has to be recorded,
    /// and can be read where it came from if that is a regular file; it is then cut to a length that can be handled,
    /// as the kernel may cut any of these calls. Else the program is told to copy through its memory.
    func admitCopy(_ call: PendingSyscall, _ file: FileWrite, by thread: RecordedThread) throws(PtraceError)
        -> EntryAction
    {
        guard let source = file.source, case .descriptor(let argument) = file.file,
            standardStream(Int32(truncatingIfNeeded: call.entry.argument(argument)), of: thread) != nil
        else { return .execute }
        let descriptor = Int32(truncatingIfNeeded: call.entry.argument(source.descriptor))
        // Without such a descriptor the kernel has its own errors to tell.
        guard let identity = HostFiles.identity(ofDescriptor: descriptor, in: thread.id) else { return .execute }
        guard identity.isRegular else { return .refuse(.EINVAL) }
        if call.entry.argument(source.length) > Self.longestCopy {
            var registers = call.entry
            registers.setArgument(source.length, to: Self.longestCopy)
            try thread.traced.setRegisters(registers)
            call.isRewritten = true
        }
        return .execute
    }

    /// What a call has copied to a stream, read from where it was copied from.
    private func copied(
        _ call: PendingSyscall, from source: FileWrite.Source, count: Int64, to stream: OutputStream,
        thread: RecordedThread
    ) -> [Effect] {
        guard count > 0 else { return [] }
        let descriptor = Int32(truncatingIfNeeded: call.entry.argument(source.descriptor))
        let pointer = source.position.map { GuestAddress(call.entry.argument($0)) } ?? .null
        let end =
            pointer.isNull
            ? HostFiles.position(ofDescriptor: descriptor, in: thread.id) : thread.memory.readWord(pointer)
        guard let end, end >= UInt64(count), let file = try? HostFiles.open(descriptor: descriptor, of: thread.id)
        else {
            return []
        }
        defer { HostFiles.close(file) }
        let bytes = HostFiles.read(file, at: end - UInt64(count), count: Int(count))
        return bytes.isEmpty ? [] : [.outputBytes(stream, bytes: bytes)]
    }

    private func output(
        of call: PendingSyscall, result: Int64, to stream: OutputStream, thread: RecordedThread
    ) -> [Effect] {
        let memory = thread.memory
        var written: [GuestRange] = []
        OutputRange.appendWritten(of: call.inputs, result: result, to: &written) {
            memory.readExactly($0, count: $1)
        }
        return written.filter { $0.length > 0 }.map { range in
            if let bytes = call.inputSnapshot?.changedBytes(of: range, in: memory) {
                return .outputBytes(stream, bytes: bytes)
            }
            return .output(stream, range.start, length: range.length, check: check(of: range, in: thread))
        }
    }

    /// What the kernel has taken: nobody else has run since the call's entry, or nobody has changed it.
    ///
    /// - Returns: nil for memory that cannot be read (that of a device).
    private func check(of range: GuestRange, in thread: RecordedThread) -> OutputCheck? {
        let check = OutputCheck(length: range.length) { add in
            thread.memory.forEachPiece(of: range.start, length: range.length, through: thread.id) { add($1) }
        }
        return check.covers(range.length) ? check : nil
    }

    /// A call sleeps that may write to standard output or error, and others run on. They may change the bytes before the
    /// call has ended.
    func noteInputs(of call: PendingSyscall, by thread: RecordedThread) {
        guard !call.inputs.isEmpty, isWatched(call.inputs, by: thread),
            case .descriptor(let argument)? = call.rule.writesFile?.file,
            standardStream(Int32(truncatingIfNeeded: call.entry.argument(argument)), of: thread) != nil
        else { return }
        call.inputSnapshot = OutputSnapshot(of: call.inputs, in: thread.memory)
    }
}
