package import LinuxABI

/// Why a stub cannot stand where it was to stand.
package enum FilterStubError: Error, Hashable, Sendable {
    /// The signed 32-bit distance of a branch or an operand at `from` does not reach `to`.
    case tooFar(from: GuestAddress, to: GuestAddress)
}
