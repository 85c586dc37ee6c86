/// Keys, security modules, sandboxes and what is kept from a tracee.
extension SyscallTable {
    static let security: [SyscallDescription] = [
        .row(.add_key),
        .row(.request_key, .blocks),
        .select(
            .keyctl, by: 0,
            [
                .named("KEYCTL_DESCRIBE", 6, .out(2, .result(3))),
                .named("KEYCTL_READ", 11, .blocks, .out(2, .result(3))),
                .named("KEYCTL_GET_SECURITY", 17, .out(2, .result(3))),
                .named("KEYCTL_DH_COMPUTE", 23, .out(2, .result(3))),
                .named("KEYCTL_PKEY_QUERY", 24, .blocks, .out(4, 56)),
                // out_len of `struct keyctl_pkey_params`.
                .named("KEYCTL_PKEY_ENCRYPT", 25, .blocks, .out(4, .result(Length(.field(1, offset: 8), width: 4)))),
                .named("KEYCTL_PKEY_DECRYPT", 26, .blocks, .out(4, .result(Length(.field(1, offset: 8), width: 4)))),
                .named("KEYCTL_PKEY_SIGN", 27, .blocks, .out(4, .result(Length(.field(1, offset: 8), width: 4)))),
                .named("KEYCTL_CAPABILITIES", 31, .out(1, .result(2))),
            ], otherwise: .blocks),
        .select(
            .seccomp, by: 0,
            [
                .named("SECCOMP_SET_MODE_STRICT", 0, .handled(.seccomp)),
                .named("SECCOMP_SET_MODE_FILTER", 1, .handled(.seccomp)),
                .named("SECCOMP_GET_ACTION_AVAIL", 2),
                .named("SECCOMP_GET_NOTIF_SIZES", 3, .out(2, 6)),
            ], otherwise: .refused(.EINVAL)),
        .row(.landlock_create_ruleset),
        .row(.landlock_add_rule),
        .row(.landlock_restrict_self),
        .row(.lsm_get_self_attr, .out(1, .pointee(2)), .inOut(2, 4)),
        .row(.lsm_set_self_attr),
        .row(.lsm_list_modules, .out(0, .pointee(1)), .inOut(1, 4)),
        // What an unprivileged program is told where they are restricted. Both share memory with the kernel.
        .row(.bpf, .refused(.EPERM), .said(.bpf)),
        .row(.perf_event_open, .refused(.EACCES), .said(.performanceEvents)),
    ]
}
