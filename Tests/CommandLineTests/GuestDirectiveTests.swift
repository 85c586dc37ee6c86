import Testing

@Suite struct GuestDirectiveTests {
    private func program(_ text: String) throws -> GuestProgram {
        try GuestProgram(name: "test", source: "test.c", text: text)
    }

    @Test func readsAllDirectives() throws {
        let program = try program(
            """
            // A behaviour: with a colon in its description.
            // cflags: -static -O2
            // libs: -lpthread -lrt
            // args: one two
            // stdin: a line of text
            // expect-exit: 7
            #include "guest.h"
            // args: not a directive any more
            """)
        #expect(program.compilerFlags == ["-static", "-O2"])
        #expect(program.libraries == ["-lpthread", "-lrt"])
        #expect(program.arguments == ["one", "two"])
        #expect(program.input == "a line of text")
        #expect(program.expectedStatus == 7)
    }

    @Test func takesSignalsAsShellsDo() throws {
        #expect(try program("// expect-signal: SIGSEGV\n").expectedStatus == 139)
    }

    @Test func expectsSuccessOtherwise() throws {
        #expect(try program("// Nothing special.\n#include \"guest.h\"\n").expectedStatus == 0)
    }

    @Test(arguments: ["// expect-exit: seven\n", "// expect-signal: SIGNONE\n"])
    func refusesMalformedDirectives(_ text: String) {
        #expect(throws: GuestProgram.Malformed.self) { try program(text) }
    }
}
