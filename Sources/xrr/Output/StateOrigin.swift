import TraceFormat
import Tracee
import XState

/// Which machine the states of a register dump, or of a recording, are of: the head of a dump, lines that start with
/// `# `.
struct StateOrigin: Hashable {
    var cpu: CPUIdentity
    var layout: XStateLayout

    private static let firstLine = "# xrr register dump "
    private static let version = 1

    /// The CPU that the recording was made on.
    init(_ manifest: RecordingManifest) {
        cpu = manifest.cpu
        layout = manifest.xstateLayout
    }

    /// The machine that a replay runs on.
    init(_ machine: HostMachine) {
        cpu = machine.cpu
        layout = machine.layout
    }

    /// For people: which CPU, and what state it has.
    var words: String {
        "\(TextFormat.printable(cpu.vendor)) \(cpu.family)/\(cpu.model)/\(cpu.stepping), "
            + "\(TextFormat.printable(cpu.brand)); XCR0 \(TextFormat.hexadecimal(layout.mask.rawValue))"
    }

    // MARK: The head of a dump

    func lines(recording: RecordingID) -> [String] {
        let places = layout.locations.map { "\($0.type):\($0.size)@\($0.offset)" }
        return [
            Self.firstLine + String(Self.version),
            "# recording \(recording)",
            "# vendor \(TextFormat.printable(cpu.vendor))",
            "# signature \(cpu.family)/\(cpu.model)/\(cpu.stepping)",
            "# brand \(TextFormat.printable(cpu.brand))",
            "# xcr0 \(TextFormat.hexadecimal(layout.mask.rawValue))",
            (["# layout"] + places).joined(separator: " "),
        ]
    }

    enum Defect: Error, Hashable {
        /// The first line is another one.
        case isNoDump
        case isNewer(version: Int)
        /// A line that is missing, or says nothing that it can.
        case badLine(String)

        var words: String {
            switch self {
            case .isNoDump: "this is no register dump, which 'xrr replay --dump-registers' writes"
            case .isNewer(let version): "a newer xrr has written this register dump (version \(version)); use that one"
            case .badLine(let name): "the head of this register dump has no line '# \(name)', or a wrong one"
            }
        }
    }

    /// - Parameter lines: all that start with `#`. Those of unknown meaning are ignored.
    init(parsing lines: [String]) throws(Defect) {
        guard let first = lines.first, first.hasPrefix(Self.firstLine),
            let version = Int(first.dropFirst(Self.firstLine.count))
        else { throw .isNoDump }
        guard version <= Self.version else { throw .isNewer(version: version) }
        func value(_ name: String) throws(Defect) -> Substring {
            let prefix = "# \(name)"
            guard let line = lines.first(where: { $0 == prefix || $0.hasPrefix(prefix + " ") }) else {
                throw .badLine(name)
            }
            return line.dropFirst(prefix.count + 1)
        }
        let signature = try value("signature").split(separator: "/").compactMap { UInt32($0) }
        guard signature.count == 3 else { throw .badLine("signature") }
        cpu = CPUIdentity(
            vendor: String(try value("vendor")), family: signature[0], model: signature[1], stepping: signature[2],
            brand: String(try value("brand")))
        let xcr0 = try value("xcr0")
        guard xcr0.hasPrefix("0x"), let mask = UInt64(xcr0.dropFirst(2), radix: 16) else { throw .badLine("xcr0") }
        var locations: [XStateComponentLocation] = []
        for place in try value("layout").split(separator: " ") {
            let numbers = place.split { $0 == ":" || $0 == "@" }.compactMap { UInt32($0) }
            guard numbers.count == 3 else { throw .badLine("layout") }
            locations.append(.init(type: numbers[0], size: numbers[1], offset: numbers[2]))
        }
        do { layout = try XStateLayout(mask: XFeatureMask(rawValue: mask), locations: locations) } catch {
            throw .badLine("layout")
        }
    }
}
