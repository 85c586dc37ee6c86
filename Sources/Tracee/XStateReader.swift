internal import LinuxABI
internal import Ptrace
internal import XState

/// Reads one thread's extended state at every event without decoding what has not changed.
struct XStateReader {
    /// This machine's layout.
    let layout: XStateLayout
    /// The components that images hold. The machine's others are initial as a rule; where they are not, an image
    /// holds them all, so that nothing is overlooked.
    let mask: XFeatureMask
    private var previous: [UInt8] = []
    private var image: XStateImage?
    private var buffer = XStateBuffer()

    /// - Parameter mask: what is asked for; what this machine does not have is left out.
    init(layout: XStateLayout, mask: XFeatureMask? = nil) {
        self.layout = layout
        self.mask = mask?.intersection(layout.imageMask) ?? layout.imageMask
    }

    mutating func read(_ thread: borrowing StoppedThread) throws(PtraceError) -> XStateImage {
        try thread.readXState(into: &buffer)
        if let image, buffer.bytes.isEqualByVectors(to: previous) { return image }
        let decoded: XStateImage
        do {
            let all = try XStateImage(decoding: buffer.bytes, layout: layout)
            decoded = all.mask == mask || !all.obstacles(to: mask).isEmpty ? all : try all.converted(to: mask)
        } catch {
            throw .failed(operation: "decoding the extended state", thread: thread.id, errno: 22)
        }
        swap(&previous, &buffer.bytes)
        if buffer.bytes.count != previous.count { buffer = XStateBuffer(buffer.regset) }
        image = decoded
        return decoded
    }

    mutating func write(_ image: XStateImage, to thread: borrowing StoppedThread) throws(PtraceError) {
        // Starts from what is there: the software bytes and MXCSR_MASK are this machine's.
        try thread.readXState(into: &buffer)
        do { try image.encode(into: &buffer.bytes, layout: layout) } catch {
            throw .failed(operation: "converting extended state to this machine's layout", thread: thread.id, errno: 22)
        }
        try thread.writeXState(buffer)
        self.image = nil
    }
}
