/// An address in a tracee's address space.
///
/// Kept apart from plain integers so that an address of the tracee is never taken for one of the tracer,
/// for a length or for a file offset.
package struct GuestAddress: RawRepresentable, Hashable, Comparable, Sendable {
    package var rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }

    package static let null = GuestAddress(0)
    /// The size of a page, and of the units in which mappings are made, on x86-64.
    package static let pageSize: UInt64 = 4096

    package var isNull: Bool { rawValue == 0 }
    package var pageStart: GuestAddress { GuestAddress(rawValue & ~(Self.pageSize - 1)) }
    /// Counted from address 0.
    package var pageNumber: UInt64 { rawValue / Self.pageSize }
    package var isPageAligned: Bool { rawValue & (Self.pageSize - 1) == 0 }

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    /// Adds a distance in bytes, wrapping as address arithmetic of the processor does.
    package static func + (a: Self, distance: UInt64) -> Self { Self(a.rawValue &+ distance) }
    package static func - (a: Self, distance: UInt64) -> Self { Self(a.rawValue &- distance) }
    package static func - (a: Self, b: Self) -> UInt64 { a.rawValue &- b.rawValue }
}

extension GuestAddress: CustomStringConvertible {
    package var description: String { "0x" + String(rawValue, radix: 16) }
}
