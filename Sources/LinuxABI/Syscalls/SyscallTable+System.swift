/// The machine as a whole, and calls that were never made or are gone.
extension SyscallTable {
    static let system: [SyscallDescription] = [
        .row(.uname, .out(0, 390)),
        .row(.sysinfo, .out(0, 112)),
        .row(.syslog, .blocks, .out(1, .result32(2))),
        .row(.getrandom, .out(0, .result(1))),
        .row(.sethostname),
        .row(.setdomainname),
        .row(.vhangup, .blocks),
        .row(.reboot),
        .row(.init_module, .blocks),
        .row(.finit_module, .blocks),
        .row(.delete_module, .blocks),
        .row(.kexec_load),
        .row(.kexec_file_load, .waitsForDisk),

        // Rings and completions that the kernel writes while the tracee runs. Programs do without.
        .row(.io_setup, .refused(.ENOSYS), .said(.asynchronousIO)),
        .row(.io_destroy, .refused(.ENOSYS)),
        .row(.io_getevents, .refused(.ENOSYS)),
        .row(.io_pgetevents, .refused(.ENOSYS)),
        .row(.io_submit, .refused(.ENOSYS)),
        .row(.io_cancel, .refused(.ENOSYS)),
        .row(.io_uring_setup, .refused(.ENOSYS), .said(.ioUring)),
        .row(.io_uring_enter, .refused(.ENOSYS)),
        .row(.io_uring_register, .refused(.ENOSYS)),

        // Numbers without a call on x86-64 (any more).
        .row(.uselib, .refused(.ENOSYS)),
        .row(._sysctl, .refused(.ENOSYS)),
        .row(.create_module, .refused(.ENOSYS)),
        .row(.get_kernel_syms, .refused(.ENOSYS)),
        .row(.query_module, .refused(.ENOSYS)),
        .row(.nfsservctl, .refused(.ENOSYS)),
        .row(.getpmsg, .refused(.ENOSYS)),
        .row(.putpmsg, .refused(.ENOSYS)),
        .row(.afs_syscall, .refused(.ENOSYS)),
        .row(.tuxcall, .refused(.ENOSYS)),
        .row(.security, .refused(.ENOSYS)),
        .row(.set_thread_area, .refused(.ENOSYS)),
        .row(.get_thread_area, .refused(.ENOSYS)),
        .row(.lookup_dcookie, .refused(.ENOSYS)),
        .row(.epoll_ctl_old, .refused(.ENOSYS)),
        .row(.epoll_wait_old, .refused(.ENOSYS)),
        .row(.vserver, .refused(.ENOSYS)),
        // For the kernel's own trampolines only.
        .row(.uretprobe, .refused(.ENOSYS)),
    ]
}
