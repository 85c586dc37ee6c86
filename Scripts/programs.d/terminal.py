"""terminal.py OUTPUT DIALOGUE COMMAND...: runs a command on a terminal of its own and holds a dialogue with it.

The dialogue is a file of lines: `expect TEXT` waits until TEXT was printed after what was last expected, `send TEXT`
types TEXT (with the escapes of a Python string), `wait SECONDS`. What the terminal showed goes to OUTPUT. The exit
status is the command's (128 + signal), or 99 if an expected text, or the command's end, does not come within 60 seconds.
"""

import os
import pty
import select
import signal
import sys
import time


def main():
    output, dialogue, command = sys.argv[1], open(sys.argv[2]).read().splitlines(), sys.argv[3:]
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    seen = bytearray()

    def read(seconds):
        """Reads what comes within some time; false at the end of the terminal."""
        if not select.select([terminal], [], [], seconds)[0]:
            return True
        try:
            data = os.read(terminal, 65536)
        except OSError:
            return False
        seen.extend(data)
        return bool(data)

    position, failed = 0, None
    for line in dialogue:
        verb, _, text = line.partition(" ")
        text = text.encode().decode("unicode_escape").encode("latin-1")
        if verb == "expect":
            deadline = time.monotonic() + 60
            while (found := seen.find(text, position)) < 0:
                if time.monotonic() > deadline or not read(0.5):
                    failed = line
                    break
            position = found + len(text)
        elif verb == "send":
            os.write(terminal, text)
        elif verb == "wait":
            deadline = time.monotonic() + float(text)
            while (rest := deadline - time.monotonic()) > 0 and read(rest):
                pass
        if failed:
            break
    end = time.monotonic() + 60
    while not failed and read(1):
        if time.monotonic() > end:
            failed = "the end"
    if failed:
        os.kill(child, signal.SIGKILL)
        print(f"terminal: not seen: {failed}", file=sys.stderr)
    status = os.waitpid(child, 0)[1]
    with open(output, "wb") as file:
        file.write(seen)
    if failed:
        return 99
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


sys.exit(main())
