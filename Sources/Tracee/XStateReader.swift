internal import LinuxABI
internal import Ptrace
internal import XState

/// Reads one thread's extended state at every event without decoding what has not changed.
struct XStateReader {
    let layout: XStateLayout
    private var previous: [UInt8] = []
    private var image: XStateImage?
    private var buffer = XStateBuffer()

    init(layout: XStateLayout) { self.layout = layout }

    mutating func read(_ thread: borrowing StoppedThread) throws(PtraceError) -> XStateImage {
        try thread.readXState(into: &buffer)
        if let image, buffer.bytes.isEqualByVectors(to: previous) { return image }
        let decoded: XStateImage
        do { decoded = try XStateImage(decoding: buffer.bytes, layout: layout) } catch {
            throw .failed(operation: "decoding NT_X86_XSTATE", thread: thread.id, errno: 22)
        }
        swap(&previous, &buffer.bytes)
        if buffer.bytes.count != previous.count { buffer = XStateBuffer() }
        image = decoded
        return decoded
    }

    mutating func write(_ image: XStateImage, to thread: borrowing StoppedThread) throws(PtraceError) {
        // Starts from what is there: the software bytes and MXCSR_MASK are this machine's.
        try thread.readXState(into: &buffer)
        var bytes = buffer.bytes
        do { try image.encode(into: &bytes, layout: layout) } catch {
            throw .failed(operation: "converting extended state to this machine's layout", thread: thread.id, errno: 22)
        }
        try thread.writeXState(bytes)
        self.image = nil
    }
}
