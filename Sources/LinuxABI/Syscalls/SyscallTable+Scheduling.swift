/// Scheduling: what the tracee sets is remembered, not applied, for one core runs tracee and tracer.
extension SyscallTable {
    static let scheduling: [SyscallDescription] = [
        .row(.sched_yield),
        .row(.sched_setaffinity, .handled(.schedSetaffinity)),
        .row(.sched_getaffinity, .handled(.schedGetaffinity), .out(2, .result32(1))),
        .row(.setpriority, .handled(.setScheduling)),
        .row(.sched_setparam, .handled(.setScheduling)),
        .row(.sched_setscheduler, .handled(.setScheduling)),
        .row(.sched_setattr, .handled(.setScheduling)),
        .row(.getpriority, .handled(.getScheduling)),
        .row(.sched_getparam, .handled(.getScheduling), .out(1, 4)),
        .row(.sched_getscheduler, .handled(.getScheduling)),
        .row(.sched_getattr, .handled(.getScheduling), .out(1, .count(2, unit: 1))),
        .row(.sched_rr_get_interval, .out(1, 16)),
        .row(.sched_get_priority_max),
        .row(.sched_get_priority_min),
        .row(.ioprio_set),
        .row(.ioprio_get),
        .row(.getcpu, .out(0, 4), .out(1, 4)),
    ]
}
