import Testing

@testable import xrr

@Suite struct ProgramLookupTests {
    @Test func programsAreFoundAlongThePath() throws {
        #expect(try ProgramLookup.find("sh", searchPath: "/nonexistent:/bin") == "/bin/sh")
        #expect(try ProgramLookup.find("/bin/sh", searchPath: "/nonexistent") == "/bin/sh")
        #expect(try ProgramLookup.find("sh", searchPath: nil) == "/bin/sh")
    }

    @Test(
        arguments: [
            ("no-such-program", "/bin:/usr/bin", 127), ("/nonexistent/program", "", 127), ("passwd", "/etc", 126),
            ("/etc", "", 126), ("/etc/passwd/x", "", 127), ("passwd", "/etc:/nonexistent", 126),
        ] as [(String, String, Int32)])
    func whatCannotRun(program: String, path: String, status: Int32) {
        let error = #expect(throws: CommandError.self) { try ProgramLookup.find(program, searchPath: path) }
        #expect(error?.status?.code == status)
    }
}
