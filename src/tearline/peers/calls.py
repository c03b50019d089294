"""One HTTP call to someone who may be down, slow or hostile.

No redirect is followed and no proxy of the environment is used; an answer has a largest size and a longest time;
a compressed one is not taken, since a small one could grow without end. The answer's status is the caller's to judge.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import httpx2

from tearline.peers.addresses import Unreachable

SECONDS_OF_SILENCE = 10.0
NO_MORE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came back: the status, the media type without its parameters, and the body."""

    status: int
    kind: str
    body: bytes


def new_client() -> httpx2.Client:
    """A client that keeps connections and says nothing of this machine."""
    return httpx2.Client(
        headers={"accept-encoding": "identity", "user-agent": "tearline"},
        follow_redirects=False,
        trust_env=False,
        verify=_trusted(),
    )


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that certificates are checked by. Reading them takes longer than most calls: once is enough."""
    return httpx2.create_ssl_context()


def call(
    client: httpx2.Client,
    method: str,
    url: str,
    *,
    content: bytes | None = None,
    headers: Mapping[str, str] = NO_MORE,
    largest: int,
    until: float,
) -> Answered:
    """Send and read the answer. Unreachable when there is none by ``until`` (monotonic seconds) or it is larger."""
    body = bytearray()
    wait = min(_left(url, until), SECONDS_OF_SILENCE)
    try:
        with client.stream(method, url, content=content, headers=headers, timeout=wait) as answer:
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise Unreachable(f"{url}: answered with compressed bytes, which were not asked for")
            for chunk in answer.iter_raw():
                body += chunk
                if len(body) > largest:
                    raise Unreachable(f"{url}: answered with more than {largest} bytes")
                _left(url, until)
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as failure:
        raise Unreachable(f"{url}: {str(failure) or type(failure).__name__}") from None
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Answered(status=answer.status_code, kind=kind, body=bytes(body))


def _left(url: str, until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise Unreachable(f"{url}: took too long")
    return left
