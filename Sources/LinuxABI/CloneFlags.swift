/// CLONE_ bits of clone(2), clone3(2) and unshare(2). The low byte of clone(2)'s argument is the exit signal.
package struct CloneFlags: OptionSet, Hashable, Sendable {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// CSIGNAL: the bits of clone(2)'s flags that hold the signal sent to the parent at exit.
    package static let signalMask: UInt64 = 0xff
    /// CLONE_NEWTIME (clone3(2) and unshare(2) only: the bit belongs to the signal of clone(2)).
    package static let newTime = Self(rawValue: 0x80)
    /// CLONE_VM.
    package static let sharesMemory = Self(rawValue: 0x100)
    /// CLONE_FS.
    package static let sharesFileSystem = Self(rawValue: 0x200)
    /// CLONE_FILES.
    package static let sharesFiles = Self(rawValue: 0x400)
    /// CLONE_SIGHAND.
    package static let sharesHandlers = Self(rawValue: 0x800)
    /// CLONE_PIDFD.
    package static let pidDescriptor = Self(rawValue: 0x1000)
    /// CLONE_PTRACE.
    package static let traced = Self(rawValue: 0x2000)
    /// CLONE_VFORK.
    package static let vfork = Self(rawValue: 0x4000)
    /// CLONE_PARENT.
    package static let sameParent = Self(rawValue: 0x8000)
    /// CLONE_THREAD.
    package static let thread = Self(rawValue: 0x1_0000)
    /// CLONE_NEWNS.
    package static let newMounts = Self(rawValue: 0x2_0000)
    /// CLONE_SYSVSEM.
    package static let sharesSemaphoreUndo = Self(rawValue: 0x4_0000)
    /// CLONE_SETTLS.
    package static let setTLS = Self(rawValue: 0x8_0000)
    /// CLONE_PARENT_SETTID.
    package static let parentSetTID = Self(rawValue: 0x10_0000)
    /// CLONE_CHILD_CLEARTID.
    package static let childClearTID = Self(rawValue: 0x20_0000)
    /// CLONE_DETACHED, ignored.
    package static let detached = Self(rawValue: 0x40_0000)
    /// CLONE_UNTRACED: to be cleared by a tracer that does not want to lose the child.
    package static let untraced = Self(rawValue: 0x80_0000)
    /// CLONE_CHILD_SETTID.
    package static let childSetTID = Self(rawValue: 0x100_0000)
    /// CLONE_NEWCGROUP.
    package static let newControlGroup = Self(rawValue: 0x200_0000)
    /// CLONE_NEWUTS.
    package static let newHostName = Self(rawValue: 0x400_0000)
    /// CLONE_NEWIPC.
    package static let newIPC = Self(rawValue: 0x800_0000)
    /// CLONE_NEWUSER.
    package static let newUser = Self(rawValue: 0x1000_0000)
    /// CLONE_NEWPID.
    package static let newProcessIDs = Self(rawValue: 0x2000_0000)
    /// CLONE_NEWNET.
    package static let newNetwork = Self(rawValue: 0x4000_0000)
    /// CLONE_IO.
    package static let sharesIOContext = Self(rawValue: 0x8000_0000)
    /// CLONE_CLEAR_SIGHAND (clone3(2) only).
    package static let clearHandlers = Self(rawValue: 0x1_0000_0000)
    /// CLONE_INTO_CGROUP (clone3(2) only).
    package static let intoControlGroup = Self(rawValue: 0x2_0000_0000)
}
