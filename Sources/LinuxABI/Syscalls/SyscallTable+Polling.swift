/// Waiting for descriptors. The kernel stores the time that remains even if a signal ends the wait.
extension SyscallTable {
    static let polling: [SyscallDescription] = [
        .row(.poll, .blocks, .inOut(0, .count(1, unit: 8))),
        .row(.ppoll, .blocks, .inOut(0, .count(1, unit: 8)), .inOut(2, 16)),
        .row(
            .select, .blocks, .inOut(1, .bits(0), when: .success), .inOut(2, .bits(0), when: .success),
            .inOut(3, .bits(0), when: .success), .inOut(4, 16)),
        .row(
            .pselect6, .blocks, .inOut(1, .bits(0), when: .success), .inOut(2, .bits(0), when: .success),
            .inOut(3, .bits(0), when: .success), .inOut(4, 16)),
        .row(.epoll_create),
        .row(.epoll_create1),
        .row(.epoll_ctl),
        .row(.epoll_wait, .blocks, .out(1, .result32(2, unit: 12))),
        .row(.epoll_pwait, .blocks, .out(1, .result32(2, unit: 12))),
        .row(.epoll_pwait2, .blocks, .out(1, .result32(2, unit: 12))),
    ]
}
