import MachineCode
import Replayer
import Symbols
import TraceFormat
import Tracee
import XState

/// Whether this machine can replay a recording, before anything of it is started.
struct ReplayJudgement {
    private let verdict: PortabilityVerdict
    /// The CPU that recorded and this one, where they are of different vendors.
    private var vendors: (recorded: String, here: String)?
    private let machines: String

    init(of manifest: RecordingManifest, on machine: HostMachine) {
        machines =
            "recorded on \(StateOrigin(manifest).words); this is \(StateOrigin(machine).words)"
        verdict = PortabilityVerdict(recording: manifest.recordingCPU, machine: machine.profile)
        // Hygon's CPUs are AMD's designs.
        let isOther =
            manifest.cpu.vendor != machine.cpu.vendor && !(manifest.cpu.isAMDFamily && machine.cpu.isAMDFamily)
        if isOther { vendors = (manifest.cpu.vendor, machine.cpu.vendor) }
    }

    func refuseUnsound() throws(CommandError) {
        guard !verdict.isSound else { return }
        let advice =
            verdict.flag.map { "'xrr record \($0)' records for both CPUs" }
            ?? "it replays on the CPU that it was made on, or one that is the same"
        throw CommandError(
            (["this machine cannot replay the recording soundly:"]
                + verdict.blockerWords.map { "  " + TextFormat.printable($0) } + [machines, advice])
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
            guard let path = store.path(of: file.digest), let scan = VendorInstructionScan(path: path, name: name),
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
}
