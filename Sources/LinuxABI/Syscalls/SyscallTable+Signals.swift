/// Signals: rt_sigaction(2), sigprocmask(2), kill(2) and waiting for one.
extension SyscallTable {
    static let signals: [SyscallDescription] = [
        .row(.rt_sigaction, .handled(.sigaction), .out(2, 32)),
        .row(.rt_sigreturn, .handled(.sigreturn)),
        .row(.rt_sigprocmask, .out(2, 8)),
        .row(.rt_sigpending, .out(0, 8)),
        .row(.rt_sigtimedwait, .blocks, .out(1, 128)),
        .row(.rt_sigsuspend, .blocks),
        .row(.pause, .blocks),
        .row(.rt_sigqueueinfo),
        .row(.rt_tgsigqueueinfo),
        .row(.sigaltstack, .out(1, 24)),
        .row(.kill),
        .row(.tkill),
        .row(.tgkill),
        .row(.restart_syscall, .handled(.restart), .blocks),
    ]
}
