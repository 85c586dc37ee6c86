import LinuxABI
import Ptrace
import Testing

@testable import Recorder

/// Stacks as fs/binfmt_elf.c of the kernel builds them.
@Suite struct InitialStackTests {
    private static let vdso: UInt64 = 33
    private static let pageSize: UInt64 = 6

    /// A stack with these strings as arguments and environment.
    private func stack(
        _ arguments: [String], _ environment: [String] = [], auxiliary: [UInt64] = [vdso, 0xabc000, pageSize, 4096]
    ) throws -> OwnMemory {
        let own = try OwnMemory()
        var place: UInt64 = 0x8000
        func put(_ text: String) throws -> UInt64 {
            let bytes = Array(text.utf8) + [0]
            try own.memory.write(own.start + place, bytes)
            defer { place += UInt64(bytes.count) }
            return own.start.rawValue + place
        }
        let first = try arguments.map(put)
        let second = try environment.map(put)
        try own.put([UInt64(arguments.count)] + first + [0] + second + [0] + auxiliary + [0, 0], at: 0)
        return own
    }

    @Test func argumentsAreRead() throws {
        let own = try stack(["/bin/echo", "", "two words"], ["HOME=/"])
        #expect(
            InitialStack.arguments(at: own.start, in: own.memory)
                == ["/bin/echo", "", "two words"].map { Array($0.utf8) })
        #expect(InitialStack.arguments(at: GuestAddress(4096), in: own.memory).isEmpty)
    }

    @Test func argumentsThatLeadNowhereEndTheList() throws {
        let own = try stack(["a", "b"])
        try own.put([4096], at: 16)
        #expect(InitialStack.arguments(at: own.start, in: own.memory) == [[UInt8(ascii: "a")]])
        // A count that no kernel writes.
        try own.put([1 << 20], at: 0)
        #expect(InitialStack.arguments(at: own.start, in: own.memory).isEmpty)
    }

    @Test(
        arguments: [([], []), (["a"], []), ([], ["X=1"]), (["a", "b", "c"], ["X=1", "Y=2"])] as [([String], [String])])
    func theVectorIsFoundAndStays(arguments: [String], environment: [String]) throws {
        let own = try stack(arguments, environment)
        let before = own.memory.read(own.start, count: 256)
        let vector = try InitialStack.pin(at: own.start, in: own.memory, to: nil)
        let start = UInt64(1 + arguments.count + 1 + environment.count + 1) * 8
        #expect(vector.lowerBound == own.start + start)
        // Two entries and the one that ends them. There is a vDSO, xrr's own.
        #expect(vector.upperBound == own.start + start + 48)
        #expect(own.memory.read(own.start, count: 256) == before)
        #expect(own.memory.readWord(vector.lowerBound) == Self.vdso)
    }
}
