import ArgumentParser
import Recorder
import Tracee
import XState

/// What `--cpu` and `--xcr0` say.
struct CPUChoice: Hashable, Sendable {
    /// nil: the best that the machine has of those that both vendors' CPUs share.
    var level: CPULevel?
    /// The path of a profile, instead of a level.
    var profile: String?
    /// Less than the XCR0 of the level or the profile.
    var mask: XFeatureMask?

    /// The machine as it is.
    static let native = CPUChoice(level: .native)

    private init(level: CPULevel) { self.level = level }

    /// - Throws: what ArgumentParser reports as a usage error.
    init(level: String?, mask: String?) throws {
        if let level {
            if let known = CPULevel(rawValue: level) {
                self.level = known
            } else if FileSystem.kind(level) != nil {
                profile = level
            } else {
                let names = CPULevel.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError(
                    "'\(level)' is no CPU for --cpu: it can be \(names), or a profile's file, and there is none")
            }
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
    /// - Parameter byKernel: let the kernel pin XCR0 where it can.
    /// - Throws: what it lacks.
    func pin(on machine: HostMachine, byKernel: Bool = true) throws(CommandError) -> TraceeCPU {
        let cpu: PinnedCPU
        if let profile {
            cpu = try Self.pinned(toProfile: profile, mask, on: machine)
        } else {
            cpu = try pinned(on: machine)
        }
        return TraceeCPU(
            cpu: cpu, isXCR0PinnedByKernel: byKernel && cpu.level != .native && machine.profile.pins(cpu.xcr0))
    }

    private func pinned(on machine: HostMachine) throws(CommandError) -> PinnedCPU {
        let level = level ?? CPULevel.best(on: machine.cpuid, xcr0: machine.layout.mask)
        do {
            return try PinnedCPU(
                level: level, host: machine.cpuid, xcr0: machine.layout.mask, layout: machine.layout, mask: mask)
        } catch {
            throw CommandError(
                "cannot record with --cpu \(level.rawValue): \(error); --cpu native takes the machine as it is, for "
                    + "replays on machines like it", status: .recorderFailed)
        }
    }

    private static func pinned(
        toProfile path: String, _ mask: XFeatureMask?, on machine: HostMachine
    ) throws(CommandError) -> PinnedCPU {
        do {
            return try PinnedCPU(
                profile: NamedMachine(path).profile.target, host: machine.cpuid, xcr0: machine.layout.mask,
                layout: machine.layout, mask: mask)
        } catch {
            let words = (error as? CommandError)?.message ?? "\(error)"
            throw CommandError(
                "cannot record with --cpu \(TextFormat.printable(path)): \(words)", status: .recorderFailed)
        }
    }
}
