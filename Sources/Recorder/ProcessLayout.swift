internal import LinuxABI
internal import Ptrace

/// Where the kernel thinks that the parts of a process are: fields 26 to 51 of /proc/PID/stat (proc(5)).
struct ProcessLayout {
    private let startCode, endCode, startStack: UInt64
    private let startData, endData: UInt64
    /// Where brk(2) begins.
    let startBreak: UInt64
    private let argumentStart, argumentEnd, environmentStart, environmentEnd: UInt64

    /// nil if the process is gone, or hides its layout.
    init?(of thread: ThreadID) {
        guard let text = HostFiles.contents(of: "/proc/\(thread)/stat"),
            // The command name may contain anything: the last parenthesis ends it.
            let end = text.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = text[(end + 1)...].split(separator: UInt8(ascii: " ")).map {
            UInt64(String(decoding: $0, as: UTF8.self).filter(\.isNumber)) ?? 0
        }
        // The first field after the name is number 3.
        func field(_ number: Int) -> UInt64 { fields[number - 3] }
        guard fields.count >= 49, field(47) != 0 else { return nil }
        (startCode, endCode, startStack) = (field(26), field(27), field(28))
        (startData, endData, startBreak) = (field(45), field(46), field(47))
        (argumentStart, argumentEnd, environmentStart, environmentEnd) = (field(48), field(49), field(50), field(51))
    }

    static let setMemory: UInt64 = 35  // PR_SET_MM
    static let setMemoryMap: UInt64 = 14  // PR_SET_MM_MAP

    /// `struct prctl_mm_map` (include/uapi/linux/prctl.h) that leaves all as it is but for the auxiliary vector.
    func memoryMap(auxiliary: Range<GuestAddress>) -> [UInt8] {
        let words = [
            startCode, endCode, startData, endData, startBreak, startBreak, startStack, argumentStart, argumentEnd,
            environmentStart, environmentEnd, auxiliary.lowerBound.rawValue,
        ]
        let size = UInt32(truncatingIfNeeded: auxiliary.upperBound - auxiliary.lowerBound)
        // exe_fd of -1: the executable stays.
        return words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
            + (0..<4).map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) } + [0xff, 0xff, 0xff, 0xff]
    }
}
