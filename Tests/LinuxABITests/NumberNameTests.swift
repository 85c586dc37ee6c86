import LinuxABI
import Testing

@Suite struct NumberNameTests {
    @Test func errorsHaveTheKernelsNames() {
        #expect(ErrorNumber.ENOSYS.rawValue == 38)
        #expect(ErrorNumber(2).description == "ENOENT")
        #expect(ErrorNumber.EWOULDBLOCK == .EAGAIN)
        #expect(ErrorNumber(512).name == "ERESTARTSYS")
        #expect(ErrorNumber(41).name == nil)
        #expect(ErrorNumber(41).description == "errno 41")
    }

    @Test func resultsAreErrorsDownToMinus4095() {
        #expect(ErrorNumber(syscallResult: -38) == .ENOSYS)
        #expect(ErrorNumber(syscallResult: -4095)?.rawValue == 4095)
        #expect(ErrorNumber(syscallResult: -4096) == nil)
        #expect(ErrorNumber(syscallResult: 0) == nil)
        #expect(ErrorNumber.EINTR.syscallResult == -4)
    }

    @Test func fourResultsRestartACall() {
        let restarting = (1...600).map { ErrorNumber(Int32($0)) }.filter(\.restartsSyscall)
        #expect(restarting.map(\.rawValue) == [512, 513, 514, 516])
    }

    @Test func signalsHaveNames() {
        #expect(SignalNumber.segmentationFault.description == "SIGSEGV")
        #expect(SignalNumber(1).name == "SIGHUP")
        #expect(SignalNumber.system.name == "SIGSYS")
        #expect(SignalNumber(32).name == "SIGRT32")
        #expect(SignalNumber(64).name == "SIGRT64")
        #expect(SignalNumber(0).name == nil && SignalNumber(65).name == nil)
    }

    @Test func sharedMappingsAreToldByTheirType() {
        #expect(MappingFlags.shared.isShared && MappingFlags.sharedValidate.isShared)
        #expect(!MappingFlags.private.isShared && !MappingFlags.droppable.isShared)
    }
}
