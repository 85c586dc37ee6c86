internal import Codec
internal import LinuxABI
internal import Synchronization
internal import SystemPackage

/// The second thread's side of a `RecordingWriter`: a queue of jobs and a fixed set of buffers.
///
/// Jobs are carried out in order, and so a commit record is written after all that it vouches for.
final class RecordingOutput: Sendable {
    enum Job: Sendable {
        case chunk(RecordingStream, position: UInt64, [UInt8])
        case commit(MonotonicTime, frameCount: UInt64, final: ExitStatus?)
        /// Tells that all before it is done.
        case signal(Semaphore)
        case stop
    }

    /// The buffers that exist besides the ones that are being filled. When all are on their way, the recorder waits.
    private static let bufferCount = 8

    private struct State {
        /// `queue[head...]` is still to do.
        var queue: [Job] = []
        var head = 0
        var free: [[UInt8]] = .init(repeating: [], count: RecordingOutput.bufferCount)
        var failure: RecordingWriteError?
        var files: StreamFiles?
    }

    private let state: Mutex<State>
    /// Counts jobs in the queue.
    private let jobs = Semaphore(0)
    /// Counts free buffers.
    private let buffers = Semaphore(UInt32(RecordingOutput.bufferCount))
    /// Whether `State.failure` is set, to be asked at every frame.
    private let hasFailed = Atomic(false)

    /// Creates the streams.
    init(
        directory: FilePath, recordingID: RecordingID, options: RecordingWriter.Options
    ) throws(RecordingWriteError) {
        let files = try StreamFiles(directory: directory, recordingID: recordingID, options: options)
        state = Mutex(State(files: files))
    }

    /// The first error of the second thread.
    var failure: RecordingWriteError? {
        guard hasFailed.load(ordering: .acquiring) else { return nil }
        return state.withLock { $0.failure }
    }

    func enqueue(_ job: Job) {
        state.withLock { $0.queue.append(job) }
        jobs.signal()
    }

    /// An empty buffer. Waits until there is one.
    func freeBuffer() -> [UInt8] {
        buffers.wait()
        var buffer = state.withLock { $0.free.removeLast() }
        // Some room above the target, so that the last frame of a chunk does not make it grow.
        buffer.reserveCapacity(RecordingWriter.chunkTarget + 4096)
        return buffer
    }

    /// The second thread's body: ends with `.stop`.
    func run() {
        guard let files = state.withLock({ $0.files.take() }) else { return }
        while true {
            jobs.wait()
            switch nextJob() {
            case .chunk(let stream, let position, let bytes):
                attempt { () throws(RecordingWriteError) in
                    try files.writeChunk(stream, position: position, bytes)
                }
                recycle(bytes)
            case .commit(let time, let frameCount, let final):
                attempt { () throws(RecordingWriteError) in
                    try files.writeCommit(time, frameCount: frameCount, final: final)
                }
            case .signal(let done): done.signal()
            case .stop: return
            }
        }
    }

    private func nextJob() -> Job {
        state.withLock { state in
            let job = state.queue[state.head]
            state.queue[state.head] = .stop  // drops the reference to the buffer
            state.head += 1
            if state.head == state.queue.count {
                state.queue.removeAll(keepingCapacity: true)
                state.head = 0
            }
            return job
        }
    }

    /// After the first error nothing is written any more: a gap must never be followed by a commit.
    private func attempt(_ body: () throws(RecordingWriteError) -> Void) {
        if hasFailed.load(ordering: .relaxed) { return }
        do { try body() } catch {
            state.withLock { $0.failure = error }
            hasFailed.store(true, ordering: .releasing)
        }
    }

    private func recycle(_ bytes: consuming [UInt8]) {
        // One huge frame must not keep its memory.
        var buffer = bytes.capacity > 2 * RecordingWriter.chunkTarget ? [] : bytes
        buffer.removeAll(keepingCapacity: true)
        state.withLock { $0.free.append(buffer) }
        buffers.signal()
    }
}
