"""What is kept for a while is let go of when the while is over, and not when somebody next comes by."""

import threading
from collections.abc import Callable

Later = Callable[[float, Callable[[], None]], None]


def later(seconds: float, do: Callable[[], None]) -> None:
    """Do it then, unless the process has ended."""
    timer = threading.Timer(seconds, do)
    timer.daemon = True
    timer.start()
