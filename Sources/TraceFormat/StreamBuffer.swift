/// The chunk of a stream that is being filled.
struct StreamBuffer {
    let stream: RecordingStream
    var bytes: [UInt8]
    /// The position of the chunk's first byte or record.
    var position: UInt64 = 0

    init(_ stream: RecordingStream, _ bytes: [UInt8]) {
        self.stream = stream
        self.bytes = bytes
    }

    /// Hands the chunk over and goes on with an empty one. Waits while all buffers are taken.
    mutating func flush(to output: RecordingOutput) {
        if bytes.isEmpty { return }
        output.enqueue(.chunk(stream, position: position, bytes))
        bytes = output.freeBuffer()
    }
}
