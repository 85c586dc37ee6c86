internal import CPtrace
package import LinuxABI

/// A tracee in a ptrace-stop: the only state in which it can be looked at and changed.
///
/// `resume` consumes the value, so that a running thread cannot be asked for its registers.
package struct StoppedThread: ~Copyable, Sendable {
    package let id: ThreadID

    /// PTRACE_GETREGS.
    package borrowing func registers() throws(PtraceError) -> Registers {
        var registers = Registers()
        let result = unsafe withUnsafeMutableBytes(of: &registers) {
            unsafe cptrace_get_registers(id.rawValue, $0.baseAddress)
        }
        try check(result, "PTRACE_GETREGS", id)
        return registers
    }

    /// PTRACE_SETREGS.
    package borrowing func setRegisters(_ registers: Registers) throws(PtraceError) {
        let result = unsafe withUnsafeBytes(of: registers) {
            unsafe cptrace_set_registers(id.rawValue, $0.baseAddress)
        }
        try check(result, "PTRACE_SETREGS", id)
    }

    /// The extended state into `buffer`, as an XSAVE area of the standard format: PTRACE_GETREGSET NT_X86_XSTATE.
    ///
    /// Where the kernel uses no XSAVE (ENODEV) it comes from NT_PRFPREG, and the buffer, whose `regset` then says so,
    /// gets the header of an area with x87 and SSE.
    package borrowing func readXState(into buffer: inout XStateBuffer) throws(PtraceError) {
        if buffer.regset == .xsave {
            let result = unsafe buffer.bytes.withUnsafeMutableBytes {
                unsafe cptrace_get_xstate(id.rawValue, $0.baseAddress, $0.count)
            }
            if result != XStateBuffer.noSuchRegset {
                let count = Int(try check(result, "PTRACE_GETREGSET NT_X86_XSTATE", id))
                if count != buffer.bytes.count { buffer.bytes.removeLast(buffer.bytes.count - count) }
                return
            }
            buffer = XStateBuffer(.fxsave)
        }
        let result = unsafe buffer.bytes.withUnsafeMutableBytes {
            unsafe cptrace_get_fxstate(id.rawValue, $0.baseAddress)
        }
        try check(result, "PTRACE_GETREGSET NT_PRFPREG", id)
    }

    /// Sets the extended state: PTRACE_SETREGSET of the regset that the buffer was read from.
    package borrowing func writeXState(_ buffer: XStateBuffer) throws(PtraceError) {
        let result = unsafe buffer.bytes.withUnsafeBytes {
            switch buffer.regset {
            case .xsave: unsafe cptrace_set_xstate(id.rawValue, $0.baseAddress, $0.count)
            case .fxsave: unsafe cptrace_set_fxstate(id.rawValue, $0.baseAddress)
            }
        }
        try check(result, "PTRACE_SETREGSET of the extended state", id)
    }

    /// A breakpoint that changes no memory: the thread stops with SIGTRAP before it executes the instruction there. Null
    /// takes it away. By PTRACE_POKEUSER and a debug register, which some virtual machines do not have.
    package borrowing func setBreakpoint(_ address: GuestAddress) throws(PtraceError) {
        try check(cptrace_set_breakpoint(id.rawValue, address.rawValue), "PTRACE_POKEUSER of a debug register", id)
    }

    /// PTRACE_GETEVENTMSG: a new thread's id, a former id, a wait status.
    package borrowing func eventMessage() throws(PtraceError) -> UInt64 {
        var message: UInt64 = 0
        try check(unsafe cptrace_get_event_message(id.rawValue, &message), "PTRACE_GETEVENTMSG", id)
        return message
    }

    /// PTRACE_GETSIGINFO, at a signal-delivery-stop.
    package borrowing func signalInfo() throws(PtraceError) -> SignalInfo {
        var bytes = [UInt8](repeating: 0, count: SignalInfo.size)
        let result = unsafe bytes.withUnsafeMutableBytes {
            unsafe cptrace_get_signal_info(id.rawValue, $0.baseAddress)
        }
        try check(result, "PTRACE_GETSIGINFO", id)
        return SignalInfo(bytes: bytes)
    }

    /// PTRACE_SETSIGINFO, at a signal-delivery-stop.
    package borrowing func setSignalInfo(_ info: SignalInfo) throws(PtraceError) {
        let result = unsafe info.bytes.withUnsafeBytes {
            unsafe cptrace_set_signal_info(id.rawValue, $0.baseAddress)
        }
        try check(result, "PTRACE_SETSIGINFO", id)
    }

    /// PTRACE_GETSIGMASK: bit n-1 stands for signal n.
    package borrowing func signalMask() throws(PtraceError) -> UInt64 {
        var mask: UInt64 = 0
        try check(unsafe cptrace_get_signal_mask(id.rawValue, &mask), "PTRACE_GETSIGMASK", id)
        return mask
    }

    /// PTRACE_SETSIGMASK.
    package borrowing func setSignalMask(_ mask: UInt64) throws(PtraceError) {
        try check(cptrace_set_signal_mask(id.rawValue, mask), "PTRACE_SETSIGMASK", id)
    }

    /// XCR0 as the thread has it: PTRACE_ARCH_PRCTL with ARCH_GET_XCR0, which the kernel has by kernel-patch/.
    ///
    /// - Throws: EINVAL on a kernel without it, ENODEV where the kernel uses no XSAVE.
    package borrowing func xcr0() throws(PtraceError) -> UInt64 {
        var mask: UInt64 = 0
        try check(unsafe cptrace_get_xcr0(id.rawValue, &mask), "ARCH_GET_XCR0", id)
        return mask
    }

    /// Pins the thread's XCR0, and that of all threads and processes that it starts: PTRACE_ARCH_PRCTL with
    /// ARCH_SET_XCR0. All that the kernel enables ends the pin.
    ///
    /// - Throws: EINVAL on a kernel without it and for a mask that no CPU takes, ENODEV for components that the kernel
    ///   does not enable, EBUSY while AMX is in use.
    package borrowing func setXCR0(_ mask: UInt64) throws(PtraceError) {
        try check(cptrace_set_xcr0(id.rawValue, mask), "ARCH_SET_XCR0", id)
    }

    /// Goes on, delivering `signal` (0: none) if this is a signal-delivery-stop.
    package consuming func resume(_ request: ResumeRequest, signal: Int32 = 0) throws(PtraceError) -> RunningThread {
        try check(cptrace_resume(id.rawValue, request.rawValue, signal), "resuming", id)
        return RunningThread(id: id)
    }

    /// PTRACE_DETACH.
    package consuming func detach() throws(PtraceError) -> RunningThread {
        try check(cptrace_detach(id.rawValue), "PTRACE_DETACH", id)
        return RunningThread(id: id)
    }

    /// PTRACE_LISTEN: leaves the thread in its group-stop but lets it be continued by SIGCONT.
    package consuming func listen() throws(PtraceError) -> RunningThread {
        try check(cptrace_listen(id.rawValue), "PTRACE_LISTEN", id)
        return RunningThread(id: id)
    }
}

