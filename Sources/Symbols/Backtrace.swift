package import LinuxABI

/// One call on a thread's stack.
package struct StackFrame: Hashable, Sendable {
    /// Where the frame executes: the thread's rip for the innermost, a return address for all others that are not
    /// interrupted by a signal.
    package var instructionPointer: GuestAddress
    /// rsp in this frame.
    package var stackPointer: GuestAddress
    /// The address to look a name up with: return addresses may lie behind the end of a function whose last
    /// instruction is a call, so one less than those.
    package var lookupAddress: GuestAddress

    package init(instructionPointer: GuestAddress, stackPointer: GuestAddress, lookupAddress: GuestAddress) {
        self.instructionPointer = instructionPointer
        self.stackPointer = stackPointer
        self.lookupAddress = lookupAddress
    }
}

/// The calls on the stack of a stopped thread, innermost first, by libunwind.
///
/// Unwinding uses .eh_frame_hdr and .eh_frame as they lie in the tracee's memory, so it works where files of other
/// names are mapped than /proc/PID/maps would suggest; where a function has none, libunwind goes by rbp.
package enum Backtrace {
    /// More frames than these say nothing to a reader, and a damaged stack can go on for ever.
    package static let maximumFrames = 64

    /// - Parameters:
    ///   - registers: of the stopped thread.
    ///   - modules: the files mapped in its address space.
    ///   - readMemory: returns `count` bytes of that address space, or nil if not all are readable.
    /// - Returns: at least the frame of `registers` itself.
    package static func capture(
        registers: Registers, modules: [GuestModule],
        readMemory: (_ address: GuestAddress, _ count: Int) -> [UInt8]?
    ) -> [StackFrame] {
        withoutActuallyEscaping(readMemory) { readMemory in
            UnwindSpace(registers: registers, modules: modules, readMemory: readMemory).frames(limit: maximumFrames)
        }
    }
}
