import Testing

@testable import Codec

@Suite struct CompressionTests {
    private func example(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) }
    }

    @Test(arguments: [0, 1, 100, 300_000])
    func whatIsCompressedComesBack(count: Int) throws {
        var compressor = try ChunkCompressor(level: 1)
        var decompressor = try ChunkDecompressor()
        for round in 0..<3 {
            let bytes = example(count + round)
            var compressed: [UInt8] = [7, 8]
            try compressor.compress(bytes.span, appendingTo: &compressed)
            #expect(compressed[..<2] == [7, 8])
            var back: [UInt8] = [9]
            let payload = compressed[2...]
            try decompressor.decompress(
                payload.span, length: bytes.count, limit: bytes.count, into: &back)
            #expect(back == bytes)
        }
    }

    @Test func aWrongLengthIsAnError() throws {
        var compressor = try ChunkCompressor(level: 1)
        var decompressor = try ChunkDecompressor()
        var compressed: [UInt8] = []
        try compressor.compress(example(1000).span, appendingTo: &compressed)
        var output: [UInt8] = []
        #expect(throws: CodecError.tooLarge(length: 1000, limit: 999)) {
            try decompressor.decompress(compressed.span, length: 1000, limit: 999, into: &output)
        }
        #expect(output.capacity < 999, "the limit comes before the allocation")
        for length in [999, 1001, 0] {
            #expect(throws: CodecError.self) {
                try decompressor.decompress(compressed.span, length: length, limit: 2000, into: &output)
            }
        }
        try decompressor.decompress(compressed.span, length: 1000, limit: 2000, into: &output)
        #expect(output == example(1000), "an error does not spoil the context")
    }

    @Test func everyCutIsAnError() throws {
        var compressor = try ChunkCompressor(level: 3)
        var decompressor = try ChunkDecompressor()
        var compressed: [UInt8] = []
        try compressor.compress(example(500).span, appendingTo: &compressed)
        var output: [UInt8] = []
        for length in 0..<compressed.count {
            let cut = compressed[..<length]
            #expect(throws: CodecError.self) {
                try decompressor.decompress(cut.span, length: 500, limit: 500, into: &output)
            }
        }
    }
}
