internal import LinuxABI
internal import Tracee

/// The part of a thread's stack that its calls have left: below the stack pointer, but for the red zone of 128 bytes
/// (System V psABI for AMD64, section 3.2.2).
///
/// A replay cannot always find there what the recording had. Lazy binding saves the extended state on the stack with
/// XSAVEC, which leaves out the components that the CPU counts as initial; and whether one that holds its initial value
/// is counted so depends on interrupts (SDM volume 1, section 13.6).
enum DeadStack {
    /// - Returns: nil where the stack pointer points to what is not known to be a stack of the C library or the kernel:
    ///   below the stack of a coroutine there may be anything.
    private static func range(_ registers: Registers, in map: MemoryMap) -> Range<GuestAddress>? {
        let pointer = GuestAddress(registers.rsp)
        let threadPointer = GuestAddress(registers.fsBase)
        guard let index = map.entries.firstIndex(where: { $0.start <= pointer && pointer < $0.end }) else { return nil }
        let entry = map.entries[index]
        let isThreadStack =
            entry.name.isEmpty && pointer < threadPointer && threadPointer < entry.end
            && index > 0 && map.entries[index - 1].end == entry.start && map.entries[index - 1].protection == 0
        guard entry.name == "[stack]" || isThreadStack, registers.rsp &- entry.start.rawValue > redZone else {
            return nil
        }
        return entry.start..<GuestAddress(registers.rsp - redZone)
    }

    private static let redZone: UInt64 = 128

    /// The ranges in ascending order. Of several on one stack the shortest is dead: a child of vfork(2) runs on the stack
    /// of its parent.
    static func ranges(of threads: [Registers], in map: MemoryMap) -> [Range<GuestAddress>] {
        var ranges: [GuestAddress: Range<GuestAddress>] = [:]
        for range in threads.compactMap({ Self.range($0, in: map) }) {
            ranges[range.lowerBound] = range.clamped(to: ranges[range.lowerBound] ?? range)
        }
        return ranges.values.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Cuts whole pages that are dead out of runs of pages in ascending order.
    static func remove(_ dead: [Range<GuestAddress>], from runs: [Range<UInt64>]) -> [Range<UInt64>] {
        var rest = runs
        for range in dead {
            // `range` begins with its mapping, so with a page.
            let pages = range.lowerBound.pageNumber..<range.upperBound.pageNumber
            rest = rest.flatMap { run in
                [
                    run.lowerBound..<min(run.upperBound, max(run.lowerBound, pages.lowerBound)),
                    max(run.lowerBound, min(run.upperBound, pages.upperBound))..<run.upperBound,
                ]
                .filter { !$0.isEmpty }
            }
        }
        return rest
    }
}
