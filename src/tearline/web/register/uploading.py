"""A form with one file in it, read as it comes: the file is sealed piece by piece and never stands open on a disk."""

from collections.abc import Callable
from dataclasses import dataclass, field

import anyio
from fastapi import HTTPException, Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from tearline.facts.errors import Malformed
from tearline.facts.words import Words

LONGEST_FIELD = 20_000
MOST_FIELDS = 10


@dataclass(slots=True)
class Upload:
    """The fields of the form, and the name that its file came under."""

    fields: dict[str, str] = field(default_factory=dict)
    file_name: str | None = None


class _Reader:
    """Turns the parser's callbacks into fields, and hands on the bytes of the file."""

    def __init__(self, feed: Callable[[bytes], None]) -> None:
        self.upload = Upload()
        self._feed = feed
        self._header, self._value, self._disposition = b"", b"", b""
        self._name, self._text, self._of_file = "", bytearray(), False

    def callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._field,
            "on_header_value": self._said,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers,
            "on_part_data": self._data,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self._header, self._value, self._disposition = b"", b"", b""
        self._text = bytearray()

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _said(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._of_file = b"filename" in options
        if self._of_file:
            if self._name != "file" or self.upload.file_name is not None:
                one = Words("one file, in the field file", "un archivo, en el campo file")
                raise Malformed("form", self._name[:40], one)
            self.upload.file_name = options[b"filename"].decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._of_file:
            self._feed(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > LONGEST_FIELD:
            most = Words(f"at most {LONGEST_FIELD} bytes", f"a lo sumo {LONGEST_FIELD} bytes")
            raise Malformed("form", self._name[:40], most)

    def _end(self) -> None:
        if self._of_file:
            return
        if len(self.upload.fields) >= MOST_FIELDS:
            most = Words(f"at most {MOST_FIELDS} fields", f"a lo sumo {MOST_FIELDS} campos")
            raise Malformed("form", "top", most)
        self.upload.fields[self._name] = self._text.decode("utf-8", "replace")


def boundary_of(request: Request) -> bytes:
    """What stands between the parts of its form; 400 for another kind of body, Malformed for none."""
    said = request.headers.get("content-type")
    if said is None:
        raise Malformed("form", "body", Words("a form with a file", "un formulario con un archivo"))
    kind, options = parse_options_header(said)
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise HTTPException(400)
    return options[b"boundary"]


async def uploaded(request: Request, feed: Callable[[bytes], None]) -> Upload:
    """The form of this request, its file given to ``feed`` piece by piece. Malformed when it is not whole."""
    reader = _Reader(feed)
    parser = MultipartParser(boundary_of(request), reader.callbacks())  # type: ignore[arg-type]  # a TypedDict of these
    try:
        async for piece in request.stream():
            await anyio.to_thread.run_sync(parser.write, piece)
        parser.finalize()
    except MultipartParseError:
        raise Malformed("form", "body", Words("a form that is whole", "un formulario entero")) from None
    return reader.upload
