import Glibc
import LinuxABI

@testable import MachineCode

/// Memory of this process that can be written and executed, with a function that loads all registers, runs a few
/// instructions, the body, and stores all registers again.
///
/// Pages: 0 the function, 2 data of the body, 3 what takes the place of a trap, 4 to 13 for a stub,
/// 14 a stack.
@safe final class ExecutableArena {
    private static let size = 16 * 4096
    private let memory: UnsafeMutableRawPointer
    /// Where the body is, and how long it can be; `nop` fills what is left of it.
    let body: GuestAddress
    static let bodyLength = 64
    let data: GuestAddress
    let stub: GuestAddress
    private let matchHandler: GuestAddress

    init() {
        let found = unsafe mmap(nil, Self.size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let found = unsafe found, unsafe found != MAP_FAILED else { preconditionFailure("mmap: \(errno)") }
        unsafe memory = found
        let base = GuestAddress(UInt64(UInt(bitPattern: found)))
        body = base + 0x800
        data = base + 0x2000
        matchHandler = base + 0x3000
        stub = base + 0x4000
    }

    deinit { unsafe munmap(memory, Self.size) }

    private func pointer(_ address: GuestAddress) -> UnsafeMutableRawPointer {
        let base = unsafe GuestAddress(UInt64(UInt(bitPattern: memory)))
        precondition(address - base < UInt64(Self.size))
        return unsafe memory + Int(address - base)
    }

    func write(_ bytes: [UInt8], at address: GuestAddress) {
        unsafe pointer(address).copyMemory(from: bytes, byteCount: bytes.count)
    }

    func read(_ count: Int, at address: GuestAddress) -> [UInt8] {
        (0..<count).map { unsafe pointer(address).load(fromByteOffset: $0, as: UInt8.self) }
    }

    subscript(word address: GuestAddress) -> UInt64 {
        get { unsafe pointer(address).loadUnaligned(as: UInt64.self) }
        set { unsafe pointer(address).storeBytes(of: newValue, as: UInt64.self) }
    }

    /// How often a stub whose trap was replaced has matched.
    var matchCount: UInt64 {
        get { self[word: matchHandler + 0x808] }
        set { self[word: matchHandler + 0x808] = newValue }
    }

    /// Writes the stub and its patch. A signal handler for traps would be one of the whole process; instead, the trap
    /// and the jump after it are replaced by a jump to code that counts and goes on where the tracer would.
    func install(_ stub: AssembledStub, at site: PatchSite) {
        write(stub.code, at: stub.base)
        write([UInt8](repeating: 0, count: 4096), at: stub.slots)
        write(site.displacedBytes, at: site.address)
        let trap = stub.trapAddress - 1
        precondition(read(2, at: trap) == [0xCC, 0xE9])
        write([0xE9] + distance(from: trap + 5, to: matchHandler), at: trap)
        let slot = matchHandler + 0x800
        var code: [UInt8] = []
        var here: GuestAddress { matchHandler + UInt64(code.count) }
        for (opcode, address) in [([0x48, 0x89, 0x0D], slot), ([0x48, 0x8B, 0x0D], slot + 8)]
            as [([UInt8], GuestAddress)]
        {
            code += opcode
            code += distance(from: here + 4, to: address)
        }
        code += [0x48, 0x8D, 0x49, 0x01]
        for (opcode, address) in [
            ([0x48, 0x89, 0x0D], slot + 8), ([0x48, 0x8B, 0x0D], slot), ([0xE9], stub.resumeAddress),
        ]
            as [([UInt8], GuestAddress)]
        {
            code += opcode
            code += distance(from: here + 4, to: address)
        }
        write(code, at: matchHandler)
        matchCount = 0
        write(stub.patch, at: site.address)
    }

    func distance(from: GuestAddress, to: GuestAddress) -> [UInt8] {
        bytes(Int32(truncatingIfNeeded: Int64(bitPattern: to - from)))
    }

    private func bytes(_ value: Int32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    /// Calls the code at an address as a C function.
    @discardableResult
    func call(_ address: GuestAddress, _ argument: UInt64) -> UInt64 {
        typealias Function = @convention(c) (UInt64) -> UInt64
        return unsafe unsafeBitCast(pointer(address), to: Function.self)(argument)
    }

    // MARK: The state before and after a body

    /// Registers by number, without rsp; flags; vectors; and the words below the stack pointer, the first the highest.
    struct State: Hashable {
        var registers = [UInt64](repeating: 0, count: 16)
        var flags: UInt64 = 0x202
        var vectors = [UInt64](repeating: 0, count: 32)
        var belowStack = [UInt64](repeating: 0, count: 64)

        fileprivate var words: [UInt64] {
            registers + [flags] + [UInt64](repeating: 0, count: 15) + vectors + belowStack
        }

        fileprivate init(words: [UInt64]) {
            registers = Array(words[0..<16])
            flags = words[16]
            vectors = Array(words[32..<64])
            belowStack = Array(words[64..<128])
        }

        init() {}
    }

    /// Runs `body`, which is written already, from `state` on.
    func run(from state: State) -> State {
        let words = 128
        let buffer = data + 0x400
        for (index, word) in state.words.enumerated() { self[word: buffer + UInt64(8 * index)] = word }
        call(body.pageStart, buffer.rawValue)
        return State(words: (0..<words).map { self[word: buffer + UInt64(8 * (words + $0))] })
    }

    /// Writes the function around a body.
    func write(body code: [UInt8]) {
        precondition(code.count <= Self.bodyLength)
        let context = data + 0x3F0
        let start = body.pageStart
        var function: [UInt8] = [0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57, 0x48, 0x89, 0x3D]
        function += distance(from: start + UInt64(function.count) + 4, to: context)
        // mov %rsp, context-8; lea stack, %rsp: one that is the same whoever calls
        function += [0x48, 0x89, 0x25]
        function += distance(from: start + UInt64(function.count) + 4, to: context - 8)
        function += [0x48, 0x8D, 0x25]
        function += distance(from: start + UInt64(function.count) + 4, to: stub + 0xB000)
        // push 128(%rdi); popf
        function += [0xFF, 0xB7] + bytes(128) + [0x9D]
        for vector in 0..<16 { function += move(vector: vector, opcode: 0x10, at: 256 + 16 * vector) }
        for word in 0..<64 {
            function += move(0, opcode: 0x8B, at: 512 + 8 * word)
            function += [0x48, 0x89, 0x84, 0x24] + bytes(Int32(-8 * (word + 1)))
        }
        let registers = (0..<16).filter { $0 != 4 && $0 != 7 }
        for register in registers + [7] { function += move(register, opcode: 0x8B, at: 8 * register) }
        function += [0xE9]
        function += distance(from: start + UInt64(function.count) + 4, to: body)
        precondition(function.count <= 0x800)
        write(function, at: start)
        write(code + [UInt8](repeating: 0x90, count: Self.bodyLength - code.count), at: body)

        let end = body + UInt64(Self.bodyLength)
        // mov %rdi, context+8; mov context, %rdi
        var epilogue: [UInt8] = [0x48, 0x89, 0x3D]
        epilogue += distance(from: end + 7, to: context + 8)
        epilogue += [0x48, 0x8B, 0x3D]
        epilogue += distance(from: end + 14, to: context)
        for register in 0..<16 where register != 7 { epilogue += move(register, opcode: 0x89, at: 1024 + 8 * register) }
        for vector in 0..<16 { epilogue += move(vector: vector, opcode: 0x11, at: 1024 + 256 + 16 * vector) }
        for word in 0..<64 {
            epilogue += [0x48, 0x8B, 0x84, 0x24] + bytes(Int32(-8 * (word + 1)))
            epilogue += move(0, opcode: 0x89, at: 1024 + 512 + 8 * word)
        }
        // pushf; pop 1024+128(%rdi); mov context+8, %rax; mov %rax, 1024+56(%rdi); cld
        epilogue += [0x9C, 0x8F, 0x87] + bytes(1024 + 128) + [0x48, 0x8B, 0x05]
        epilogue += distance(from: end + UInt64(epilogue.count) + 4, to: context + 8)
        epilogue += move(0, opcode: 0x89, at: 1024 + 56)
        // mov context-8, %rsp
        epilogue += [0x48, 0x8B, 0x25]
        epilogue += distance(from: end + UInt64(epilogue.count) + 4, to: context - 8)
        epilogue += [0xFC, 0x41, 0x5F, 0x41, 0x5E, 0x41, 0x5D, 0x41, 0x5C, 0x5D, 0x5B, 0xC3]
        write(epilogue, at: end)
    }

    /// `mov` between a register and a word at a distance from rdi.
    private func move(_ register: Int, opcode: UInt8, at distance: Int) -> [UInt8] {
        [register < 8 ? 0x48 : 0x4C, opcode, 0x87 | UInt8(register & 7) << 3] + bytes(Int32(distance))
    }

    /// `movups` between a register and memory at a distance from rdi.
    private func move(vector: Int, opcode: UInt8, at distance: Int) -> [UInt8] {
        (vector < 8 ? [] : [0x44]) + [0x0F, opcode, 0x87 | UInt8(vector & 7) << 3] + bytes(Int32(distance))
    }
}
