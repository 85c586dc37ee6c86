internal import XState

/// An extended state stands in a frame as 0 and the delta from the thread's last one, or as its mask and the delta
/// from that mask's initial state. No mask is 0.
enum XStateCoding {
    static func append(_ new: XStateImage, from old: XStateImage?, to output: inout [UInt8]) {
        if let old, old.mask == new.mask {
            output.append(0)
            new.delta(from: old).encode(into: &output)
        } else {
            output.appendVarint(new.mask.rawValue)
            guard let initial = try? XStateImage.initial(mask: new.mask) else {
                preconditionFailure("an image has a mask that no image can have")
            }
            new.delta(from: initial).encode(into: &output)
        }
    }

    static func read(from old: XStateImage?, _ cursor: inout RecordCursor) throws(RecordingError) -> XStateImage {
        let mask = XFeatureMask(rawValue: try cursor.varint())
        var image: XStateImage
        if mask.isEmpty {
            guard let old else { throw cursor.damaged("the first extended state of a thread builds on none") }
            image = old
        } else {
            do { image = try XStateImage.initial(mask: mask) } catch { throw cursor.damaged("\(error)") }
        }
        let delta = try cursor.xstateDelta()
        do { try image.apply(delta) } catch { throw cursor.damaged("\(error)") }
        return image
    }
}
