import LinuxABI
import Replayer
import TraceFormat
import XState

/// A divergence in words: what was to happen, what did, and both states side by side.
struct DivergenceReport {
    let divergence: Divergence

    init(_ divergence: Divergence) { self.divergence = divergence }

    var text: String {
        var lines = ["the replay diverged at event \(divergence.index), thread \(divergence.frame.thread)"]
        lines.append("  expected: \(divergence.frame.event)")
        if let stop = divergence.unexpectedStop { lines.append("  but the thread stopped with: \(stop)") }
        if let actual = divergence.registers {
            lines.append("  registers:        recorded         replayed")
            let differing = Set(divergence.differingRegisters)
            for index in 0..<Registers.count {
                let mark = differing.contains(index) ? "*" : " "
                let name = Registers.names[index]
                lines.append(
                    "  \(mark) \(name)  \(String(divergence.frame.before[index], radix: 16))  \(String(actual[index], radix: 16))"
                )
            }
        }
        if let xstate = divergence.xstate {
            for difference in xstate.differences(from: divergence.frame.xstate, ignoring: .x87Pointers) {
                lines.append("  * \(difference.field)  \(difference.expected)  \(difference.actual)")
            }
        }
        for (index, frame) in divergence.history { lines.append("  before: \(index) \(frame.thread) \(frame.event)") }
        return lines.joined(separator: "\n")
    }
}
