internal import Glibc

/// A counting semaphore (sem_overview(7)), to wait for the other thread without spinning.
@safe final class Semaphore: @unchecked Sendable {
    // Safe to share: POSIX semaphores are made to be used by several threads, and the pointer never changes.
    private let storage: UnsafeMutablePointer<sem_t>

    init(_ value: UInt32) {
        unsafe storage = .allocate(capacity: 1)
        let result = unsafe sem_init(storage, 0, value)
        precondition(result == 0, "sem_init fails only for values above SEM_VALUE_MAX")
    }

    deinit {
        unsafe sem_destroy(storage)
        unsafe storage.deallocate()
    }

    func signal() {
        let result = unsafe sem_post(storage)
        precondition(result == 0, "sem_post fails only above SEM_VALUE_MAX")
    }

    func wait() {
        // A signal handler that ran makes it fail with EINTR; nothing else does.
        while unsafe sem_wait(storage) != 0 {}
    }
}
