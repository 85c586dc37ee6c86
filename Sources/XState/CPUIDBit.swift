/// The four registers of a CPUID answer.
package enum CPUIDRegister: Int, CaseIterable, Sendable, Hashable {
    case eax, ebx, ecx, edx

    package var name: String {
        switch self {
        case .eax: "EAX"
        case .ebx: "EBX"
        case .ecx: "ECX"
        case .edx: "EDX"
        }
    }
}

extension CPUIDWords {
    package subscript(register: CPUIDRegister) -> UInt32 {
        get {
            switch register {
            case .eax: eax
            case .ebx: ebx
            case .ecx: ecx
            case .edx: edx
            }
        }
        set {
            switch register {
            case .eax: eax = newValue
            case .ebx: ebx = newValue
            case .ecx: ecx = newValue
            case .edx: edx = newValue
            }
        }
    }
}

/// One register of the answer for one leaf and subleaf: where feature bits stand.
package struct CPUIDPlace: Hashable, Sendable, Comparable {
    package var leaf: UInt32
    package var subleaf: UInt32
    package var register: CPUIDRegister

    package init(_ leaf: UInt32, _ subleaf: UInt32, _ register: CPUIDRegister) {
        self.leaf = leaf
        self.subleaf = subleaf
        self.register = register
    }

    package init(_ leaf: UInt32, _ register: CPUIDRegister) { self.init(leaf, 0, register) }

    package static func < (a: Self, b: Self) -> Bool {
        (a.leaf, a.subleaf, a.register.rawValue) < (b.leaf, b.subleaf, b.register.rawValue)
    }
}

extension CPUIDPlace: CustomStringConvertible {
    /// As the manuals write it, in hexadecimal and without a subleaf of 0: "7.EBX", "7.1.EAX", "80000001.ECX".
    package var description: String {
        let leaf = String(leaf, radix: 16, uppercase: true)
        return subleaf == 0 ? "\(leaf).\(register.name)" : "\(leaf).\(subleaf).\(register.name)"
    }
}

/// One bit of CPUID.
package struct CPUIDBit: Hashable, Sendable, Comparable {
    package var place: CPUIDPlace
    package var bit: Int

    package init(_ place: CPUIDPlace, bit: Int) {
        self.place = place
        self.bit = bit
    }

    /// The bits of a register's value in ascending order.
    static func bits(of mask: UInt32, in place: CPUIDPlace) -> [CPUIDBit] {
        (0..<32).filter { mask >> $0 & 1 != 0 }.map { CPUIDBit(place, bit: $0) }
    }

    package static func < (a: Self, b: Self) -> Bool { (a.place, a.bit) < (b.place, b.bit) }

    /// The manuals' name; nil for a bit that this version does not know.
    package var name: String? { CPUFeatureWord.at(place)?.features[bit]?.name }
}

extension CPUIDBit: CustomStringConvertible {
    /// "7.EBX[5] AVX2".
    package var description: String { "\(place)[\(bit)]" + (name.map { " " + $0 } ?? "") }
}

extension CPUIDTable {
    /// The register as the instruction answers it.
    package func value(at place: CPUIDPlace) -> UInt32 {
        words(leaf: place.leaf, subleaf: place.subleaf)[place.register]
    }

    /// The same, but 0 for a leaf above the highest of its range: there the instruction repeats another leaf on some
    /// CPUs, and no bit of that is a feature.
    package func features(at place: CPUIDPlace) -> UInt32 {
        let base = place.leaf & 0xC000_0000
        guard place.leaf <= (entry(leaf: base)?.words.eax ?? 0) else { return 0 }
        if place.leaf == 7, place.subleaf > (entry(leaf: 7)?.words.eax ?? 0) { return 0 }
        return value(at: place)
    }

    package func has(_ bit: CPUIDBit) -> Bool { features(at: bit.place) >> bit.bit & 1 != 0 }
}
