import LinuxABI
import Testing

@testable import MachineCode

/// Stubs that are executed by this process: with a patch, a body has the same outcome in all registers, flags and the
/// memory around the stack pointer as without.
@Suite struct ExecutionTests {
    private typealias State = ExecutableArena.State

    /// Bodies by name; operands relative to RIP are at `data`.
    enum Body: String, CaseIterable, Sendable {
        case load, compareWithImmediate, compareByte, addToMemory, compareAndJump, farConditional, loadAddress
        case addressOfData, scalarLoad, scalarAdd, addWithCarry, jump, jumpByMemory, pushAndPop, copyFlags, useR15AndRCX

        func code(_ distance: (_ end: UInt64) -> [UInt8]) -> [UInt8] {
            switch self {
            case .load: [0x48, 0x8B, 0x05] + distance(7)
            case .compareWithImmediate: [0x81, 0x3D] + distance(10) + [0x44, 0x33, 0x22, 0x11]
            case .compareByte: [0x80, 0x3D] + distance(7) + [0x44]
            case .addToMemory: [0x48, 0x83, 0x05] + distance(8) + [0x01]
            case .compareAndJump: [0x48, 0x39, 0xF8, 0x75, 0x03, 0x48, 0xFF, 0xC0]
            case .farConditional: [0x0F, 0x82, 3, 0, 0, 0, 0x48, 0xFF, 0xC0]
            case .loadAddress: [0x48, 0x8D, 0xB6, 0, 1, 0, 0]
            case .addressOfData: [0x4C, 0x8D, 0x3D] + distance(7)
            case .scalarLoad: [0xF3, 0x0F, 0x10, 0x1D] + distance(8)
            case .scalarAdd: [0xF2, 0x0F, 0x58, 0xD1, 0x48, 0x11, 0xD0]
            case .addWithCarry: [0x48, 0x15, 0x44, 0x33, 0x22, 0x11]
            case .jump: [0xE9, 3, 0, 0, 0, 0x48, 0xFF, 0xC0]
            case .jumpByMemory: [0xFF, 0x25] + distance(6)
            case .pushAndPop: [0x50, 0x5B, 0x48, 0x8D, 0x49, 0x01]
            case .copyFlags: [0x9F, 0x0F, 0x90, 0xC0, 0x11, 0xC9]
            case .useR15AndRCX: [0x4C, 0x01, 0xF9, 0x49, 0x11, 0xCF]
            }
        }
    }

    private func arena(_ body: Body) -> ExecutableArena {
        let arena = ExecutableArena()
        arena.write(body: body.code { arena.distance(from: arena.body + $0, to: arena.data) })
        return arena
    }

    /// A value that depends on the body where it points somewhere.
    private func dataWord(_ body: Body, _ arena: ExecutableArena) -> UInt64 {
        body == .jumpByMemory ? arena.body.rawValue + 16 : 0x1122_3344
    }

    private func site(_ arena: ExecutableArena) throws -> PatchSite {
        let code = arena.read(ExecutableArena.bodyLength, at: arena.body)
        // As much as the body's own instructions; an indirect jump is alone in its body.
        let function = FunctionCode(start: arena.body, bytes: code.span)
        return try #require(patchSite(code, at: arena.body, function: function))
    }

