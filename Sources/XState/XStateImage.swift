/// Placeholder of the skeleton: replaced by the XState module's real type.
package struct XStateImage: Hashable, Sendable {
    package var bytes: [UInt8]
    package init(bytes: [UInt8]) { self.bytes = bytes }
}
