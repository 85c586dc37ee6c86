import ArgumentParser
import SystemPackage
import XState

/// `xrr cpu compare`.
struct CPUCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare the CPUs of machines, component by component.",
        discussion: """
            '!' marks components that are not at the same bytes of XSAVE areas on all machines that have them.

              xrr cpu compare host there.json
              xrr cpu compare *.json --svg layouts.svg
            """)

    @Argument(help: "Two or more profiles, texts of 'cpuid -r' or recordings; 'host'.", completion: .file())
    var machines: [String]

    @Option(help: ArgumentHelp("Draw the layouts to scale.", valueName: "file"), completion: .file())
    var svg: String?

    func validate() throws {
        guard machines.count >= 2 else { throw ValidationError("Give two machines or more; 'host' is this one.") }
    }

    func run() throws {
        let comparison = CPUComparison(try machines.map { try NamedMachine($0) })
        if let svg {
            do throws(Errno) { try FileSystem.write(LayoutDrawing(comparison).text.utf8, to: svg) } catch {
                throw CommandError("cannot write \(TextFormat.printable(svg)): \(error)")
            }
        }
        for line in comparison.lines { try StandardOutput.shared.write(line: line) }
    }
}

/// Machines side by side.
struct CPUComparison {
    let machines: [NamedMachine]

    init(_ machines: [NamedMachine]) { self.machines = machines }

    /// From bit 2 on: those that any machine has.
    var components: [XStateComponent] {
        machines.reduce(XFeatureMask()) { $0.union($1.profile.xcr0) }.subtracting(.legacy).components
    }

    /// Whether the machines that have the component do not have it at the same bytes.
    func isConflict(_ component: XStateComponent) -> Bool {
        let locations = machines.compactMap { $0.profile.layout[component] }
        return locations.contains { !$0.hasPlace(of: locations[0]) }
    }

    /// The bits of instructions that some machines have and others lack, with who has them.
    private var features: [(bit: CPUIDBit, machines: [Int])] {
        CPUFeatureWord.all.flatMap { word in
            let words = machines.map { $0.profile.cpuid.features(at: word.place) & word.significantMask }
            let all = words.reduce(.max, &)
            let any = words.reduce(0, |)
            return (0..<32).filter { (any & ~all) >> $0 & 1 != 0 }.map { bit in
                (CPUIDBit(word.place, bit: bit), words.indices.filter { words[$0] >> bit & 1 != 0 })
            }
        }
    }

    /// "A", "B": short names for the columns.
    static func letter(_ index: Int) -> String {
        index < 26 ? String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index))) : "M\(index + 1)"
    }

    var lines: [String] {
        var rows: [[String]] = []
        func add(_ label: String, _ value: (CPUProfile) -> String) {
            rows.append([label] + machines.map { value($0.profile) })
        }
        rows.append([""] + machines.indices.map(Self.letter))
        add("vendor") { TextFormat.printable($0.identity.vendor) }
        add("family/model/stepping") { "\($0.identity.family)/\($0.identity.model)/\($0.identity.stepping)" }
        add("xcr0") { TextFormat.hexadecimal($0.xcr0.rawValue) }
        add("xsave area") { "\($0.layout.size)" }
        for component in components {
            add((isConflict(component) ? "! " : "  ") + component.name) { profile in
                guard let location = profile.layout[component] else { return "-" }
                return "\(location.offset)+\(location.size)"
            }
        }
        add("levels") { profile in
            CPULevel.portable.filter { profile.obstacle(to: $0) == nil }.last?.rawValue ?? "none"
        }
        add("x87 pointers") { $0.x87.rawValue }
        add("mxcsr mask") { TextFormat.hexadecimal(UInt64($0.mxcsrMask)) }

        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let table = rows.map { row in
            var line = row.enumerated().map { TextFormat.aligned($0.element, widths[$0.offset] + 2) }.joined()
            while line.last == " " { line.removeLast() }
            return line
        }
        let names = machines.enumerated().map { "\(Self.letter($0.offset)) = \($0.element.title)" }
        return names + [""] + table + featureLines
    }

    private var featureLines: [String] {
        let features = features
        if features.isEmpty { return ["", "all have the same instructions"] }
        return ["", "instructions that not all have:"]
            + features.map {
                "  " + TextFormat.aligned($0.bit.description, 34) + $0.machines.map(Self.letter).joined(separator: " ")
            }
    }
}
