/// A stretch of a tracee's memory.
package struct GuestRange: Hashable, Sendable {
    package var start: GuestAddress
    /// In bytes.
    package var length: UInt64

    package init(start: GuestAddress, length: UInt64) {
        self.start = start
        self.length = length
    }

    package var end: GuestAddress { start + length }
}

/// A stretch of memory that a system call under way may write, found at its entry, when the lengths and vectors it
/// depends on cannot have been overwritten yet.
///
/// It needs no description of the call any more: the result alone tells at the exit how much was written.
package struct OutputRange: Hashable, Sendable {
    /// Where the pointer to the range stands: what to change, and to restore, if the kernel is to write elsewhere.
    package enum Pointer: Hashable, Sendable {
        case argument(Int)
        /// 8 bytes of memory, in a structure that is a range itself.
        case memory(GuestAddress)
        /// 8 bytes of an array that the kernel only reads.
        case element(GuestAddress, of: PointerArray)
    }

    /// An array with pointers to ranges: `struct iovec`s.
    package struct PointerArray: Hashable, Sendable {
        package enum Holder: Hashable, Sendable {
            case argument(Int)
            /// 8 bytes of a structure that is a range itself.
            case memory(GuestAddress)
        }

        package var range: GuestRange
        /// Where the pointer to the array stands.
        package var holder: Holder
    }

    /// How much of the range is written in the end.
    package enum Extent: Hashable, Sendable {
        /// All of it.
        case whole
        /// As much as the result says: it stands for the value of that length.
        case result(Length)
        /// As much as the value of that length says that stands at the address after the call.
        case updated(GuestAddress, Length)
        /// What remains of the result after the ranges before it; `first` begins the count.
        case stream(first: Bool)
        /// The same for the number of bytes that the `u32` at the address holds after the call.
        case messageStream(GuestAddress, first: Bool)
    }

    package var start: GuestAddress
    /// The capacity in bytes.
    package var length: UInt64
    package var pointer: Pointer
    package var transfer: Output.Transfer
    package var condition: Output.Condition
    package var extent: Extent
}

/// Reads exactly so many bytes of the tracee's memory; nil if they cannot all be read.
package typealias GuestMemoryReader = (GuestAddress, Int) -> [UInt8]?
