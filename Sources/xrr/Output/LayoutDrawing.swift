import XState

/// The XSAVE layouts of several machines, to scale and below each other, as an SVG that stands alone.
struct LayoutDrawing {
    private let comparison: CPUComparison
    /// User units of the drawing.
    private static let width = 1200.0
    private static let left = 20.0
    private static let barHeight = 34.0
    private static let rowHeight = 74.0
    private static let top = 60.0

    init(_ comparison: CPUComparison) { self.comparison = comparison }

    /// The largest area, in bytes.
    private var size: Int { comparison.machines.map(\.profile.layout.size).max() ?? 576 }
    private var scale: Double { (Self.width - 2 * Self.left) / Double(size) }

    private func x(_ offset: Int) -> String { Self.number(Self.left + Double(offset) * scale) }
    private func length(_ bytes: Int) -> String { Self.number(max(Double(bytes) * scale, 1)) }

    /// With one decimal place.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }

    var text: String {
        let components = comparison.components
        let legendTop = Self.top + Self.rowHeight * Double(comparison.machines.count) + 30
        let height = legendTop + 24 * Double(components.count + 2) + 20
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(Self.number(Self.width))" "#
                + #"height="\#(Self.number(height))" viewBox="0 0 \#(Self.number(Self.width)) \#(Self.number(height))" "#
                + #"font-family="sans-serif" font-size="13">"#,
            "<title>XSAVE layouts</title>",
            ##"<defs><pattern id="conflict" width="8" height="8" patternUnits="userSpaceOnUse" "##
                + ##"patternTransform="rotate(45)"><rect width="3" height="8" fill="#c00000"/></pattern></defs>"##,
            ##"<rect width="100%" height="100%" fill="#ffffff"/>"##,
        ]
        lines += axis(bottom: legendTop - 24)
        for (index, machine) in comparison.machines.enumerated() {
            lines += row(machine, top: Self.top + Self.rowHeight * Double(index))
        }
        lines += legend(components, top: legendTop)
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Bytes, at steps that leave room for the numbers.
    private func axis(bottom: Double) -> [String] {
        let step = [64, 128, 256, 512, 1024, 2048, 4096, 1 << 20].first { Double($0) * scale >= 60 } ?? 1 << 20
        return stride(from: 0, through: size, by: step).flatMap { offset in
            [
                ##"<line x1="\##(x(offset))" y1="36" x2="\##(x(offset))" y2="\##(Self.number(bottom))" stroke="#dddddd"/>"##,
                ##"<text x="\##(x(offset))" y="30" text-anchor="middle" fill="#555555">\##(offset)</text>"##,
            ]
        }
    }

    private func row(_ machine: NamedMachine, top: Double) -> [String] {
        let layout = machine.profile.layout
        let barTop = top + 18
        let title =
            "\(machine.title): XCR0 \(TextFormat.hexadecimal(machine.profile.xcr0.rawValue)), \(layout.size) bytes"
        var lines = [
            #"<text x="\#(Self.number(Self.left))" y="\#(Self.number(top + 10))">\#(Self.escaped(title))</text>"#,
            box(0, layout.size, barTop, fill: "#f4f4f4", "\(layout.size) bytes"),
            box(0, 512, barTop, fill: "#b0b0b0", "x87 and SSE: 512 bytes at 0"),
            box(512, 64, barTop, fill: "#808080", "header: 64 bytes at 512"),
        ]
        for location in layout.locations {
            guard let component = location.component else { continue }
            let words = "\(component.name): \(location.size) bytes at \(location.offset)"
            let isConflict = comparison.isConflict(component)
            lines.append(
                box(
                    Int(location.offset), Int(location.size), barTop, fill: Self.colour(component),
                    words + (isConflict ? ", elsewhere on others" : "")))
            if isConflict {
                lines.append(
                    box(
                        Int(location.offset), Int(location.size), barTop, fill: "url(#conflict)",
                        words + ", elsewhere on others", stroke: "#c00000"))
            }
        }
        return lines
    }

    private func box(
        _ offset: Int, _ bytes: Int, _ top: Double, fill: String, _ title: String, stroke: String = "#333333"
    ) -> String {
        #"<rect x="\#(x(offset))" y="\#(Self.number(top))" width="\#(length(bytes))" "#
            + #"height="\#(Self.number(Self.barHeight))" fill="\#(fill)" stroke="\#(stroke)" stroke-width="0.6">"#
            + "<title>\(Self.escaped(title))</title></rect>"
    }

    private func legend(_ components: [XStateComponent], top: Double) -> [String] {
        var entries: [(String, String)] = [("#b0b0b0", "x87 and SSE"), ("#808080", "header")]
        entries += components.map { component in
            let isConflict = comparison.isConflict(component)
            return (Self.colour(component), component.name + (isConflict ? " (conflict: not at the same bytes)" : ""))
        }
        return entries.enumerated().flatMap { index, entry in
            let y = top + 24 * Double(index)
            return [
                #"<rect x="\#(Self.number(Self.left))" y="\#(Self.number(y))" width="26" height="16" "#
                    + ##"fill="\##(entry.0)" stroke="#333333" stroke-width="0.6"/>"##,
                #"<text x="\#(Self.number(Self.left + 36))" y="\#(Self.number(y + 13))">\#(Self.escaped(entry.1))</text>"#,
            ]
        }
    }

    private static func colour(_ component: XStateComponent) -> String {
        switch component {
        case .avx: "#4e79a7"
        case .bndregs: "#f28e2b"
        case .bndcsr: "#ffbe7d"
        case .opmask: "#59a14f"
        case .zmmHi256: "#8cd17d"
        case .hi16ZMM: "#b6992d"
        case .pkru: "#e377c2"
        case .tileConfig: "#9467bd"
        case .tileData: "#c5b0d5"
        case .apx: "#17becf"
        default: "#d4a6c8"
        }
    }

    /// As XML text.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
    }
}
