internal import LinuxABI
internal import XState

/// Turns records of the frames stream back into frames.
struct FrameDecoder {
    private var threads = ThreadCodingStates()

    /// Reads the record at the start of a chunk.
    /// - Returns: the bytes of the memory stream that the frames before refer to.
    mutating func startChunk(_ cursor: inout RecordCursor) throws(RecordingError) -> UInt64 {
        threads.reset()
        guard try cursor.beginRecord(known: { $0 == RecordType.chunkStart }) != nil else {
            throw cursor.damaged("a chunk does not begin as chunks do")
        }
        let memoryPosition = try cursor.varint()
        try cursor.endRecord()
        return memoryPosition
    }

    /// Reads the next frame of the chunk, with its contents from `memory`; nil at the end of the chunk.
    mutating func next(_ cursor: inout RecordCursor, memory: some ContentsSource) throws(RecordingError) -> Frame? {
        guard try cursor.beginRecord(known: { $0 == RecordType.frame }) != nil else { return nil }
        let flags = try cursor.byte()
        guard flags & ~FrameFlags.known == 0 else { throw cursor.madeByNewer("unknown frame flags \(flags)") }
        if flags & FrameFlags.thread != 0 {
            threads.select(ThreadID(Int32(bitPattern: try cursor.varint32())))
        }
        guard let thread = threads.current else { throw cursor.damaged("a frame belongs to no thread") }

        var contents = ContentsBudget(memory: memory)
        let event = try Self.event(&cursor, &contents)
        let before = try RegisterCoding.read(from: threads.state.registers, &cursor)
        let after = try RegisterCoding.read(from: before, &cursor)
        if flags & FrameFlags.xstate != 0 {
            threads.state.xstate = try XStateCoding.read(from: threads.state.xstate, &cursor)
        }
        guard let xstate = threads.state.xstate else { throw cursor.damaged("a thread has no extended state") }
        var xstateAfter: XStateImage?
        if flags & FrameFlags.xstateAfter != 0 {
            xstateAfter = try XStateCoding.read(from: xstate, &cursor)
            threads.state.xstate = xstateAfter
        }
        threads.state.registers = after

        var effects: [Effect] = []
        if flags & FrameFlags.effects != 0 {
            for _ in 0..<(try cursor.count(limit: FormatLimits.effectCount, "effects")) {
                effects.append(try Self.effect(&cursor, base: &threads.state.address, &contents))
            }
        }
        try cursor.endRecord()
        return Frame(
            thread: thread, event: event, before: before, after: after, xstate: xstate, xstateAfter: xstateAfter,
            effects: effects)
    }

    /// Gives out a frame's bytes of the memory stream, up to the limit for one frame.
    struct ContentsBudget {
        let memory: any ContentsSource
        private var left = UInt64(FormatLimits.frameContents)

        init(memory: some ContentsSource) { self.memory = memory }

        mutating func take(_ length: UInt64, _ cursor: RecordCursor) throws(RecordingError) -> [UInt8] {
            guard length <= left else { throw cursor.damaged("a frame has too much memory contents") }
            left -= length
            return try memory.read(Int(length))
        }
    }
}

/// Where a decoder gets the bytes that frames refer to.
protocol ContentsSource {
    /// The next `count` bytes. Allocates no more than there are.
    func read(_ count: Int) throws(RecordingError) -> [UInt8]
}
