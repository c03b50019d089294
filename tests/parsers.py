"""Every reader of bytes that others wrote, and what it promises of any bytes at all.

A reader returns a value that is written again as the same bytes, or it raises ``Malformed`` or ``Broken``; nothing
else. Where a format allows what is not kept (extension lines of a checkpoint), the promise is weaker and said so.
``tests/test_fuzz.py`` feeds them with Hypothesis, ``tests/fuzz.py`` with atheris.
"""

import functools
import json
import random
import tempfile
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pyrage
from hypothesis import HealthCheck, given, settings

import tearline.facts.vocabulary  # noqa: F401  every kind is declared
from tearline.config import Settings
from tearline.estimates.marks.code import make_code
from tearline.estimates.marks.keyfile import Key, MarkedCopy, hash_of, read_key, write_key
from tearline.estimates.marks.template import escaped, read_template
from tearline.estimates.marks.trace import Design
from tearline.estimates.marks.unfit import Unfit
from tearline.facts.codec import decode, encode
from tearline.facts.cose import cose_name
from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import KINDS
from tearline.facts.release import Tlp
from tearline.facts.shape import Place, record_of
from tearline.facts.strict import parse_json, parse_yaml
from tearline.formats import csv, stix
from tearline.ledger import archive, backup, bundle, keyfile, published, sdjwt, sealing, strict
from tearline.ledger.add_checkpoint import AddCheckpoint, size_said
from tearline.ledger.entry import leaf_of
from tearline.ledger.forks import check_fork
from tearline.ledger.handover import hand_over, open_hand_over
from tearline.ledger.keyring import Keyring
from tearline.ledger.note import (
    COSIGNATURE,
    Checkpoint,
    Note,
    Vkey,
    open_checkpoint,
    open_cosigned,
    vkey_of,
)
from tearline.ledger.payload import recorded_of
from tearline.ledger.personal import asserted
from tearline.ledger.personal import parse as parse_claim
from tearline.ledger.proof import Proof
from tearline.ledger.rebuild import Stored
from tearline.ledger.tiles import Part, entries_of
from tearline.ledger.tiles import bundle as bundle_of
from tearline.ledger.webauthn import Assertion, Passkey, verify_assertion
from tearline.ledger.wrapping import WrappingKey
from tearline.peers.calls import Answered
from tearline.peers.witnesses import RemoteWitness
from tearline.protocol import read_dossier, write_dossier
from tearline.protocol.grammar import WrongCondition
from tearline.protocol.reading import IRREGULAR, DossierReader
from tests.authenticator import Authenticator
from tests.ledger.handmade import (
    FACT,
    LOG,
    NEXT,
    ORIGIN,
    OTHER,
    PERSON,
    HandMade,
    dense,
    person_key,
    signature_line,
)
from tests.passkeys import passkey, posted
from tests.protocol.conditions import WIDE, Said, conditions, dossiers
from tests.protocol.oracle import agree, agree_on_text
from tests.protocol.packs import cross_border

Read = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Parser:
    """``read`` raises AssertionError where the promise is broken. ``examples`` are read without an error."""

    name: str
    read: Read
    examples: tuple[bytes, ...]

    def refusal(self, data: bytes) -> str | None:
        """In which words the bytes were refused, or None."""
        try:
            self.read(data)
        except (Malformed, Broken) as refused:
            return str(refused)
        return None


def _text(data: bytes) -> str:
    """Bytes that are no UTF-8 become halves of surrogate pairs, as they can come out of JSON."""
    return data.decode("utf-8", errors="surrogateescape")


def _again(read: Callable[[str], object]) -> Read:
    """A reader of text whose values are written by ``str``."""

    def check(data: bytes) -> None:
        assert str(read(_text(data))) == _text(data)

    return check


def _is_again(written: bytes, data: bytes) -> None:
    assert written == data, f"read, and written as {written!r}"


# Examples, made by hand from the keys and facts of the tests.


@functools.cache
def _made() -> HandMade:
    made = HandMade.begun()
    made.add("PersonKeyIntroduced", person_key("p-1", PERSON))
    compromise = {"compromise": "c-1", "item": "i-1", "sure": "probable"}
    made.add("CompromiseReported", compromise, {"seen": "read out on a radio — ñ"}, person=PERSON)
    made.add("OrganisationRegistered", {"organisation": "o-1", "name": "An agency", "country": "Mexico"})
    made.cosigned.append((OTHER, "witness.example/w1", 1_795_000_000))
    return made


