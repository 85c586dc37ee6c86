/// What a CPU does with the x87 instruction and data pointers (FIP, FDP, FOP and their selectors) when it saves them.
///
/// FXSAVE, XSAVE and FNSTENV show them, and CPUs of different classes show different ones for the same computation.
/// Intel SDM volume 1, section 8.1.8; AMD APM volume 2, section 11.5.
package enum X87PointerClass: String, CaseIterable, Sendable, Hashable {
    /// Pointers of the last instruction and both selectors: Intel up to Ivy Bridge, VIA.
    case all
    /// The selectors read as 0 (CPUID 7.EBX[13]): Intel Haswell and later.
    case withoutSelectors = "without-selectors"
    /// The data pointer is that of the last exception only (CPUID 7.EBX[6]): Intel Skylake-SP, Ice Lake and later.
    case dataAtExceptions = "data-at-exceptions"
    /// Zeros unless an exception is pending (CPUID 80000008.EBX[2], XSaveErPtr): AMD Zen and Hygon.
    case zeros
    /// The bytes are left as they were unless an exception is pending: AMD before Zen.
    case unwritten

    /// The class that a CPU's flags and vendor say.
    package init(_ table: CPUIDTable) {
        if CPUIdentity(table).isAMDFamily {
            self = table.has(CPUIDBit(CPUIDPlace(0x8000_0008, .ebx), bit: 2)) ? .zeros : .unwritten
        } else if table.has(CPUIDBit(.features7B, bit: 6)) {
            self = .dataAtExceptions
        } else {
            self = table.has(CPUIDBit(.features7B, bit: 13)) ? .withoutSelectors : .all
        }
    }

    /// For people.
    package var words: String {
        switch self {
        case .all: "saves FIP, FDP and the selectors"
        case .withoutSelectors: "saves FIP and FDP, selectors as 0"
        case .dataAtExceptions: "saves FIP, and FDP at exceptions only"
        case .zeros: "saves zeros unless an exception is pending"
        case .unwritten: "saves nothing unless an exception is pending"
        }
    }
}
