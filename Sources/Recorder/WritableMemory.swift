internal import LinuxABI
internal import TraceFormat
internal import Tracee

/// Which memory of an address space its program can write, as far as that is known: looked up in the kernel's map once,
/// then kept up with the effects of the program's own calls. What is not known here is to be looked up again.
struct WritableMemory {
    private var known = RangeSet<GuestAddress>()
    /// Pages that were looked up, and are mapped so that the program cannot write them.
    private var refusing: Set<GuestAddress> = []
    /// Pages that the program has made guards of, which the kernel's map does not show: MADV_GUARD_INSTALL.
    private var guarded = RangeSet<GuestAddress>()

    /// What stays known where the map is to be looked up anew: after a fork, say, which does not copy all of it.
    var withoutMap: WritableMemory {
        var copy = WritableMemory()
        copy.guarded = guarded
        return copy
    }

    /// How many bytes from an address on are known to be writable, up to a limit.
    func length(from start: GuestAddress, atMost limit: UInt64) -> UInt64 {
        let ranges = known.ranges
        // The first range that ends behind the address.
        var (low, high) = (ranges.startIndex, ranges.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if ranges[middle].upperBound <= start { low = middle + 1 } else { high = middle }
        }
        guard low < ranges.endIndex, ranges[low].lowerBound <= start else { return 0 }
        return min(limit, ranges[low].upperBound - start)
    }

    /// Whether an address is known not to be writable. Of what is not mapped that is never known: a stack may grow there.
    func refuses(_ address: GuestAddress) -> Bool { refusing.contains(address.pageStart) }

    /// Begins anew with what the kernel tells.
    ///
    /// - Parameters:
    ///   - address: the one that was not known to be writable.
    ///   - withheld: memory that the program may write and that is not writable only because of xrr.
    mutating func learn(_ map: MemoryMap, asFor address: GuestAddress, withheld: [Range<GuestAddress>]) {
        known = RangeSet(map.entries.filter(\.isWritable).map { $0.start..<$0.end } + withheld).subtracting(guarded)
        refusing = refusing.filter { !known.contains($0) }
        let isMapped = map.entries.contains { $0.start <= address && address < $0.end }
        if isMapped, !known.contains(address) { refusing.insert(address.pageStart) }
    }

    /// Takes note of what a frame does to the address space.
    mutating func note(_ effect: Effect) {
        switch effect {
        case .map(let mapping):
            guarded.remove(contentsOf: mapping.address..<mapping.address + mapping.length)
            note(mapping.address..<mapping.address + mapping.length, mapping.protection)
        case .protect(let address, let length, let protection):
            note(address..<address + length, protection)
        case .unmap(let address, let length):
            guarded.remove(contentsOf: address..<address + length)
            forget(address..<address + length)
        case .advise(let address, let length, let advice):
            let range = address..<address + length
            switch MemoryAdvice(rawValue: advice) {
            case .guardInstall: guarded.insert(contentsOf: range)
            case .guardRemove: guarded.remove(contentsOf: range)
            default: break
            }
            forget(range)
        case .remap(let old, let oldLength, let new, let newLength, let dontUnmap):
            let wasWritable = length(from: old, atMost: 1) == 1
            let guards = guarded.intersection(RangeSet(old..<old + oldLength)).ranges
            if !dontUnmap { forget(old..<old + oldLength) }
            guarded.remove(contentsOf: old..<old + oldLength)
            guarded.remove(contentsOf: new..<new + newLength)
            for guardPages in guards {
                let start = new + (guardPages.lowerBound - old)
                guarded.insert(contentsOf: start..<start + (guardPages.upperBound - guardPages.lowerBound))
            }
            note(new..<new + newLength, wasWritable ? Protection.write.rawValue : 0)
        default: break
        }
    }

    private mutating func note(_ range: Range<GuestAddress>, _ protection: UInt32) {
        forget(range)
        guard Protection(rawValue: protection).contains(.write) else { return }
        known.insert(contentsOf: range)
        if !guarded.isEmpty { known = known.subtracting(guarded) }
    }

    private mutating func forget(_ range: Range<GuestAddress>) {
        known.remove(contentsOf: range)
        if !refusing.isEmpty { refusing = refusing.filter { !range.contains($0) } }
    }
}

extension Effect {
    /// Whether the effect changes what is mapped or how it can be accessed.
    var isAboutMappings: Bool {
        switch self {
        case .map, .protect, .unmap, .advise, .remap: true
        default: false
        }
    }
}
