import MachineCode
import Replayer
import Symbols
import TraceFormat
import Tracee
import XState

/// Whether this machine can replay a recording, before anything of it is started.
struct ReplayJudgement {
    /// Why it cannot. Empty if it can.
    var obstacles: [String] = []
    /// With which option `xrr record` would have made a recording that replays here.
    var remedy: String?
    /// The CPU that recorded and this one, where they are of different vendors.
    private var vendors: (recorded: String, here: String)?
    private let machines: String

    init(of manifest: RecordingManifest, on machine: HostMachine) {
        machines =
            "recorded on \(StateOrigin(manifest).words); this is \(StateOrigin(machine).words)"
        obstacles = Self.obstacles(of: manifest, on: machine)
        if !obstacles.isEmpty, manifest.limits.isEmpty {
            remedy = Self.remedy(of: manifest, on: machine).map { "--cpu \($0.rawValue)" }
        }
        // Hygon's CPUs are AMD's designs.
        let isOther =
            manifest.cpu.vendor != machine.cpu.vendor && !(manifest.cpu.isAMDFamily && machine.cpu.isAMDFamily)
        if isOther { vendors = (manifest.cpu.vendor, machine.cpu.vendor) }
    }

    func refuseUnsound() throws(CommandError) {
        guard !obstacles.isEmpty else { return }
        let advice =
            remedy.map { "made with 'xrr record \($0)' it would replay here, too" }
            ?? "it replays on the CPU that it was made on, or one that is the same"
        throw CommandError(
            (["this machine cannot replay the recording soundly:"] + obstacles.map { "  " + $0 } + [machines, advice])
                .joined(separator: "\n"), status: .unsoundHere)
    }

    // MARK: Instructions that vendors disagree on

    private static let siteLimit = 3

    /// Names the instructions of the recorded programs and libraries whose results may be others here.
    func warn(of files: [FileRecord], in store: FileStore) {
        guard let vendors else { return }
        var seen: Set<FileDigest> = []
        var lines: [String] = []
        for file in files where seen.insert(file.digest).inserted {
            let name = TextFormat.printable(file.path)
            guard let scan = VendorInstructionScan(path: store.path(of: file.digest), name: name),
                !scan.instructions.isEmpty
            else { continue }
            let places = scan.sites(limit: Self.siteLimit).map(Self.words)
            let rest = scan.instructions.count - places.count
            lines.append("  \(name): \(places.joined(separator: ", "))" + (rest > 0 ? " and \(rest) more" : ""))
        }
        guard !lines.isEmpty else { return }
        Diagnostics.say(
            ([
                "recorded on a CPU of \(vendors.recorded); this one, of \(vendors.here), may compute other last bits, and the "
                    + "replay diverge, where the program executes"
            ] + lines).joined(separator: "\n"))
    }

    /// The mnemonic, the address as objdump(1) shows it, and the symbol.
    private static func words(_ site: VendorInstructionScan.Site) -> String {
        let address = TextFormat.hexadecimal(site.place.moduleAddress)
        guard let function = site.place.function else { return "\(site.kind.rawValue) at \(address)" }
        let name = TextFormat.printable(function.name)
        return "\(site.kind.rawValue) at \(address) (\(name)+\(TextFormat.hexadecimal(function.offset)))"
    }

    // MARK: Soundness

    private static func obstacles(of manifest: RecordingManifest, on machine: HostMachine) -> [String] {
        var found: [String] = []
        let isSameCPU = manifest.cpu == machine.cpu
        for component in manifest.xcr0.subtracting(machine.layout.mask).components {
            found.append("the recorded program had \(component) registers, which this machine does not have")
        }
        for recorded in manifest.xstateLayout.locations {
            guard let component = recorded.component, let here = machine.layout[component],
                here.offset != recorded.offset || here.size != recorded.size
            else { continue }
            found.append(
                "\(component) is at \(here.offset) of XSAVE areas on this machine and was at \(recorded.offset)")
        }
        for word in CPUFeatureWord.all {
            let missing =
                manifest.cpuid.features(at: word.place) & word.significantMask
                & ~machine.cpuid.features(at: word.place)
            for bit in 0..<32 where missing >> UInt32(bit) & 1 != 0 {
                found.append("the program saw CPUID \(CPUIDBit(word.place, bit: bit)), which this machine lacks")
            }
        }
        if !isSameCPU {
            if manifest.level == nil || manifest.level == .native {
                found.append("the program saw the recording's own CPU, and this is another one")
            }
            found += manifest.limits.map { "the program's CPU was not hidden completely: \($0)" }
        }
        return found
    }

    private static func remedy(of manifest: RecordingManifest, on machine: HostMachine) -> CPULevel? {
        [CPULevel.avx2, .avx, .sse].first {
            $0 != manifest.level && $0.obstacle(on: manifest.cpuid, layout: manifest.xstateLayout) == nil
                && $0.obstacle(on: machine.cpuid, layout: machine.layout) == nil
        }
    }
}
