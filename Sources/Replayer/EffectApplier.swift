internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Carries out the effects of one frame in the address space of its thread.
struct EffectApplier {
    let thread: ReplayedThread
    let index: FrameIndex
    let regions: SharedRegions
    let options: ReplayOptions
    let threads: (ThreadID) -> ReplayedThread?
    private var remote: RemoteSyscall?

    init(
        thread: ReplayedThread, index: FrameIndex, regions: SharedRegions, options: ReplayOptions,
        threads: @escaping (ThreadID) -> ReplayedThread?
    ) {
        self.thread = thread
        self.index = index
        self.regions = regions
        self.options = options
        self.threads = threads
    }

    /// - Returns: what differs from the recording, of an effect that says what is to be compared. It is not carried out then.
    mutating func apply(_ effect: Effect) throws(ReplayError) -> ContentsDifference? {
        switch effect {
        case .output(let stream, let address, let length, let check):
            return try output(address, length: length, check: check, to: stream).map(ContentsDifference.output)
        case .verifyMemory(let digest):
            return MemoryComparison.difference(from: digest, in: thread.traced)
        default:
            try carryOut(effect)
            return nil
        }
    }

    private mutating func carryOut(_ effect: Effect) throws(ReplayError) {
        switch effect {
        case .write(let address, let bytes): try write(bytes, to: address, of: thread.traced)
        case .writeElsewhere(let target, let address, let bytes):
            guard let other = threads(target) else {
                throw .inconsistent(index, "writes to the memory of thread \(target), which does not exist")
            }
            try write(bytes, to: address, of: other.traced)
        case .elsewhere(let target, let effect):
            guard let other = threads(target) else {
                throw .inconsistent(index, "changes the memory map of thread \(target), which does not exist")
            }
            var applier = EffectApplier(
                thread: other, index: index, regions: regions, options: options, threads: threads)
            try applier.carryOut(effect)
        case .map(let mapping): try map(mapping)
        case .unmap(let address, let length):
            try inject(.munmap, [address.rawValue, length], at: address, length: length)
        case .protect(let address, let length, let protection):
            try inject(.mprotect, [address.rawValue, length, UInt64(protection)], at: address, length: length)
        case .remap(let old, let oldLength, let new, let newLength, let dontUnmap):
            try remap(from: old, oldLength: oldLength, to: new, newLength: newLength, dontUnmap: dontUnmap)
        case .advise(let address, let length, let advice):
            // Others act on the machine's memory (MADV_HWPOISON), or only cost time.
            guard MemoryAdvice(rawValue: advice).hasEffect else {
                throw .inconsistent(index, "gives the memory advice \(advice), which no recorder notes")
            }
            try inject(.madvise, [address.rawValue, length, UInt64(advice)], at: address, length: length)
        case .limitStack(let bytes):
            do {
                try HostThreads.setStackLimit(bytes, of: ProcessID(thread.traced.id.rawValue))
            } catch { throw .ptrace(error) }
        case .createShared(let id, let length, let contents):
            try regions.create(id, length: length, contents: contents, at: index)
        case .resizeShared(let id, let length):
            let region = try regions.region(id, at: index)
            do { try region.resize(to: length) } catch {
                throw .inconsistent(index, "resizes shared region \(id.rawValue) to \(length) bytes")
            }
        case .clearShared(let id, let offset, let length):
            let region = try regions.region(id, at: index)
            guard offset <= region.length, length <= region.length - offset else {
                throw .inconsistent(index, "clears beyond the end of shared region \(id.rawValue)")
            }
            do { try region.clear(at: offset, length: length) } catch { throw .ptrace(error) }
        case .releaseShared(let id): try regions.release(id, at: index)
        case .writeShared(let id, let offset, let bytes):
            let region = try regions.region(id, at: index)
            // Beyond the end it would grow, and show what was never there.
            guard offset <= region.length, UInt64(bytes.count) <= region.length - offset else {
                throw .inconsistent(index, "writes beyond the end of shared region \(id.rawValue)")
            }
            do { try region.write(bytes, at: offset) } catch { throw .ptrace(error) }
        case .outputBytes(let stream, let bytes): try output(bytes, to: stream)
        case .output, .verifyMemory: break
        }
    }

    private func write(_ bytes: [UInt8], to address: GuestAddress, of traced: TracedThread) throws(ReplayError) {
        try guardInterceptor(address, length: UInt64(bytes.count))
        do { try traced.memory.write(address, bytes, through: traced.id) } catch {
            throw .inconsistent(index, "writes \(bytes.count) bytes to \(address), where nothing is mapped")
        }
    }

