import TestSupport
import Testing

/// Where the recorder has too few descriptors it says so and ends, whenever that happens; it does not wait for what it
/// cannot look at.
@Suite struct DescriptorLimitTests {
    @Test(arguments: 5...24) func outOfDescriptorsIsAnError(limit: Int) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("descriptors")
            defer { trial.remove() }
            let script = "for i in 1 2 3; do cat /etc/hostname; done; sh -c 'true | true'; echo done"
            let recorded = try await trial.run(
                [
                    "sh", "-c", "ulimit -n \(limit) && exec \"$@\"", "sh", trial.tool, "record", "-o", trial.recording,
                    "bash",
                    "-c", script,
                ], limit: .seconds(20))
            if recorded.ending == .exited(125) {
                #expect(recorded.notices.count == 1 && recorded.error.contains("open files"), "\(recorded)")
            } else {
                #expect(recorded.ending == .exited(0) && recorded.output.hasSuffix("done\n"), "\(recorded)")
            }
            #expect(await trial.leftovers() == [])
        }
    }
}
