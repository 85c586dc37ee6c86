/// What the recorder has to know about one system call, or about one case of a call with a sub-table.
package struct SyscallRule: Hashable, Sendable {
    package var treatment: Treatment = .described
    /// What the program is told to do without, where the treatment is to refuse and that is worth a word.
    package var refusal: Refusal?
    package var blocking: Blocking = .never
    /// Memory the kernel may write.
    package var outputs: [Output] = []
    /// The file whose contents the call may change.
    package var writesFile: FileWrite?
    /// The argument with the descriptor whose access mode decides what the call does: if it can be written, the call writes
    /// to the file and has no outputs, else the reverse.
    package var direction: Int?
    /// Whether the call can sleep at all.
    package var mayBlock: Bool { blocking != .never }

    package init() {}

    /// One fact of a row. Rows read like data: `.row(.read, .blocks, .out(1, .result(2)))`.
    package enum Clause: Sendable {
        case treatment(Treatment)
        case refusal(Refusal)
        case blocking(Blocking)
        case output(Output)
        case file(FileWrite)
        case direction(Int)
    }

    package init(_ clauses: [Clause]) {
        for clause in clauses {
            switch clause {
            case .treatment(let treatment): self.treatment = treatment
            case .refusal(let refusal): self.refusal = refusal
            case .blocking(let blocking): self.blocking = blocking
            case .output(let output): outputs.append(output)
            case .file(let file):
                precondition(writesFile == nil, "a rule names one file")
                writesFile = file
            case .direction(let descriptor): direction = descriptor
            }
        }
    }

    static func of(_ clauses: Clause...) -> Self { Self(clauses) }

    /// The rule of a call whose descriptor can be written, or cannot.
    package func directed(isWritable: Bool) -> Self {
        var rule = self
        if isWritable { rule.outputs = [] } else { rule.writesFile = nil }
        return rule
    }
}

/// The vocabulary of the table.
extension SyscallRule.Clause {
    /// The call may sleep until another thread, process or machine does something.
    static var blocks: Self { .blocking(.anyone) }
    /// The call may wait for a file system.
    static var waitsForDisk: Self { .blocking(.fileSystem) }

    static func handled(_ handler: SyscallHandler) -> Self { .treatment(.handled(handler)) }
    static func refused(_ error: ErrorNumber) -> Self { .treatment(.refused(error)) }

    /// The refusal is said at the end of the recording.
    static func said(_ refusal: Refusal) -> Self { .refusal(refusal) }

    /// Written only.
    static func out(
        _ pointer: Int, _ size: SizeRule, when condition: Output.Condition = .success,
        through indirection: UInt64? = nil
    ) -> Self {
        .output(Output(pointer: pointer, indirection: indirection, size: size, condition: condition))
    }

    /// Read, then written.
    static func inOut(_ pointer: Int, _ size: SizeRule, when condition: Output.Condition = .always) -> Self {
        .output(Output(pointer: pointer, size: size, condition: condition, transfer: .inOut))
    }

    /// A 32-bit word that the kernel changes where it is.
    static func word(_ pointer: Int) -> Self {
        .output(Output(pointer: pointer, size: 4, condition: .always, transfer: .inPlace))
    }

    /// The contents or the length of the descriptor's file change; the bytes, if in memory, stand where an output of
    /// this shape would.
    static func writes(_ descriptor: Int, from pointer: Int, _ size: SizeRule, through indirection: UInt64? = nil)
        -> Self
    {
        .file(
            FileWrite(
                file: .descriptor(descriptor), data: Output(pointer: pointer, indirection: indirection, size: size)))
    }

    /// The contents or the length of the descriptor's file change, but not from memory.
    static func writes(_ descriptor: Int) -> Self { .file(FileWrite(file: .descriptor(descriptor), data: nil)) }

    /// The descriptor's file gets up to as many bytes as the argument `length` says from another.
    static func copies(from source: Int, at position: Int? = nil, to descriptor: Int, length: Int) -> Self {
        .file(
            FileWrite(
                file: .descriptor(descriptor), data: nil,
                source: FileWrite.Source(descriptor: source, position: position, length: length)))
    }

    /// The file that the call opens becomes empty, if the flags say so.
    static func truncates(_ flags: FileWrite.Flags) -> Self { .file(FileWrite(file: .opened(flags), data: nil)) }

    /// The contents or the length of the file with that path change.
    static func writes(path: Int) -> Self { .file(FileWrite(file: .path(path), data: nil)) }
}
