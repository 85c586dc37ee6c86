internal import LinuxABI
internal import MachineCode
internal import Ptrace
internal import Symbols
internal import TraceFormat
internal import Tracee

/// Finds the sensitive instructions in memory that was mapped or made executable.
struct SiteScanner {
    let symbolizer: Symbolizer
    private let cache: SiteCache
    private var known: [SiteCache.Key: SiteCache.Offsets] = [:]

    init(symbolizer: Symbolizer, storage: SiteStorage?) {
        self.symbolizer = symbolizer
        cache = SiteCache(storage: storage)
    }

    /// The sensitive instructions in executable memory.
    ///
    /// - Parameters:
    ///   - file: the file whose contents the memory still has, for files are scanned once.
    ///   - image: the memory, as far as it has been read.
    mutating func scan(
        _ range: Range<GuestAddress>, file: (digest: FileDigest, offset: UInt64)?, _ image: CodeImage,
        of thread: RecordedThread
    ) -> ScannedCode? {
        let key = file.map {
            SiteCache.Key(digest: $0.digest, offset: $0.offset, length: range.upperBound - range.lowerBound)
        }
        if let key, let offsets = known[key] ?? cache.load(key) {
            known[key] = offsets
            if let code = offsets.code(at: range.lowerBound, in: image) { return code }
        }
        guard let code = scanAfresh(range, isFile: file != nil, of: thread) else { return nil }
        if let key {
            let offsets = SiteCache.Offsets(code, from: range.lowerBound)
            known[key] = offsets
            cache.save(offsets, for: key)
        }
        return code
    }

    private func scanAfresh(
        _ range: Range<GuestAddress>, isFile: Bool, of thread: RecordedThread
    ) -> ScannedCode? {
        guard let map = AddressSpace.map(of: thread.id) else { return nil }
        let memory = thread.memory
        let modules = map.guestModules
        symbolizer.modules = modules
        let unwinding = FunctionBounds.finder(modules: modules) { memory.readExactly($0, count: $1) }
        let function = { unwinding($0) ?? symbolizer.function(around: $0) }
        let read = { memory.readExactly($0, count: $1) }
        var code = ScannedCode()
        var start = range.lowerBound
        while start < range.upperBound {
            // An instruction that straddles two pieces is found in the first of them.
            let length = min(Self.piece, range.upperBound - start)
            let more = min(Self.overlap, range.upperBound - start - length)
            guard let bytes = memory.readExactly(start, count: Int(length + more)) else { return code }
            code.sensitive.append(
                SensitiveCode(start: start, bytes: bytes.span, limit: Int(length), function: function, read: read))
            start = start + length
        }
        if isFile {
            var functions = FunctionBounds.all(around: range.lowerBound, modules: modules, readMemory: read)
            // A program that is linked statically has no table of its unwind information.
            if functions.isEmpty { functions = symbolizer.functions(around: range.lowerBound) }
            for function in functions where range.contains(function.lowerBound) {
                let length = function.upperBound - function.lowerBound
                guard length <= Self.longestFunction, let bytes = read(function.lowerBound, Int(length)) else {
                    continue
                }
                let found = FeatureInstruction.first(in: bytes.span, at: function.lowerBound)
                if found.isEmpty { continue }
                let decoded = BoundedFunction(bytes.span, at: function.lowerBound)
                code.features += found.filter { decoded.hasInstruction(at: $0.address) }
            }
        }
        let asks = code.sensitive.instructions.contains { $0.kind == .cpuid || $0.kind == .xgetbv }
        let path = modules.containing(range.lowerBound)?.storedPath
        code.choosesByCPU = asks || path.map(IndirectFunctions.exist) ?? false
        return code
    }

    private static let longestFunction: UInt64 = 16 << 20
    private static let piece: UInt64 = 4 << 20
    private static let overlap: UInt64 = 16
}
