import Testing

/// Circumstances under which a guest program has to record and replay as well. `Scripts/guests.bash` has the same.
enum GuestAxis: String, CaseIterable, Sendable {
    /// An idle thread runs beside the program.
    case thread
    /// The program has a seccomp filter of its own, which allows everything.
    case filter
    /// Turns of 1 ms.
    case slice
    /// Memory is compared.
    case verify
    case chaos
    case noWait = "no-wait"

    /// For `xrr record`.
    var options: [String] {
        switch self {
        case .thread, .filter: []
        case .slice: ["--slice=1ms"]
        case .verify: ["--verify-memory"]
        case .chaos, .noWait: ["--\(rawValue)"]
        }
    }

    /// What is included in front of the program.
    var header: String? {
        switch self {
        case .thread, .filter: "\(GuestProgram.directory)/axes/\(rawValue).h"
        default: nil
        }
    }

    /// One program under these circumstances.
    struct Sample: Sendable, CustomTestStringConvertible {
        var axis: GuestAxis
        var program: GuestProgram
        var testDescription: String { "\(axis.rawValue): \(program.name)" }
    }

    /// A program for each family of behaviours, quick ones: they are run once more for each axis.
    private static let names: Set<String> = [
        "file_output_redirected", "file_pipe_long_write", "file_poll", "file_vectors", "memory_brk",
        "memory_file_private", "memory_jit", "memory_madvise", "memory_remap", "memory_shared_anonymous",
        "memory_stack_growth", "misc_static", "process_exec_from_thread", "process_fork", "process_vfork_exec",
        "process_zombies",
        "signal_alternate_stack", "signal_faults", "signal_interrupts_read", "signal_longjmp", "signal_wait",
        "socket_unix_stream", "thread_barrier", "thread_exit_race", "thread_robust_mutex", "time_rdtsc",
    ]

    static func samples() throws -> [Sample] {
        let programs = try GuestProgram.all().filter { names.contains($0.name) }
        return allCases.flatMap { axis in
            programs.filter { !$0.refusedAxes.contains(axis.rawValue) }.map { Sample(axis: axis, program: $0) }
        }
    }
}
