/// How much memory behind a pointer a system call may write. A closed set: a call that fits none of these needs a
/// handler.
///
/// A rule may name more than the kernel writes (the recorder stores what the memory holds after the call), never less.
package enum SizeRule: Hashable, Sendable {
    /// So many bytes: a structure.
    case fixed(UInt64)
    /// All of a length that is known at entry.
    case whole(Length)
    /// The call's result, in units of the length, counts what was written; the length is the buffer's size.
    case result(Length)
    /// The pointer leads to an array of `struct iovec` with so many elements; the result counts the bytes that were
    /// stored into their buffers, one after the other.
    case vector(Length)
    /// The pointer leads to an array of `struct mmsghdr` (recvmmsg(2)) with so many elements: names, control data
    /// and buffers of the received messages. The array itself is an output of its own.
    case messages(Length)
    /// The same array for what sendmmsg(2) takes from the buffers.
    case messageData(Length)
}

/// A number of bytes or elements that is known when a system call is entered.
package struct Length: Hashable, Sendable {
    /// Where the number stands.
    package enum Source: Hashable, Sendable {
        /// In an argument register.
        case argument(Int)
        /// In memory, `offset` bytes behind the address in an argument register.
        case field(Int, offset: UInt64)
    }

    package var source: Source
    /// The bytes of the number: 2, 4 or 8. What stands above the low 4 bytes of an `int` argument is noise.
    package var width: Int
    /// Bytes for each element.
    package var unit: UInt64
    /// How many of the number's units make one element (64 bits make a word); the quotient is rounded up.
    package var per: UInt64
    /// Bytes that come before the elements.
    package var base: UInt64
    /// Whether the kernel stores the length it used in the same field, so that the value after the call bounds what
    /// was written as well.
    package var isUpdated: Bool

    package init(
        _ source: Source, width: Int, unit: UInt64 = 1, per: UInt64 = 1, base: UInt64 = 0, isUpdated: Bool = false
    ) {
        self.source = source
        self.width = width
        self.unit = unit
        self.per = per
        self.base = base
        self.isUpdated = isUpdated
    }

    /// The bytes that a value of the field or register stands for; huge values saturate.
    package func bytes(_ value: UInt64) -> UInt64 {
        let elements = value / per + (value % per == 0 ? 0 : 1)
        let (product, tooLarge) = elements.multipliedReportingOverflow(by: unit)
        let (sum, overflow) = product.addingReportingOverflow(base)
        return tooLarge || overflow ? .max : sum
    }
}

extension SizeRule: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: UInt64) { self = .fixed(value) }
}

/// Abbreviations for the rows of the table.
extension SizeRule {
    /// A `size_t` argument times `unit`, all of it.
    static func argument(_ index: Int, unit: UInt64 = 1) -> Self {
        .whole(Length(.argument(index), width: 8, unit: unit))
    }

    /// An `int` argument times `unit`, all of it.
    static func count(_ index: Int, unit: UInt64) -> Self {
        .whole(Length(.argument(index), width: 4, unit: unit))
    }

    /// As many units as the result says, at most as many as a `size_t` argument says.
    static func result(_ index: Int, unit: UInt64 = 1) -> Self {
        .result(Length(.argument(index), width: 8, unit: unit))
    }

    /// As many units as the result says, at most as many as an `int` argument says.
    static func result32(_ index: Int, unit: UInt64 = 1) -> Self {
        .result(Length(.argument(index), width: 4, unit: unit))
    }

    /// The `u32` (`socklen_t`) behind another pointer: capacity at entry, length at exit.
    static func pointee(_ index: Int) -> Self {
        .whole(Length(.field(index, offset: 0), width: 4, isUpdated: true))
    }

    /// A set of so many bits (`int`), in words of 64 bits.
    static func bits(_ index: Int) -> Self {
        .whole(Length(.argument(index), width: 4, unit: 8, per: 64))
    }

    /// `struct iovec`s, counted by an argument.
    static func vector(_ index: Int) -> Self { .vector(Length(.argument(index), width: 8)) }

    /// A structure whose size depends on a number in it.
    static func field(_ index: Int, _ offset: UInt64, width: Int, unit: UInt64 = 1, base: UInt64 = 0) -> Self {
        .whole(Length(.field(index, offset: offset), width: width, unit: unit, base: base))
    }
}
