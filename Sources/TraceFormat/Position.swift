package import LinuxABI

/// A moment in the middle of user code: the coordinate of markers, and of all that stops between two events.
///
/// Between two events a thread runs deterministically, so that a number of passes names one moment in every replay. Who
/// goes there nevertheless compares the state: the number tells where to look, the state whether it is right.
///
/// A *pass* is an execution of the instruction at the address by the frame's thread after its event before, and the
/// position is the moment before the `pass`-th one begins. The first may be where the thread stands right after that
/// event. There is no position at a repeated string instruction, whose executions can be interrupted and go on.
///
/// Once events can be answered without a stop, there will be an index into the ring of those beside the frame's.
package struct Position: Hashable, Sendable {
    /// The event that the thread runs to: for a marker its own frame.
    package var frame: FrameIndex
    package var address: GuestAddress
    /// From 1 on.
    package var pass: UInt64

    package init(frame: FrameIndex, address: GuestAddress, pass: UInt64) {
        self.frame = frame
        self.address = address
        self.pass = pass
    }
}
