internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// System calls that change files: what of it shows in mapped memory, and what is output to be repeated.
extension RecordSession {
    func fileEffects(
        of call: PendingSyscall, _ file: FileWrite, result: Int64, thread: RecordedThread
    ) -> [Effect] {
        guard case .descriptor(let argument) = file.file else { return [] }
        let descriptor = Int32(truncatingIfNeeded: call.entry.argument(argument))
        var effects: [Effect] = []
        if let stream = standardStream(descriptor, of: thread) {
            effects += output(of: call, result: result, to: stream, thread: thread)
        }
        guard let identity = HostFiles.identity(ofDescriptor: descriptor, in: thread.id), identity.isRegular,
            files.isMapped(identity)
        else { return effects }
        return effects
            + files.effects(
                ofChangeTo: identity, range: range(of: call, result: result, descriptor: descriptor, thread: thread),
                descriptor: descriptor, by: thread
            ) { space in threads.values.first { $0.traced.addressSpace === space }?.id }
    }

    /// The bytes of the file that a call has changed; nil where that is not known.
    private func range(
        of call: PendingSyscall, result: Int64, descriptor: Int32, thread: RecordedThread
    ) -> Range<UInt64>? {
        let length = UInt64(max(0, result))
        switch call.number {
        case .pwrite64, .pwritev:
            let start = call.entry.argument(3)
            return start..<start &+ length
        case .write, .writev:
            guard let end = HostFiles.position(ofDescriptor: descriptor, in: thread.id), end >= length else {
                return nil
            }
            return end - length..<end
        default: return nil
        }
    }

    /// Whether a descriptor of the tracee is the recorder's own standard output or error.
    private func standardStream(_ descriptor: Int32, of thread: RecordedThread) -> OutputStream? {
        // Where both are one file, the descriptor's own number decides.
        let order: [OutputStream] =
            descriptor == 2 ? [.standardError, .standardOutput] : [.standardOutput, .standardError]
        return order.first { HostFiles.isSameOpenFile(descriptor, of: thread.id, as: Int32($0.rawValue)) }
    }

    private func output(
        of call: PendingSyscall, result: Int64, to stream: OutputStream, thread: RecordedThread
    ) -> [Effect] {
        let memory = thread.memory
        var written: [GuestRange] = []
        OutputRange.appendWritten(of: call.inputs, result: result, to: &written) {
            memory.readExactly($0, count: $1)
        }
        return written.filter { $0.length > 0 }.map { .output(stream, $0.start, length: $0.length) }
    }
}
