"""Marked copies: made for their recipients, and traced when a text surfaced. No node is needed."""

import math
import os
import secrets
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import AsJson, Spoken, is_there, read
from tearline.cli.said import aside, console, document, say
from tearline.facts.errors import Malformed, Refused
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.estimates.marks.keyfile import Key
    from tearline.estimates.marks.reading import ReadText
    from tearline.estimates.marks.template import Template
    from tearline.estimates.marks.trace import Design, Pointed, Traced

app = typer.Typer(
    help="Marked copies: a text for each recipient, and which copies a surfaced text points at.",
    rich_markup_mode=None,
)

LARGEST = 4 * 2**20
MOST_RECIPIENTS = 10_000
KEY = "key.json"

Text = Annotated[Path, typer.Argument(metavar="TEXT", help="The text with alternatives: {{left|set out}}.")]
Error = Annotated[
    float,
    typer.Option(
        "--error", "-e", min=1e-12, max=0.5, help="The chance that a copy is named which played no part."
    ),
]
Colluders = Annotated[
    int, typer.Option("--colluders", "-c", min=1, max=20, help="How many may mix their copies.")
]
Decoys = Annotated[bool, typer.Option("--decoys", help="The agreement allows decoy entries: {{?…}}.")]

HAS = Words(
    "{bits} bits in {slots} places ({channels}), {typed} of which survive retyping.",
    "{bits} bits en {slots} lugares ({channels}), de los que {typed} sobreviven a la transcripción.",
)
NEEDS = Words(
    "{copies} copies, up to {colluders} colluding, error {error:g}: {needed} bits are needed.",
    "{copies} copias, hasta {colluders} en colusión, error {error:g}: se necesitan {needed} bits.",
)
LACKS = Words(
    "{missing} bits are missing: with this text the gate stays closed, and no copy will be named.",
    "Faltan {missing} bits: con este texto la puerta queda cerrada y no se señalará ninguna copia.",
)
MADE = Words(
    "{copies} copies in {folder}; the key is {key}.", "{copies} copias en {folder}; la clave es {key}."
)
KEEP = Words(
    "Keep the key apart from the copies: whoever has it can make a text that points at any of them.",
    "Guarde la clave lejos de las copias: quien la tenga puede hacer un texto que señale a cualquiera de ellas.",
)
READ = Words(
    "{read} of {bits} bits were read, {doubtful} are doubtful, {absent} are not there; {needed} are needed.",
    "Se leyeron {read} de {bits} bits, {doubtful} son dudosos, {absent} no están; se necesitan {needed}.",
)
CLOSED = {
    "too-few-bits": Words(
        "The gate is closed: {missing} bits are missing. No copy is named, and none is cleared.",
        "La puerta está cerrada: faltan {missing} bits. No se señala ninguna copia, y ninguna queda descartada.",
    ),
    "nothing-stands-out": Words(
        "The gate is closed: no copy stands out. Perhaps none of these copies leaked, more people colluded than"
        " was declared, or the text was put in other words.",
        "La puerta está cerrada: ninguna copia sobresale. Quizá no se filtró ninguna de estas copias, se coludieron"
        " más personas de las declaradas o el texto se dijo con otras palabras.",
    ),
}
OPENED = Words(
    "The gate is open. The text points at what follows; the chance that a copy is named which played no part is"
    " at most {error:g}.",
    "La puerta está abierta. El texto señala lo que sigue; la probabilidad de señalar una copia ajena al caso es"
    " de {error:g} a lo sumo.",
)
COPY = Words(
    "{copy}: p = {p:.2g} among all copies, e = {e:.2g}", "{copy}: p = {p:.2g} entre todas, e = {e:.2g}"
)
REACH = Words(
    "within reach of: {people}; and of anyone else who saw it, was shown it or took it",
    "al alcance de: {people}; y de quien más la haya visto, recibido o tomado",
)
NOBODY = Words("nobody on record", "nadie según consta")
A_COPY = Words(
    "A mark names a copy, never a person. Who let it out is for an inquiry to find.",
    "Una marca señala una copia, nunca a una persona. Quién la dejó salir toca averiguarlo a una investigación.",
)


