internal import LinuxABI
internal import TraceFormat

/// When memory is to be compared: after so many events of an address space, where a turn or a program ends, and where a
/// handler begins, whose frame is below the end of the stack once it has returned.
struct VerificationSchedule {
    private let interval: Int
    /// Events since the last digest.
    private var counts: [ObjectIdentifier: Int] = [:]

    init(interval: Int) { self.interval = max(1, interval) }

    /// What is to be compared.
    enum Extent {
        /// What was written since the last time.
        case written
        /// All that the program has touched.
        case whole
    }

    /// - Parameters:
    ///   - space: the address space of the frame's thread.
    ///   - endsTurn: whether others run after the frame.
    /// - Returns: nil if nothing is due.
    mutating func extent(after event: Event, in space: ObjectIdentifier, endsTurn: Bool) -> Extent? {
        var extent: Extent?
        switch event {
        // Another address space, which was the child's parent's a moment ago.
        case .threadStart: return nil
        case .exec, .signal(_, .fatal, _), .syscallEntry(.exit_group): extent = .whole
        case .interruption, .signal(_, .handler, _): extent = .written
        default: extent = endsTurn ? .written : nil
        }
        let count = counts[space, default: 0] + 1
        if extent == nil, count >= interval { extent = .written }
        counts[space] = extent == nil ? count : 0
        return extent
    }

    mutating func forget(_ space: ObjectIdentifier) { counts[space] = nil }
}
