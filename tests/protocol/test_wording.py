"""Every field and every closed word of a dossier has its words in both languages."""

from collections.abc import Iterator

from tearline.facts.words import Words
from tearline.protocol.needed import Needed
from tearline.protocol.rule import Parameter, ParameterType
from tearline.protocol.schema import schema
from tearline.protocol.types import ListOf, Record, Simple, Type
from tearline.protocol.wording import CLOSED, FIELDS, NAMES, closed, entry, identity_path, label, telling


def fields(path: str, type_: Type) -> Iterator[tuple[str, Simple]]:
    match type_:
        case Record():
            for name, inner in type_.fields.items():
                yield from fields(f"{path}.{name}" if path else name, inner)
        case ListOf():
            yield from fields(path, type_.element)
        case Simple():
            yield path, type_


def test_every_closed_word_has_its_words() -> None:
    wanted = {path: set(type_.choices) for path, type_ in fields("", schema()) if type_.choices}
    assert {path: set(words) for path, words in CLOSED.items()} == wanted
    for words in CLOSED.values():
        for one in words.values():
            assert one.en.strip()
            assert one.es.strip()


def test_every_field_that_is_named_is_a_field() -> None:
    assert set(NAMES) <= set(FIELDS)


def test_a_field_is_called_by_the_schema_and_a_parameter_by_its_protocol() -> None:
    assert label("chain[2].outcome").en == "Outcome of vetting"
    words = Words("Renewed after", "Se renueva cada")
    stated = Parameter(name="revetting", type=ParameterType.DURATION, label=words)
    assert label("agreement.revetting", (stated,)) == words
    assert label("agreement.unknown").en == "agreement.unknown"


def test_a_path_leads_into_an_entry() -> None:
    assert entry("recipient.allegations[1].kind") == "recipient.allegations[1]"
    assert identity_path("recipient.allegations[1].kind") == "recipient.allegations[1].id"
    assert identity_path("chain[0].outcome") == "chain[0].person"
    assert entry("item.tlp") is None
    assert identity_path("item.tlp") is None


def test_a_new_value_that_is_a_word_or_a_yes_needs_no_more_telling() -> None:
    assert closed("chain[0].outcome", "cleared") is not None
    assert (
        telling([Needed("chain[0].outcome", "!=", "pending"), Needed("overseer_informed", "==", True)]) == ()
    )
    assert telling([Needed("sign_offs[0].by", "!=", "officer-1")]) != ()
