import Testing
import XState

struct XFeatureMaskTests {
    @Test(arguments: [
        0x3, 0x7, 0x1B, 0x1F, 0xE7, 0xFF, 0x207, 0x21F, 0x2E7, 0x2FF, 0x602E7, 0x1, 0x4000_0000_0000_0007,
    ])
    func realMasksAreLegal(raw: UInt64) {
        #expect(XFeatureMask(rawValue: raw).isLegal)
    }

    @Test(
        "each rule of XSETBV refuses",
        arguments: [
            0x0, 0x2, 0x5, 0xB, 0x13, 0x27, 0x47, 0x87, 0x67, 0xA7, 0xC7, 0xE3, 0x2_0007, 0x4_0007,
            0x8000_0000_0000_0007,
        ])
    func illegalMasks(raw: UInt64) {
        #expect(!XFeatureMask(rawValue: raw).isLegal)
    }

    @Test func namesAreJoinedByBars() {
        #expect(XFeatureMask(rawValue: 7).description == "x87|SSE|AVX")
        #expect(XFeatureMask(rawValue: 0x602E7).description.hasSuffix("Hi16_ZMM|PKRU|XTILECFG|XTILEDATA"))
        #expect(XFeatureMask(rawValue: 1 << 40).description == "bit40")
        #expect(XFeatureMask().description == "none")
        #expect(XFeatureMask(rawValue: 1 << 63 | 1).description == "x87|bit63")
    }

    @Test func componentsRiseByBit() {
        #expect(XFeatureMask(rawValue: 0x2E7).components.map(\.number) == [0, 1, 2, 5, 6, 7, 9])
        #expect(XStateComponent(number: 63) == nil)
        #expect(XStateComponent(number: -1) == nil)
    }
}
