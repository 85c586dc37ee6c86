import ArgumentParser
import TraceFormat

/// Frames by index: `N`, `N..M` with both ends, or `N..` to the end.
struct EventRange: ExpressibleByArgument, Hashable {
    var first: FrameIndex
    /// nil: no end.
    var last: FrameIndex?

    static let all = EventRange(first: FrameIndex(0), last: nil)

    init(first: FrameIndex, last: FrameIndex?) {
        self.first = first
        self.last = last
    }

    init?(argument: String) {
        guard let dots = argument.firstRange(of: "..") else {
            guard let only = UInt64(argument) else { return nil }
            self.init(first: FrameIndex(only), last: FrameIndex(only))
            return
        }
        let tail = argument[dots.upperBound...]
        guard let first = UInt64(argument[..<dots.lowerBound]) else { return nil }
        if tail.isEmpty {
            self.init(first: FrameIndex(first), last: nil)
        } else {
            guard let last = UInt64(tail), first <= last else { return nil }
            self.init(first: FrameIndex(first), last: FrameIndex(last))
        }
    }

    func contains(_ index: FrameIndex) -> Bool { first <= index && last.map { index <= $0 } ?? true }
}
