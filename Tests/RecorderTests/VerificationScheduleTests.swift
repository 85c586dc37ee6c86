import LinuxABI
import Testing
import TraceFormat

@testable import Recorder

@Suite struct VerificationScheduleTests {
    private final class Space {}

    private let first = Space()
    private let second = Space()

    @Test func everySoManyEventsOfASpace() {
        var schedule = VerificationSchedule(interval: 3)
        let (a, b) = (ObjectIdentifier(first), ObjectIdentifier(second))
        func extent(in space: ObjectIdentifier) -> VerificationSchedule.Extent? {
            schedule.extent(after: .syscall(.getppid), in: space, endsTurn: false)
        }
        #expect(extent(in: a) == nil)
        #expect(extent(in: b) == nil)
        #expect(extent(in: a) == nil)
        #expect(extent(in: a) == .written)
        #expect(extent(in: b) == nil)
        #expect(extent(in: b) == .written)
        #expect(extent(in: a) == nil)
        schedule.forget(a)
        #expect(extent(in: a) == nil)
        #expect(extent(in: a) == nil)
        #expect(extent(in: a) == .written)
    }

    @Test func whereATurnOrAProgramEnds() {
        var schedule = VerificationSchedule(interval: 1000)
        let space = ObjectIdentifier(first)
        #expect(schedule.extent(after: .syscall(.getppid), in: space, endsTurn: true) == .written)
        #expect(schedule.extent(after: .syscall(.getppid), in: space, endsTurn: false) == nil)
        #expect(schedule.extent(after: .syscallEntry(.exit_group), in: space, endsTurn: false) == .whole)
        #expect(schedule.extent(after: .syscallEntry(.exit), in: space, endsTurn: false) == nil)
        #expect(schedule.extent(after: .interruption(Marker()), in: space, endsTurn: false) == .written)
        let image = ExecImage(path: "/bin/true", arguments: [])
        #expect(schedule.extent(after: .exec(image), in: space, endsTurn: false) == .whole)
    }

    /// Its frame is a part of the stack that is not in use once it has returned.
    @Test func whereAHandlerBegins() {
        var schedule = VerificationSchedule(interval: 1000)
        let space = ObjectIdentifier(first)
        let info = SignalInfo.singleStep(at: GuestAddress(4096))
        func extent(after action: SignalAction) -> VerificationSchedule.Extent? {
            schedule.extent(after: .signal(info, action, isSynchronous: false), in: space, endsTurn: false)
        }
        #expect(extent(after: .handler) == .written)
        #expect(extent(after: .none) == nil)
        #expect(extent(after: .fatal) == .whole)
    }
}
