internal import LinuxABI
internal import MachineCode
internal import XState

/// What a search of executable memory has found.
struct ScannedCode: Hashable {
    var sensitive = SensitiveCode()
    /// The first instruction of each feature in each function, in ascending order. Only of files.
    var features: [FeatureInstruction] = []
    /// The code asks for the CPU, itself or by functions that are chosen when it is loaded. What it has for other CPUs
    /// is not executed then.
    var choosesByCPU = false
}

extension FeatureInstruction.Feature {
    /// What says that a CPU has it: CPUID bits of SDM volume 2, CPUID, and APM volume 3, appendix D.
    var bit: CPUIDBit {
        switch self {
        case .adx: CPUIDBit(CPUIDPlace(7, .ebx), bit: 19)
        case .aes: CPUIDBit(CPUIDPlace(1, .ecx), bit: 25)
        case .amx: CPUIDBit(CPUIDPlace(7, .edx), bit: 24)
        case .avx: CPUIDBit(CPUIDPlace(1, .ecx), bit: 28)
        case .avx2: CPUIDBit(CPUIDPlace(7, .ebx), bit: 5)
        case .avx512: CPUIDBit(CPUIDPlace(7, .ebx), bit: 16)
        case .avxVNNI: CPUIDBit(CPUIDPlace(7, 1, .eax), bit: 4)
        case .bmi1: CPUIDBit(CPUIDPlace(7, .ebx), bit: 3)
        case .bmi2: CPUIDBit(CPUIDPlace(7, .ebx), bit: 8)
        case .f16c: CPUIDBit(CPUIDPlace(1, .ecx), bit: 29)
        case .fma: CPUIDBit(CPUIDPlace(1, .ecx), bit: 12)
        case .fma4: CPUIDBit(CPUIDPlace(0x8000_0001, .ecx), bit: 16)
        case .fsgsbase: CPUIDBit(CPUIDPlace(7, .ebx), bit: 0)
        case .gfni: CPUIDBit(CPUIDPlace(7, .ecx), bit: 8)
        case .lzcnt: CPUIDBit(CPUIDPlace(0x8000_0001, .ecx), bit: 5)
        case .movbe: CPUIDBit(CPUIDPlace(1, .ecx), bit: 22)
        case .movdir: CPUIDBit(CPUIDPlace(7, .ecx), bit: 27)
        case .pclmulqdq: CPUIDBit(CPUIDPlace(1, .ecx), bit: 1)
        case .sha: CPUIDBit(CPUIDPlace(7, .ebx), bit: 29)
        case .sse4a: CPUIDBit(CPUIDPlace(0x8000_0001, .ecx), bit: 6)
        case .tbm: CPUIDBit(CPUIDPlace(0x8000_0001, .ecx), bit: 21)
        case .vaes: CPUIDBit(CPUIDPlace(7, .ecx), bit: 9)
        case .vpclmulqdq: CPUIDBit(CPUIDPlace(7, .ecx), bit: 10)
        case .xop: CPUIDBit(CPUIDPlace(0x8000_0001, .ecx), bit: 11)
        }
    }
}

extension PinnedCPU {
    func has(_ feature: FeatureInstruction.Feature) -> Bool {
        cpuid.features(at: feature.bit.place) >> UInt32(feature.bit.bit) & 1 != 0
    }
}
