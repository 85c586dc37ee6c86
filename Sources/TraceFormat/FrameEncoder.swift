internal import LinuxABI

/// Turns frames into records of the frames stream. docs/recording-format.md describes the result.
///
/// The bulk of a frame's data is not part of its record: see `forEachContents`.
struct FrameEncoder {
    private var threads = ThreadCodingStates()

    /// Starts a chunk: `output` gets the record that every chunk begins with.
    /// - Parameter memoryPosition: the bytes of the memory stream that the frames before refer to.
    mutating func startChunk(memoryPosition: UInt64, in output: inout [UInt8]) {
        threads.reset()
        Self.appendRecord(RecordType.chunkStart, to: &output) { $0.appendVarint(memoryPosition) }
    }

    /// Appends the record of `frame` to `output`.
    mutating func encode(_ frame: borrowing Frame, to output: inout [UInt8]) {
        let newThread = threads.current != frame.thread
        threads.select(frame.thread)
        Self.appendRecord(RecordType.frame, to: &output) { output in
            let newXState = threads.state.xstate != frame.xstate
            var flags: UInt8 = 0
            if newThread { flags |= FrameFlags.thread }
            if newXState { flags |= FrameFlags.xstate }
            if frame.xstateAfter != nil { flags |= FrameFlags.xstateAfter }
            if !frame.effects.isEmpty { flags |= FrameFlags.effects }
            output.append(flags)
            if newThread { output.appendVarint(UInt64(UInt32(bitPattern: frame.thread.rawValue))) }
            Self.append(frame.event, to: &output)
            RegisterCoding.append(frame.before, from: threads.state.registers, to: &output)
            RegisterCoding.append(frame.after, from: frame.before, to: &output)
            threads.state.registers = frame.after
            if newXState {
                XStateCoding.append(frame.xstate, from: threads.state.xstate, to: &output)
                threads.state.xstate = frame.xstate
            }
            if let xstateAfter = frame.xstateAfter {
                XStateCoding.append(xstateAfter, from: frame.xstate, to: &output)
                threads.state.xstate = xstateAfter
            }
            if !frame.effects.isEmpty {
                output.appendVarint(UInt64(frame.effects.count))
                for effect in frame.effects { Self.append(effect, base: &threads.state.address, to: &output) }
            }
        }
    }

    /// The pieces of `frame` that go to the memory stream, in their order there.
    static func forEachContents<Failure: Error>(
        of frame: borrowing Frame, _ body: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        switch frame.event {
        case .exec(let image): for argument in image.arguments { try body(argument) }
        case .interruption(let marker): for page in marker.pages { try body(page.bytes) }
        default: break
        }
        for effect in frame.effects {
            switch effect {
            case .write(_, let bytes), .writeElsewhere(_, _, let bytes), .writeShared(_, _, let bytes),
                .outputBytes(_, let bytes):
                try body(bytes)
            case .output(_, _, _, let check): if let check { try body(check.contents) }
            case .verifyMemory(let digest): for run in digest.runs { try body(run.hashes) }
            case .elsewhere, .map, .unmap, .protect, .remap, .advise, .createShared, .resizeShared, .clearShared,
                .releaseShared, .limitStack:
                break
            }
        }
    }

    /// Appends tag, length and the contents that `body` appends.
    @inline(__always)
    static func appendRecord(_ tag: UInt64, to output: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        output.appendVarint(tag)
        let lengthPlace = output.count
        output.append(0)
        body(&output)
        let length = output.count - lengthPlace - 1
        if length < 0x80 {
            output[lengthPlace] = UInt8(length)
        } else {
            var coded: [UInt8] = []
            coded.appendVarint(UInt64(length))
            output.replaceSubrange(lengthPlace...lengthPlace, with: coded)
        }
    }

    static func append(_ text: String, to output: inout [UInt8]) {
        output.appendVarint(UInt64(text.utf8.count))
        output.append(contentsOf: text.utf8)
    }
}
