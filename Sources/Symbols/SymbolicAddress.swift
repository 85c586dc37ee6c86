package import LinuxABI

/// What is known about one code address.
package struct SymbolicAddress: Hashable, Sendable {
    package var address: GuestAddress
    /// The display path of the mapped file.
    package var module: String
    /// The address in the module's own numbering: what addr2line(1) and objdump(1) take for that file.
    package var moduleAddress: UInt64
    /// nil where the symbol tables have no symbol at or before the address.
    package var function: Function?
    /// nil without line information.
    package var line: SourceLine?

    /// A symbol and the distance from it.
    package struct Function: Hashable, Sendable {
        /// The symbol as the linker knows it.
        package var symbol: String
        /// Demangled where `symbol` is a mangled C++ name, otherwise the same.
        package var name: String
        /// In bytes from the symbol's value.
        package var offset: UInt64
    }

    /// A place in a source file.
    package struct SourceLine: Hashable, Sendable {
        package var file: String
        package var line: Int
    }
}

extension SymbolicAddress: CustomStringConvertible {
    /// For example `main+0x1c (/usr/bin/true) at true.c:45`.
    package var description: String {
        var text: String
        if let function {
            text = function.name + (function.offset == 0 ? "" : "+0x" + String(function.offset, radix: 16))
            text += " (\(module))"
        } else {
            text = "\(module)+0x" + String(moduleAddress, radix: 16)
        }
        if let line { text += " at \(line.file):\(line.line)" }
        return text
    }
}
