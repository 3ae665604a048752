"""Runs a program in a pseudo terminal: terminal-driver.py <columns> <rows> <program> <arguments...>

What comes in here is typed there, what it shows goes out, and its exit code becomes ours; 128 and the signal's
number where a signal ended it.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

CHUNK = 65536

columns, rows = int(sys.argv[1]), int(sys.argv[2])
child, terminal = pty.fork()
if child == 0:
    # The size is set before the program starts, which reads it once.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])

typed = [0]
while True:
    ready, _, _ = select.select([terminal, *typed], [], [])
    if 0 in ready:
        keys = os.read(0, CHUNK)
        if keys:
            os.write(terminal, keys)
        else:
            typed = []
    if terminal in ready:
        try:
            shown = os.read(terminal, CHUNK)
        except OSError:
            # Linux says so when the last program has left the terminal.
            shown = b""
        if not shown:
            break
        os.write(1, shown)

_, status = os.waitpid(child, 0)
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
