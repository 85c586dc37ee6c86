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
            let wanted = XFeatureMask(rawValue: value)
            guard wanted.isLegal, wanted.contains(.sse) else {
                throw ValidationError("\(PinObstacle.illegalMask(wanted))")
            }
            self.mask = wanted
        }
    }

    private static func number(_ text: String) -> UInt64? {
        text.hasPrefix("0x") || text.hasPrefix("0X") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }

    /// The pin for this machine.
    ///
    /// - Throws: what it lacks.
    func pin(on machine: HostMachine) throws(CommandError) -> (CPULevel, CPUPin) {
        guard let level = level ?? CPULevel.best(on: machine.cpuid, layout: machine.layout) else {
            throw CommandError(
                "this CPU has less than x86-64-v2, to which xrr would pin it; record with --cpu native",
                status: .recorderFailed)
        }
        if level == .native, mask == nil {
            let cpu = PinnedCPU(native: machine.cpuid, layout: machine.layout)
            return (level, CPUPin(cpu: cpu, isXCR0PinnedByKernel: false, isNative: true))
        }
        do {
            let cpu = try PinnedCPU(level, mask: mask, cpuid: machine.cpuid, layout: machine.layout)
            return (level, CPUPin(cpu: cpu, isXCR0PinnedByKernel: false, isNative: false))
        } catch {
            throw CommandError(
                "this machine cannot be pinned to --cpu \(level.rawValue): \(error); leave --cpu out for the best that "
                    + "it can be pinned to", status: .recorderFailed)
        }
    }
}