LOG_KEY = vkey_of(ORIGIN, LOG)
WITNESS = vkey_of("witness.example/w1", OTHER, COSIGNATURE)
NOTE = _made().note
CHECKPOINT = NOTE.split("\n\n")[0] + "\n"


def _checkpoint(data: bytes) -> None:
    """Extension lines are allowed and not kept."""
    text = _text(data)
    assert text.startswith(Checkpoint.parse(text).text())


def _witness_answer(data: bytes) -> None:
    witness = RemoteWitness(WITNESS, "https://witness.example")
    note = Note.parse(NOTE)
    answered = Answered(status=200, kind="text/plain", body=data)
    witness._believed(note, Checkpoint.parse(note.text), answered)


def _entries(data: bytes) -> None:
    count = data[0] + 1 if data else 1
    _is_again(bundle_of(entries_of(data[1:], count, "bundle")), data[1:])


def _signed_fact(data: bytes) -> None:
    """The bytes are the payload of a fact that the right key signed."""
    header = {"alg": "EdDSA", "kid": sdjwt.thumbprint(FACT.public_key()), "typ": sdjwt.TYPE}
    signed = b".".join(strict.to_base64url(part).encode() for part in (dense(header), data))
    jws = signed + b"." + strict.to_base64url(FACT.sign(signed)).encode()
    payload = Keyring(FACT.public_key()).admit(7, jws, "fact").payload
    try:
        recorded_of(7, payload, {})
    except (LookupError, TypeError, ValueError):
        return  # as it says: a fact that this version cannot read


def _jws(data: bytes) -> None:
    sdjwt.admit(data, FACT.public_key())


def _disclosure(data: bytes) -> None:
    text = _text(data)
    digests = [sdjwt.digest_of(text)] if text.isascii() else []
    opened = sdjwt.open_fields({"fact": {"_sd": digests}}, [text])
    assert len(opened) == 1


def _bundle(data: bytes) -> None:
    _is_again(bytes(bundle.Bundle.parse(data)), data)


def _bundle_verified(data: bytes) -> None:
    bundle.verify(data, LOG_KEY, [WITNESS])


def _personal(data: bytes) -> None:
    try:
        claim = strict.from_json(data)
    except ValueError as e:
        raise Malformed("claim", "top", str(e)) from None
    assert parse_claim(claim).claim() == claim


def _passkey(data: bytes) -> None:
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        return
    assert Passkey.parse(text, "tearline.example").name == cose_name(strict.base64url(text))


def _passkeys_answer(data: bytes) -> None:
    try:
        answer = strict.from_json(data)
    except ValueError as e:
        raise Malformed("assertion", "top", str(e)) from None
    verify_assertion(bytes(32), Assertion.posted(answer), key_of(PHONE))


def _claim_by_passkey() -> bytes:
    made = Assertion.posted(posted(PHONE, bytes(32)))
    return dense(asserted("a\n", ["b\n"], [bytes(32)], key_of(PHONE).name, made)[0].claim())


def key_of(held: Authenticator) -> Passkey:
    return Passkey.parse(strict.to_base64url(held.held[-1].cose), held.held[-1].rp_id)


PHONE = passkey("ana")


def _settings(data: bytes) -> None:
    settings = Settings.parse(parse_json(data, file="node.json"), "node.json")
    assert Settings.parse(settings.plain(), "node.json") == settings


def _dossier(data: bytes) -> None:
    """The quick way reads what the plain one reads, or nothing."""
    try:
        quick = DOSSIERS.read_quickly(data)
    except IRREGULAR:
        DOSSIERS.read(data, file="f")
        return
    plain = read_dossier(parse_json(data, file="f"), file="f", parameters=DOSSIERS.parameters)
    assert repr(quick) == repr(plain)


DOSSIERS = DossierReader(parameters=cross_border().parameters)
DOSSIER = json.dumps(write_dossier(cross_border().base)).encode()


