internal import LinuxABI
internal import Ptrace

/// The bytes that a sleeping call is to write to standard output or error, as they were before other threads ran.
///
/// The kernel takes them bit by bit while a pipe is emptied. A program that changes them meanwhile cannot know what was
/// written; these are the bytes that it has asked to be written.
struct OutputSnapshot {
    private var pieces: [(start: GuestAddress, bytes: [UInt8])] = []

    /// More than this is not kept, in bytes.
    private static let limit = 64 << 20

    init(of ranges: [OutputRange], in memory: GuestMemory) {
        var room = Self.limit
        for range in ranges {
            let bytes = memory.read(range.start, count: min(room, Int(clamping: range.length)))
            pieces.append((range.start, bytes))
            room -= bytes.count
        }
    }

    /// The bytes of a range if they are not in memory any more.
    func changedBytes(of range: GuestRange, in memory: GuestMemory) -> [UInt8]? {
        guard
            let piece = pieces.first(where: {
                $0.start <= range.start && range.end <= $0.start + UInt64($0.bytes.count)
            })
        else { return nil }
        let first = Int(range.start - piece.start)
        let bytes = Array(piece.bytes[first..<first + Int(range.length)])
        return memory.readExactly(range.start, count: bytes.count) == bytes ? nil : bytes
    }
}
