import LinuxABI
import MachineCode
import Testing

@testable import Recorder

@Suite struct CodeSitesTests {
    private func site(_ address: UInt64) -> CodeSite {
        CodeSite(
            role: .above(FeatureInstruction(feature: .sha, address: GuestAddress(address), length: 4)),
            original: [0, 0, 0, 0])
    }

    @Test func sitesAreFoundByAddressAndRange() {
        var sites = CodeSites()
        let addresses: [UInt64] = [0x1FFC, 0x2000, 0x2FFF, 0x9000, 0x1_0000]
        for address in addresses.reversed() { sites[GuestAddress(address)] = site(address) }
        func found(_ range: Range<UInt64>) -> [UInt64] {
            sites.sites(in: GuestAddress(range.lowerBound)..<GuestAddress(range.upperBound)).map(\.address.rawValue)
        }
        #expect(sites[GuestAddress(0x2000)] == site(0x2000) && sites[GuestAddress(0x2001)] == nil)
        // A page, a part of one, more pages than there are traps, nothing
        #expect(found(0x2000..<0x3000) == [0x2000, 0x2FFF])
        #expect(found(0x1FFD..<0x2FFF) == [0x2000])
        #expect(found(0..<0x7FFF_0000_0000) == addresses)
        #expect(found(0x3000..<0x9000).isEmpty && found(0x2000..<0x2000).isEmpty)
        sites[GuestAddress(0x2000)] = nil
        sites[GuestAddress(0x2FFF)] = nil
        #expect(found(0x2000..<0x3000).isEmpty && found(0..<0x2_0000) == [0x1FFC, 0x9000, 0x1_0000])
    }
}
