import Codec
import LinuxABI
import Testing

@testable import TraceFormat

@Suite struct PassCountsTests {
    private let recording = RecordingID(high: 0x0123_4567_89ab_cdef, low: 17)

    private var example: PassCounts {
        var counts = PassCounts()
        for (frame, address, pass) in [(70, 0x5555_0000_1234, 1), (8, 0x40_0000, .max), (9, .max, 1 << 40)]
            as [(UInt64, UInt64, UInt64)]
        {
            counts.learn(Position(frame: FrameIndex(frame), address: GuestAddress(address), pass: pass))
        }
        return counts
    }

    /// The example with a word of the header replaced, and the right checksum.
    private func encoded(word: UInt64, at offset: Int) -> [UInt8] {
        var bytes = Array(example.encoded(for: recording).dropLast(8))
        for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * index)) }
        bytes.appendLittleEndian(XXH3.hash(bytes))
        return bytes
    }

    @Test func knowsOnePassOfEachFrame() {
        var counts = example
        let frame = FrameIndex(70)
        #expect(counts.pass(of: frame, at: GuestAddress(0x5555_0000_1234)) == 1)
        #expect(counts.pass(of: frame, at: GuestAddress(0x5555_0000_1235)) == nil, "another address")
        #expect(counts.pass(of: FrameIndex(71), at: GuestAddress(0x5555_0000_1234)) == nil)
        counts.learn(Position(frame: frame, address: GuestAddress(1), pass: 5))
        #expect(counts.pass(of: frame, at: GuestAddress(1)) == 5)
        #expect(counts.count == 3 && counts.all.map(\.frame.rawValue) == [8, 9, 70])
        counts.forget(frame)
        #expect(counts.pass(of: frame, at: GuestAddress(1)) == nil)
        #expect(counts.count == 2)
    }

    @Test func isBounded() throws {
        var counts = PassCounts()
        for frame in 0...UInt64(PassCounts.limit) {
            counts.learn(Position(frame: FrameIndex(frame), address: .null, pass: frame))
        }
        #expect(counts.count == PassCounts.limit)
        counts.learn(Position(frame: FrameIndex(0), address: .null, pass: 7))
        #expect(counts.pass(of: FrameIndex(0), at: .null) == 7, "what is there can change")
        let bytes = counts.encoded(for: recording)
        #expect(bytes.count == PassCounts.longestEncoding)
        #expect(try PassCounts(decoding: bytes, for: recording) == counts)
        #expect(throws: PassCounts.CodingError.damaged) {
            try PassCounts(decoding: bytes + [UInt8](repeating: 0, count: 24), for: recording)
        }
    }

    @Test func comesBackAsItWas() throws {
        #expect(try PassCounts(decoding: example.encoded(for: recording), for: recording) == example)
        #expect(try PassCounts(decoding: PassCounts().encoded(for: recording), for: recording).isEmpty)
    }

    @Test func everyDamagedByteIsNoticed() {
        let bytes = example.encoded(for: recording)
        for offset in bytes.indices {
            for bit: UInt8 in [1, 0x10, 0x80, 0xff] {
                var damaged = bytes
                damaged[offset] ^= bit
                #expect(throws: PassCounts.CodingError.damaged) { try PassCounts(decoding: damaged, for: recording) }
            }
            #expect(throws: PassCounts.CodingError.damaged) {
                try PassCounts(decoding: Array(bytes[..<offset]), for: recording)
            }
        }
        #expect(throws: PassCounts.CodingError.damaged) { try PassCounts(decoding: bytes + [0], for: recording) }
    }

    @Test func isNotForAnotherRecording() {
        let other = RecordingID(high: recording.high, low: 18)
        #expect(throws: PassCounts.CodingError.otherRecording(recording)) {
            try PassCounts(decoding: example.encoded(for: recording), for: other)
        }
        let moved = encoded(word: 18, at: 24)
        #expect(throws: PassCounts.CodingError.otherRecording(other)) {
            try PassCounts(decoding: moved, for: recording)
        }
    }

    @Test func aNewerVersionIsLeftAlone() {
        #expect(throws: PassCounts.CodingError.version(2)) {
            try PassCounts(decoding: encoded(word: 2, at: 8), for: recording)
        }
        #expect(throws: PassCounts.CodingError.damaged) {
            try PassCounts(decoding: encoded(word: 0x1234, at: 0), for: recording)
        }
    }
}