/// A tracee that executes, or sleeps in the kernel.
package struct RunningThread: ~Copyable, Sendable {
    package let id: ThreadID

    /// - Precondition: a wait has reported a stop of this thread that is not over.
    package init(id: ThreadID) { self.id = id }

    package consuming func stopped() -> StoppedThread { StoppedThread(id: id) }
}

/// Room for one extended state as an XSAVE area of the standard format, reused from stop to stop.
package struct XStateBuffer: Sendable {
    /// What the kernel shows the state by.
    package enum Regset: Hashable, Sendable {
        /// NT_X86_XSTATE.
        case xsave
        /// NT_PRFPREG, 512 bytes as FXSAVE stores them: all there is without XSAVE.
        case fxsave
    }

    package let regset: Regset
    package var bytes: [UInt8]

    /// - Parameter regset: `.xsave` unless a read has found that there is none.
    package init(_ regset: Regset = .xsave) {
        self.regset = regset
        switch regset {
        case .xsave:
            // Larger than any state an x86-64 CPU has (11008 bytes with AMX).
            bytes = [UInt8](repeating: 0, count: Int(CPTRACE_MAX_XSTATE))
        case .fxsave:
            bytes = [UInt8](repeating: 0, count: Int(CPTRACE_FXSTATE) + Self.headerSize)
            // XSTATE_BV: x87 and SSE (SDM volume 1, section 13.4.2).
            bytes[Int(CPTRACE_FXSTATE)] = 3
        }
    }

    private static let headerSize = 64
    /// -ENODEV.
    fileprivate static let noSuchRegset: Int64 = -19
}
