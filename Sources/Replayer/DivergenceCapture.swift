internal import LinuxABI
internal import Ptrace
internal import Symbols
internal import TraceFormat
internal import Tracee

/// Gathers what there is to say of a divergence while the thread stands where it happened.
struct DivergenceCapture {
    let thread: ReplayedThread
    let frame: Frame
    let index: FrameIndex
    /// nil: the stop was the expected one, the state is not.
    let unexpectedStop: WaitStatus?
    /// nil: registers or extended state differ.
    let difference: ContentsDifference?
    let history: [(FrameIndex, Frame)]
    /// What the recorded program called the files whose stored copies are mapped.
    let fileNames: [FileDigest: String]
    let comparison: StateComparison

    func divergence() -> Divergence {
        let modules = modules()
        let symbolizer = Symbolizer(modules: modules)
        let registers = try? thread.traced.registers()
        let signal = signal()
        let expectsCall = frame.event.isSystemCallEntry
        let standsInCall = unexpectedStop.map { $0 == .syscall } ?? expectsCall
        return Divergence(
            index: index, frame: frame, process: thread.process, arguments: thread.arguments,
            unexpectedStop: unexpectedStop, difference: named(difference), signal: signal,
            faultPlace: signal.flatMap { symbolizer.symbol(at: $0.faultAddress) },
            registers: registers, xstate: try? thread.traced.xstate(),
            recordedPlace: place(frame.before.instructionPointer, behindCall: expectsCall, symbolizer),
            actualPlace: registers.flatMap { place($0.instructionPointer, behindCall: standsInCall, symbolizer) },
            backtrace: registers.map { backtrace($0, standsInCall, modules, symbolizer) } ?? [], history: history,
            comparison: comparison)
    }

    private func signal() -> SignalInfo? {
        guard case .signal = unexpectedStop else { return nil }
        return try? thread.traced.signalInfo()
    }

    /// - Parameter behindCall: at a system call's entry rip is behind the instruction, which may be the last of its
    ///   line or function.
    private func place(
        _ pointer: GuestAddress, behindCall: Bool, _ symbolizer: Symbolizer
    ) -> SymbolicAddress? {
        symbolizer.symbol(
            at: pointer, lookingUp: behindCall ? GuestAddress(pointer.rawValue &- Self.callLength) : pointer)
    }

    /// The length of `syscall` in bytes.
    private static let callLength: UInt64 = 2

    private func backtrace(
        _ registers: Registers, _ standsInCall: Bool, _ modules: [GuestModule], _ symbolizer: Symbolizer
    ) -> [Divergence.Call] {
        let memory = thread.traced.memory
        let frames = Backtrace.capture(registers: registers, modules: modules) {
            memory.readExactly($0, count: $1)
        }
        return frames.enumerated().map { number, frame in
            let address = frame.instructionPointer
            let symbol =
                number == 0
                ? place(address, behindCall: standsInCall, symbolizer)
                : symbolizer.symbol(at: address, lookingUp: frame.lookupAddress)
            return Divergence.Call(address: address, symbol: symbol)
        }
    }

    /// The files mapped in the thread's address space: here they are objects of the store.
    private func modules() -> [GuestModule] {
        let entries = AddressSpace.map(of: thread.traced.id)?.entries ?? []
        return entries.filter { $0.inode != 0 }.map { entry in
            let name = digest(ofObject: entry.name).map { fileNames[$0] ?? entry.name }
            return GuestModule(
                start: entry.start, end: entry.end, fileOffset: entry.offset,
                storedPath: name == nil ? nil : entry.name, displayPath: name ?? entry.name)
        }
    }

    /// With the recorded name of the file in place of the stored copy's.
    private func named(_ difference: ContentsDifference?) -> ContentsDifference? {
        guard case .memory(var memory) = difference, let mapping = memory.mapping, mapping.inode != 0,
            let name = digest(ofObject: mapping.name).flatMap({ fileNames[$0] })
        else { return difference }
        memory.mapping?.name = name
        return .memory(memory)
    }

    /// The digest in a path of the store, `.../objects/ab/cdef...`; nil for the memory files of shared regions.
    private func digest(ofObject path: String) -> FileDigest? {
        let digits = path.utf8.split(separator: UInt8(ascii: "/")).suffix(2).joined()
        return FileDigest(hexadecimal: Array(digits))
    }
}
