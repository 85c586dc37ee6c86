package import LinuxABI

/// Why a thread stopped: what distinguishes one frame from another.
package enum Event: Hashable, Sendable {
    /// A system call, entry and exit in one: no other thread ran in between.
    case syscall(SyscallNumber)
    /// The entry of a system call during which other threads run (it blocks, or starts a thread).
    case syscallEntry(SyscallNumber)
    /// The exit that belongs to the thread's last `syscallEntry`. The thread has not moved since.
    case syscallExit(SyscallNumber)
    /// The first frame of a new thread. `before` and `after` are its first registers.
    case threadStart(ThreadStart)
    /// The process image was replaced; effects build the new one from an empty address space.
    case exec(ExecImage)
    /// A signal reaches the thread: `isSynchronous` if an instruction of the thread raised it, so that a replayed thread
    /// raises it again.
    case signal(SignalInfo, SignalAction, isSynchronous: Bool)
    /// An instruction that xrr executes for the tracee.
    case trap(TrapKind)
    /// The thread was stopped in the middle of user code: other threads run, or a signal is delivered.
    case interruption(Marker)
    /// The thread is gone.
    case threadExit(ExitStatus)
}

/// How a thread came to be.
package struct ThreadStart: Hashable, Sendable {
    /// nil for the first thread of a recording.
    package var parent: ThreadID?
    /// The thread group the new thread belongs to.
    package var process: ProcessID
    /// CLONE_VM: the thread runs in its parent's address space; otherwise in a copy of it.
    package var sharesMemory: Bool

    package init(parent: ThreadID?, process: ProcessID, sharesMemory: Bool) {
        self.parent = parent
        self.process = process
        self.sharesMemory = sharesMemory
    }
}

/// What a thread now executes.
package struct ExecImage: Hashable, Sendable {
    /// The file that was mapped, as /proc/PID/exe names it.
    package var path: String
    /// The bytes of the argument vector, element by element, without the terminating zeros.
    package var arguments: [[UInt8]]

    package init(path: String, arguments: [[UInt8]]) {
        self.path = path
        self.arguments = arguments
    }
}

/// What a signal does to the thread it reaches. Raw values are part of the format.
package enum SignalAction: UInt8, Hashable, Sendable {
    /// A handler starts: the effects write its frame, `after` is its first instruction.
    case handler = 0
    /// Nothing visible (ignored, or a stop or continue).
    case none = 1
    /// The process dies of it.
    case fatal = 2
}

/// Instructions that are executed by the recorder. Raw values are part of the format.
package enum TrapKind: UInt8, Hashable, Sendable {
    case rdtsc = 0
    case rdtscp = 1
    case cpuid = 2
    case xgetbv = 3
    /// XSAVE, XSAVEOPT, XSAVEC or FXSAVE.
    case xsave = 4
    case xrstor = 5
    case rdrand = 6
    case rdseed = 7
    case rdpid = 8
    case xbegin = 9
    /// No instruction: memory that is watched for code was executed or written, and has other access rights now.
    case watchedCode = 10
}

/// How a thread ended.
package struct ExitStatus: Hashable, Sendable {
    /// The status word of waitpid(2).
    package var waitStatus: Int32
    package init(waitStatus: Int32) { self.waitStatus = waitStatus }

    /// WIFSIGNALED: the signal, nil after a normal exit.
    package var signal: Int32? {
        let number = waitStatus & 0x7f
        return number == 0 || number == 0x7f ? nil : number
    }
    /// WEXITSTATUS.
    package var code: Int32 { (waitStatus >> 8) & 0xff }
    /// What a shell shows: the code, or 128 plus the signal.
    package var shellStatus: Int32 { signal.map { 128 + $0 } ?? code }
}
