internal import LinuxABI
internal import Tracee

/// A thread group that is being recorded.
final class RecordedProcess {
    let id: ProcessID
    /// The threads that have not ended.
    var threads: [ThreadID] = []
    /// The end of the data segment, nil until brk(2) has told it: that of all processes that share the memory.
    var programBreak: UInt64?
    var signalActions = SignalActions()

    /// prctl(PR_GET_DUMPABLE) as the tracee knows it: of all processes that share the memory.
    var dumpable: Int64 = 1

    /// READ_IMPLIES_EXEC of personality(2).
    var readImpliesExecute = false

    init(id: ProcessID) { self.id = id }

    /// The state a fork copies.
    func forked(as id: ProcessID) -> RecordedProcess {
        let child = RecordedProcess(id: id)
        child.programBreak = programBreak
        child.signalActions = signalActions.copy()
        child.dumpable = dumpable
        child.readImpliesExecute = readImpliesExecute
        return child
    }
}
