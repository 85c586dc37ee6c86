internal import LinuxABI
internal import Logging
internal import MachineCode
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// Why a recording may show the CPU it was made on.
extension RecordSession {
    /// Notes why the recording may show the CPU it was made on. Once for each reason and module.
    func limit(_ what: String, at address: GuestAddress, of thread: RecordedThread) {
        guard options.pin?.isXCR0PinnedByKernel == false else { return }
        limit(.unscanned, what, at: address, of: thread)
    }

    func limit(_ kind: PinLimit.Kind, _ what: String, at address: GuestAddress, of thread: RecordedThread) {
        guard options.pin?.isNative == false else { return }
        let name =
            AddressSpace.map(of: thread.id)?.entries.first { $0.start <= address && address < $0.end }?.name ?? ""
        let limit = PinLimit(kind, name.isEmpty ? what : "\(what) in \(name)")
        if limits.contains(limit) { return }
        limits.append(limit)
        log.notice("\(limit)", metadata: ["address": "\(address)"])
    }

    /// Notes that a thread has values in registers that the pinned CPU does not have.
    func noteComponents(of image: XStateImage, at address: GuestAddress, of thread: RecordedThread) {
        guard let pin = options.pin else { return }
        let beyond = image.obstacles(to: pin.cpu.layout.mask)
        if beyond.isEmpty || beyond.isSubset(of: limitedComponents) { return }
        limitedComponents.formUnion(beyond)
        limit(.componentsInUse, "\(beyond), seen", at: address, of: thread)
    }
}
