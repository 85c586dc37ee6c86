/// One bit of what CPUID answers.
package struct CPUIDBit: Hashable, Sendable, Comparable {
    package enum Register: String, Hashable, Sendable, CaseIterable {
        case eax = "EAX"
        case ebx = "EBX"
        case ecx = "ECX"
        case edx = "EDX"
    }

    package var leaf: UInt32
    package var subleaf: UInt32
    package var register: Register
    /// 0 to 31.
    package var number: Int

    package init(leaf: UInt32, subleaf: UInt32 = 0, _ register: Register, _ number: Int) {
        self.leaf = leaf
        self.subleaf = subleaf
        self.register = register
        self.number = number
    }

    private var order: (UInt32, UInt32, String, Int) { (leaf, subleaf, register.rawValue, number) }
    package static func < (a: Self, b: Self) -> Bool { a.order < b.order }

    /// The feature's name in the manuals, as /proc/cpuinfo has it where it has one; nil for bits without a name here.
    package var name: String? { Self.names[self] }

    private static let names: [CPUIDBit: String] = {
        var names: [CPUIDBit: String] = [:]
        func add(_ leaf: UInt32, _ register: Register, _ list: [(Int, String)], subleaf: UInt32 = 0) {
            for (number, name) in list { names[CPUIDBit(leaf: leaf, subleaf: subleaf, register, number)] = name }
        }
        add(
            1, .edx,
            [(0, "FPU"), (4, "TSC"), (8, "CX8"), (15, "CMOV"), (19, "CLFSH"), (23, "MMX"), (24, "FXSR"), (25, "SSE"),
                (26, "SSE2")])
        add(
            1, .ecx,
            [(0, "SSE3"), (1, "PCLMULQDQ"), (9, "SSSE3"), (12, "FMA"), (13, "CMPXCHG16B"), (19, "SSE4.1"),
                (20, "SSE4.2"), (22, "MOVBE"), (23, "POPCNT"), (25, "AES"), (26, "XSAVE"), (27, "OSXSAVE"),
                (28, "AVX"), (29, "F16C"), (30, "RDRAND")])
        add(
            7, .ebx,
            [(0, "FSGSBASE"), (3, "BMI1"), (4, "HLE"), (5, "AVX2"), (8, "BMI2"), (9, "ERMS"), (11, "RTM"),
                (16, "AVX512F"), (17, "AVX512DQ"), (18, "RDSEED"), (19, "ADX"), (21, "AVX512IFMA"),
                (23, "CLFLUSHOPT"), (24, "CLWB"), (26, "AVX512PF"), (27, "AVX512ER"), (28, "AVX512CD"), (29, "SHA"),
                (30, "AVX512BW"), (31, "AVX512VL")])
        add(
            7, .ecx,
            [(1, "AVX512VBMI"), (3, "PKU"), (4, "OSPKE"), (5, "WAITPKG"), (6, "AVX512VBMI2"), (7, "CET_SS"),
                (8, "GFNI"), (9, "VAES"), (10, "VPCLMULQDQ"), (11, "AVX512VNNI"), (12, "AVX512BITALG"),
                (14, "AVX512VPOPCNTDQ"), (22, "RDPID"), (27, "MOVDIRI"), (28, "MOVDIR64B")])
        add(
            7, .edx,
            [(2, "AVX512_4VNNIW"), (3, "AVX512_4FMAPS"), (4, "FSRM"), (8, "AVX512_VP2INTERSECT"), (14, "SERIALIZE"),
                (16, "TSXLDTRK"), (22, "AMX-BF16"), (23, "AVX512_FP16"), (24, "AMX-TILE"), (25, "AMX-INT8")])
        add(7, .eax, [(4, "AVX-VNNI"), (5, "AVX512_BF16"), (21, "AMX-FP16"), (23, "AVX-IFMA")], subleaf: 1)
        add(0xD, .eax, [(0, "XSAVEOPT"), (1, "XSAVEC"), (2, "XGETBV1"), (3, "XSAVES"), (4, "XFD")], subleaf: 1)
        add(
            0x8000_0001, .ecx,
            [(0, "LAHF"), (5, "LZCNT"), (6, "SSE4A"), (7, "MISALIGNSSE"), (8, "PREFETCHW"), (11, "XOP"), (15, "LWP"),
                (16, "FMA4"), (21, "TBM"), (29, "MWAITX")])
        add(
            0x8000_0001, .edx,
            [(11, "SYSCALL"), (20, "NX"), (22, "MMXEXT"), (27, "RDTSCP"), (29, "LM"), (30, "3DNOWEXT"),
                (31, "3DNOW")])
        add(0x8000_0008, .ebx, [(0, "CLZERO"), (4, "RDPRU"), (9, "WBNOINVD")])
        return names
    }()
}

extension CPUIDBit: CustomStringConvertible {
    /// As "7.EBX[5] AVX2"; the subleaf is written where it is not 0: "13.1.EAX[1] XSAVEC".
    package var description: String {
        let leaf = leaf < 0x20 ? String(leaf) : "0x" + String(leaf, radix: 16)
        let place = "\(leaf)\(subleaf == 0 ? "" : ".\(subleaf)").\(register.rawValue)[\(number)]"
        return name.map { "\(place) \($0)" } ?? place
    }
}

extension CPUIDWords {
    package subscript(register: CPUIDBit.Register) -> UInt32 {
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
