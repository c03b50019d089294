"""``tearline decide --explain``: every rule, through whom it matched, and what would have to change."""

import json
from pathlib import Path

import pytest

from tearline.cli.protocol import named
from tests.cli.conftest import Run
from tests.cli.test_decide import DISSENT, edited, exempt

WARNING = {"id": "warning-1", "at": "2026-03-09T10:00:00Z", "kind": "exposure", "answered": False}


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_rule_is_said_matched_or_not(run: Run, base: Path) -> None:
    said = run("decide", exempt(base), "--explain").out
    for rule in named("cross-border/1").rules:
        assert rule.id in said
    matched, others = said.split("Did not match:")
    assert "→ People in the chain: officer-8" in matched
    assert "unit-suspended: recipient: suspended false" in others


def test_what_would_have_to_change_is_said_with_who_owes_it_and_by_when(run: Run, base: Path) -> None:
    ran = run("decide", edited(base, dissents=[DISSENT]), "--explain")
    assert ran.status == 3
    said = words(ran.out[ran.out.index("What would have to change") :])
    assert "the releasing organisation, by 2026-03-11 12:00Z: A superior of the dissenter answers" in said
    assert "Dissents, dissent-1: Answered in writing: no → yes" in said
    assert "Sign-offs: one more (Signed by: other than officer-1; Signed as: second signature)" in said
    assert "With all of this changed, and nothing less, cross-border/1 says RELEASE." in said


def test_it_is_said_in_spanish(run: Run, base: Path) -> None:
    said = words(
        run("decide", edited(base, source={"warnings": [WARNING]}), "--explain", "--language", "es").out
    )
    assert "Qué tendría que cambiar" in said
    assert "Advertencias de la fuente, warning-1: Respondida por escrito: no → sí" in said
    assert "Con todo esto cambiado, y nada menos, cross-border/1 dice DIVULGAR." in said


def test_a_refusal_is_said_to_stand(run: Run, base: Path) -> None:
    said = words(run("decide", exempt(base), "--explain").out)
    assert "These refusals stand, since nothing cures them: exempt-from-vetting." in said


def test_where_nothing_holds_nothing_has_to_change(run: Run, base: Path) -> None:
    assert "Nothing: no rule holds this." in run("decide", base, "--explain").out


def test_what_was_not_found_is_said(run: Run, base: Path) -> None:
    said = words(run("decide", edited(base, chain=...), "--explain").out)
    assert "No change was found that would cure" in said


def test_a_fact_that_is_missing_is_to_be_stated(run: Run, base: Path) -> None:
    said = words(run("decide", edited(base, overseer_informed=..., dissents=[DISSENT]), "--explain").out)
    assert "Overseer informed: not known → yes" in said


def test_the_document_gains_two_keys_and_loses_none(run: Run, base: Path) -> None:
    edited(exempt(base), dissents=[DISSENT])
    bare = json.loads(run("decide", base, "--json").out)
    full = json.loads(run("decide", base, "--json", "--explain").out)
    assert {key: full[key] for key in bare} == bare
    assert set(full) - set(bare) == {"explained", "cures"}
    told = {one["rule"]: one for one in full["explained"]}
    assert list(told) == [rule.id for rule in named("cross-border/1").rules]
    assert (told["exempt-from-vetting"]["value"], told["exempt-from-vetting"]["bearing"]) == (True, "matched")
    assert told["exempt-from-vetting"]["witnesses"][0]["identity"] == "officer-8"
    assert told["unit-suspended"]["facts"] == [{"path": "recipient.suspended", "value": False}]
    cures = full["cures"]
    assert (cures["checked"], cures["then"]) == (True, "refuse")
    assert cures["refused_by"] == [{"rule": "exempt-from-vetting", "protocol": "cross-border/1"}]
    changes = {one["path"]: one for one in cures["changes"]}
    assert changes["dissents[0].answered"]["after"] is True
    assert changes["sign_offs[2]"]["adds"] is True
    held = {row["rule"]: row for row in cures["holds"]}
    assert held["dissent-unanswered"]["owed"][0]["due"] == "2026-03-11T12:00:00Z"


@pytest.mark.parametrize("language", ["en", "es"])
def test_several_protocols_are_explained_each_by_itself(
    run: Run, base: Path, tmp_path: Path, language: str
) -> None:
    from tests.cli.test_decide import PACK

    stricter = tmp_path / "stricter.yaml"
    text = PACK.read_text().replace("pack: cross-border", "pack: stricter", 1)
    stricter.write_text(text)
    both = ("--protocol", "cross-border", "--protocol", stricter)
    said = run("decide", edited(base, dissents=[DISSENT]), *both, "--explain", "--language", language).out
    assert said.count("partner-release") == 2
    assert "stricter/1:dissent-unanswered" in said
