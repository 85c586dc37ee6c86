/// Memory. Mappings are the handlers' business; the rest has no effect that a replay would see.
extension SyscallTable {
    static let memory: [SyscallDescription] = [
        .row(.mmap, .handled(.mmap), .waitsForDisk),
        .row(.munmap, .handled(.munmap)),
        .row(.mprotect, .handled(.mprotect)),
        .row(.pkey_mprotect, .handled(.mprotect)),
        .row(.mremap, .handled(.mremap)),
        .row(.brk, .handled(.brk)),
        .row(.madvise, .handled(.madvise), .waitsForDisk),
        .row(.process_madvise, .handled(.processMadvise), .waitsForDisk),
        .row(.shmat, .handled(.shmat)),
        .row(.shmdt, .handled(.shmdt)),
        // Obsolete since Linux 4.0; nothing that is still built uses it.
        .row(.remap_file_pages, .refused(.ENOSYS)),
        // Shadow stacks are hidden, as by a processor without them.
        .row(.map_shadow_stack, .refused(.EOPNOTSUPP), .said(.shadowStack)),
        // Keys are in PKRU, which xrr hides with the other components of the extended state.
        .row(.pkey_alloc, .refused(.ENOSPC), .said(.protectionKeys)),
        .row(.pkey_free, .refused(.EINVAL)),
        // A sealed mapping could not be patched or replaced by the recorder.
        .row(.mseal, .refused(.ENOSYS)),
        .row(.mincore, .out(2, .whole(Length(.argument(1), width: 8, per: GuestAddress.pageSize)), when: .always)),
        .row(.msync, .waitsForDisk),
        .row(.mlock, .waitsForDisk),
        .row(.mlock2, .waitsForDisk),
        .row(.munlock),
        .row(.mlockall, .waitsForDisk),
        .row(.munlockall),
        .row(.mbind),
        .row(.set_mempolicy),
        .row(.set_mempolicy_home_node),
        .row(.get_mempolicy, .out(0, 4), .out(1, .bits(2))),
        .row(.migrate_pages),
        .row(.move_pages, .out(4, .argument(1, unit: 4), when: .always)),
        .row(.process_vm_readv, .out(1, .vector(2))),
        .row(.process_vm_writev, .handled(.processVMWrite)),
        .row(.process_mrelease),
        .row(.membarrier),
        // The kernel would write pages while the tracee runs, or let another program do so.
        .row(.userfaultfd, .refused(.ENOSYS), .said(.userfaultfd)),
    ]
}
