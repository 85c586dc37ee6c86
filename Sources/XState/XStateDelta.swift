/// What changed between two images of the same mask, in words of eight bytes.
///
/// Serialised: the number of runs, then for each run the unchanged words since the end of the last run and the changed
/// words (all as LEB128 numbers), then the bytes of all runs. An unchanged image takes one byte.
package struct XStateDelta: Hashable, Sendable {
    /// Neighbouring words that changed, none adjacent to the next.
    struct Run: Hashable, Sendable {
        var start: Int
        var count: Int
    }

    var runs: [Run]
    /// The new values of all runs, 8 bytes for each word.
    var bytes: [UInt8]

    package var isEmpty: Bool { runs.isEmpty }

    /// No image has more words.
    static let maximumWords = XStateImage.byteCount(.storable) / 8
}

extension XStateImage {
    /// What turns `previous` into this image. A recording's first image is stored as the delta from `initial(mask:)`.
    ///
    /// - Precondition: both images have the same mask.
    package func delta(from previous: XStateImage) -> XStateDelta {
        precondition(mask == previous.mask, "a delta between images of different masks")
        var delta = XStateDelta(runs: [], bytes: [])
        let old = previous.bytes.span
        let new = bytes.span
        if old.isIdentical(to: new) { return delta }
        var block = 0
        while block < new.count {
            // Most of the state never changes: skip it by blocks that the compiler compares as vectors.
            if block &+ 64 <= new.count, Self.isUnchanged(old, new, block) {
                block &+= 64
                continue
            }
            let end = min(block &+ 64, new.count)
            for start in stride(from: block, to: end, by: 8) where Self.isChangedWord(old, new, start) {
                let word = start / 8
                if let last = delta.runs.last, last.start + last.count == word {
                    delta.runs[delta.runs.count - 1].count += 1
                } else {
                    delta.runs.append(.init(start: word, count: 1))
                }
            }
            block = end
        }
        for run in delta.runs { delta.bytes += bytes[8 * run.start..<8 * (run.start + run.count)] }
        return delta
    }

    @inline(__always)
    private static func isUnchanged(_ old: Span<UInt8>, _ new: Span<UInt8>, _ start: Int) -> Bool {
        var difference: UInt8 = 0
        for lane in 0..<64 { difference |= old[start &+ lane] ^ new[start &+ lane] }
        return difference == 0
    }

    @inline(__always)
    private static func isChangedWord(_ old: Span<UInt8>, _ new: Span<UInt8>, _ start: Int) -> Bool {
        var difference: UInt8 = 0
        for lane in 0..<8 { difference |= old[start &+ lane] ^ new[start &+ lane] }
        return difference != 0
    }

    /// Carries out the change. The image is unchanged if an error is thrown.
    ///
    /// - Throws: `foreignDelta` if the delta goes beyond this image or touches bytes that must stay 0: it was not made
    ///   for an image of this mask, or it is damaged.
    package mutating func apply(_ delta: XStateDelta) throws(XStateError) {
        if delta.isEmpty { return }
        guard let last = delta.runs.last, 8 * (last.start + last.count) <= bytes.count else { throw .foreignDelta }
        var changed = self
        var source = 0
        for run in delta.runs {
            let next = source + 8 * run.count
            let target = 8 * run.start..<8 * (run.start + run.count)
            changed.bytes.replaceSubrange(target, with: delta.bytes[source..<next])
            source = next
        }
        guard changed.isCanonical else { throw .foreignDelta }
        self = changed
    }
}
