import LinuxABI
import Testing

@testable import MachineCode

@Suite struct PatchSiteTests {
    private let start = GuestAddress(0x40_1000)
    /// `lea 0x100(%rsi), %rsi`
    private let lea: [UInt8] = [0x48, 0x8D, 0xB6, 0, 1, 0, 0]

    private func site(_ bytes: [UInt8], known: Bool = true, at offset: Int = 0) -> PatchSite? {
        let code = bytes[offset...]
        return PatchSite.find(
            at: start + UInt64(offset), code: code.span,
            function: known ? FunctionCode(start: start, bytes: bytes.span) : nil)
    }

    @Test func oneLongInstructionNeedsNoFunction() {
        let found = site(lea, known: false)
        #expect(found?.displacedBytes == lea)
        #expect(found?.end == start + 7)
        #expect(found?.displaced.count == 1)
        #expect(site(lea) == found)
        // A table's jump elsewhere in the function does not matter.
        #expect(site(lea + [0xFF, 0xE0]) == found)
    }

    @Test func severalInstructionsNeedTheWholeFunction() {
        // cmp %rdi,%rax; jne over inc; inc %rax; ret
        let code: [UInt8] = [0x48, 0x39, 0xF8, 0x75, 0x03, 0x48, 0xFF, 0xC0, 0xC3]
        #expect(site(code)?.displaced.count == 2)
        #expect(site(code)?.end == start + 5)
        #expect(site(code, known: false) == nil)
        #expect(site(code + [0xFF, 0xE0]) == nil, "an indirect jump")
        #expect(site(code + [0x06]) == nil, "a byte that is no instruction")
        #expect(site(code + [0xEB, 0xF8]) == nil, "a target in the middle")
        #expect(site(code + [0xEB, 0xF5]) != nil, "a target at the site itself")
        #expect(site(code, at: 5) == nil, "a return")
        // Two instructions, of which the function ends after the first.
        let bytes: [UInt8] = [0x48, 0x39, 0xF8, 0x90, 0x90, 0x90]
        let part = bytes[..<3]
        let short = FunctionCode(start: start, bytes: part.span)
        #expect(patchSite(bytes, at: start, function: short) == nil)
        let other = FunctionCode(start: start + 100, bytes: bytes.span)
        #expect(patchSite(bytes, at: start, function: other) == nil, "of another function")
    }

    @Test func aTargetInsideRefusesALongInstructionToo() {
        #expect(site(lea + [0xEB, 0xF9]) == nil)
        #expect(site(lea + [0xEB, 0xF7]) != nil)
        #expect(site(lea, at: 1) == nil, "no instruction of the sweep begins here")
        #expect(site([0xE9, 0xFC, 0xFF, 0xFF, 0xFF], known: false) == nil, "a jump into itself")
        var function = FunctionCode(start: start, bytes: lea.span)
        function.insert(target: start + 6)
        #expect(patchSite(lea, at: start, function: function) == nil)
    }

    @Test func anUnconditionalJumpCanOnlyBeTheLast() {
        #expect(site([0xE9, 0, 1, 0, 0], known: false) != nil)
        #expect(site([0xFF, 0x25, 0, 1, 0, 0], known: false) != nil, "by a word of memory")
        #expect(site([0x48, 0x89, 0xC8, 0xEB, 0x10]) != nil)
        #expect(site([0xEB, 0x10, 0x48, 0x89, 0xC8]) == nil)
        #expect(site([0x90, 0xF3, 0x0F, 0x1E, 0xFA]) == nil, "indirect branches arrive at endbr64")
        #expect(site([0xF3, 0x0F, 0x1E, 0xFA, 0x90]) != nil)
    }

    @Test(
        arguments: [
            [0xE8, 0, 1, 0, 0], [0xC3], [0x0F, 0x05], [0xE3, 0x10], [0xE2, 0x10], [0xF3, 0xAA],
            [0xF3, 0x48, 0xAB, 0x90, 0x90], [0xD9, 0x05, 0, 0, 0, 0], [0x67, 0x48, 0x8B, 0x05, 0, 0, 0, 0],
            [0x0F, 0xA2],
            [0x48, 0xC7, 0xC0], [0x06],
        ] as [[UInt8]])
    func someInstructionsAreNeverDisplaced(bytes: [UInt8]) {
        #expect(site(bytes + [0x90, 0x90, 0x90]) == nil)
        #expect(site([0x90, 0x90, 0x90] + bytes + [0x90, 0x90]) == nil || bytes.count == 3)
        #expect(site(bytes, known: false) == nil, "truncated too")
    }

    @Test func aLockPrefixNeedsTheFunction() {
        // je to the instruction without its prefix; lock addl $1, 0x100(%rdi)
        let locked: [UInt8] = [0xF0, 0x83, 0x87, 0, 1, 0, 0, 1]
        #expect(site(locked, known: false) == nil)
        #expect(site(locked) != nil)
        #expect(site([0x74, 0x01] + locked, at: 2) == nil)
        #expect(site([0x74, 0x01] + locked, at: 3) == nil, "no instruction of the sweep begins here")
    }

    @Test func theReachIsThatOfAllDistances() throws {
        let far: UInt64 = 0x7FFF_0000
        let site = try #require(self.site([0x48, 0x8B, 0x05, 0, 0, 0xFF, 0x7F], known: false))
        #expect(site.displaced[0].ripTarget == start + 7 + far)
        let reach = try #require(FilterStub.reach(of: site))
        #expect(reach.lowerBound > start + 7 + far - 0x8000_0000)
        #expect(reach.upperBound < start + 0x8000_0000)
        for base in [reach.lowerBound + 4095, reach.upperBound] {
            _ = try FilterStub(site: site, base: base.pageStart).assemble()
        }
        #expect(throws: FilterStubError.self) {
            try FilterStub(site: site, base: GuestAddress(0x1_0000_0000)).assemble()
        }
        // Operands at both ends of what can be reached leave no place for a stub.
        let high = GuestAddress(0x7000_0000_0000)
        let bytes: [UInt8] = [0x8B, 0x05, 0xF0, 0xFF, 0xFF, 0x7F, 0x0F, 0x84, 0, 0, 0, 0x80]
        let both = PatchSite(
            address: high, displacedBytes: bytes,
            displaced: try [0, 6].map {
                try #require(decoded(bytes[$0...], at: high + UInt64($0)))
            })
        #expect(FilterStub.reach(of: both) == nil)
    }
}
