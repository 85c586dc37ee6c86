internal import LinuxABI

/// What a program asks of seccomp(2), or of prctl(2) in its place.
enum SeccompRequest {
    /// PR_GET_SECCOMP.
    case getMode
    /// SECCOMP_SET_MODE_STRICT.
    case strict
    /// SECCOMP_SET_MODE_FILTER: `struct sock_fprog` and flags.
    case filter(GuestAddress, Flags)
    /// Nothing that the kernel could not answer by itself.
    case other

    /// SECCOMP_FILTER_FLAG_ of <linux/seccomp.h>.
    struct Flags: OptionSet {
        var rawValue: UInt32
        static let synchronise = Self(rawValue: 1)
        static let newListener = Self(rawValue: 1 << 3)
        static let failsWithESRCH = Self(rawValue: 1 << 4)
        static let waitsKillable = Self(rawValue: 1 << 5)
        private static let all = Self(rawValue: 0x3f)

        /// kernel/seccomp.c, seccomp_set_mode_filter.
        var isValid: Bool {
            isSubset(of: Self.all) && (!isSuperset(of: [.synchronise, .newListener]) || contains(.failsWithESRCH))
                && (!contains(.waitsKillable) || contains(.newListener))
        }
    }

    /// The argument that points to the filter, of seccomp(2) and of prctl(2).
    static let pointerIndex = 2

    init(_ call: PendingSyscall) {
        let entry = call.entry
        let pointer = GuestAddress(entry.argument(Self.pointerIndex))
        if call.number == .prctl {
            switch (UInt32(truncatingIfNeeded: entry.argument(0)), entry.argument(1)) {
            case (21, _): self = .getMode
            case (22, 1): self = .strict
            case (22, 2): self = .filter(pointer, [])
            default: self = .other
            }
            return
        }
        let flags = UInt32(truncatingIfNeeded: entry.argument(1))
        switch UInt32(truncatingIfNeeded: entry.argument(0)) {
        case 0 where flags == 0 && pointer.isNull: self = .strict
        case 1: self = .filter(pointer, Flags(rawValue: flags))
        // Among them strict mode with flags: EINVAL.
        default: self = .other
        }
    }
}

/// A filter whose installation is under way.
struct PendingFilter {
    var filter: InstalledFilter
    var flags: SeccompRequest.Flags
    /// The scratch memory with what the kernel installs instead.
    var block: GuestAddress

    /// Whether the call has installed it: where threads are synchronised, a result above 0 may be the id of one that
    /// could not be.
    func isInstalled(_ result: Int64) -> Bool { flags.contains(.newListener) ? result >= 0 : result == 0 }
}
