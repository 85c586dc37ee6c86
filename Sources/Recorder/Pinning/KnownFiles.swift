internal import LinuxABI
internal import Ptrace
internal import Symbols
internal import Tracee

/// Which files with code are mapped in an address space, and what their unwind tables say of it, as it was when it was first
/// asked for. It is made anew when code of a file has been mapped, or one of these is not there any more; other memory and
/// protections may be others by now.
final class KnownFiles {
    private let map: MemoryMap
    /// All mappings of files of which anything was executable, in ascending order.
    private let modules: [GuestModule]
    private let memory: GuestMemory
    private lazy var function = FunctionBounds.finder(modules: modules) { [memory] in memory.readExactly($0, count: $1)
    }
    /// Whether a file has tables, at the address that its beginning has or would have: watched pages cut its mapping into
    /// thousands.
    private var tables: [Place: Bool] = [:]

    private struct Place: Hashable {
        var path: String
        var address: UInt64
    }

    init?(of thread: RecordedThread) {
        guard let map = AddressSpace.map(of: thread.id) else { return nil }
        self.map = map
        let names = Set(map.entries.lazy.filter(\.isExecutable).map(\.name))
        modules = map.guestModules.filter { names.contains($0.displayPath) }
        memory = thread.memory
    }

    /// Whether unwind information describes the code around an address and leaves the address out: it is data.
    func isData(_ address: GuestAddress) -> Bool {
        guard let module = module(at: address) else { return false }
        let hasTable: Bool
        let place = Place(path: module.displayPath, address: module.start.rawValue &- module.fileOffset)
        if let known = tables[place] {
            hasTable = known
        } else {
            hasTable = FunctionBounds.hasTable(at: address, modules: modules) { memory.readExactly($0, count: $1) }
            tables[place] = hasTable
        }
        return hasTable && function(address) == nil
    }

    /// The name of what is, or was, mapped at an address; empty for memory without one.
    func name(at address: GuestAddress) -> String {
        map.entries.first { $0.start <= address && address < $0.end }?.name ?? ""
    }

    /// Whether any of these files is mapped somewhere in a range.
    func overlap(_ range: Range<GuestAddress>) -> Bool {
        let index = index(after: range.lowerBound)
        return index < modules.count && modules[index].start < range.upperBound
    }

    private func module(at address: GuestAddress) -> GuestModule? {
        let index = index(after: address)
        return index < modules.count && modules[index].contains(address) ? modules[index] : nil
    }

    /// The index of the first mapping that ends behind an address.
    private func index(after address: GuestAddress) -> Int {
        var (low, high) = (0, modules.count)
        while low < high {
            let middle = (low + high) / 2
            if modules[middle].end <= address { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