@app.command(epilog="Example: tearline marks assign report.txt --recipients ana,bruno,carla -o copies")
def assign(  # noqa: PLR0917  the command line gives them by name
    text: Text,
    recipients: Annotated[
        str,
        typer.Option(
            "--recipients",
            metavar="FILE|NAMES",
            help="Names with commas between; or a file, one a line, and behind a colon who else can reach that copy.",
        ),
    ],
    folder: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="A folder that is made for it.")
    ],
    error: Error = 0.001,
    colluders: Colluders = 1,
    decoys: Decoys = False,
    seed: Annotated[
        str | None,
        typer.Option(
            "--seed", metavar="HEX", help="32 to 128 hexadecimal digits, for a rehearsal; else one is drawn."
        ),
    ] = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Make a copy of the text for each recipient, in wordings of its own, and the secret key to them."""
    from tearline.estimates.marks.code import TooFewBits, make_code
    from tearline.estimates.marks.keyfile import Key, MarkedCopy, hash_of
    from tearline.estimates.marks.trace import Design

    written = _text(text)
    template = _template(written, str(text), decoys=decoys)
    reach = _recipients(recipients)
    design = Design(error=error, colluders=colluders)
    try:
        code = make_code(copies=len(reach), bits=template.bits, colluders=colluders, seed=_seed(seed))
    except TooFewBits:
        raise _alike(len(reach), template.bits) from None
    copies = tuple(
        MarkedCopy(copy=f"copy-{n:0{len(str(len(reach)))}}", within_reach=people)
        for n, people in enumerate(reach, start=1)
    )
    key = Key(text_sha256=hash_of(written), decoys=decoys, design=design, code=code, copies=copies)
    _write(folder, key, template)
    missing = max(0, design.needed(len(copies)) - template.bits_when_retyped)
    if json:
        document(
            {
                "copies": [
                    {
                        "copy": one.copy,
                        "file": str(folder / f"{one.copy}.txt"),
                        "recipient": one.within_reach[0],
                        "within_reach": list(one.within_reach),
                    }
                    for one in copies
                ],
                "key": str(folder / KEY),
                "error": error,
                "colluders": colluders,
                "bits": _bits(template),
                "needed": design.needed(len(copies)),
                "missing": missing,
            }
        )
    else:
        out = console()
        say(out, _has(template, language))
        say(out, _needs(design, len(copies), language))
        say(out, MADE.to(language).format(copies=len(copies), folder=folder, key=folder / KEY))
        for one in copies:
            say(out, f"{one.copy}.txt: {one.within_reach[0]}", indent=2)
    if missing:
        aside(LACKS.to(language).format(missing=missing))
    aside(KEEP.to(language))


@app.command(epilog="Example: tearline marks trace report.txt surfaced.txt --key copies/key.json --json")
def trace(  # noqa: PLR0917  the command line gives them by name
    text: Text,
    surfaced: Annotated[Path, typer.Argument(metavar="SURFACED", help="The text that surfaced.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The key to its copies.")],
    how: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="retyped|copied",
            help="copied: character by character, so that layout counts too.",
        ),
    ] = "retyped",
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> int:
    """Say which copies a surfaced text points at. Exit status 0 if any is named, 1 while the gate is closed."""
    from tearline.estimates.marks.keyfile import hash_of, read_key
    from tearline.estimates.marks.reading import read_text
    from tearline.estimates.marks.trace import trace as decide
    from tearline.estimates.marks.unfit import Unfit
    from tearline.facts.tracing import Surfaced

    if how not in tuple(Surfaced):
        raise Malformed("--as", how, "retyped or copied")
    secret = read_key(read(key), file=str(key))
    written = _text(text)
    if hash_of(written) != secret.text_sha256:
        raise Malformed(str(text), "top", f"the text with alternatives that {key} was made with")
    template = _template(written, str(text), decoys=secret.decoys)
    if template.bits != len(secret.code.biases):
        raise Malformed(str(key), "biases", f"one for each of the text's {template.bits} bits")
    try:
        seen = read_text(template, _text(surfaced), Surfaced(how))
    except Unfit as unfit:
        raise Malformed(str(surfaced), unfit.place, unfit.expected.en) from None
    found = decide(
        secret.code,
        seen.bits,
        secret.design,
        copies=[one.copy for one in secret.copies],
        within_reach=[one.within_reach for one in secret.copies],
    )
    if json:
        document(_document(found, seen))
    else:
        _show(found, seen, language)
    return 0 if found.named else 1


@app.command(epilog="Example: tearline marks advise -n 12 -c 2 -e 0.001")
def advise(  # noqa: PLR0917  the command line gives them by name
    copies: Annotated[
        int, typer.Option("--copies", "-n", min=1, max=1_000_000, help="How many copies are made.")
    ],
    text: Annotated[
        Path | None, typer.Argument(metavar="TEXT", help="A text with alternatives, to be counted as well.")
    ] = None,
    error: Error = 0.001,
    colluders: Colluders = 1,
    lost: Annotated[
        float, typer.Option("--lost", min=0.0, max=0.95, help="The chance that a bit is cropped away.")
    ] = 0.0,
    decoys: Decoys = False,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Say how many bits are needed for so many copies, and how many a text has."""
    from tearline.estimates.marks.length import bits_needed

    template = _template(_text(text), str(text), decoys=decoys) if text else None
    needed = bits_needed(copies=copies, colluders=colluders, error=error, lost=lost)
    if json:
        made: dict[str, object] = {
            "copies": copies,
            "colluders": colluders,
            "error": error,
            "lost": lost,
            "needed": needed,
            "constant": needed / (colluders**2 * math.log(copies / error)),
        }
        if template is not None:
            made |= {"bits": _bits(template), "missing": max(0, needed - template.bits_when_retyped)}
        document(made)
        return
    out = console()
    said = NEEDS.to(language).format(copies=copies, colluders=colluders, error=error, needed=needed)
    say(out, said)
    if template is not None:
        say(out, _has(template, language))
        if needed > template.bits_when_retyped:
            say(out, LACKS.to(language).format(missing=needed - template.bits_when_retyped))


