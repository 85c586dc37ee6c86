internal import Symbols
internal import Tracee

extension MemoryMap {
    /// The mapped files, by the names they have on this machine.
    var guestModules: [GuestModule] {
        entries.filter { $0.inode != 0 }.map {
            GuestModule(
                start: $0.start, end: $0.end, fileOffset: $0.offset, storedPath: $0.name, displayPath: $0.name)
        }
    }
}
