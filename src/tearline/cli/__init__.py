"""The command line: a thin door to the node, one file a group of commands.

What comes of a command stands on standard output, as words or as one JSON document (``--json``); everything
else goes to standard error. Exit status: 0 done, 1 failed or refused, 2 wrong usage or malformed input;
``decide`` adds 3 for hold and 4 for refuse. Whatever goes wrong is one line, never wrapped; malformed input
is named with file, place and what was expected, and then nothing has been recorded.
"""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line, by default this process's own, and return its exit status."""
    from tearline.cli.run import run

    return run(arguments)
