package import LinuxABI
package import Ptrace

/// One address space: shared by the threads of a process and by vfork(2) until the exec.
package final class AddressSpace {
    package let memory: GuestMemory
    /// How many traced threads run here.
    package internal(set) var threadCount = 0

    package init(memory: GuestMemory) { self.memory = memory }

    /// What is mapped, as the kernel tells of a thread in this address space.
    package static func map(of thread: ThreadID) -> MemoryMap? {
        HostFiles.contents(of: "/proc/\(thread)/maps").map { MemoryMap(parsing: $0) }
    }
}
