"""One command line from start to exit status. The only place that catches errors and says them."""

import os
import sys
from collections.abc import Sequence

from typer.exceptions import TyperException

from tearline.cli.app import app
from tearline.cli.said import Speech, aside
from tearline.facts.errors import Broken, Malformed, Refused


def run(arguments: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    speech = Speech()
    try:
        status = app(
            None if arguments is None else list(arguments),
            standalone_mode=False,
            prog_name="tearline",
            obj=speech,
        )
        sys.stdout.flush()
    except Refused as refused:
        return _failed(f"{refused.rule}: {refused.because.to(speech.language)}", 1)
    except Malformed as malformed:
        return _failed(malformed.said.to(speech.language), 2)
    except Broken as broken:
        return _failed(str(broken), 1)
    except TyperException as wrong:
        return _failed(_usage(wrong), 2)
    except BrokenPipeError:
        # Whoever read us has left. What is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except TimeoutError as late:
        return _failed(str(late), 1)
    except OSError as error:
        return _failed(f"{error.filename or 'tearline'}: {error.strerror or error}", 1)
    return status if isinstance(status, int) else 0


def _failed(line: str, status: int) -> int:
    aside(line)
    return status


def _usage(wrong: TyperException) -> str:
    context = getattr(wrong, "ctx", None)
    command = context.command_path.rstrip() if context else "tearline"
    return f"{command}: {wrong.format_message()} See: {command} --help"
