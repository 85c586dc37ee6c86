/// System V and POSIX message queues, semaphores, shared memory, and futexes.
extension SyscallTable {
    static let ipc: [SyscallDescription] = [
        .row(.shmget),
        .select(
            .shmctl, by: 1,
            [
                .named("IPC_RMID", 0),
                .named("IPC_SET", 1),
                .named("IPC_STAT", 2, .out(2, 112)),
                .named("IPC_INFO", 3, .out(2, 72)),
                .named("SHM_LOCK", 11),
                .named("SHM_UNLOCK", 12),
                .named("SHM_STAT", 13, .out(2, 112)),
                .named("SHM_INFO", 14, .out(2, 48)),
                .named("SHM_STAT_ANY", 15, .out(2, 112)),
            ], otherwise: .refused(.EINVAL)),
        .row(.semget),
        .row(.semop, .blocks),
        .row(.semtimedop, .blocks),
        .select(
            .semctl, by: 2,
            [
                .named("IPC_RMID", 0),
                .named("IPC_SET", 1),
                .named("IPC_STAT", 2, .out(3, 104)),
                .named("IPC_INFO", 3, .out(3, 40)),
                .named("GETPID", 11),
                .named("GETVAL", 12),
                // At most SEMMSL (32000) values of 2 bytes; how many, only the set knows.
                .named("GETALL", 13, .out(3, 64000)),
                .named("GETNCNT", 14),
                .named("GETZCNT", 15),
                .named("SETVAL", 16),
                .named("SETALL", 17),
                .named("SEM_STAT", 18, .out(3, 104)),
                .named("SEM_INFO", 19, .out(3, 40)),
                .named("SEM_STAT_ANY", 20, .out(3, 104)),
            ], otherwise: .refused(.EINVAL)),
        .row(.msgget),
        .row(.msgsnd, .blocks),
        // The type, a long, stands before the text.
        .row(.msgrcv, .blocks, .out(1, .result(Length(.argument(2), width: 8, base: 8)))),
        .select(
            .msgctl, by: 1,
            [
                .named("IPC_RMID", 0),
                .named("IPC_SET", 1),
                .named("IPC_STAT", 2, .out(2, 120)),
                .named("IPC_INFO", 3, .out(2, 32)),
                .named("MSG_STAT", 11, .out(2, 120)),
                .named("MSG_INFO", 12, .out(2, 32)),
                .named("MSG_STAT_ANY", 13, .out(2, 120)),
            ], otherwise: .refused(.EINVAL)),
        .row(.mq_open, .waitsForDisk),
        .row(.mq_unlink, .waitsForDisk),
        .row(.mq_timedsend, .blocks),
        .row(.mq_timedreceive, .blocks, .out(1, .result(2)), .out(3, 4)),
        .row(.mq_notify),
        .row(.mq_getsetattr, .out(2, 64)),

        // FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME do not tell operations apart.
        .select(
            .futex, by: 1, mask: 0xffff_fe7f,
            [
                .named("FUTEX_WAIT", 0, .blocks),
                .named("FUTEX_WAKE", 1),
                .named("FUTEX_REQUEUE", 3),
                .named("FUTEX_CMP_REQUEUE", 4),
                .named("FUTEX_WAKE_OP", 5, .word(4)),
                .named("FUTEX_LOCK_PI", 6, .blocks, .word(0)),
                .named("FUTEX_UNLOCK_PI", 7, .word(0)),
                .named("FUTEX_TRYLOCK_PI", 8, .word(0)),
                .named("FUTEX_WAIT_BITSET", 9, .blocks),
                .named("FUTEX_WAKE_BITSET", 10),
                .named("FUTEX_WAIT_REQUEUE_PI", 11, .blocks, .word(4)),
                .named("FUTEX_CMP_REQUEUE_PI", 12, .word(4)),
                .named("FUTEX_LOCK_PI2", 13, .blocks, .word(0)),
            ], otherwise: .refused(.ENOSYS)),
        .row(.futex_waitv, .blocks),
        .row(.futex_wait, .blocks),
        .row(.futex_wake),
        .row(.futex_requeue),
    ]
}
