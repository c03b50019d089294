"""The quick reader of dossiers accepts what the plain one accepts, and refuses what it refuses, in the same words."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.facts.strict import parse_json
from tearline.facts.words import Words
from tearline.protocol import Parameter, ParameterType, read_dossier, write_dossier
from tearline.protocol.reading import IRREGULAR, DossierReader
from tests.protocol.conditions import PARAMETERS, dossiers
from tests.protocol.packs import cross_border

READER = DossierReader(parameters=tuple(PARAMETERS))
RATE = Parameter(name="rate", type=ParameterType.DOUBLE, label=Words("rate", "tasa"))
OF_PACK = DossierReader(parameters=(*cross_border().parameters, RATE))
BASE = json.dumps(write_dossier(cross_border().base))
ODD: tuple[object, ...] = (
    *(None, True, False, 0, -0.0, 1.5, 2**63, -(2**63) - 1, 10**30, float("nan"), float("inf"), 1e308),
    *(
        "",
        ":",
        "::",
        '"',
        '":',
        "\\",
        "\0",
        "\x7f",
        "\ud800",
        "é",
        "a" * 300,
        "a" * 301,
        " ",
        "RED",
        "cleared",
    ),
    *("2011-03-18T09:00:00Z", "2011-03-18T09:00:00.5Z", "2011-03-18T09:00:00-06:00", "2011-03-18 09:00:00Z"),
    *("2011-W11-5T09:00:00Z", "20110318T09:00:00ZZZ", "2011-02-30T00:00:00Z", "2011-03-18T24:00:00Z"),
    *("2011-03-18T09:00:60Z", "２011-03-18T09:00:00Z", "2011-03-18T09:00:0+Z", "0001-01-01T00:00:00+14:00"),
    *(
        "30d",
        "1h30m",
        "-1h",
        "1 d",
        "1e3s",
        [],
        [[]],
        ["RED"],
        ["H0", "H0"],
        {},
        {"id": "a"},
        [{"id": "a"}] * 2,
    ),
)
TWICE = (
    '"at": 1, ',
    '"at" : "x", ',
    '"a\\u0074": "x", ',
    '"dossier":1,',
    '":": ":", ',
    '"item": {"id": ":"}, ',
)


def plainly(line: bytes, reader: DossierReader) -> dict[str, object]:
    return read_dossier(parse_json(line, file="f"), file="f", parameters=reader.parameters)


def came(read: Callable[[], object]) -> str:
    """What it is, exactly (a bool is no number), or in which words it was refused."""
    try:
        return repr(read())
    except Malformed as wrong:
        return f"Malformed {wrong}"


def alike(line: bytes, reader: DossierReader) -> None:
    plain = came(lambda: plainly(line, reader))
    assert came(lambda: reader.read(line, file="f")) == plain
    try:
        quick = reader.read_quickly(line)
    except IRREGULAR:
        return
    assert repr(quick) == plain


def changed(plain: object, draw: Callable[[st.SearchStrategy[object]], object]) -> object:
    """The same with one value, somewhere, put in another's place, taken away or added."""
    if isinstance(plain, dict) and plain and draw(st.integers(0, 5)):
        key = draw(st.sampled_from(sorted(plain)))
        return plain | {key: changed(plain[key], draw)}
    if isinstance(plain, list) and plain and draw(st.integers(0, 5)):
        n = draw(st.integers(0, len(plain) - 1))
        assert isinstance(n, int)
        return [*plain[:n], changed(plain[n], draw), *plain[n + 1 :]]
    if isinstance(plain, dict):
        how = draw(st.sampled_from(["without", "unknown", "known", "odd"]))
        if how == "without" and plain:
            gone = draw(st.sampled_from(sorted(plain)))
            return {key: value for key, value in plain.items() if key != gone}
        if how in ("unknown", "known"):
            key = draw(st.sampled_from(["itme", "", "a\u0000", "\ud800", "é"] if how == "unknown" else KNOWN))
            return plain | {key: draw(st.sampled_from(ODD))}
    if isinstance(plain, list) and draw(st.booleans()):
        return plain * 2 if draw(st.booleans()) else [*plain, draw(st.sampled_from(ODD))]
    return draw(st.sampled_from(ODD))


