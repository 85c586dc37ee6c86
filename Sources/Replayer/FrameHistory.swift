internal import TraceFormat

/// The last frames, for a report.
struct FrameHistory {
    private var ring: [(FrameIndex, Frame)] = []
    private var start = 0
    private let capacity: Int

    /// In bytes. One frame's contents may be gigabytes, which nobody wants to have several times for a report that
    /// tells no more of them than their length.
    private static let contentsLimit = 1 << 20

    init(capacity: Int) { self.capacity = capacity }

    /// Keeps the frame, without its effects if their contents are large.
    mutating func append(_ index: FrameIndex, _ frame: Frame) {
        var frame = frame
        var length = 0
        for effect in frame.effects { length += effect.contentsLength }
        if length > Self.contentsLimit { frame.effects = [] }
        if ring.count < capacity {
            ring.append((index, frame))
        } else {
            ring[start] = (index, frame)
            start = (start + 1) % capacity
        }
    }

    /// Oldest first.
    var frames: [(FrameIndex, Frame)] { Array(ring[start...] + ring[..<start]) }
}

extension Effect {
    /// The bytes that the effect carries.
    var contentsLength: Int {
        switch self {
        case .write(_, let bytes), .writeElsewhere(_, _, let bytes), .writeShared(_, _, let bytes),
            .outputBytes(_, let bytes):
            bytes.count
        case .output(_, _, _, let check): check?.contents.count ?? 0
        case .verifyMemory(let digest): digest.runs.reduce(0) { $0 + $1.hashes.count }
        default: 0
        }
    }
}
