internal import LinuxABI
package import MachineCode
package import Symbols

/// The instructions of a program or shared object whose results differ between vendors of CPUs.
package struct VendorInstructionScan {
    /// One of them, and its name.
    package struct Site: Sendable {
        package var kind: VendorInstruction.Kind
        package var place: SymbolicAddress
    }

    private let file: ProgramFile
    private let symbolizer: Symbolizer
    /// In ascending order of their addresses.
    package private(set) var instructions: [VendorInstruction] = []

    /// Searches the functions that unwind information or symbols tell of: elsewhere, bytes that look like such an
    /// instruction are most often data.
    ///
    /// - Returns: nil if the file is no program.
    package init?(path: String, name: String) {
        guard let file = ProgramFile(path: path, name: name) else { return nil }
        self.file = file
        symbolizer = Symbolizer(modules: file.modules)
        let bounds = FunctionBounds.finder(modules: file.modules) { file.read($0, $1) }
        for module in file.code { search(module, bounds) }
    }

    private static let piece: UInt64 = 4 << 20
    /// An instruction that straddles two pieces is found in the first of them.
    private static let overlap: UInt64 = 16
    private static let longestFunction: UInt64 = 16 << 20

    private mutating func search(_ module: GuestModule, _ bounds: (GuestAddress) -> Range<GuestAddress>?) {
        var start = module.start
        var done = start
        while start < module.end {
            let length = min(Self.piece, module.end - start)
            let more = min(Self.overlap, module.end - start - length)
            guard let bytes = file.read(start, Int(length + more)) else { return }
            for offset in VendorInstruction.candidates(in: bytes.span) where offset < Int(length) {
                let address = start + UInt64(offset)
                guard address >= done, let function = bounds(address) ?? symbolizer.function(around: address),
                    function.contains(address), function.upperBound - function.lowerBound <= Self.longestFunction,
                    let code = file.read(function.lowerBound, Int(function.upperBound - function.lowerBound))
                else { continue }
                instructions += VendorInstruction.all(in: code.span, at: function.lowerBound)
                done = function.upperBound
            }
            start = start + length
        }
    }

    /// The first of the instructions by name, at most so many.
    package func sites(limit: Int) -> [Site] {
        instructions.prefix(limit).compactMap { instruction in
            symbolizer.symbol(at: instruction.address).map { Site(kind: instruction.kind, place: $0) }
        }
    }
}
