/// Clocks, timers and sleeping.
extension SyscallTable {
    static let time: [SyscallDescription] = [
        .row(.time, .out(0, 8)),
        .row(.gettimeofday, .out(0, 16), .out(1, 8)),
        .row(.settimeofday),
        .row(.clock_gettime, .out(1, 16)),
        .row(.clock_getres, .out(1, 16)),
        .row(.clock_settime),
        .row(.adjtimex, .inOut(0, 208)),
        .row(.clock_adjtime, .inOut(1, 208)),
        // The time that remains is written when a signal ends the sleep.
        .row(.nanosleep, .blocks, .out(1, 16, when: .failure)),
        .row(.clock_nanosleep, .blocks, .out(3, 16, when: .failure)),
        .row(.alarm),
        .row(.getitimer, .out(1, 32)),
        .row(.setitimer, .out(2, 32)),
        // The number is stored before the clock is asked, which may refuse.
        .row(.timer_create, .out(2, 4, when: .always)),
        .row(.timer_settime, .out(3, 32)),
        .row(.timer_gettime, .out(1, 32)),
        .row(.timer_getoverrun),
        .row(.timer_delete),
    ]
}
