import XState

/// What the limits of a recording's pin are to people: where it replays, and why.
struct PinLimitText {
    private let opening: String
    private let limits: [PinLimit]

    /// - Returns: nil without limits.
    init?(_ limits: [PinLimit], xcr0: XFeatureMask) {
        if limits.isEmpty { return nil }
        // Those that bind it to the CPU say all that the others do.
        let binding = limits.filter { $0.kind != .unscannedPinned }
        self.limits = binding.isEmpty ? limits : binding
        opening =
            binding.isEmpty
            ? "the recording replays where XCR0 is \(TextFormat.hexadecimal(xcr0.rawValue)) or the kernel can pin it"
            : "the recording replays on the same CPU only"
    }

    /// One line with the first reason.
    var summary: String {
        let others = limits.count == 1 ? "" : ", and \(limits.count - 1) more, see 'xrr info'"
        return "\(opening): \(limits[0])\(others)"
    }

    /// All reasons, as a part of a sentence on the recording.
    var all: String {
        let subject = "the recording "
        return opening.dropFirst(subject.count) + ": "
            + limits.map { TextFormat.printable($0.description) }.joined(separator: "; ")
    }
}
