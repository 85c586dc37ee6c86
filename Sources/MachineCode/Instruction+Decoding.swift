internal import CZydis
package import LinuxABI

extension Instruction {
    /// The most bytes an instruction can have; longer ones raise #GP (Intel SDM, volume 2, 2.3.11).
    package static let maximumLength = 15

    /// The decoder's settings: 64-bit mode, Zydis's defaults otherwise. It is only read after this.
    static let decoder: ZydisDecoder = {
        var decoder = ZydisDecoder()
        let status = unsafe ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)
        precondition(succeeded(status), "Zydis knows 64-bit mode")
        return decoder
    }()

    /// Zydis's `ZYAN_SUCCESS`: the highest bit tells errors.
    static func succeeded(_ status: ZyanStatus) -> Bool { status & 0x8000_0000 == 0 }

    /// The instruction that `bytes` begin with, which are those at `address`; nil when that is none, or when it goes
    /// on beyond the bytes.
    ///
    /// The corresponding C function is `ZydisDecoderDecodeInstruction`.
    package static func decode(_ bytes: Span<UInt8>, at address: GuestAddress) -> Instruction? {
        var decoded = unsafe ZydisDecodedInstruction()
        let status = unsafe bytes.withUnsafeBytes { buffer in
            // Zydis takes the decoder by pointer; a copy of it on the stack is all that Swift can lend.
            var decoder = decoder
            return unsafe ZydisDecoderDecodeInstruction(&decoder, nil, buffer.baseAddress, buffer.count, &decoded)
        }
        return unsafe succeeded(status) ? Instruction(decoded, at: address) : nil
    }

    private init(_ decoded: ZydisDecodedInstruction, at address: GuestAddress) {
        let mnemonic = unsafe decoded.mnemonic
        let category = unsafe decoded.meta.category
        let attributes = unsafe decoded.attributes
        let immediate = unsafe decoded.raw.imm.0
        let modrm = unsafe decoded.raw.modrm
        let displacement = unsafe decoded.raw.disp
        let isShortAddress = unsafe decoded.address_width != 64

        self.address = address
        length = unsafe Int(decoded.length)
        let next = unsafe address + UInt64(decoded.length)
        let isRelative = immediate.is_relative != 0
        let target = unsafe isRelative ? next + UInt64(bitPattern: immediate.value.s) : nil
        kind = unsafe Self.kind(of: decoded, target: target)
        sequel = unsafe Self.sequel(of: decoded, kind)
        callTarget = kind == .call ? target : nil

        let repetition = ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE
        isRepeated = attributes & repetition != 0
        hasLock = attributes & ZYDIS_ATTRIB_HAS_LOCK != 0
        isLandingPad = mnemonic == ZYDIS_MNEMONIC_ENDBR64
        conditionCode = unsafe decoded.opcode & 0xF

        // In 64-bit mode, mod 0 with r/m 5 is a displacement from the next instruction (SDM volume 2, 2.2.1.6).
        let isRIPRelative =
            attributes & ZYDIS_ATTRIB_HAS_MODRM != 0 && modrm.mod == 0 && modrm.rm == 5 && displacement.size == 32
        ripDisplacementOffset = isRIPRelative && !isShortAddress ? Int(displacement.offset) : nil
        ripTarget = isRIPRelative && !isShortAddress ? next + UInt64(bitPattern: displacement.value) : nil
        let isX87 = category == ZYDIS_CATEGORY_X87_ALU || category == ZYDIS_CATEGORY_FCMOV
        isRelocatable =
            !isX87 && !(isRIPRelative && isShortAddress)
            && !(isRelative && attributes & ZYDIS_ATTRIB_HAS_OPERANDSIZE != 0)
    }

    private static func kind(of decoded: ZydisDecodedInstruction, target: GuestAddress?) -> Kind {
        let mnemonic = unsafe decoded.mnemonic
        let category = unsafe decoded.meta.category
        let isFar = unsafe decoded.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR
        if unsafe decoded.attributes & ZYDIS_ATTRIB_IS_PRIVILEGED != 0 { return .leavesUserMode }
        if leavesUserMode(mnemonic) || leavesUserMode(category) { return .leavesUserMode }
        return switch category {
        case ZYDIS_CATEGORY_CALL: .call
        case ZYDIS_CATEGORY_RET: .return
        case ZYDIS_CATEGORY_UNCOND_BR: isFar ? .leavesUserMode : .jump(target: target)
        case ZYDIS_CATEGORY_COND_BR:
            if let target {
                isLoop(mnemonic) ? .loop(target: target) : .conditionalJump(target: target)
            } else {
                .leavesUserMode
            }
        default: .ordinary
        }
    }

    private static func sequel(of decoded: ZydisDecodedInstruction, _ kind: Kind) -> Sequel {
        let isFar = unsafe decoded.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR
        switch kind {
        case .call: return isFar ? .unknown : .nextAfterReturn
        case .jump, .return: return .none
        case .ordinary, .conditionalJump, .loop: return .next
        case .leavesUserMode: break
        }
        switch unsafe decoded.mnemonic {
        case ZYDIS_MNEMONIC_INT3, ZYDIS_MNEMONIC_INT1, ZYDIS_MNEMONIC_UD0, ZYDIS_MNEMONIC_UD1, ZYDIS_MNEMONIC_UD2,
            ZYDIS_MNEMONIC_HLT:
            return .signal
        case ZYDIS_MNEMONIC_INT:
            // The call of 32-bit programs; the others raise SIGSEGV or SIGTRAP.
            return unsafe decoded.raw.imm.0.value.u & 0xff == 0x80 ? .next : .signal
        case ZYDIS_MNEMONIC_IRET, ZYDIS_MNEMONIC_IRETD, ZYDIS_MNEMONIC_IRETQ: return .unknown
        default:
            let isPrivileged = unsafe decoded.attributes & ZYDIS_ATTRIB_IS_PRIVILEGED != 0
            let isForIO =
                unsafe decoded.meta.category == ZYDIS_CATEGORY_IO || decoded.meta.category == ZYDIS_CATEGORY_IOSTRINGOP
            return isFar || isPrivileged || isForIO ? .unknown : .next
        }
    }

    private static func isLoop(_ mnemonic: ZydisMnemonic) -> Bool {
        switch mnemonic {
        case ZYDIS_MNEMONIC_LOOP, ZYDIS_MNEMONIC_LOOPE, ZYDIS_MNEMONIC_LOOPNE,
            ZYDIS_MNEMONIC_JCXZ, ZYDIS_MNEMONIC_JECXZ, ZYDIS_MNEMONIC_JRCXZ:
            true
        default: false
        }
    }

    private static func leavesUserMode(_ category: ZydisInstructionCategory) -> Bool {
        switch category {
        case ZYDIS_CATEGORY_SYSCALL, ZYDIS_CATEGORY_SYSRET, ZYDIS_CATEGORY_INTERRUPT, ZYDIS_CATEGORY_SYSTEM,
            ZYDIS_CATEGORY_IO, ZYDIS_CATEGORY_IOSTRINGOP, ZYDIS_CATEGORY_RDRAND, ZYDIS_CATEGORY_RDSEED,
            ZYDIS_CATEGORY_RDPID, ZYDIS_CATEGORY_RDPRU, ZYDIS_CATEGORY_WAITPKG, ZYDIS_CATEGORY_PADLOCK,
            ZYDIS_CATEGORY_SGX, ZYDIS_CATEGORY_UINTR, ZYDIS_CATEGORY_VTX:
            true
        default: false
        }
    }

    /// Those that Zydis (as Intel's XED, whose tables it shares) files among others.
    private static func leavesUserMode(_ mnemonic: ZydisMnemonic) -> Bool {
        switch mnemonic {
        case ZYDIS_MNEMONIC_CPUID, ZYDIS_MNEMONIC_XGETBV, ZYDIS_MNEMONIC_RDTSC, ZYDIS_MNEMONIC_RDTSCP,
            ZYDIS_MNEMONIC_RDPMC, ZYDIS_MNEMONIC_UD0, ZYDIS_MNEMONIC_UD1, ZYDIS_MNEMONIC_UD2, ZYDIS_MNEMONIC_HLT,
            ZYDIS_MNEMONIC_INT1, ZYDIS_MNEMONIC_XBEGIN, ZYDIS_MNEMONIC_XEND, ZYDIS_MNEMONIC_XABORT,
            ZYDIS_MNEMONIC_CLI, ZYDIS_MNEMONIC_STI, ZYDIS_MNEMONIC_IRET, ZYDIS_MNEMONIC_IRETD,
            ZYDIS_MNEMONIC_IRETQ, ZYDIS_MNEMONIC_LSL, ZYDIS_MNEMONIC_MONITOR, ZYDIS_MNEMONIC_MONITORX,
            ZYDIS_MNEMONIC_MWAIT, ZYDIS_MNEMONIC_MWAITX:
            true
        default: false
        }
    }
}
