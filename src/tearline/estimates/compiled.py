"""Loops as machine code: numba's ``njit`` with a type, and kept on disk where there is a place for it.

Numba keeps what it compiled beside the source, else in the user's cache folder or ``NUMBA_CACHE_DIR``; where none can
be written to, each process compiles again. As it looks at one function's code only, it would load again what was
compiled with an older version of a loop that is called inside; so here the key of what is kept speaks of those too.

Multiplications may be fused with additions; else the order of operations stays what is written, because
``1 - p + p m`` must stay a sum of two positive terms.
"""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_Loop = TypeVar("_Loop", bound=Callable[..., Any])
_digests: dict[str, str] = {}


def compiled(loop: _Loop) -> _Loop:
    """The same function, compiled at its first call for the types it is called with."""
    return _made(loop, {"contract"})


def exact(loop: _Loop) -> _Loop:
    """The same for a loop from which chaos follows, such as a chain: every operation as it is written.

    Else the same numbers may come out with other last digits, by whether two arrays happen to lie side by side in
    memory, and a seed would no longer say what is drawn.
    """
    return _made(loop, set())


def reordered(loop: _Loop) -> _Loop:
    """The same for a loop that only adds and multiplies what is positive: additions may be made in any order."""
    return _made(loop, {"contract", "reassoc"})


def _made(loop: _Loop, fastmath: set[str]) -> _Loop:
    made: Any = numba.njit(nogil=True, error_model="numpy", fastmath=fastmath)(loop)
    digest = _digest(loop, fastmath)
    _digests[f"{loop.__module__}.{loop.__qualname__}"] = digest
    try:
        made.enable_caching()
    except RuntimeError:  # numba found no folder to keep it in
        return cast(_Loop, made)
    key = made._cache._index_key
    made._cache._index_key = lambda signature, target: (*key(signature, target), digest)
    return cast(_Loop, made)


def _digest(loop: Callable[..., Any], fastmath: set[str]) -> str:
    """Of the loop's code, of the constants that it reads, and of every loop that it calls."""
    code = loop.__code__
    parts = [repr(sorted(fastmath)), code.co_code.hex(), repr(code.co_consts), repr(code.co_names)]
    for name in code.co_names:
        value = loop.__globals__.get(name)
        if isinstance(value, int | float):
            parts.append(repr(value))
        elif callable(value):
            called = f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"
            parts.append(_digests.get(called, called))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
