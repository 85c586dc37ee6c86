internal import LinuxABI
internal import Ptrace
internal import Symbols
internal import Tracee

/// What is mapped in an address space, and what the unwind tables of the files say of their code, as it was when it was
/// first asked for. It is made anew when anything has been mapped or unmapped; protections may be others by now.
final class KnownFiles {
    let map: MemoryMap
    private let modules: [GuestModule]
    private let memory: GuestMemory
    private lazy var function = FunctionBounds.finder(modules: modules) { [memory] in memory.readExactly($0, count: $1)
    }
    /// By the start of the mapping.
    private var tables: [GuestAddress: Bool] = [:]

    init?(of thread: RecordedThread) {
        guard let map = AddressSpace.map(of: thread.id) else { return nil }
        self.map = map
        modules = map.guestModules
        memory = thread.memory
    }

    /// Whether unwind information describes the code around an address and leaves the address out: it is data.
    func isData(_ address: GuestAddress) -> Bool {
        guard let module = modules.containing(address) else { return false }
        let hasTable: Bool
        if let known = tables[module.start] {
            hasTable = known
        } else {
            hasTable = FunctionBounds.hasTable(at: address, modules: modules) { memory.readExactly($0, count: $1) }
            tables[module.start] = hasTable
        }
        return hasTable && function(address) == nil
    }

    /// The name of what is mapped at an address.
    func name(at address: GuestAddress) -> String {
        map.entries.first { $0.start <= address && address < $0.end }?.name ?? ""
    }
}
