internal import LinuxABI
package import SystemPackage
package import XState

/// Writes a recording. Used by one thread; a second thread, owned by this object, compresses and writes to the files.
///
/// What is appended gets its place in a recording with the next commit: a recorder that is killed loses what came
/// after. After an error the object throws that error again and again, and what was committed stays readable.
/// An object that is released without `finish` leaves an unfinished recording.
package final class RecordingWriter {
    package struct Options: Sendable {
        /// The zstd level.
        package var compressionLevel = 1
        /// At least this much time passes between two commits of `commitIfDue`. The format promises one second; half
        /// of it leaves the recorder time until it asks.
        package var commitInterval: Duration = .milliseconds(500)
        /// fdatasync(2) before every commit: a recording then survives a loss of power, and not only of the recorder.
        package var synchronizes = false
        /// Replaces write(2); for tests of what happens when it fails.
        package var write: WriteFunction?

        package init() {}
    }

    /// Writes some of the bytes, at least one, and returns how many.
    package typealias WriteFunction = @Sendable (FileDescriptor, ArraySlice<UInt8>) throws(Errno) -> Int

    /// A chunk goes out when it has this much.
    static let chunkTarget = 256 << 10

    package let directory: FilePath
    package private(set) var manifest: RecordingManifest
    /// How many frames were appended.
    package private(set) var frameCount: UInt64 = 0

    private let options: Options
    private let output: RecordingOutput
    private var thread: BackgroundThread?
    private var encoder = FrameEncoder()
    private var frames: StreamBuffer
    private var memory: StreamBuffer
    private var files: StreamBuffer
    private var fileCount: UInt64 = 0
    private var memoryLength: UInt64 = 0
    private var lastCommit: MonotonicTime
    private var hasUncommitted = false
    private var failure: RecordingWriteError?

    /// Creates the directory, which must not exist, and an empty unfinished recording in it.
    ///
    /// The second thread inherits the caller's CPU affinity: create the writer before pinning, so that compression
    /// does not compete with the tracee.
    package init(
        creating directory: FilePath, manifest: RecordingManifest, options: Options = Options()
    ) throws(RecordingWriteError) {
        self.directory = directory
        self.options = options
        self.manifest = manifest
        lastCommit = .now
        do { try Directory.create(directory, permissions: .ownerReadWriteExecute) } catch {
            throw .file(path: directory.string, nil, error)
        }
        output = try RecordingOutput(directory: directory, recordingID: manifest.recordingID, options: options)
        // Last: a directory with a manifest has all its streams.
        try manifest.write(to: directory, synchronizes: options.synchronizes)
        frames = StreamBuffer(.frames, output.freeBuffer())
        memory = StreamBuffer(.memory, output.freeBuffer())
        files = StreamBuffer(.files, [])
        do {
            let output = output
            thread = try BackgroundThread { output.run() }
        } catch { throw .thread(error) }
    }

    deinit { stop() }

    /// Appends a frame.
    /// - Returns: its place in the recording.
    @discardableResult
    package func append(_ frame: borrowing Frame) throws(RecordingWriteError) -> FrameIndex {
        try check()
        try checkLimits(of: frame)
        hasUncommitted = true
        let memoryPosition = memoryLength
        try appendContents(of: frame)
        if frames.bytes.isEmpty {
            frames.position = frameCount
            encoder.startChunk(memoryPosition: memoryPosition, in: &frames.bytes)
        }
        encoder.encode(frame, to: &frames.bytes)
        guard frames.bytes.count <= FormatLimits.chunkLength else {
            throw fail(.frameTooLarge(.frames, limit: FormatLimits.chunkLength))
        }
        let index = FrameIndex(frameCount)
        frameCount += 1
        if frames.bytes.count >= Self.chunkTarget { frames.flush(to: output) }
        return index
    }

    /// Notes a file that mappings refer to by its digest.
    package func noteFile(_ file: FileRecord) throws(RecordingWriteError) {
        try check()
        hasUncommitted = true
        guard file.path.count <= FormatLimits.pathLength else {
            throw fail(.frameTooLarge(.files, limit: FormatLimits.pathLength))
        }
        if files.bytes.isEmpty { files.position = fileCount }
        file.encode(to: &files.bytes)
        fileCount += 1
        if files.bytes.count >= Self.chunkTarget { files.flush(to: output) }
    }

    /// Commits if the last commit was long enough ago and there is something new. To be called often, and before the
    /// recorder waits for long.
    package func commitIfDue(now: MonotonicTime = .now) throws(RecordingWriteError) {
        try check()
        guard hasUncommitted, now > lastCommit, now.nanoseconds - lastCommit.nanoseconds >= commitInterval else {
            return
        }
        try commit(now: now)
    }

    /// Hands everything over to be written, and after it a record that vouches for it.
    package func commit(now: MonotonicTime = .now) throws(RecordingWriteError) {
        try check()
        flush(now: now, final: nil)
    }

    /// The same, and waits until it is written: the process may be killed next.
    package func commitNow() throws(RecordingWriteError) {
        try commit()
        let done = Semaphore(0)
        output.enqueue(.signal(done))
        done.wait()
        try check()
    }

    /// Writes what is left and marks the recording as finished. The object is of no use afterwards.
    /// - Parameters:
    ///   - endTime: nanoseconds of Unix time.
    ///   - limits: see `RecordingManifest.pinLimits`.
    ///   - refusals: see `RecordingManifest.refusals`.
    package func finish(
        exitStatus: ExitStatus, endTime: UInt64, limits: [PinLimit] = [], refusals: [RefusalNote] = [],
        now: MonotonicTime = .now
    ) throws(RecordingWriteError) {
        try check()
        flush(now: now, final: exitStatus)
        stop()
        try check()
        manifest.endTime = endTime
        manifest.pinLimits = limits
        manifest.refusals = refusals
        manifest.exitStatus = exitStatus
        do { try manifest.write(to: directory, synchronizes: options.synchronizes) } catch { throw fail(error) }
    }

    // MARK: -

    private var commitInterval: UInt64 {
        let (seconds, attoseconds) = options.commitInterval.components
        return UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: attoseconds / 1_000_000_000)
    }

    /// Refuses what a reader would refuse.
    @inline(__always)
    private func checkLimits(of frame: borrowing Frame) throws(RecordingWriteError) {
        if frame.effects.isEmpty, !frame.event.hasContents { return }
        guard frame.effects.count <= FormatLimits.effectCount, frame.event.isWithinLimits,
            frame.effects.allSatisfy(\.isWithinLimits)
        else { throw fail(.frameTooLarge(.frames, limit: FormatLimits.chunkLength)) }
    }

    private func appendContents(of frame: borrowing Frame) throws(RecordingWriteError) {
        if frame.effects.isEmpty, !frame.event.hasContents { return }
        var length = 0
        try FrameEncoder.forEachContents(of: frame) { (bytes: [UInt8]) throws(RecordingWriteError) in
            length += bytes.count
            guard length <= FormatLimits.frameContents else {
                throw fail(.frameTooLarge(.memory, limit: FormatLimits.frameContents))
            }
            var rest = bytes[...]
            while !rest.isEmpty {
                if memory.bytes.isEmpty { memory.position = memoryLength }
                let piece = rest.prefix(Self.chunkTarget - memory.bytes.count)
                memory.bytes.append(contentsOf: piece)
                memoryLength += UInt64(piece.count)
                rest = rest.dropFirst(piece.count)
                if memory.bytes.count == Self.chunkTarget { memory.flush(to: output) }
            }
        }
    }

    private func flush(now: MonotonicTime, final: ExitStatus?) {
        // Memory first: frames refer to it.
        memory.flush(to: output)
        files.flush(to: output)
        frames.flush(to: output)
        output.enqueue(.commit(now, frameCount: frameCount, final: final))
        lastCommit = now
        hasUncommitted = false
    }

    private func check() throws(RecordingWriteError) {
        if let failure { throw failure }
        if let failure = output.failure { throw fail(failure) }
    }

    private func fail(_ error: RecordingWriteError) -> RecordingWriteError {
        failure = error
        return error
    }

    private func stop() {
        guard let running = thread.take() else { return }
        output.enqueue(.stop)
        running.join()
    }
}
