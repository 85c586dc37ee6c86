/// Making, duplicating and closing descriptors. Closing one may wait for what is on its way out of it.
extension SyscallTable {
    static let descriptors: [SyscallDescription] = [
        // A FIFO waits for its other end, a file with a lease for its holder.
        .row(.open, .blocks, .truncates(.argument(1))),
        .row(.openat, .blocks, .truncates(.argument(2))),
        .row(.openat2, .blocks, .truncates(.pointee(2))),
        .row(.creat, .blocks, .truncates(.truncating)),
        .row(.open_by_handle_at, .blocks, .truncates(.argument(2))),
        .row(.name_to_handle_at, .waitsForDisk, .inOut(2, .field(2, 0, width: 4, base: 8)), .out(3, 8, when: .always)),
        .row(.close, .blocks),
        .row(.close_range, .blocks),
        .row(.dup),
        .row(.dup2, .blocks),
        .row(.dup3, .blocks),
        .row(.pipe, .out(0, 8)),
        .row(.pipe2, .out(0, 8)),
        .row(.flock, .blocks),
        .row(.memfd_create),
        // Its pages cannot be read by a tracer; kernels without the feature answer this.
        .row(.memfd_secret, .refused(.ENOSYS), .said(.secretMemory)),
        .row(.eventfd),
        .row(.eventfd2),
        .row(.signalfd),
        .row(.signalfd4),
        .row(.timerfd_create),
        .row(.timerfd_settime, .out(3, 32)),
        .row(.timerfd_gettime, .out(1, 32)),
        .row(.inotify_init),
        .row(.inotify_init1),
        .row(.inotify_add_watch, .waitsForDisk),
        .row(.inotify_rm_watch),
        .row(.fanotify_init),
        .row(.fanotify_mark, .waitsForDisk),
        .row(.pidfd_open),
        .row(.pidfd_getfd),
        .row(.pidfd_send_signal),
    ]
}
