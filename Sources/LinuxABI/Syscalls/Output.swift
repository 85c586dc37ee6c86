/// Memory that a system call may write: a row's promise to the recorder.
package struct Output: Hashable, Sendable {
    /// When the kernel writes it.
    package enum Condition: Hashable, Sendable {
        /// If the result is 0 or more.
        case success
        /// If the result is an error.
        case failure
        /// Whatever the result is.
        case always
        /// If the result is this or more.
        case atLeast(Int64)
        /// If the result is 0 or more, or this error, which the kernel finds when it has written already.
        case successOr(ErrorNumber)
    }

    /// What becomes of the pointer if the recorder wants the kernel to write somewhere else while other threads run.
    package enum Transfer: Hashable, Sendable {
        /// The kernel only writes: any buffer of the same size will do.
        case out
        /// The kernel reads before it writes: a substitute has to hold the same bytes first.
        case inOut
        /// The address itself has a meaning (a futex word): it cannot be substituted.
        case inPlace
    }

    /// The argument, 0 to 5, that holds the pointer.
    package var pointer: Int
    /// If not nil, the argument points to a structure that holds the pointer proper at this offset.
    package var indirection: UInt64?
    package var size: SizeRule
    package var condition: Condition
    package var transfer: Transfer

    package init(
        pointer: Int, indirection: UInt64? = nil, size: SizeRule, condition: Condition = .success,
        transfer: Transfer = .out
    ) {
        precondition((0...5).contains(pointer))
        self.pointer = pointer
        self.indirection = indirection
        self.size = size
        self.condition = condition
        self.transfer = transfer
    }
}