def _text(path: Path) -> str:
    """The words in a file, in UTF-8."""
    data = read(path, LARGEST)
    if len(data) > LARGEST:
        raise Malformed(str(path), "top", f"at most {LARGEST} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(str(path), f"byte {error.start}", "UTF-8") from None


def _template(written: str, file: str, *, decoys: bool) -> "Template":
    from tearline.estimates.marks.template import read_template
    from tearline.estimates.marks.unfit import Unfit

    try:
        template = read_template(written, decoys=decoys)
    except Unfit as unfit:
        raise Malformed(file, unfit.place, unfit.expected.en) from None
    if not template.bits:
        raise Malformed(file, "top", "a text with alternatives, such as {{left|set out}}")
    return template


def _recipients(given: str) -> list[tuple[str, ...]]:
    """For each recipient, everyone who can reach that copy, the recipient first."""
    from tearline.estimates.marks.keyfile import LONGEST_NAME, fit_name

    if is_there(given):
        lines = [line for line in _text(Path(given)).splitlines() if line.strip()]
        reach = [(first, *rest.split(",")) for first, _, rest in (line.partition(":") for line in lines)]
    else:
        reach = [(name,) for name in given.split(",")]
    named = [tuple(name for name in map(str.strip, people) if name) for people in reach]
    for n, people in enumerate(named, start=1):
        if not people or not all(map(fit_name, people)):
            raise Malformed("--recipients", f"entry {n}", f"a name of at most {LONGEST_NAME} characters")
    if not 1 <= len(named) <= MOST_RECIPIENTS:
        raise Malformed("--recipients", f"{len(named)} entries", f"1 to {MOST_RECIPIENTS} recipients")
    twice = [name for name, times in Counter(people[0] for people in named).items() if times > 1]
    if twice:
        raise Malformed("--recipients", twice[0], "each recipient once")
    return named


def _seed(given: str | None) -> bytes:
    from tearline.estimates.marks.stream import SEED_BYTES

    if given is None:
        return secrets.token_bytes(SEED_BYTES)
    try:
        seed = bytes.fromhex(given)
    except ValueError:
        seed = b""
    if not SEED_BYTES // 2 <= len(seed) <= 2 * SEED_BYTES:
        raise Malformed("--seed", given, "32 to 128 hexadecimal digits")
    return seed


def _alike(copies: int, bits: int) -> Refused:
    return Refused(
        "marks.too-few-bits",
        Words(
            f"{copies} copies cannot all differ in {bits} bits.",
            f"{copies} copias no pueden ser todas distintas con {bits} bits.",
        ),
    )


def _write(folder: Path, key: "Key", template: "Template") -> None:
    """All copies and the key, in a folder that is not there yet: what was once made is never overwritten."""
    from tearline.estimates.marks.keyfile import write_key

    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        raise Malformed(str(folder), "top", "a folder that is not there yet") from None
    descriptor = os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(write_key(key))
    for one, word in zip(key.copies, key.code.words, strict=True):
        (folder / f"{one.copy}.txt").write_text(template.render(word.tolist()), encoding="utf-8")


def _bits(template: "Template") -> dict[str, object]:
    from tearline.estimates.marks.template import Channel

    return {
        "total": template.bits,
        "survive_retyping": template.bits_when_retyped,
        "by_channel": {channel.value: template.bits_of(channel) for channel in Channel},
    }


def _has(template: "Template", language: Language) -> str:
    from tearline.estimates.marks.template import Channel

    counted = [(channel, template.bits_of(channel)) for channel in Channel]
    return HAS.to(language).format(
        bits=template.bits,
        slots=len(template.slots),
        channels=", ".join(f"{channel.words.to(language)} {bits}" for channel, bits in counted if bits),
        typed=template.bits_when_retyped,
    )


def _document(found: "Traced", seen: "ReadText") -> dict[str, object]:
    from tearline.estimates.marks.reading import Legible

    return {
        "gate": "open" if found.named else "closed",
        "reason": None if found.named else found.gate.value,
        "error": found.design.error,
        "colluders": found.design.colluders,
        "bits": {
            "total": found.bits,
            "read": found.read,
            "doubtful": seen.count(Legible.DOUBTFUL),
            "not_there": seen.count(Legible.MISSING),
            "needed": found.needed,
            "missing": found.missing,
        },
        "named": [one.copy for one in found.named],
        "copies": [_plain(one) for one in found.copies],
    }


def _plain(one: "Pointed") -> dict[str, object]:
    return {
        "copy": one.copy,
        "named": one.named,
        "p_value": one.p_value,
        "p_among_all": one.among_all,
        "e_value": _e_value(one),
        "within_reach": list(one.within_reach),
        "unlogged": "anyone else who saw it, was shown it or took it",
    }


def _e_value(one: "Pointed") -> float:
    return math.exp(min(one.log_e_value, 700))


def _show(found: "Traced", seen: "ReadText", language: Language) -> None:
    from tearline.estimates.marks.reading import Legible

    out = console()
    counted = READ.to(language).format(
        read=found.read,
        bits=found.bits,
        doubtful=seen.count(Legible.DOUBTFUL),
        absent=seen.count(Legible.MISSING),
        needed=found.needed,
    )
    say(out, counted)
    if not found.named:
        say(out, CLOSED[found.gate.value].to(language).format(missing=found.missing))
        return
    say(out, OPENED.to(language).format(error=found.design.error))
    for one in sorted(found.named, key=lambda one: one.p_value):
        say(out, COPY.to(language).format(copy=one.copy, p=one.among_all, e=_e_value(one)), indent=2)
        people = ", ".join(one.within_reach) or NOBODY.to(language)
        say(out, REACH.to(language).format(people=people), indent=4)
    say(out, A_COPY.to(language))


def _needs(design: "Design", copies: int, language: Language) -> str:
    return NEEDS.to(language).format(
        copies=copies, colluders=design.colluders, error=design.error, needed=design.needed(copies)
    )
