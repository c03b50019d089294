"""Protocols: a text comes into force only by two signers who are not its author, and only if it still fits."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tearline.facts.fact import Sealed
from tearline.facts.history import Role, Told
from tearline.facts.identifiers import AgreementId, ProposalId
from tearline.facts.parties import AgreementSigned
from tearline.facts.protocols import (
    PART,
    ProtocolAdopted,
    ProtocolProposalWithdrawn,
    ProtocolProposed,
    ProtocolSigned,
    ProtocolTextStated,
)
from tearline.folds.agreements import agreements
from tearline.folds.protocols import ProposalState, proposal_of, text_of
from tearline.protocol import load_pack
from tearline.rooms.protocols import (
    LONGEST_CASE,
    MOST_PARTS,
    ProposeProtocol,
    SignProtocol,
    WithdrawProposal,
    parts_of,
)
from tests.protocols import SHIPPED, draft
from tests.rooms.rows import Row, check
from tests.worlds import LEO, NOON, PACK, PARAMETERS, REX, SYL, World, acting, agreement, on, partners

MAX = acting("max", Role.SENIOR_OFFICER)
PACT, NEXT = AgreementId("pact"), ProposalId("next")
STATES_MORE = "parameters:\n  ceiling:\n    type: int\n    label: {en: Ceiling, es: Tope}\n"
NEEDS_MORE = draft(("parameters:\n", STATES_MORE))
CALLS_IT_TEXT = draft(("parameters:\n", STATES_MORE.replace("type: int", "type: string")), version=10)
BREAKS_A_CASE = draft(("when: recipient.suspended\n", 'when: "!recipient.suspended"\n'))

_SIGNED = "    - {id: sign-off-1, by: officer-2, line: releasing, at: 2026-03-10T09:30:00Z}\n"
LONG_CASE = draft(
    (_SIGNED, _SIGNED + "".join(_SIGNED.replace("sign-off-1", f"more-{n}") for n in range(LONGEST_CASE)))
)


def proposes(
    text: str | None = None,
    *agreements: str,
    replaces: str | None = None,
    parameters: Mapping[str, int | str | bool] | None = None,
    name: str = NEXT,
) -> ProposeProtocol:
    return ProposeProtocol(
        proposal=ProposalId(name),
        text=draft() if text is None else text,
        agreements=tuple(AgreementId(a) for a in agreements),
        replaces=replaces,
        parameters=parameters or {},
    )


def signs(text: str | None = None, name: str = NEXT) -> SignProtocol:
    return SignProtocol(proposal=ProposalId(name), sha256=sha256(text))


def sha256(text: str | None = None) -> str:
    return load_pack(draft() if text is None else text, file="draft").sha256


def withdrawal(name: str = NEXT) -> WithdrawProposal:
    return WithdrawProposal(
        ProtocolProposalWithdrawn(proposal=ProposalId(name), reasons=Sealed("it was hasty"))
    )


def proposed(text: str | None = None, *named: str, world: World | None = None) -> World:
    world = world or partners()
    world.does(proposes(text, *(named or ("pact",))), by=LEO)
    return world


def signed(text: str | None = None, *named: str) -> World:
    world = proposed(text, *named)
    world.does(signs(text), by=REX)
    return world


def adopted(world: World | None = None) -> World:
    world = world or signed()
    world.does(signs(), by=SYL, now=on(0.5))
    return world


def capped() -> World:
    """An adopted text states a ceiling that the agreement did not have."""
    world = partners()
    world.does(proposes(NEEDS_MORE, "pact", parameters={"ceiling": 3}), by=LEO)
    world.does(signs(NEEDS_MORE), by=REX)
    world.does(signs(NEEDS_MORE), by=SYL, now=on(0.5))
    pack = load_pack(NEEDS_MORE, file="draft")
    world.protocols = {**world.protocols, pack.id: pack}
    return world


def ended() -> World:
    return partners().tell(agreement("old", valid_until=on(-1)), at=on(-90))


def twice() -> World:
    """An agreement that no command would sign: one text stands in it twice."""
    return partners().tell(agreement("twice", further=(PACK.id,)), at=on(-90))


def foreign() -> World:
    """An agreement that binds by a text which this node does not have."""
    return partners().tell(agreement("far", further=("elsewhere/1",)), at=on(-90))


def kinds(text: str) -> tuple[type[ProtocolProposed] | type[ProtocolTextStated], ...]:
    return (ProtocolProposed, *[ProtocolTextStated] * len(parts_of(text)))


ACCEPTED = [
    Row(
        claim="a text is proposed for an agreement",
        order=proposes(None, "pact"),
        by=LEO,
        gives=kinds(draft()),
    ),
    Row(
        claim="a text is proposed for no agreement yet",
        order=proposes(),
        by=REX,
        gives=kinds(draft()),
    ),
    Row(
        claim="what the new text needs is stated with it",
        order=proposes(NEEDS_MORE, "pact", parameters={"ceiling": 3}),
        by=SYL,
        gives=kinds(NEEDS_MORE),
    ),
    Row(
        claim="a text of another name says which one it replaces",
        order=proposes(draft(name="other"), "pact", replaces=PACK.id),
        by=SYL,
        gives=kinds(draft(name="other")),
    ),
    Row(claim="one signature", order=signs(), by=REX, world=proposed(), gives=(ProtocolSigned,)),
    Row(
        claim="the second signature adopts it",
        order=signs(),
        by=SYL,
        world=signed(),
        gives=(ProtocolSigned, ProtocolAdopted),
    ),
    Row(
        claim="a proposal is withdrawn by its author",
        order=withdrawal(),
        by=LEO,
        world=signed(),
        gives=(ProtocolProposalWithdrawn,),
    ),
    Row(
        claim="a proposal is withdrawn by a senior officer",
        order=withdrawal(),
        by=SYL,
        world=proposed(),
        gives=(ProtocolProposalWithdrawn,),
    ),
]

REFUSED = [
    Row(
        claim="a worked case adopts nothing",
        order=proposes(None, name="telling.next"),
        by=LEO,
        told=Told("telling", NOON, "¶1"),
        refused="adopted-live",
    ),
    Row(
        claim="a proposal's name serves once",
        order=proposes(None, "pact"),
        by=SYL,
        world=proposed(),
        refused="once",
    ),
    Row(
        claim="a text that is too large for the record",
        order=proposes("# " + "long " * (PART * MOST_PARTS // 5) + "\n" + draft(), "pact"),
        by=LEO,
        refused="fits-the-record",
    ),
    Row(
        claim="a text with a condition that cannot be read",
        order=proposes(draft(("when: recipient.suspended\n", "when: recipient.suspend\n")), "pact"),
        by=LEO,
        refused="text-holds-together",
    ),
    Row(claim="no text at all", order=proposes("", "pact"), by=LEO, refused="text-holds-together"),
    Row(
        claim="a text that breaks its own cases",
        order=proposes(BREAKS_A_CASE, "pact"),
        by=LEO,
        refused="own-cases-pass",
    ),
    Row(
        claim="a text whose own cases would take for ever to run",
        order=proposes(LONG_CASE, "pact"),
        by=LEO,
        refused="cases-are-small",
    ),
    Row(
        claim="another text under a version that is known",
        order=proposes(SHIPPED + "\n# Looser.\n", "pact"),
        by=LEO,
        refused="one-text-a-version",
    ),
    Row(
        claim="a known text that would change nothing",
        order=proposes(SHIPPED),
        by=LEO,
        refused="changes-something",
    ),
    Row(
        claim="an agreement named twice",
        order=proposes(None, "pact", "pact"),
        by=LEO,
        refused="each-agreement-once",
    ),
    Row(claim="an agreement that nobody signed", order=proposes(None, "none"), by=LEO, refused="known"),
    Row(
        claim="a text of another name that does not say what it replaces",
        order=proposes(draft(name="other"), "pact"),
        by=LEO,
        refused="replaces-what-binds",
    ),
    Row(
        claim="a text in place of itself",
        order=proposes(SHIPPED, "pact"),
        by=LEO,
        refused="replaces-what-binds",
    ),
    Row(
        claim="an agreement that has ended",
        order=proposes(None, "old"),
        by=LEO,
        world=ended(),
        refused="agreement-has-not-ended",
    ),
    Row(
        claim="texts that do not fit together",
        order=proposes(draft(name="other"), "twice", replaces=PACK.id),
        by=LEO,
        world=twice(),
        refused="protocols-fit",
    ),
    Row(
        claim="beside a text that is not at hand",
        order=proposes(None, "far"),
        by=LEO,
        world=foreign(),
        refused="known",
    ),
    Row(
        claim="a parameter that the new text needs and nobody states",
        order=proposes(NEEDS_MORE, "pact"),
        by=LEO,
        refused="parameters-stated",
    ),
    Row(
        claim="a parameter of the wrong kind",
        order=proposes(NEEDS_MORE, "pact", parameters={"ceiling": "high"}),
        by=LEO,
        refused="parameters-stated",
    ),
    Row(
        claim="a parameter that the new text does not know",
        order=proposes(None, "pact", parameters={"colour": "red"}),
        by=LEO,
        refused="parameters-stated",
    ),
    Row(
        claim="a figure that partners agreed on is not lowered on the way",
        order=proposes(None, "pact", parameters={"min_knowers": 1}),
        by=LEO,
        refused="adds-parameters-only",
    ),
    Row(
        claim="a figure is not stated anew by a text that declares it with another type",
        order=proposes(CALLS_IT_TEXT, "pact", parameters={"ceiling": "9"}, name="third"),
        by=LEO,
        world=capped(),
        now=on(1),
        refused="adds-parameters-only",
    ),
    Row(
        claim="a text cannot bind where it reads a figure as what was not agreed",
        order=proposes(CALLS_IT_TEXT, "pact", name="third"),
        by=LEO,
        world=capped(),
        now=on(1),
        refused="parameters-stated",
    ),
    Row(
        claim="parameters of no agreement",
        order=proposes(NEEDS_MORE, parameters={"ceiling": 3}),
        by=LEO,
        refused="adds-parameters-only",
    ),
    Row(claim="a proposal that is not there", order=signs(), by=REX, refused="known"),
    Row(
        claim="its author does not sign it",
        order=signs(),
        by=replace(LEO, role=Role.SENIOR_OFFICER),
        world=proposed(),
        refused="author-does-not-sign",
    ),
    Row(
        claim="nobody signs twice, in whatever role",
        order=signs(),
        by=replace(REX, role=Role.SENIOR_OFFICER),
        world=signed(),
        refused="signs-once",
    ),
    Row(
        claim="a signature over another text",
        order=signs(NEEDS_MORE),
        by=REX,
        world=proposed(),
        refused="signs-what-was-proposed",
    ),
    Row(
        claim="two signers of whom none is a senior officer",
        order=signs(),
        by=acting("lia", Role.LIAISON),
        world=signed(),
        refused="senior-among-signers",
    ),
    Row(
        claim="a proposal that has expired",
        order=signs(),
        by=REX,
        world=proposed(),
        now=on(30.01),
        refused="still-proposed",
    ),
    Row(
        claim="a proposal that was withdrawn",
        order=signs(),
        by=SYL,
        world=signed().tell(withdrawal().fact, by=LEO),
        refused="still-proposed",
    ),
    Row(
        claim="a third signature", order=signs(), by=MAX, now=on(1), world=adopted(), refused="still-proposed"
    ),
    Row(
        claim="a signature that is claimed to be older than the proposal",
        order=signs(),
        by=REX,
        world=proposed(),
        at=on(-1),
        refused="answers-after",
    ),
    Row(
        claim="somebody else's proposal",
        order=withdrawal(),
        by=REX,
        world=proposed(),
        refused="withdrawn-by-its-author",
    ),
    Row(
        claim="what is in force is not withdrawn",
        order=withdrawal(),
        by=LEO,
        world=adopted(),
        now=on(1),
        refused="still-proposed",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


def test_the_text_stands_on_record_to_the_byte() -> None:
    text = draft() + "# ¿Se entiende? «sí» \N{PILE OF POO}\n\n\n  # " + "x" * 30_000
    world = proposed(text)
    assert text_of(world.history, NEXT) == text
    assert proposal_of(world.history, NEXT).fact.sha256 == sha256(text)  # type: ignore[union-attr]  # it is there


def test_terms_change_from_the_adoption_on_and_only_the_text() -> None:
    world = partners()
    world.does(proposes(NEEDS_MORE, "pact", parameters={"ceiling": 3}), by=LEO)
    world.does(signs(NEEDS_MORE), by=REX)
    before = agreements(world.history)[PACT]
    world.does(signs(NEEDS_MORE), by=SYL, now=on(1))
    held = agreements(world.history)[PACT]
    assert held.packs == ("cross-border/9",)
    assert held.terms.parameters == PARAMETERS | {"ceiling": 3}
    assert held.terms == replace(before.terms, protocol="cross-border/9", parameters=held.terms.parameters)
    adoption = world.history.of(ProtocolAdopted)[-1].position
    assert held.as_of(adoption - 1) == before
    assert held.as_of(adoption) == held
    assert agreements(world.history.as_known(on(0.9)))[PACT] == before


def test_an_agreement_that_another_text_took_meanwhile_is_looked_at_anew() -> None:
    world = proposed()
    rival = draft(version=3)
    world.does(proposes(rival, "pact", name="rival"), by=LEO)
    world.does(signs(rival, "rival"), by=REX)
    world.does(signs(rival, "rival"), by=SYL)
    assert world.refuses(signs(), by=REX) == "replaces-what-binds"


def test_two_texts_under_one_version_never_both_come_into_force() -> None:
    world = signed()
    other = draft() + "# Another.\n"
    world.does(proposes(other, name="rival"), by=LEO)
    adopted(world)
    assert world.refuses(signs(other, "rival"), by=SYL, now=on(1)) == "one-text-a-version"


def test_an_agreement_goes_back_to_a_known_text_by_two_signers_too() -> None:
    world = adopted()
    world.does(proposes(SHIPPED, "pact", replaces="cross-border/9", name="back"), by=LEO, now=on(1))
    world.does(signs(SHIPPED, "back"), by=REX, now=on(1))
    world.does(signs(SHIPPED, "back"), by=SYL, now=on(1))
    assert agreements(world.history)[PACT].packs == (PACK.id,)


def test_a_proposal_that_waits_is_open_for_thirty_days() -> None:
    proposal = proposal_of(proposed().history, NEXT)
    assert proposal is not None
    assert proposal.state(on(30)) is ProposalState.OPEN
    assert proposal.state(on(30.01)) is ProposalState.EXPIRED


def test_only_the_agreements_that_were_named_change() -> None:
    world = proposed(None, "pact", world=partners().tell(agreement("beside"), at=on(-80)))
    world.does(signs(), by=REX)
    adopted(world)
    assert agreements(world.history)[AgreementId("beside")].packs == (PACK.id,)
    assert len(world.history.of(AgreementSigned)) == 2
