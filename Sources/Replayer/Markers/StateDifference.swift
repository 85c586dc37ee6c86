internal import LinuxABI
internal import MachineCode
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// Why a moment is not the one that a marker describes.
enum StateDifference {
    case registers
    /// An XMM register: its number and the value it should have.
    case vector(Int, low: UInt64, high: UInt64)
    case otherXState
    /// The 8 bytes at an address, and what they should be.
    case word(GuestAddress, UInt64)
    /// Some of these pages; what they should contain is not known.
    case pages(GuestAddress, count: UInt64)

    /// What the stub can compare to know better next time.
    var check: FilterStub.Check? {
        switch self {
        case .vector(let number, let low, let high): .vector(number, low: low, high: high)
        case .word(let address, let value): .word(address, value)
        case .registers, .otherXState, .pages: nil
        }
    }

    static func ofXState(expected: XStateImage, actual: XStateImage) -> StateDifference? {
        if expected.matches(actual, ignoring: StateComparison.ignoredXState) { return nil }
        for number in 0..<16 {
            let (low, high) = expected.vector(number)
            if actual.vector(number) != (low, high) { return .vector(number, low: low, high: high) }
        }
        return .otherXState
    }

    /// - Parameter suspect: the index of the digest that differed last: it most likely differs again.
    static func ofMemory(_ marker: Marker, _ thread: TracedThread, suspect: inout Int) -> StateDifference? {
        for page in marker.pages {
            var bytes = thread.memory.read(page.start, count: page.bytes.count)
            PageHash.clearDead(&bytes, at: page.start, marker.stackEnds)
            if bytes.count == page.bytes.count, bytes.isEqualByVectors(to: page.bytes) { continue }
            for offset in stride(from: 0, to: page.bytes.count, by: 8) {
                let wanted = page.bytes.word(at: offset)
                guard bytes.count >= offset + 8 else { return .pages(page.start, count: 1) }
                if bytes.word(at: offset) != wanted { return .word(page.start + UInt64(offset), wanted) }
            }
        }
        if marker.digests.indices.contains(suspect), differs(marker.digests[suspect], marker, thread) {
            return .pages(marker.digests[suspect].start, count: marker.digests[suspect].pageCount)
        }
        for (index, digest) in marker.digests.enumerated() where differs(digest, marker, thread) {
            suspect = index
            return .pages(digest.start, count: digest.pageCount)
        }
        return nil
    }

    private static func differs(_ digest: Marker.Digest, _ marker: Marker, _ thread: TracedThread) -> Bool {
        let hashes = PageHash.hashes(
            of: digest.start, pageCount: digest.pageCount, stackEnds: marker.stackEnds, in: thread.memory,
            through: thread.id)
        return PageHash.combined(hashes[...]) != digest.hash
    }
}

extension XStateImage {
    /// The halves of an XMM register: bytes 160 and on of the FXSAVE area (SDM volume 1, section 10.5.1).
    fileprivate func vector(_ number: Int) -> (UInt64, UInt64) {
        (bytes.word(at: 160 + 16 * number), bytes.word(at: 168 + 16 * number))
    }
}

extension [UInt8] {
    /// The little-endian word at an offset.
    fileprivate func word(at offset: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in 0..<8 { word |= UInt64(self[offset + index]) << UInt64(8 * index) }
        return word
    }
}
