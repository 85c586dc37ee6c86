import Testing

@testable import xrr

@Suite struct ProgramLookupTests {
    private func find(_ program: String, _ searchPath: String?) throws -> String {
        let found = try ProgramLookup.find(Array(program.utf8), searchPath: searchPath.map { Array($0.utf8) })
        return String(decoding: found, as: UTF8.self)
    }

    @Test func programsAreFoundAlongThePath() throws {
        #expect(try find("sh", "/nonexistent:/bin") == "/bin/sh")
        #expect(try find("/bin/sh", "/nonexistent") == "/bin/sh")
        #expect(try find("sh", nil) == "/bin/sh")
    }

    @Test(
        arguments: [
            ("no-such-program", "/bin:/usr/bin", 127), ("/nonexistent/program", "", 127), ("passwd", "/etc", 126),
            ("/etc", "", 126), ("/etc/passwd/x", "", 127), ("passwd", "/etc:/nonexistent", 126),
        ] as [(String, String, Int32)])
    func whatCannotRun(program: String, path: String, status: Int32) {
        let error = #expect(throws: CommandError.self) { try find(program, path) }
        #expect(error?.status?.code == status)
    }

    @Test func scriptsAreToldFromPrograms() {
        let scripts = ["", "echo hello\n", "echo hello", "# \u{e9}\n\u{0}"]
        let others = ["#!/bin/sh\n", "\u{7f}ELF", "MZ\u{0}\n", "\u{0}"]
        for text in scripts { #expect(ProgramLookup.isScriptWithoutInterpreter(Array(text.utf8))) }
        for text in others { #expect(!ProgramLookup.isScriptWithoutInterpreter(Array(text.utf8))) }
    }
}
