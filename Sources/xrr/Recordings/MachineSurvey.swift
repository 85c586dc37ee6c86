import FoundationEssentials
import SystemPackage
import XState

/// A table of machines of which XSAVE layouts and psABI levels are known, but not CPUID.
struct MachineSurvey {
    /// What the survey calls the dump that a machine was read from.
    var names: [String]
    var machines: [CPUProfile]

    init(path: String) throws(CommandError) {
        let shown = TextFormat.printable(path)
        let text: [UInt8]
        do throws(Errno) { text = try FileSystem.contents(of: path, limit: 64 << 20) } catch {
            throw CommandError("\(shown): \(error)", status: .unreadable)
        }
        do { try self.init(decoding: text) } catch {
            throw CommandError("\(shown) is no survey of machines: \(error)", status: .unreadable)
        }
    }

    init(decoding text: [UInt8]) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let file = try decoder.decode(SurveyFile.self, from: Data(text))
        names = file.cpus.map(\.source)
        machines = try file.cpus.map { try $0.profile(file.layouts) }
    }

    /// How many ordered pairs replay, level by level, in Markdown.
    var table: [String] {
        let count = machines.count
        let vendors = Dictionary(grouping: machines, by: \.identity.vendor).mapValues(\.count)
        let crossing = vendors.values.reduce(0) { $0 + $1 * (count - $1) }
        var lines = [
            "| level | machines that have it | ordered pairs that replay | of all \(count * count) | "
                + "of the \(crossing) across vendors |",
            "|---|---|---|---|---|",
        ]
        for level in CPULevel.allCases {
            let recordings = machines.compactMap { try? RecordingCPU(by: $0, at: level) }
            var sound = 0
            var crossed = 0
            for recording in recordings {
                for machine in machines where PortabilityVerdict(recording: recording, machine: machine).isSound {
                    sound += 1
                    if recording.identity.vendor != machine.identity.vendor { crossed += 1 }
                }
            }
            lines.append(
                "| `\(level.rawValue)` | \(recordings.count) | \(sound) | \(Self.percent(sound, of: count * count)) | "
                    + "\(Self.percent(crossed, of: crossing)) |")
        }
        return lines
    }

    /// With one decimal place.
    private static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "-" }
        let tenths = (part * 2000 + whole) / (2 * whole)
        return "\(tenths / 10).\(tenths % 10)%"
    }
}

private struct SurveyFile: Decodable {
    struct Component: Decodable {
        var offset: UInt32
        var size: UInt32
        var align64: Bool
        var supervisor: Bool?
        var xfd: Bool
    }
    struct Layout: Decodable {
        var id: String
        var components: [String: Component]
    }
    struct CPU: Decodable {
        var vendor: String
        var family: UInt32
        var model: UInt32
        var stepping: UInt32
        var brand: String?
        var source: String
        var linuxXcr0: String
        var components: [String: Component]
        var layout: String
        var isaLevel: String
        var fdpExcptnOnly: Bool
        var zeroFcsFds: Bool
        var xsaveerptr: Bool
        var misalignsse: Bool

        func profile(_ layouts: [Layout]) throws -> CPUProfile {
            guard let mask = UInt64(linuxXcr0.dropFirst(2), radix: 16).map(XFeatureMask.init(rawValue:)),
                let level = ISALevel(rawValue: isaLevel)
            else { throw CommandError("\(source) has no XCR0 or no level") }
            // A dump that stops early gets its layout's remaining components.
            let shared = layouts.first { $0.id == layout }?.components ?? [:]
            let locations = components.merging(shared) { own, _ in own }.compactMap { key, component in
                UInt32(key).map { (bit: UInt32) -> XStateComponentLocation in
                    let flags = (component.align64 ? XStateComponentLocation.aligned64Flag : 0)
                    return .init(
                        type: bit, size: component.size, offset: component.offset,
                        flags: flags | (component.xfd ? XStateComponentLocation.xfdFlag : 0))
                }
            }
            // Supervisor components and those that Linux does not enable are left out.
            let enabled = try XStateLayout(
                mask: mask, locations: locations.filter { $0.component.map { $0 > .sse && mask.contains($0) } ?? false }
            )
            let isAMD = ["AuthenticAMD", "HygonGenuine"].contains(vendor)
            let x87: X87PointerClass =
                isAMD
                ? (xsaveerptr ? .zeros : .unwritten)
                : fdpExcptnOnly ? .dataAtExceptions : zeroFcsFds ? .withoutSelectors : .all
            return CPUProfile(
                identity: .init(
                    vendor: vendor, family: family, model: model, stepping: stepping, brand: brand ?? ""),
                isaLevel: level, layout: enabled, x87: x87, mxcsrMask: misalignsse ? 0x2_FFFF : 0xFFFF)
        }
    }

    var layouts: [Layout]
    var cpus: [CPU]
}
