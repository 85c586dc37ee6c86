/// One register of an image, for people.
package struct XStateField: Hashable, Sendable {
    /// The component, for vector registers the highest that has a part in them.
    package var component: XStateComponent
    /// As in a debugger: "st0", "mxcsr", "ymm3", "k1".
    package var name: String
    /// The value, least significant byte first.
    package var bytes: [UInt8]

    package init(component: XStateComponent, name: String, bytes: [UInt8]) {
        self.component = component
        self.name = name
        self.bytes = bytes
    }

    /// The value as one hexadecimal number of the register's full width, "0x" first.
    package var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = [UInt8(ascii: "0"), UInt8(ascii: "x")]
        for byte in bytes.reversed() {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension XStateImage {
    /// All registers: the x87 ones, MXCSR, the vector registers in the greatest width the image holds (zmm0-31, ymm0-15
    /// or xmm0-15), then the others in ascending order of their components. `ftw` is the abridged tag word of FXSAVE;
    /// st0 to st7 are numbered from the top of the stack.
    package var fields: [XStateField] {
        var result = x87Fields
        result.append(field(.sse, "mxcsr", Legacy.mxcsr..<Legacy.mxcsrMask))
        result += vectorFields
        result += list(.bndregs, (0..<4).map { "bnd\($0)" })
        result += list(.bndcsr, ["bndcfgu", "bndstatus"], size: 8)
        result += list(.opmask, (0..<8).map { "k\($0)" })
        if let start = range(of: .pkru)?.lowerBound { result.append(field(.pkru, "pkru", start..<start + 4)) }
        result += list(.tileConfig, ["tilecfg"])
        result += list(.tileData, (0..<8).map { "tmm\($0)" })
        result += list(.apx, (16..<32).map { "r\($0)" })
        return result
    }

    private func field(_ component: XStateComponent, _ name: String, _ range: Range<Int>) -> XStateField {
        XStateField(component: component, name: name, bytes: Array(bytes[range]))
    }

    /// A component that is an array of registers; without a size they fill it.
    private func list(_ component: XStateComponent, _ names: [String], size: Int? = nil) -> [XStateField] {
        guard let range = range(of: component) else { return [] }
        let size = size ?? range.count / names.count
        return names.enumerated().map { index, name in
            let start = range.lowerBound + index * size
            return field(component, name, start..<start + size)
        }
    }

    private var x87Fields: [XStateField] {
        [
            field(.x87, "fcw", Legacy.fcw..<Legacy.fcw + 2),
            field(.x87, "fsw", Legacy.fsw..<Legacy.fsw + 2),
            field(.x87, "ftw", Legacy.ftw..<Legacy.ftw + 1),
            field(.x87, "fop", Legacy.fop..<Legacy.fop + 2),
            field(.x87, "fip", Legacy.fip..<Legacy.fip + 8),
            field(.x87, "fdp", Legacy.fdp..<Legacy.fdp + 8),
        ]
            + (0..<8).map { register in
                let start = Legacy.st + 16 * register
                return field(.x87, "st\(register)", start..<start + 10)
            }
    }

    /// The registers that SSE, AVX and AVX-512 share, put together again.
    private var vectorFields: [XStateField] {
        let avx = range(of: .avx)?.lowerBound
        let zmm = range(of: .zmmHi256)?.lowerBound
        var result = (0..<16).map { register in
            let xmm = Legacy.xmm + 16 * register
            var widest = field(.sse, "xmm\(register)", xmm..<xmm + 16)
            if let avx {
                widest.component = .avx
                widest.name = "ymm\(register)"
                widest.bytes += bytes[avx + 16 * register..<avx + 16 * register + 16]
            }
            if let zmm {
                widest.component = .zmmHi256
                widest.name = "zmm\(register)"
                widest.bytes += bytes[zmm + 32 * register..<zmm + 32 * register + 32]
            }
            return widest
        }
        result += list(.hi16ZMM, (16..<32).map { "zmm\($0)" })
        return result
    }
}

extension XStateImage: CustomStringConvertible {
    /// What the image can hold and which of it is in use; `fields` has the values.
    package var description: String { "xstate \(mask), in use: \(inUse)" }
}
