import Testing

@testable import Codec

@Suite struct HashTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func digest(_ bytes: [UInt8]) -> [UInt8] { SHA256.hash(bytes.span) }

    /// The examples of FIPS 180-4's predecessor, FIPS 180-2, appendix B.
    @Test func sha256GivesThePublishedDigests() {
        #expect(
            hex(digest([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            hex(digest(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        var hash = SHA256()
        let thousand = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        for _ in 0..<1000 { hash.update(thousand.span) }
        #expect(hex(hash.finalize()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func aDigestDoesNotDependOnThePieces() {
        let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        var hash = SHA256()
        for start in stride(from: 0, to: 1000, by: 37) {
            let piece = message[start..<min(start + 37, 1000)]
            hash.update(piece.span)
        }
        #expect(hash.finalize() == digest(message))
        #expect(hash.finalize() == digest([]), "a finished value starts anew")
    }

    /// Values of the xxHash specification's reference implementation (XXH3_64bits).
    @Test func xxh3GivesThePublishedHashes() {
        #expect(XXH3.hash([]) == 0x2d06_8005_38d3_94c2)
        #expect(XXH3.hash([], seed: 1) != XXH3.hash([]))
    }

    @Test func everyBitOfInputAndSeedCounts() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let hash = XXH3.hash(bytes, seed: 5)
        for bit in 0..<bytes.count * 8 {
            var other = bytes
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(XXH3.hash(other, seed: 5) != hash)
        }
        for bit in 0..<64 { #expect(XXH3.hash(bytes, seed: 5 ^ 1 << UInt64(bit)) != hash) }
    }
}
