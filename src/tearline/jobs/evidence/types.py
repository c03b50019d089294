"""What a file is, told from its first bytes: a dozen signatures, and nothing that its name claims.

A file that is two things at once counts as what its beginning is. It is never shown in a page, so the other is nothing.
"""

import re

HEAD = 4096
"""Bytes that are looked at."""
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (4, b"ftyphei", "image/heif"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"PK\x03\x04", "application/zip"),
)
"""Offset, bytes, type. Office documents are zip files, and are kept as such."""
ENDINGS = {
    "application/pdf": "pdf",
    "application/zip": "zip",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "image/gif": "gif",
    "image/heif": "heic",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/webp": "webp",
    "text/plain": "txt",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-msvideo": "avi",
}
"""How the name of a copy ends, by its type: ours, never the sender's."""
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MARKED_UP = re.compile(rb"\s*(<|#!)")


def type_of(head: bytes) -> str | None:
    """The type of a file that begins so; None for what is not kept."""
    for offset, signature, found in SIGNATURES:
        riff = offset != 8 or head.startswith(b"RIFF")
        if riff and head[offset : offset + len(signature)] == signature:
            return found
    return "text/plain" if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    """Plain text in UTF-8: no control characters, and no markup or script."""
    if not head.strip() or _CONTROL.search(head) or _MARKED_UP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) == HEAD and error.start > HEAD - 4  # a character that the cut went through
    return True