    /// States with large and small values and all the flags that a program can have.
    private var states: [State] {
        (0..<4).map { round in
            var state = State()
            var seed = UInt64(round + 1)
            func next() -> UInt64 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let value = seed ^ seed >> 29
                // Some are small, positive or negative, so that all forms of a comparison come up.
                return switch (value >> 7) % 5 {
                case 0: value & 0x3F
                case 1: 0 &- (value & 0xFFFF)
                case 2: value & 0xFFFF_FFFF
                case 3: 0 &- (value & 0xFFFF_FFFF)
                default: value
                }
            }
            for index in 0..<16 { state.registers[index] = next() }
            if round % 2 == 0 { state.registers[7] = state.registers[0] }
            for index in 0..<32 { state.vectors[index] = next() }
            for index in 0..<64 { state.belowStack[index] = next() }
            // CF, PF, AF, ZF, SF, DF, OF
            state.flags = 0x202 | next() & 0xCD5
            return state
        }
    }

    /// Checks that hold when the site is passed in `state`.
    private func checks(_ state: State, stackPointer: UInt64, _ arena: ExecutableArena, data: UInt64) -> [FilterStub
        .Check]
    {
        var checks: [FilterStub.Check] = GeneralRegister.allCases.map {
            .register($0, $0 == .rsp ? stackPointer : state.registers[Int($0.rawValue)])
        }
        checks.append(.word(arena.data, data))
        checks += (0..<16).map { .vector($0, low: state.vectors[2 * $0], high: state.vectors[2 * $0 + 1]) }
        checks += (0..<4).map { .word(GuestAddress(stackPointer - 8 * UInt64($0 + 1)), state.belowStack[$0]) }
        // Once more, after r15 was needed for sure.
        checks.append(.register(.r15, state.registers[15]))
        checks.append(.register(.rcx, state.registers[1]))
        checks.append(.pass(1))
        return checks
    }

    private func spoiled(_ check: FilterStub.Check, by difference: UInt64) -> FilterStub.Check {
        switch check {
        case .register(let register, let value): .register(register, value ^ difference)
        case .word(let address, let value): .word(address, value ^ difference)
        case .vector(let vector, let low, let high):
            difference == 1
                ? .vector(vector, low: low ^ 1, high: high) : .vector(vector, low: low, high: high ^ difference)
        case .pass(let number): .pass(number ^ difference)
        }
    }

    @Test(arguments: Body.allCases)
    func aPatchedBodyDoesWhatItDid(body: Body) throws {
        let arena = arena(body)
        let site = try site(arena)
        for (round, state) in states.enumerated() {
            let data = dataWord(body, arena)
            arena[word: arena.data] = data
            arena.write(site.displacedBytes, at: site.address)
            let expected = arena.run(from: state)
            let expectedData = arena[word: arena.data]
            let all = checks(state, stackPointer: expected.registers[4], arena, data: data)

            /// Runs with a stub, and returns how often it matched.
            func matches(_ checks: [FilterStub.Check]) throws -> UInt64 {
                let stub = try FilterStub(site: site, base: arena.stub, checks: checks).assemble()
                arena.install(stub, at: site)
                arena[word: arena.data] = data
                let outcome = arena.run(from: state)
                #expect(outcome == expected)
                #expect(arena[word: arena.data] == expectedData)
                #expect(arena[word: stub.passCountAddress] == 1)
                return arena.matchCount
            }

            #expect(try matches(all) == 1)
            #expect(try matches(all.reversed()) == 1)
            #expect(try matches([]) == 1)
            for index in all.indices {
                var wrong = all
                wrong[index] = spoiled(all[index], by: (index + round) % 2 == 0 ? 1 : 1 << 63)
                #expect(try matches(wrong) == 0, "\(wrong[index])")
                #expect(try matches([wrong[index]]) == 0, "\(wrong[index])")
            }
        }
    }

    /// A loop whose result needs the carry flag to survive the site, which is between `add` and `adc`.
    static let carryLoop: [UInt8] = [
        0x31, 0xC0, 0x31, 0xD2, 0x31, 0xF6,  // xor %eax,%eax; xor %edx,%edx; xor %esi,%esi
        0x48, 0xB9, 0xEF, 0xCD, 0xAB, 0x89, 0x67, 0x45, 0x23, 0x71,  // mov $0x7123456789abcdef,%rcx
        0x48, 0x01, 0xC8,  // 1: add %rcx,%rax
        0x48, 0x8D, 0xB6, 0, 1, 0, 0,  // lea 0x100(%rsi),%rsi
        0x48, 0x83, 0xD2, 0x00,  // adc $0,%rdx
        0x48, 0xFF, 0xCF,  // dec %rdi
        0x75, 0xED,  // jne 1b
        0x48, 0xC1, 0xC2, 0x20, 0x48, 0x01, 0xD0, 0x48, 0x01, 0xF0,  // rol $32,%rdx; add %rdx,%rax; add %rsi,%rax
        0xC3,
    ]

    @Test func aHotLoopCountsItsPassesAndTrapsOnce() throws {
        let arena = ExecutableArena()
        arena.write(Self.carryLoop, at: arena.body)
        let address = arena.body + 19
        let function = FunctionCode(start: arena.body, bytes: Self.carryLoop.span)
        let site = try #require(patchSite(Array(Self.carryLoop[19...]), at: address, function: function))
        let rounds: UInt64 = 100_000
        let expected = arena.call(arena.body, rounds)

        for (check, matches) in [
            (FilterStub.Check.register(.rdi, 777), 1), (.register(.rdi, rounds + 1), 0),
            (.register(.rcx, 0x7123_4567_89AB_CDEF), rounds), (.register(.rsi, 0x100 * 500), 1),
        ] as [(FilterStub.Check, UInt64)] {
            let stub = try FilterStub(site: site, base: arena.stub, checks: [check]).assemble()
            arena.install(stub, at: site)
            #expect(arena.call(arena.body, rounds) == expected)
            #expect(arena[word: stub.passCountAddress] == rounds)
            #expect(arena.matchCount == matches)
        }
    }

    /// The count goes on from what is in its word: a tracer may look in between, and passes can be very many.
    @Test(arguments: [0, 1000, 1 << 31, 1 << 40, .max - 50_000] as [UInt64])
    func trapsAtThePassThatIsWanted(start: UInt64) throws {
        let arena = ExecutableArena()
        arena.write(Self.carryLoop, at: arena.body)
        let address = arena.body + 19
        let function = FunctionCode(start: arena.body, bytes: Self.carryLoop.span)
        let site = try #require(patchSite(Array(Self.carryLoop[19...]), at: address, function: function))
        let rounds: UInt64 = 100_000
        let expected = arena.call(arena.body, rounds)
        for (checks, matches) in [
            ([.pass(start &+ 1)], 1), ([.pass(start &+ rounds)], 1), ([.pass(start &+ rounds &+ 1)], 0),
            ([.pass(start)], 0),
            // rdi counts down, so that it is 1 at the last pass; before and after a check by r15.
            ([.pass(start &+ rounds), .register(.rcx, 0x7123_4567_89AB_CDEF), .register(.rdi, 1)], 1),
            ([.register(.rdi, 1), .register(.rcx, 0x7123_4567_89AB_CDEF), .pass(start &+ rounds)], 1),
            ([.register(.rdi, 2), .pass(start &+ rounds)], 0),
        ] as [([FilterStub.Check], UInt64)] {
            let stub = try FilterStub(site: site, base: arena.stub, checks: checks).assemble()
            arena.install(stub, at: site)
            arena[word: stub.passCountAddress] = start
            #expect(arena.call(arena.body, rounds) == expected)
            #expect(arena[word: stub.passCountAddress] == start &+ rounds)
            #expect(arena.matchCount == matches, "\(checks)")
        }
    }

    /// The site is what the loop's own jump goes back to.
    @Test func aLoopBackToTheSitePassesItAgain() throws {
        let arena = ExecutableArena()
        // xor %eax,%eax; 1: dec %rdi; jne 1b; ret
        let code: [UInt8] = [0x31, 0xC0, 0x48, 0xFF, 0xCF, 0x75, 0xFB, 0xC3]
        arena.write(code, at: arena.body)
        let function = FunctionCode(start: arena.body, bytes: code.span)
        let site = try #require(patchSite(Array(code[2...]), at: arena.body + 2, function: function))
        let stub = try FilterStub(site: site, base: arena.stub, checks: [.register(.rdi, 5), .register(.rax, 0)])
            .assemble()
        arena.install(stub, at: site)
        #expect(arena.call(arena.body, 1000) == 0)
        #expect(arena[word: stub.passCountAddress] == 1000)
        #expect(arena.matchCount == 1)
    }
}
