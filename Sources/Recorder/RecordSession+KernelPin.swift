internal import LinuxABI
internal import MachineCode
internal import Ptrace
internal import Tracee
internal import XState

/// XCR0 pinned by the kernel: arch_prctl(2) ARCH_SET_XCR0 of kernel-patch/.
///
/// The first process has it before its exec, and all threads and processes inherit it.
extension RecordSession {
    /// A new program image has the pin again, where it was lost: by set-user-ID, or because it was lifted.
    func pinXCR0(of thread: RecordedThread) throws(PtraceError) {
        guard let mask = options.pin?.kernelXCR0, try thread.traced.xcr0() != mask else { return }
        try thread.traced.setXCR0(mask)
    }

    /// SIGILL for an instruction that only the pin of XCR0 has made undefined, of which the program would die: it was built
    /// for the machine, and runs on with all that the machine has. One that has a handler tries what the CPU knows, and
    /// has got its answer.
    ///
    /// No frame is written: a replay of a recording with this limit has no pin, and does not stop here.
    ///
    /// - Returns: whether the thread is to execute the instruction again.
    func liftPin(
        for info: SignalInfo, at registers: Registers, of thread: RecordedThread
    ) throws(PtraceError) -> Bool {
        guard Signal.isFault(info), let pin = options.pin, let mask = pin.kernelXCR0,
            thread.signalMask & 1 << UInt64(Signal.ill - 1) == 0, Disposition(of: Signal.ill, for: thread.id) == .fatal
        else { return false }
        let bytes = thread.memory.read(registers.instructionPointer, count: Instruction.maximumLength)
        guard
            let instruction = FeatureInstruction.first(in: bytes.span, at: registers.instructionPointer).first,
            instruction.address == registers.instructionPointer,
            isMadeUndefined(instruction.feature), try thread.traced.xcr0() == mask
        else { return false }
        try thread.traced.setXCR0(layout.mask)
        limit(
            .pinLifted, "\(instruction.feature.bit.name ?? instruction.feature.rawValue)", at: instruction.address,
            of: thread)
        // It stands behind its last frame, or anywhere.
        thread.isMidway = true
        return true
    }

    /// Whether the kernel's pin takes registers away that instructions of a feature need.
    func isMadeUndefined(_ feature: FeatureInstruction.Feature) -> Bool {
        guard let mask = options.pin?.kernelXCR0 else { return false }
        let missing = feature.components.subtracting(mask)
        return !missing.isEmpty && missing.isSubset(of: layout.mask)
    }
}

extension FeatureInstruction.Feature {
    /// The components of XCR0 without which its instructions raise #UD (SDM volume 1, section 14.8, and volume 2,
    /// section 2.8). Those of GFNI exist with SSE registers, too.
    var components: XFeatureMask {
        switch self {
        case .avx, .avx2, .avxVNNI, .f16c, .fma, .fma4, .vaes, .vpclmulqdq, .xop: .avx
        case .avx512: .avx512
        case .amx: .amx
        case .adx, .aes, .bmi1, .bmi2, .fsgsbase, .gfni, .lzcnt, .movbe, .movdir, .pclmulqdq, .sha, .sse4a, .tbm: []
        }
    }
}