    private mutating func map(_ mapping: Mapping) throws(ReplayError) {
        let descriptor: Int32
        let offset: UInt64
        // Others take memory at once or from a reserve of the machine, or put the mapping elsewhere.
        guard mapping.flags & ~Self.mappingFlags.rawValue == 0 else {
            throw .inconsistent(index, "maps memory with flags \(mapping.flags), which no recorder notes")
        }
        // Stored files are mapped private only; regions both ways.
        let type = mapping.flags & MappingFlags.typeMask
        let isPrivate = type == MappingFlags.private.rawValue
        guard isPrivate || type == MappingFlags.shared.rawValue else {
            throw .inconsistent(index, "maps memory of type \(type), which no recorder notes")
        }
        if case .file = mapping.backing, !isPrivate {
            throw .inconsistent(index, "maps a stored file shared, which no recorder notes")
        }
        var flags = UInt64(mapping.flags) | UInt64(MappingFlags.fixed.rawValue)
        switch mapping.backing {
        case .anonymous:
            (descriptor, offset) = (-1, 0)
            flags |= UInt64(MappingFlags.anonymous.rawValue)
        case .file(let digest, let position, _): (descriptor, offset) = (try regions.file(digest), position)
        case .shared(let id, let position, _):
            (descriptor, offset) = (try regions.region(id, at: index).descriptor, position)
        }
        let arguments = [
            mapping.address.rawValue, mapping.length, UInt64(mapping.protection), flags,
            UInt64(bitPattern: Int64(descriptor)), offset,
        ]
        try inject(.mmap, arguments, at: mapping.address, length: mapping.length)
    }

    private mutating func remap(
        from old: GuestAddress, oldLength: UInt64, to new: GuestAddress, newLength: UInt64, dontUnmap: Bool
    ) throws(ReplayError) {
        try guardInterceptor(old, length: oldLength)
        var flags: RemapFlags = []
        if new != old { flags = [.mayMove, .fixed] }
        try checkReach(old, length: oldLength)
        if dontUnmap { flags.insert(.dontUnmap) }
        let arguments = [old.rawValue, oldLength, newLength, UInt64(flags.rawValue), new.rawValue]
        try inject(.mremap, arguments, at: new, length: newLength)
    }

    private mutating func inject(
        _ number: SyscallNumber, _ arguments: [UInt64], at address: GuestAddress, length: UInt64
    ) throws(ReplayError) {
        try guardInterceptor(address, length: length)
        try checkReach(address, length: length)
        do throws(PtraceError) {
            let remote: RemoteSyscall
            if let earlier = self.remote {
                remote = earlier
            } else {
                remote = try RemoteSyscall(thread.traced, entry: .filtered)
                self.remote = remote
            }
            let result = try remote.call(number, arguments) { (_) throws(PtraceError) in }
            if (-4095 ... -1).contains(result) {
                throw PtraceError.failed(
                    operation: "repeating a change of the memory map", thread: thread.id, errno: Int32(-result))
            }
        } catch .failed(_, _, let errno) where errno != Self.outOfMemory {
            throw .inconsistent(
                index,
                "changes the memory map as the kernel refuses it: \(number) at \(address), "
                    + "\(ErrorNumber(rawValue: errno))")
        } catch { throw .ptrace(error) }
    }

    private static let mappingFlags: MappingFlags = [.shared, .private, .growsDown, .noReserve, .stack]
    private static let outOfMemory: Int32 = 12  // ENOMEM
    /// TASK_SIZE with 5-level page tables, rounded up.
    private static let userSpaceEnd: UInt64 = 1 << 56

    private func checkReach(_ address: GuestAddress, length: UInt64) throws(ReplayError) {
        if address.rawValue > Self.userSpaceEnd || length > Self.userSpaceEnd - address.rawValue {
            throw .inconsistent(index, "has \(length) bytes of memory at \(address), beyond where programs live")
        }
    }

    /// A recording may not reach for the page through which the replayer works.
    private func guardInterceptor(_ address: GuestAddress, length: UInt64) throws(ReplayError) {
        if InterceptorLayout.overlaps(address, length: length) {
            throw .inconsistent(index, "changes xrr's own page at \(address)")
        }
    }

    private func output(
        _ address: GuestAddress, length: UInt64, check: OutputCheck?, to stream: OutputStream
    ) throws(ReplayError) -> OutputDifference? {
        let isWritten = !options.isQuiet && index >= options.outputStart
        if !isWritten && check == nil || length == 0 { return nil }
        // MAX_RW_COUNT: what one write(2) can transfer at the most.
        guard length <= 0x7fff_f000 else { throw .inconsistent(index, "writes \(length) bytes of output at once") }
        let memory = thread.traced.memory
        var bytes = memory.read(address, count: Int(min(length, OutputComparison.pieceLength)))
        if let check {
            let comparison = OutputComparison(stream: stream, address: address, length: length, check: check)
            if let difference = comparison.difference(in: memory, first: bytes) { return difference }
        }
        guard isWritten else { return nil }
        var position: UInt64 = 0
        while true {
            if bytes.isEmpty {
                throw .inconsistent(index, "writes output from \(address + position), where nothing is mapped")
            }
            try output(bytes, to: stream)
            position += UInt64(bytes.count)
            if position == length { return nil }
            bytes = memory.read(address + position, count: Int(min(length - position, OutputComparison.pieceLength)))
        }
    }

    private func output(_ bytes: [UInt8], to stream: OutputStream) throws(ReplayError) {
        if options.isQuiet || index < options.outputStart { return }
        options.outputObserver?(stream, bytes)
        do { try StandardStreams.write(bytes, to: Int32(stream.rawValue)) } catch {
            switch error {
            // The reader of our output went away, or there was none: the replay goes on without it.
            case .failed(_, _, ErrorNumber.EPIPE.rawValue), .failed(_, _, ErrorNumber.EBADF.rawValue): return
            case .failed(_, _, let errno): throw .output(stream, errno: errno)
            case .threadGone: throw .ptrace(error)
            }
        }
    }
}
