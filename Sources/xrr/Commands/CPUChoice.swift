import ArgumentParser
import Recorder
import Tracee
import XState

/// What `--cpu` and `--xcr0` say.
struct CPUChoice: Hashable, Sendable {
    /// nil: the best that the machine has of those that both vendors' CPUs share.
    var level: CPULevel?
    /// Another XCR0 than the level's.
    var mask: XFeatureMask?

    /// - Throws: what ArgumentParser reports as a usage error.
    init(level: String?, mask: String?) throws {
        if let level {
            guard let known = CPULevel(rawValue: level) else {
                let names = CPULevel.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("'\(level)' is no CPU for --cpu: it can be \(names)")
            }
            self.level = known
        }
        if let mask {
            guard let value = Self.number(mask) else {
                throw ValidationError("'\(mask)' is no mask for --xcr0: write a number such as 0x7")
            }
            self.mask = XFeatureMask(rawValue: value)
        }
    }

    private static func number(_ text: String) -> UInt64? {
        text.hasPrefix("0x") || text.hasPrefix("0X") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }

    /// The pin for this machine.
    ///
    /// - Throws: what it lacks.
    func pin(on machine: HostMachine) throws(CommandError) -> TraceeCPU {
        let level = level ?? CPULevel.best(on: machine.cpuid, xcr0: machine.layout.mask)
        do {
            let cpu = try PinnedCPU(
                level: level, host: machine.cpuid, xcr0: machine.layout.mask, layout: machine.layout, mask: mask)
            return TraceeCPU(cpu: cpu, isXCR0PinnedByKernel: false)
        } catch {
            throw CommandError(
                "cannot record with --cpu \(level.rawValue): \(error); --cpu native takes the machine as it is, for "
                    + "replays on machines like it", status: .recorderFailed)
        }
    }
}
