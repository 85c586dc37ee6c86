package import LinuxABI

/// What replays of a recording have learned: at which pass of its address the state of a marker is reached.
///
/// It saves later replays comparisons and is never part of the recording. Nothing of a replay's result may depend on it.
package struct PassCounts: Hashable, Sendable {
    /// At most one position for each frame.
    private(set) var positions: [FrameIndex: Position] = [:]

    /// More are not kept: at 24 bytes each, for the interruptions of an hour of computation.
    package static let limit = 1 << 16

    package init() {}

    package var isEmpty: Bool { positions.isEmpty }
    package var count: Int { positions.count }
    /// In the order of frames.
    package var all: [Position] { positions.values.sorted { $0.frame < $1.frame } }

    /// The number of the pass at which a frame's thread stops at the address, if that is known.
    package func pass(of frame: FrameIndex, at address: GuestAddress) -> UInt64? {
        guard let position = positions[frame], position.address == address else { return nil }
        return position.pass
    }

    /// Takes the place of what was known of the frame. Without effect when there is no room.
    package mutating func learn(_ position: Position) {
        if positions[position.frame] == nil, positions.count >= Self.limit { return }
        positions[position.frame] = position
    }

    package mutating func forget(_ frame: FrameIndex) { positions[frame] = nil }
}
