/// The system-call convention of x86-64: syscall(2), "Architecture calling conventions".
extension Registers {
    /// Argument 0 to 5 of the system call: rdi, rsi, rdx, r10, r8, r9.
    package func argument(_ index: Int) -> UInt64 {
        switch index {
        case 0: rdi
        case 1: rsi
        case 2: rdx
        case 3: r10
        case 4: r8
        case 5: r9
        default: preconditionFailure("a system call has no argument \(index)")
        }
    }

    package mutating func setArgument(_ index: Int, to value: UInt64) {
        switch index {
        case 0: rdi = value
        case 1: rsi = value
        case 2: rdx = value
        case 3: r10 = value
        case 4: r8 = value
        case 5: r9 = value
        default: preconditionFailure("a system call has no argument \(index)")
        }
    }

    /// The result of a system call at its exit stop; -4095...-1 are negated error numbers.
    package var syscallResult: Int64 {
        get { Int64(bitPattern: rax) }
        set { rax = UInt64(bitPattern: newValue) }
    }

    /// Whether the result is an error number.
    package var syscallFailed: Bool { (-4095 ... -1).contains(syscallResult) }

    /// Whether the thread is in the vsyscall page (VSYSCALL_ADDR): the upper half is that of no other code.
    package var isInVsyscallPage: Bool { rip >> 32 == 0xffff_ffff }

    package var instructionPointer: GuestAddress {
        get { GuestAddress(rip) }
        set { rip = newValue.rawValue }
    }

    package var stackPointer: GuestAddress {
        get { GuestAddress(rsp) }
        set { rsp = newValue.rawValue }
    }
}
