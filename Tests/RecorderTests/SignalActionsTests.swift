import Testing

@testable import Recorder

@Suite struct SignalActionsTests {
    private let segmentationFault: Int32 = 11
    private let trap: Int32 = 5

    /// `struct sigaction` in the kernel's form.
    private func action(handler: UInt8, flags: UInt32 = 0) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: SignalActions.size)
        bytes[0] = handler
        for index in 0..<4 { bytes[8 + index] = UInt8(truncatingIfNeeded: flags >> (8 * UInt32(index))) }
        return bytes
    }

    @Test func whatIsInheritedAsIgnoredIsIgnored() {
        let actions = SignalActions(ignored: 1 << 4 | 1 << 14)
        #expect(actions.isIgnored(trap))
        #expect(!actions.isIgnored(segmentationFault))
        #expect(actions[segmentationFault] == nil)
    }

    @Test func execKeepsIgnoredSignalsOnly() {
        let actions = SignalActions()
        actions.set(action(handler: 1), for: trap)
        actions.set(action(handler: 0x40), for: segmentationFault)
        let afterwards = actions.withoutHandlers()
        #expect(afterwards.isIgnored(trap))
        #expect(afterwards[segmentationFault] == nil)
        #expect(actions[segmentationFault] != nil, "another process may still use it")
    }

    @Test func aCopyIsOnesOwn() {
        let actions = SignalActions()
        actions.set(action(handler: 0x40), for: trap)
        let copy = actions.copy()
        copy.set(action(handler: 1), for: trap)
        #expect(!actions.isIgnored(trap) && copy.isIgnored(trap))
    }

    @Test func aHandlerForOneTimeIsGoneAfterIt() {
        let resetHandler: UInt32 = 0x8000_0000
        let actions = SignalActions()
        actions.set(action(handler: 0x40, flags: resetHandler), for: trap)
        actions.set(action(handler: 0x40, flags: 4), for: segmentationFault)
        actions.noteHandled(trap)
        actions.noteHandled(segmentationFault)
        #expect(actions[trap] == nil)
        #expect(actions[segmentationFault] == action(handler: 0x40, flags: 4))
    }

    @Test func othersAreNotKept() {
        let actions = SignalActions()
        actions.set(action(handler: 1), for: 10)
        #expect(actions[10] == nil && !actions.isIgnored(10))
    }
}