KNOWN = sorted(set(re.findall(r'"(\w+)":', BASE)))


@settings(max_examples=150)
@given(st.data(), st.integers(0, 3), st.sampled_from([{}, {"indent": 1}, {"ensure_ascii": False}]))
def test_any_dossier_is_read_as_the_plain_reader_reads_it(
    data: st.DataObject, changes: int, laid_out: dict[str, Any]
) -> None:
    plain: object = write_dossier(data.draw(dossiers()) | {"dossier": data.draw(st.sampled_from([1, 2, 3]))})
    for _ in range(changes):
        plain = changed(plain, data.draw)
    text = json.dumps(plain, **laid_out)
    alike(text.encode("utf-8", "surrogatepass"), READER)


@settings(max_examples=150)
@given(st.data())
def test_any_change_of_the_text_is_read_as_the_plain_reader_reads_it(data: st.DataObject) -> None:
    text = BASE
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.sampled_from([m.start() for m in re.finditer(r'"|[{}\[\],: ]', text)] or [0]))
        gone = data.draw(st.sampled_from([0, 0, 1, 2, 30]))
        put = data.draw(
            st.sampled_from((*TWICE, *"{}[],:\"'\t\n\r\\\0 1-.eN", "null", "NaN", "\ufeff", "\u2028", ""))
        )
        text = text[:at] + put + text[at + gone :]
    alike(text.encode(), OF_PACK)


@settings(max_examples=60)
@given(st.sampled_from(TWICE), st.data())
def test_a_key_that_stands_twice_is_refused_wherever_it_stands(twice: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([m.end() for m in re.finditer(r"\{", BASE)]))
    alike((BASE[:at] + twice + BASE[at:]).encode(), OF_PACK)


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize(
    "path",
    ["at", "item.tlp", "item.id", "request.recipients", "agreement.revetting", "agreement.rate", "chain"],
)
def test_every_odd_value_is_read_as_the_plain_reader_reads_it(path: str, value: object) -> None:
    plain = json.loads(BASE)
    *above, last = path.split(".")
    holder = plain
    for part in above:
        holder = holder[part]
    holder[last] = value
    alike(json.dumps(plain).encode(), OF_PACK)
    alike(json.dumps(plain, ensure_ascii=False).encode("utf-8", "surrogatepass"), OF_PACK)


@pytest.mark.parametrize(
    "line",
    [
        *(
            b"",
            b" ",
            b"[]",
            b"1",
            b'"at"',
            b"{}",
            b"{",
            b"\xff",
            b'{"dossier": true, "at": "2011-03-18T09:00:00Z"}',
        ),
        *(BASE.encode() + b" x", b"\xef\xbb\xbf" + BASE.encode(), BASE.encode("utf-16"), b"[" * 100_000),
        b'{"dossier": 1, "at": ' + b'{"at": ' * 70 + b"1" + b"}" * 71,
        b'{"dossier": 1' + b"0" * 5_000 + b"}",
    ],
    ids=lambda line: repr(line[:20]),
)
def test_what_is_no_dossier_is_refused_in_the_same_words(line: bytes) -> None:
    with pytest.raises(Malformed):
        plainly(line, OF_PACK)
    alike(line, OF_PACK)


def test_an_ordinary_dossier_takes_the_quick_way() -> None:
    for line in (BASE.encode(), f" {BASE} \r".encode(), json.dumps(json.loads(BASE), indent=1).encode()):
        assert OF_PACK.read_quickly(line) == plainly(line, OF_PACK)


def test_a_time_that_is_read_quickly_is_in_utc_itself() -> None:
    at = OF_PACK.read_quickly(BASE.encode())["at"]
    assert isinstance(at, datetime)
    assert at.tzinfo is UTC
