import FoundationEssentials
package import Glibc

/// A command of the tests: run in a directory, with files for its streams, and for a limited time.
///
/// The streams are files, not pipes, so that a descendant that keeps them open holds nobody up.
package struct Command {
    /// The program, looked up in PATH if it has no slash, and its arguments.
    package var words: [String]
    /// Set in addition to our own environment.
    package var environment: [String: String] = [:]
    package var directory: String
    package var input = "/dev/null"
    /// Made by the command, in a directory that is ours.
    package var output: String
    package var error: String
    package var timeLimit = Duration.seconds(60)

    package enum Ending: Equatable {
        case exited(Int32)
        case killed(signal: Int32)
        /// Not finished in time; the command and its process group have been killed.
        case hung
    }

    package struct Failure: Error, CustomStringConvertible {
        package var description: String
        package init(description: String) { self.description = description }
    }

    /// The command as one would type it.
    package var line: String { words.joined(separator: " ") }

    package init(
        words: [String], environment: [String: String] = [:], directory: String, input: String = "/dev/null",
        output: String, error: String, timeLimit: Duration = .seconds(60)
    ) {
        self.words = words
        self.environment = environment
        self.directory = directory
        self.input = input
        self.output = output
        self.error = error
        self.timeLimit = timeLimit
    }

    /// Runs the command to its end, without blocking the thread: swift-testing has few of them.
    ///
    /// - Parameter meanwhile: called with the command's process id, which is its process group's too, once it runs.
    package func run(meanwhile: (pid_t) async -> Void = { _ in }) async throws -> Ending {
        let child = try spawn()
        await meanwhile(child)
        let clock = ContinuousClock()
        let deadline = clock.now + timeLimit * Environment.patience
        while clock.now < deadline {
            if let ending = poll(child) { return ending }
            try? await Task.sleep(for: .milliseconds(3))
        }
        // Where all threads of the test runner were busy, the command may have ended long ago.
        if let ending = poll(child) { return ending }
        kill(-child, SIGKILL)
        var status: Int32 = 0
        _ = unsafe waitpid(child, &status, 0)
        return .hung
    }

    /// How `child` ended, or nil if it has not.
    private func poll(_ child: pid_t) -> Ending? {
        var status: Int32 = 0
        guard unsafe waitpid(child, &status, WNOHANG) == child else { return nil }
        // The macros WIFEXITED, WEXITSTATUS and WTERMSIG of wait(2), which Swift does not import.
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    }

    /// Starts the command as leader of a process group of its own, with default signal handling, no blocked signals
    /// and no descriptors but the three streams.
    private func spawn() throws -> pid_t {
        let streams = try [
            open(input, O_RDONLY), open(output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND),
            open(error, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND),
        ]
        defer { for stream in streams { close(stream) } }

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (number, stream) in streams.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, stream, Int32(number))
        }
        // What the test runner holds open without close-on-exec; closing what is not open is no failure here.
        for descriptor in Int32(3)..<256 { unsafe posix_spawn_file_actions_addclose(&actions, descriptor) }

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var child: pid_t = 0
        // env changes the directory: Swift's Glibc has not the action of posix_spawn that does.
        let result = unsafe withStrings(["env", "--chdir=\(directory)"] + words) { words in
            unsafe withStrings(variables.map { "\($0)=\($1)" }) { variables in
                unsafe posix_spawnp(&child, words[0]!, &actions, &attributes, words, variables)
            }
        }
        guard result == 0 else { throw Failure(description: "cannot run \(line): errno \(result)") }
        return child
    }

    private func open(_ path: String, _ flags: Int32) throws -> Int32 {
        // Above the standard streams, since dup2 of a descriptor to itself would leave it close-on-exec.
        let first = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o644)
        guard first >= 0 else { throw Failure(description: "cannot open \(path): errno \(errno)") }
        guard first < 3 else { return first }
        defer { close(first) }
        return fcntl(first, F_DUPFD_CLOEXEC, 3)
    }
}

/// Lends `strings` as a C array that ends in a null pointer.
private func withStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let copies = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
    return unsafe copies.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
}
