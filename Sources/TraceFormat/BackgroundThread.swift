internal import Glibc
internal import SystemPackage

/// One POSIX thread that runs a closure and can be joined once.
///
/// A pthread and not a Dispatch queue: it starts in some 20 us, adds no library, and takes no signals.
struct BackgroundThread: ~Copyable {
    private let handle: pthread_t

    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts the thread. All signals are blocked in it, so that handlers run on the thread they were meant for.
    /// It inherits the CPU affinity of the caller.
    init(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        var all = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &previous)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &previous, nil) }

        let start = unsafe Unmanaged.passRetained(Start(body))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                start.body()
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            unsafe start.release()
            throw Errno(rawValue: result)
        }
        handle = thread
    }

    /// Waits for the end of the thread.
    consuming func join() {
        let result = pthread_join(handle, nil)
        precondition(result == 0, "the thread is joinable and joined once")
    }
}