def _private_key(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fact.key"
        keyfile.write(path, data)
        keyfile.private(path)


def _wrapping_key(data: bytes) -> None:
    text = _text(data)
    assert WrappingKey.parse(text, "key").line() in (text, text + "\n")


def _backup_contents(data: bytes) -> None:
    _is_again(backup.Contents.parse(data, "backup").line(), data)


def _key_backup(data: bytes) -> None:
    _is_again(backup.KeyBackup.parse(data, "key backup").line(), data)


def _backup(data: bytes) -> None:
    content = BytesIO(data)
    contents, rows = backup.unpack(content, "backup")
    held = list(rows)
    files = [b"".join(pieces) for _, pieces in backup.files(content, contents, "backup")]
    _is_again(b"".join(backup.pack(contents, held, files)), data)


IDENTITY = pyrage.x25519.Identity.generate()


def _archive(data: bytes) -> None:
    """As the node opens it, but for the passphrase, which takes half a second to try."""
    file = BytesIO(data)
    archive._identity(file, "archive")
    with archive.read_content(
        file, str(IDENTITY).encode(), "archive", Path(tempfile.gettempdir())
    ) as content:
        content.read()


def _purge_list(data: bytes) -> None:
    try:
        purges = published._purges(data)
    except ValueError:
        return  # which its one caller turns into Broken
    _is_again("".join(f"{one}\n" for one in purges).encode(), data)


def _hand_over(data: bytes) -> None:
    open_hand_over(data, LOG_KEY)


def _fork(data: bytes) -> None:
    shorter, _, longer = _text(data).partition("\0")
    check_fork([LOG_KEY], shorter, longer, [])


def _packed(data: bytes) -> None:
    _is_again(sealing.pack(sealing.unpack(data)), data)


def _fact(data: bytes) -> None:
    """A kind, and the fields as a form or a partner sends them."""
    given = parse_json(data, file="fact")
    if not isinstance(given, list) or len(given) != 2 or given[0] not in KINDS:
        raise Malformed("fact", "top", "a kind and its fields")
    cls = KINDS[given[0]]
    fact = record_of(cls).parse(given[1], Place("fact"))
    encoded = encode(fact)
    clear = json.loads(strict.to_json(encoded.clear))
    opened = {n: v for part in encoded.sealed.values() for n, v in json.loads(json.dumps(part)).items()}
    assert decode(encoded.kind, clear, opened) == fact
    assert all("\n" not in tag for tag in encoded.tags)


CONDITIONS = (
    b'at < agreement.in_force_from || !has(item.tlp) && item.tlp in ["RED", "AMBER"]',
    b'chain.filter(p, p.outcome == "exempt").exists(q, q.valid_until - at < duration("720h"))',
    b"item.id.matches(r'^[a-z]-\\d{1,3}$|(?:x|y)+') ? size(chain) / 2 >= -0x1 : protection.risk * .5 > 1e-3",
)


def _condition(data: bytes) -> None:
    """Google's evaluator takes whatever ours takes, and says the same of it."""
    try:
        agree_on_text(data.decode("utf-8", errors="surrogateescape"))
    except WrongCondition as wrong:
        raise Malformed("condition", f"character {wrong.start + 1}", wrong.expected) from None


@settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(conditions(), dossiers(WIDE))
def _by_chance(said: Said, dossier: dict[str, object]) -> None:
    agree(said, dossier)


def _condition_by_chance(data: bytes) -> None:
    """The bytes are the choices of the generator: whatever they are, all evaluators say the same."""
    _by_chance.hypothesis.fuzz_one_input(data)  # type: ignore[attr-defined]  # which Hypothesis adds


def _facts() -> tuple[bytes, ...]:
    compromise = {"compromise": "c-1", "item": "i-1", "sure": "probable", "seen": "on a radio"}
    held = {"course": "c-1", "unit": "u-1", "module": "m", "instructors": "o-1", "officers": 3}
    more = {"persons": ["p-1", "p-2"], "valid_until": "2027-01-01T00:00:00Z"}
    return dense(["CompromiseReported", compromise]), dense(["CourseHeld", held | more])


def _row() -> Stored:
    made = _made()
    jws, blinding = made.facts[2].encode(), made.blindings[2]
    names = ("CompromiseReported", "ref", "act", "item:i-1")
    return Stored(0, *names, leaf_of(blinding, jws), blinding, jws, b"wrapped", b"content")


def _contents() -> backup.Contents:
    return backup.Contents(
        backup="bk-1",
        made_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        size=1,
        note=NOTE,
        epoch=2,
        settings={"tearline": 1, "demo": False},
        keys={"log.key": "text", "fact.key": "text"},
        purged=(published.Purge(b"\x01" * 33, "a" * 24),),
        files=(("a1b2.working", 3),),
    )


def _key_of_backup() -> backup.KeyBackup:
    return backup.KeyBackup(
        backup="bk-1",
        origin=ORIGIN,
        made_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        expires=datetime(2026, 12, 22, 12, tzinfo=UTC),
        key=WrappingKey(epoch=2, key=b"3" * 32),
    )


def _archived() -> bytes:
    """With an identity that is not locked."""
    locked, content = b"locked", BytesIO()
    pyrage.encrypt_io(BytesIO(b"the content" * 100), content, [IDENTITY.to_public()])
    sealed = content.getvalue()
    return b"".join(
        [
            archive._header(archive.IDENTITY, len(locked)),
            archive._padded(locked),
            archive._header(archive.CONTENT, len(sealed)),
            archive._padded(sealed),
            archive._END,
        ]
    )


def _forked() -> bytes:
    longer = HandMade.begun(seed=5)
    return _made().note.encode() + b"\0" + longer_note(longer).encode()


def longer_note(made: HandMade) -> str:
    while len(made.facts) < len(_made().facts):
        made.add("OrganisationRegistered", {"organisation": "o-2", "name": "Another", "country": "Peru"})
    return made.note


def _marks_key(data: bytes) -> None:
    key = read_key(data, file="f")
    assert write_key(read_key(write_key(key).encode(), file="f")) == write_key(key)


def _marks_key_example() -> bytes:
    code = make_code(copies=2, bits=8, colluders=2, seed=bytes(32))
    copies = tuple(MarkedCopy(copy=f"copy-{n}", within_reach=("ana", "desk")) for n in range(2))
    design = Design(error=0.01, colluders=2)
    return write_key(
        Key(text_sha256=hash_of("x"), decoys=False, design=design, code=code, copies=copies)
    ).encode()


def _alternatives(data: bytes) -> None:
    """Each end of a codeword gives a text, and such a text is one without alternatives once it is escaped."""
    try:
        template = read_template(data.decode("utf-8", errors="replace"), decoys=True)
    except Unfit as unfit:
        raise Malformed("f", unfit.place, unfit.expected.en) from None
    for bit in (0, 1):
        copy = template.render([bit] * template.bits)
        assert read_template(escaped(copy)).render([]) == copy


@functools.cache
def parsers() -> tuple[Parser, ...]:
    """All of them, with what each accepts."""
    made = _made()
    note = NOTE.encode()
    line = signature_line(OTHER, "witness.example/w1", CHECKPOINT, 1_795_000_000).encode()
    claims = [json.loads(_payload(jws)) for jws in made.facts]
    return (
        Parser("note", lambda data: _is_again(str(Note.parse(data)).encode(), data), (note,)),
        Parser("note as text", _again(Note.parse), (note,)),
        Parser("vkey", _again(Vkey.parse), (str(LOG_KEY).encode(), str(WITNESS).encode())),
        Parser("checkpoint", _checkpoint, (CHECKPOINT.encode(), CHECKPOINT.encode() + b"more\n")),
        Parser("signed checkpoint", lambda data: open_checkpoint(data, LOG_KEY), (note,)),
        Parser("cosigned checkpoint", lambda data: open_cosigned(data, LOG_KEY, [WITNESS]), (note,)),
        Parser("proof", _again(Proof.parse), tuple(made.proof(n).encode() for n in (0, 2))),
        Parser(
            "proof verified",
            lambda data: Proof.parse(_text(data)).verify(made.leaves[2], LOG_KEY),
            (made.proof(2).encode(),),
        ),
        Parser("tile path", _again(Part.parse), (b"tile/0/x001/x234/067.p/3", b"tile/entries/000")),
        Parser("entry bundle", _entries, (bytes([3]) + bundle_of(made.leaves),)),
        Parser(
            "add-checkpoint",
            lambda data: _is_again(str(AddCheckpoint.parse(data)).encode(), data),
            (b"old 2\n" + b64encode(b"1" * 32) + b"\n\n" + note, b"old 0\n\n" + note),
        ),
        Parser("size said", lambda data: _is_again(f"{size_said(data)}\n".encode(), data), (b"17\n",)),
        Parser("witness's answer", _witness_answer, (line,)),
        Parser("fact", _jws, tuple(jws.encode() for jws in made.facts)),
        Parser(
            "payload of a signed fact",
            _signed_fact,
            tuple(dense(claims[n]) for n in (1, 3)),
        ),
        Parser("disclosure", _disclosure, tuple(d.encode() for d in made.disclosures[2].values())),
        Parser("disclosure bundle", _bundle, (made.bundle({0: (), 2: ["seen"]}),)),
        Parser("disclosure bundle verified", _bundle_verified, (made.bundle({0: (), 1: (), 2: ["seen"]}),)),
        Parser("personal signature", _personal, (dense(claims[2]["signed"]), _claim_by_passkey())),
        Parser("passkey", _passkey, (strict.to_base64url(PHONE.held[-1].cose).encode(),)),
        Parser("passkey's answer", _passkeys_answer, (dense(posted(PHONE, bytes(32))),)),
        Parser("settings", _settings, (dense({"tearline": 1, "demo": False}), _all_settings())),
        Parser("private key", _private_key, (keyfile.pem(LOG),)),
        Parser("wrapping key", _wrapping_key, (WrappingKey(epoch=1, key=b"3" * 32).line().encode(),)),
        Parser("backup's contents", _backup_contents, (_contents().line(),)),
        Parser("key backup", _key_backup, (_key_of_backup().line(),)),
        Parser("backup", _backup, (b"".join(backup.pack(_contents(), [_row()], [b"abc"])),)),
        Parser("archive", _archive, (_archived(),)),
        Parser("purge list", _purge_list, (f"{published.Purge(b'1' * 33, 'a' * 24)}\n".encode(), b"")),
        Parser("hand-over", _hand_over, (hand_over(ORIGIN, LOG, NEXT).encode(),)),
        Parser("fork", _fork, (_forked(),)),
        Parser("packed sealed fields", _packed, (sealing.pack({"content": b"x" * 40, "reasons": b"y"}),)),
        Parser("fields of a fact", _fact, _facts()),
        Parser("dossier", _dossier, (DOSSIER,)),
        Parser("YAML", lambda data: parse_yaml(data, file="f"), (b"a: [1, 'x']\nb: |\n  text\n",)),
        Parser("CSV", lambda data: csv.read_rows(data, file="f"), (b'a,b\r\n1,"x,y"\r\n',)),
        Parser("condition", _condition, CONDITIONS),
        Parser(
            "condition by chance",
            _condition_by_chance,
            tuple(random.Random(1).randbytes(2048) for _ in range(3)),
        ),
        Parser("key of marked copies", _marks_key, (_marks_key_example(),)),
        Parser(
            "text with alternatives",
            _alternatives,
            (b"a {{left|set out}} [[x. |y. ]]{{,|;}} \\| {{?of a kind}}", b"none"),
        ),
        Parser("STIX", lambda data: stix.read_bundle(data, file="f", unmarked=Tlp.AMBER), (_stix(),)),
    )


def _payload(jws: str) -> bytes:
    return strict.base64url(jws.split(".")[1])


def _all_settings() -> bytes:
    witness = {"vkey": str(WITNESS), "url": "https://witness.example/log"}
    members = {"tearline": 1, "demo": True, "published": "/srv/published", "witnesses": [witness]}
    return dense({**members, "quorum": 1, "required": [WITNESS.name], "site": _site()})


def _site() -> dict[str, object]:
    """Every member of ``site``."""
    return {
        "address": "https://node.agency.example:8443",
        "listen": "[::]:8443",
        "tls": {"certificate": "/etc/node.pem", "key": "/etc/node.key"},
        "proxies": ["10.0.0.7"],
        "idle_minutes": 30,
        "absolute_hours": 8,
        "stop_seconds": 60,
        "metrics": "127.0.0.1:9464",
        "oidc": {
            "issuer": "https://directory.example/staff",
            "client_id": "tearline",
            "client_secret_file": "/run/secret",
            "claims": {"acr": ["urn:example:two-factors"]},
        },
    }


def _stix() -> bytes:
    indicator = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": "indicator--a932fcc6-e032-476c-826f-cb970a5a1ade",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": "A file",
        "pattern": "[file:name = 'a']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
    }
    return dense(
        {"type": "bundle", "id": "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d", "objects": [indicator]}
    )
