import Glibc
import LinuxABI
import Symbols

/// A fresh directory under /tmp that goes away with its last reference.
final class ScratchDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/xrr-symbols-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw GuestProgram.Failure(what: "mkdtemp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        guard let remover = try? GuestProgram.spawn(["rm", "-rf", path]) else { return }
        var status: Int32 = 0
        _ = unsafe waitpid(remover, &status, 0)
    }
}

/// A C program that sleeps in the innermost of a few calls, with what /proc tells of it.
struct GuestProgram: ~Copyable {
    static let source = """
        #include <unistd.h>
        volatile int depth;
        __attribute__((noinline)) void inner(void) { depth++; pause(); depth--; }
        __attribute__((noinline)) void middle(void) { depth++; inner(); depth--; }
        __attribute__((noinline)) void outer(void) { depth++; middle(); depth--; }
        int main(void) { outer(); return depth; }
        """

    let process: pid_t

    struct Failure: Error { var what: String }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o755)
        guard descriptor >= 0 else { throw Failure(what: "open \(path)") }
        defer { close(descriptor) }
        guard unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw Failure(what: "write") }
    }

    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(what: "open \(path)") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }

    static func spawn(_ arguments: [String]) throws -> pid_t {
        var pointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        var process: pid_t = 0
        guard unsafe posix_spawnp(&process, arguments[0], nil, nil, &pointers, environ) == 0 else {
            throw Failure(what: "cannot start \(arguments[0])")
        }
        return process
    }

    /// Compiles `source` to `path` and waits for the compiler.
    static func compile(to path: String, language: String = "c", source: String = Self.source) throws {
        let text = path + "." + language
        try write(Array(source.utf8), to: text)
        let compiler = try spawn(["cc", "-g", "-O2", "-fno-optimize-sibling-calls", "-o", path, text])
        var status: Int32 = 0
        guard unsafe waitpid(compiler, &status, 0) == compiler, status == 0 else { throw Failure(what: "cc") }
    }

    /// Starts a program and waits until it sleeps in pause(2).
    init(running path: String) throws {
        process = try Self.spawn([path])
        for _ in 0..<2000 where !isPausing { usleep(1000) }
    }

    private var isPausing: Bool {
        let state = try? String(decoding: Self.read("/proc/\(process)/syscall"), as: UTF8.self)
        return state?.hasPrefix("34 ") == true
    }

    deinit {
        kill(process, SIGKILL)
        var status: Int32 = 0
        _ = unsafe waitpid(process, &status, 0)
    }

    /// rip and rsp as proc_pid_syscall(5) shows them; the other registers are not needed by code without frame
    /// pointers.
    func registers() throws -> Registers {
        let fields = try String(decoding: Self.read("/proc/\(process)/syscall"), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace)
        var registers = Registers()
        registers.rsp = UInt64(fields[7].dropFirst(2), radix: 16)!
        registers.rip = UInt64(fields[8].dropFirst(2), radix: 16)!
        return registers
    }

    /// The mapped files; `stored` says where the bytes of one are.
    func modules(stored: (String) -> String?) throws -> [GuestModule] {
        let maps = try String(decoding: Self.read("/proc/\(process)/maps"), as: UTF8.self)
        return maps.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count == 6 else { return nil }
            let path = String(fields[5].drop { $0 == " " })
            let bounds = fields[0].split(separator: "-").map { UInt64($0, radix: 16)! }
            return GuestModule(
                start: GuestAddress(bounds[0]), end: GuestAddress(bounds[1]),
                fileOffset: UInt64(fields[2], radix: 16)!, storedPath: path.hasPrefix("/") ? stored(path) : nil,
                displayPath: path)
        }
    }

    /// A reader of the program's memory.
    func memory(_ address: GuestAddress, _ count: Int) -> [UInt8]? {
        let descriptor = unsafe open("/proc/\(process)/mem", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, let offset = off_t(exactly: address.rawValue) else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        return unsafe pread(descriptor, &bytes, count, offset) == count ? bytes : nil
    }
}
