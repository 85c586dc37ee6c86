package import LinuxABI

/// Names for the code addresses of a tracee.
///
/// Files are opened when the first address in them is asked for and stay open as long as the symbolizer lives, so one
/// symbolizer serves a whole session; mappings are given anew whenever they changed. Not for use from several threads
/// at a time.
package final class Symbolizer {
    /// The mappings that addresses are looked up in.
    package var modules: [GuestModule]
    private var files: [String: LoadedFile?] = [:]

    private struct LoadedFile {
        var headers: ELFHeaders
        var debug: DebugFile?
    }

    package init(modules: [GuestModule]) { self.modules = modules }

    /// What is known about an address; nil if no module is mapped there.
    package func symbol(at address: GuestAddress) -> SymbolicAddress? {
        guard let module = modules.containing(address) else { return nil }
        let fileOffset = module.fileOffset &+ (address - module.start)
        guard let path = module.storedPath, let file = file(at: path),
            let bias = file.headers.bias(ofMappingAt: module.start, fileOffset: module.fileOffset)
        else {
            return SymbolicAddress(
                address: address, module: module.displayPath, moduleAddress: fileOffset, function: nil, line: nil)
        }
        let own = address.rawValue &- bias
        let function = file.debug?.symbol(at: own).map { name, offset in
            SymbolicAddress.Function(symbol: name, name: demangled(name), offset: offset)
        }
        return SymbolicAddress(
            address: address, module: module.displayPath, moduleAddress: own, function: function,
            line: file.debug?.line(at: own))
    }

    /// The extent of the function that covers an address, as its symbol tells it: for code without unwind information
    /// (see `FunctionBounds`).
    package func function(around address: GuestAddress) -> Range<GuestAddress>? {
        guard let module = modules.containing(address), let path = module.storedPath, let file = file(at: path),
            let bias = file.headers.bias(ofMappingAt: module.start, fileOffset: module.fileOffset),
            let found = file.debug?.function(around: address.rawValue &- bias)
        else { return nil }
        return GuestAddress(found.lowerBound &+ bias)..<GuestAddress(found.upperBound &+ bias)
    }

    /// The extents of all functions of the module around an address, as symbols tell them, in ascending order.
    package func functions(around address: GuestAddress) -> [Range<GuestAddress>] {
        guard let module = modules.containing(address), let path = module.storedPath, let file = file(at: path),
            let bias = file.headers.bias(ofMappingAt: module.start, fileOffset: module.fileOffset),
            let found = file.debug?.functions()
        else { return [] }
        return Set(found).sorted { $0.lowerBound < $1.lowerBound }.map {
            GuestAddress($0.lowerBound &+ bias)..<GuestAddress($0.upperBound &+ bias)
        }
    }

    /// What is known about an address that is behind an instruction, under the names that `lookup` inside of that
    /// instruction has: a return address may be the first of another line or function.
    package func symbol(at address: GuestAddress, lookingUp lookup: GuestAddress) -> SymbolicAddress? {
        guard var found = symbol(at: lookup) else { return nil }
        let distance = address.rawValue &- lookup.rawValue
        found.address = address
        found.moduleAddress &+= distance
        found.function?.offset &+= distance
        return found
    }

    private func file(at path: String) -> LoadedFile? {
        if let known = files[path] { return known }
        let loaded = load(path)
        files[path] = .some(loaded)
        return loaded
    }

    private func load(_ path: String) -> LoadedFile? {
        guard let file = StoredFile(path: path), let headers = ELFHeaders(fetch: { file.fetch($0, $1) }) else {
            return nil
        }
        let debug = headers.lowestAddress.flatMap { DebugFile(file: file, name: path, lowestAddress: $0) }
        return LoadedFile(headers: headers, debug: debug)
    }
}
