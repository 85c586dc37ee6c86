internal import Synchronization
internal import SystemPackage

/// Reads and decompresses the chunks of a stream on a thread of its own, some of them ahead of who wants them.
///
/// A replay shares its core with the tracee; this thread does not have to. Where no thread can be had (RLIMIT_NPROC),
/// chunks are read when they are asked for.
final class ReadAhead {
    struct Chunk: Sendable {
        var contents: [UInt8]
        var position: UInt64
        /// In the file.
        var offset: UInt64
    }

    private let queue: Queue
    private var thread: BackgroundThread?
    private var isAtEnd = false

    /// Starts the thread, which inherits the caller's CPU affinity: to be called before that is narrowed.
    init(_ chunks: sending ChunkReader) {
        let queue = Queue(chunks)
        self.queue = queue
        thread = try? BackgroundThread { queue.fill() }
    }

    deinit {
        queue.stop()
        if let thread = thread.take() { thread.join() }
    }

    /// The next chunk; nil at the end.
    func next() throws(RecordingError) -> Chunk? {
        if isAtEnd { return nil }
        switch thread == nil ? queue.read() : queue.take() {
        case .chunk(let chunk): return chunk
        case .end:
            isAtEnd = true
            return nil
        case .failure(let error):
            isAtEnd = true
            throw error
        }
    }

    private enum Item: Sendable {
        case chunk(Chunk)
        case end
        case failure(RecordingError)
    }

    /// What both threads use.
    private final class Queue: Sendable {
        private struct State {
            var chunks: ChunkReader?
            var items: [Item] = []
            var isStopping = false
        }

        private let state: Mutex<State>
        /// Counts items.
        private let filled = Semaphore(0)
        /// Counts places for more.
        private let free = Semaphore(Queue.depth)

        /// How many chunks are read before they are asked for.
        private static let depth: UInt32 = 4

        init(_ chunks: sending ChunkReader) { state = Mutex(State(chunks: chunks)) }

        /// The thread's body: ends with the stream, at the first error, or when told to stop.
        func fill() {
            guard let chunks = state.withLock({ $0.chunks.take() }) else { return }
            while true {
                free.wait()
                if state.withLock({ $0.isStopping }) { return }
                let item = Self.next(of: chunks)
                state.withLock { $0.items.append(item) }
                filled.signal()
                guard case .chunk = item else { return }
            }
        }

        /// Reads the next chunk on the caller's thread.
        func read() -> Item { state.withLock { $0.chunks.map(Self.next) ?? .end } }

        private static func next(of chunks: ChunkReader) -> Item {
            do {
                guard try chunks.next() else { return .end }
                return .chunk(
                    Chunk(contents: chunks.contents, position: chunks.chunkPosition, offset: chunks.chunkOffset))
            } catch { return .failure(error) }
        }

        func take() -> Item {
            filled.wait()
            let item = state.withLock { $0.items.removeFirst() }
            free.signal()
            return item
        }

        func stop() {
            state.withLock { $0.isStopping = true }
            free.signal()
        }
    }
}
