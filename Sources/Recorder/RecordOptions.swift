/// What a recording is to be made of and how.
package struct RecordOptions: Sendable {
    /// The file to execute, found along PATH by the caller.
    package var path: [UInt8]
    package var arguments: [[UInt8]]
    package var environment: [[UInt8]]
    /// Ends the recording with the first process, and kills the others.
    package var endsWithFirstProcess = false
    /// How long a thread may run before another that is ready gets its turn, in nanoseconds.
    package var slice: Int64 = 50_000_000
    /// How to find the pages that a thread has written when it is stopped in the middle of user code.
    package var dirtyPages = DirtyPages.Method.automatic
    /// Adds a digest of the memory that was written after so many events of an address space, and at the ends of turns and
    /// programs; nil for none.
    package var verifyInterval: Int?
    /// Adverse scheduling, from this seed on.
    package var chaosSeed: UInt64?
    /// The CPU that the program is to see; nil: whatever there is.
    package var pin: TraceeCPU?
    /// Where the results of searching files for instructions are kept.
    package var siteStorage: SiteStorage?

    package init(path: [UInt8], arguments: [[UInt8]], environment: [[UInt8]]) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
    }
}
