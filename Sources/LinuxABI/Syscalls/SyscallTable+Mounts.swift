/// Mounting, quotas, swap: the administration of file systems.
extension SyscallTable {
    static let mounts: [SyscallDescription] = [
        .row(.mount, .blocks),
        .row(.umount2, .blocks),
        .row(.pivot_root, .waitsForDisk),
        .row(.open_tree, .waitsForDisk),
        .row(.move_mount, .waitsForDisk),
        .row(.fsopen),
        .row(.fsconfig, .blocks),
        .row(.fsmount, .waitsForDisk),
        .row(.fspick, .waitsForDisk),
        .row(.mount_setattr, .waitsForDisk),
        .row(.statmount, .out(1, .argument(2))),
        .row(.listmount, .out(1, .result(2, unit: 8))),
        // The largest of the structures that its many commands write is `struct fs_quota_statv`.
        .row(.quotactl, .waitsForDisk, .inOut(3, 160)),
        .row(.quotactl_fd, .waitsForDisk, .inOut(3, 160)),
        .row(.swapon, .waitsForDisk),
        .row(.swapoff, .waitsForDisk),
        .row(.acct, .waitsForDisk),
        // Option 2 writes the name of a file system type.
        .select(.sysfs, by: 0, [.when(2, do: .out(2, 256))]),
    ]
}
