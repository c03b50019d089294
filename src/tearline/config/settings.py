"""What kind of node this is, who witnesses it, where its second store is and how its site is reached: ``node.json``."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tearline.config.disk import replace_file
from tearline.config.site import Site
from tearline.facts.errors import Malformed
from tearline.facts.strict import parse_json

WITNESS_FOLDER = "witness"
"""In the node's folder: the witness that it is for others' logs. No backup holds it: it would forget what it signed."""
FILE = "node.json"
PUBLISHED = "published"
LARGEST = 256 * 1024
MOST_WITNESSES = 64
_VKEY = re.compile(r"[^\s+\x00-\x1f]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}={0,2}")
_MEMBERS = ("tearline", "demo", "published", "witnesses", "quorum", "required", "site")


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessAddress:
    """A witness of this node's checkpoints: its public key (a C2SP vkey) and where it answers."""

    vkey: str
    url: str

    @property
    def name(self) -> str:
        return self.vkey.partition("+")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What kind of node this is.

    A demonstration node offers one-click identities and says so; any other does not. A checkpoint counts as
    cosigned when ``quorum`` of the ``witnesses`` signed it, the ``required`` ones (by name) among them.
    ``published`` is the folder of the second store; None is ``published`` in the node's own folder. ``site`` is how
    the node's site is reached; what of it can be served is decided when it is (``config.serving``).
    """

    demo: bool
    published: Path | None = None
    witnesses: tuple[WitnessAddress, ...] = ()
    quorum: int = 0
    required: tuple[str, ...] = ()
    site: Site = field(default_factory=Site)

    def second_store(self, data: Path) -> Path:
        """The folder that holds the last published checkpoint."""
        return self.published or data / PUBLISHED

    def plain(self) -> dict[str, object]:
        """The members of ``node.json``; what is at its default is left out."""
        members: dict[str, object] = {"tearline": 1, "demo": self.demo}
        if self.published is not None:
            members["published"] = str(self.published)
        if self.witnesses:
            members["witnesses"] = [{"vkey": w.vkey, "url": w.url} for w in self.witnesses]
        if self.quorum:
            members["quorum"] = self.quorum
        if self.required:
            members["required"] = list(self.required)
        if site := self.site.plain():
            members["site"] = site
        return members

    def write(self, data: Path) -> None:
        """Replace the settings of the node in ``data``: the old ones or the new ones are there, never a part."""
        # What could not be read again must not be written.
        self.parse(self.plain(), str(data / FILE))
        text = json.dumps(self.plain(), ensure_ascii=False, indent=2) + "\n"
        replace_file(data / FILE, text.encode("utf-8"))

    @classmethod
    def read(cls, data: Path) -> "Settings":
        """Malformed when there is no node in ``data``, or its settings are not exactly ours."""
        path = data / FILE
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise Malformed(str(data), "top", "a node; make one with: tearline init") from None
        except OSError as error:
            raise Malformed(str(path), "top", f"a file that can be read ({error.strerror})") from None
        return cls.parse(parse_json(content, file=str(path), largest=LARGEST), str(path))

    @classmethod
    def parse(cls, held: object, file: str) -> "Settings":
        """The settings in the members of ``node.json``. Malformed names the place in ``file``."""
        if not isinstance(held, dict) or not {"tearline", "demo"} <= held.keys():
            raise Malformed(file, "top", "the settings of a node, as init wrote them")
        for member in held:
            if member not in _MEMBERS:
                raise Malformed(file, str(member), f"no member but {', '.join(_MEMBERS)}")
        if not _is_number(held["tearline"]) or held["tearline"] != 1:
            raise Malformed(file, "tearline", "1, the version of these settings")
        if not isinstance(held["demo"], bool):
            raise Malformed(file, "demo", "true or false")
        witnesses = _witnesses(held.get("witnesses", []), file)
        return cls(
            demo=held["demo"],
            published=_folder(held["published"], file) if "published" in held else None,
            witnesses=witnesses,
            quorum=_quorum(held.get("quorum", 0), len(witnesses), file),
            required=_required(held.get("required", []), [w.name for w in witnesses], file),
            site=Site.parse(held["site"], file) if "site" in held else Site(),
        )


def _folder(value: object, file: str) -> Path:
    if not isinstance(value, str) or not value.startswith("/") or not value.isprintable():
        raise Malformed(file, "published", "the absolute path of a folder")
    return Path(value)


def _witnesses(value: object, file: str) -> tuple[WitnessAddress, ...]:
    if not isinstance(value, list) or len(value) > MOST_WITNESSES:
        raise Malformed(file, "witnesses", f"a list of at most {MOST_WITNESSES} witnesses")
    found = tuple(_witness(one, f"witnesses[{n}]", file) for n, one in enumerate(value))
    names = [w.name for w in found]
    for n, name in enumerate(names):
        if name in names[:n]:
            raise Malformed(
                file, f"witnesses[{n}]", f"another witness than {name}, which stands there already"
            )
    return found


def _witness(value: object, place: str, file: str) -> WitnessAddress:
    if not isinstance(value, Mapping) or value.keys() != {"vkey", "url"}:
        raise Malformed(file, place, "vkey and url, and no other member")
    vkey, url = value["vkey"], value["url"]
    if not isinstance(vkey, str) or _VKEY.fullmatch(vkey) is None:
        raise Malformed(file, f"{place}.vkey", "a public key as witnesses print it: name+key id+base64")
    if not isinstance(url, str) or not _is_url(url):
        raise Malformed(
            file, f"{place}.url", "the address under which the witness answers, http:// or https://"
        )
    return WitnessAddress(vkey=vkey, url=url)


def _is_url(text: str) -> bool:
    if not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises ValueError when it is no number
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain


def _is_number(value: object) -> bool:
    """Python holds true for 1; JSON does not."""
    return isinstance(value, int) and not isinstance(value, bool)


def _quorum(value: object, most: int, file: str) -> int:
    if not isinstance(value, int) or not _is_number(value) or not 0 <= value <= most:
        raise Malformed(file, "quorum", f"a number from 0 to {most}, the number of witnesses")
    return value


def _required(value: object, names: Sequence[str], file: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Malformed(file, "required", "a list of names of witnesses")
    for n, name in enumerate(value):
        if name not in names or name in value[:n]:
            raise Malformed(file, f"required[{n}]", "the name of one of the witnesses, once")
    return tuple(value)


def database_url(data: Path, database: str | None) -> str:
    """The ledger's database: the named one, or SQLite in the node's folder."""
    return database or f"sqlite:///{data / 'ledger.db'}"
