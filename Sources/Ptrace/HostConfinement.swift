/// What this process may no longer do, and what it starts inherits: seccomp(2), prctl(2) PR_SET_NO_NEW_PRIVS.
package struct HostConfinement: Hashable, Sendable {
    /// Seccomp filters are around this process, as in a container.
    package var isFiltered: Bool
    package var hasNoNewPrivileges: Bool

    /// As /proc/self/status tells.
    package static var current: HostConfinement {
        let status = "/proc/self/status"
        return HostConfinement(
            isFiltered: HostFiles.statusField("Seccomp", of: status) == "2",
            hasNoNewPrivileges: HostFiles.statusField("NoNewPrivs", of: status) == "1")
    }
}
