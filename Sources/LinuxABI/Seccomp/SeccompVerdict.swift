/// What a filter has returned for a call: seccomp(2), "Filters".
package struct SeccompVerdict: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package enum Action: UInt32, Sendable {
        case killProcess = 0x8000_0000
        case killThread = 0
        case trap = 0x0003_0000
        case error = 0x0005_0000
        case notify = 0x7fc0_0000
        case trace = 0x7ff0_0000
        case log = 0x7ffc_0000
        case allow = 0x7fff_0000
    }

    package static let allow = SeccompVerdict(rawValue: Action.allow.rawValue)

    /// Actions that do not exist kill.
    package var action: Action { Action(rawValue: rawValue & 0xffff_0000) ?? .killProcess }
    /// SECCOMP_RET_DATA.
    package var data: UInt32 { rawValue & 0xffff }

    /// The result of a call that SECCOMP_RET_ERRNO answers: at the most MAX_ERRNO.
    package var errorResult: Int64 { -Int64(min(data, 4095)) }

    /// Whether this one counts where both were returned: kernel/seccomp.c, seccomp_run_filters.
    package func outranks(_ other: SeccompVerdict) -> Bool {
        Int32(bitPattern: rawValue & 0xffff_0000) < Int32(bitPattern: other.rawValue & 0xffff_0000)
    }
}
