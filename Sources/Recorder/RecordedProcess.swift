internal import LinuxABI
internal import Tracee

/// A thread group that is being recorded.
final class RecordedProcess {
    let id: ProcessID
    /// The threads that have not ended.
    var threads: [ThreadID] = []
    /// The end of the data segment, nil until brk(2) has told it.
    var programBreak: UInt64?
    /// The dispositions of signals that the recorder makes the kernel raise.
    var faultActions = FaultActions()
    /// The dispositions of all signals, as far as they are known.
    var actions = SignalActions()

    /// SIGTRAP, which the program ignores, has its default disposition for steps of the recorder.
    var admitsOwnTraps = false

    /// prctl(PR_GET_DUMPABLE) as the tracee knows it.
    var dumpable: Int64 = 1

    /// READ_IMPLIES_EXEC of personality(2).
    var readImpliesExecute = false

    init(id: ProcessID) { self.id = id }

    /// The state a fork copies.
    func forked(as id: ProcessID) -> RecordedProcess {
        let child = RecordedProcess(id: id)
        child.programBreak = programBreak
        child.faultActions = faultActions
        child.actions = actions.copy()
        child.admitsOwnTraps = admitsOwnTraps
        child.dumpable = dumpable
        child.readImpliesExecute = readImpliesExecute
        return child
    }
}
