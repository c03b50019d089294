"""The protocol lab: a draft is checked and run and kept nowhere; it takes force only by two signers."""

import hashlib
import threading
from collections.abc import Iterator

import pytest

from tearline.facts.history import Role, about
from tearline.facts.identifiers import AgreementId
from tearline.facts.protocols import ProtocolAdopted, ProtocolProposed
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.web.policy import READERS
from tearline.web.protocols import bounds, proof
from tests.protocols import LOOSER, SHIPPED, STRICTER, draft
from tests.web.conftest import make_world, visitor
from tests.web.test_flow import ask, released
from tests.web.world import World

AGREEMENT = "practice.agreement"
PROPOSAL = "/protocols/proposals/practice.stricter"
OFFICERS = (Role.LIAISON, Role.RELEASING_OFFICER, Role.SENIOR_OFFICER)
WRONG = draft(("when: recipient.suspended\n", "when: recipient.suspend\n"), ("type: int", "type: inte"))


def test_all_texts_say_what_binds_by_them_and_what_counsel_has_not_checked(still: World) -> None:
    page = visitor(still, Role.OVERSEER).get("/protocols").text
    assert "1 agreement binds by it" in page
    assert "clauses await counsel&#39;s check" in page
    assert "1 of 2 signed" in page
    assert "withdrawn" in page


@pytest.mark.parametrize(
    "path", ["/protocols", "/protocols/lab", PROPOSAL, f"{PROPOSAL}/text", f"{PROPOSAL}/sign"]
)
def test_there_is_nothing_here_for_the_partner(still: World, path: str) -> None:
    assert visitor(still, Role.PARTNER_LIAISON).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/protocols/lab", "/protocols/lab/check", "/protocols/propose"])
def test_the_partner_posts_no_draft_either(still: World, path: str) -> None:
    assert visitor(still, Role.PARTNER_LIAISON).post(path, data={"text": LOOSER}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/protocols"),
        ("DELETE", "/protocols/lab/check"),
        ("GET", "/protocols/propose"),
        ("POST", PROPOSAL),
    ],
)
def test_the_wrong_method_is_refused(still: World, method: str, path: str) -> None:
    assert visitor(still, Role.SENIOR_OFFICER).request(method, path).status_code == 405


def test_every_problem_stands_with_its_line_and_a_caret_under_it(still: World) -> None:
    page = visitor(still, Role.ADVOCATE).post("/protocols/lab/check", data={"text": WRONG}).text
    assert "<html" not in page
    lines = WRONG.split("\n")
    first = next(n for n, line in enumerate(lines, 1) if "type: inte" in line)
    assert f"line {first}, column" in page
    assert "type: inte\n" in page.replace("</code>", "")
    assert "did you mean suspended?" in page
    shown = page[page.index("type: inte</code>") :]
    caret = shown.split("\n")[1]
    assert caret.startswith('<span aria-hidden="true">')
    assert caret.split(">")[1].split("<")[0].endswith("^")
    assert lines[first - 1].index("inte") == caret.split(">")[1].index("^")


def test_a_sound_draft_says_what_it_needs_and_how_its_cases_come_out(still: World) -> None:
    page = visitor(still, Role.OVERSEER).post("/protocols/lab/check", data={"text": STRICTER}).text
    assert "cross-border/9 holds together" in page
    assert "cases come out as it says" in page
    assert "min_knowers: int" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not hold together"),
        ("\x00", "does not hold together"),
        ("<script>alert(1)</script>", "does not hold together"),
        ("[" * 5_000, "at most 64 levels of nesting"),
        ("a: &x 1\nb: *x\n", "does not hold together"),
        ("pack: " + "a-" * 50_000, "does not hold together"),
        ("#" * (512 * 1024 + 1), "at most 524288 bytes"),
        (SHIPPED + "# Another.\n", "is another text already"),
        (
            draft(("when: recipient.suspended\n", 'when: "!recipient.suspended"\n')),
            "do not come out as it says",
        ),
    ],
    ids=["nothing", "nul", "markup", "deep", "alias", "long name", "large", "used version", "cases"],
)
def test_what_a_hostile_text_gets_is_a_page(still: World, text: str, said: str) -> None:
    answer = visitor(still, Role.OVERSEER).post("/protocols/lab", data={"text": text})
    assert answer.status_code == 200
    assert said in answer.text
    assert "<script>alert" not in answer.text


def test_a_body_that_no_text_needs_is_refused(still: World) -> None:
    answer = visitor(still, Role.OVERSEER).post("/protocols/lab", data={"text": "x" * 2_000_000})
    assert answer.status_code == 413
    answer = visitor(still, Role.OVERSEER).post(f"{PROPOSAL}/withdraw", data={"reasons": "x" * 70_000})
    assert answer.status_code == 413


def test_nothing_that_is_drafted_is_recorded(still: World) -> None:
    size = still.node.ledger.size()
    client = visitor(still, Role.SENIOR_OFFICER)
    for path, do in (("/protocols/lab", "check"), ("/protocols/lab", "run"), ("/protocols/propose", "")):
        assert client.post(path, data={"text": STRICTER, "do": do}).status_code == 200
    assert still.node.ledger.size() == size
    assert "only-tearlines" not in client.get("/protocols/lab").text


def test_few_drafts_are_looked_at_at_once(still: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "PATIENCE", 0.05)
    leave, inside = threading.Event(), threading.Barrier(bounds.AT_ONCE + 1)

    def sit() -> None:
        with bounds.at_a_desk():
            inside.wait(5)
            leave.wait(5)

    sitting = [threading.Thread(target=sit) for _ in range(bounds.AT_ONCE)]
    for one in sitting:
        one.start()
    inside.wait(5)
    client = visitor(still, Role.OVERSEER)
    assert client.post("/protocols/lab", data={"text": STRICTER}).status_code == 503
    answer = client.post("/protocols/lab/check", data={"text": STRICTER})
    assert (answer.status_code, "too many drafts" in answer.text) == (200, True)
    leave.set()
    for one in sitting:
        one.join()
    assert client.post("/protocols/lab", data={"text": STRICTER}).status_code == 200


def test_cases_that_take_too_long_are_left_out_and_that_is_said(
    still: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SECONDS", 0.0)
    monkeypatch.setattr(bounds.Until.__init__, "__defaults__", (0.0,))
    page = visitor(still, Role.OVERSEER).post("/protocols/lab", data={"text": STRICTER, "do": "run"}).text
    assert "Its cases take too long" in page
    assert "not looked at, for want of time" in page


# Run over dossiers


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One request is released and one is held."""
    world = make_world(tmp_path_factory.mktemp("decided"))
    released(world)
    ask(world, purpose="Another one.")
    yield world
    world.node.ledger.close()


def run(world: World, text: str, role: Role = Role.OVERSEER, **more: object) -> str:
    fields = {"text": text, "do": "run", "old": "cross-border/1", "over": "latest"} | more
    return visitor(world, role).post("/protocols/lab", data=fields).text


def test_a_looser_draft_is_marked_by_a_word_and_stands_first(decided: World) -> None:
    page = run(decided, LOOSER)
    dossiers = page[page.index('id="dossiers"') : page.index('id="cases"')]
    assert dossiers.index("looser") < dossiers.index("stricter")
    table = dossiers[dossiers.index("Verdicts that would be others") :]
    assert "Hold" in table
    assert "sign-offs-missing" in table
    assert 'class="is-looser"' in table


def test_a_stricter_draft_shows_whom_it_would_have_refused(decided: World) -> None:
    page = run(decided, STRICTER)
    dossiers = page[page.index('id="dossiers"') : page.index('id="cases"')]
    assert "only-tearlines" in dossiers
    assert 'class="is-looser"' not in dossiers


def test_the_same_text_changes_nothing(decided: World) -> None:
    page = run(decided, draft())
    assert "No verdict that was looked at would be another." in page
    assert "Every case comes out the same under both texts." in page


def test_whoever_opens_no_dossier_learns_nothing_from_them(decided: World) -> None:
    page = run(decided, STRICTER, Role.VETTING_OFFICER)
    dossiers = page[page.index('id="dossiers"') : page.index('id="cases"')]
    assert "only-tearlines" not in dossiers
    assert "sealed to you, or purged: 2" in dossiers


def test_a_looser_draft_is_shown_with_a_case_that_only_it_lets_through(decided: World) -> None:
    page = run(decided, LOOSER)
    found = page[page.index('id="proof"') : page.index('id="dossiers"')]
    assert "It is looser" in found
    assert "sign-offs-missing" in found
    assert "stops it no longer" in found
    assert found.index("Hold") < found.index("Release")


def test_a_stricter_draft_is_proved_to_be_nowhere_looser(decided: World) -> None:
    assert "Proved: it is nowhere looser" in run(decided, STRICTER)
    assert "Proved: it gives the same verdicts" in run(decided, draft())


def test_what_the_solver_cannot_decide_counts_as_looser(
    decided: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "SECONDS", 0.000_001)
    text = STRICTER.replace("when: recipient.suspended\n", "when: recipient.suspended && chain_complete\n")
    page = run(decided, text)
    assert "Proved" not in page[page.index('id="proof"') : page.index('id="dossiers"')]


def test_only_the_chosen_dossiers_are_run_over(decided: World) -> None:
    page = run(decided, STRICTER, over="ticked", request=["none"])
    assert "No verdict was chosen" in page


def test_what_an_agreement_would_state_in_addition_is_read(decided: World) -> None:
    stated = "parameters:\n  ceiling:\n    type: int\n    label: {en: Ceiling, es: Tope}\n"
    text = draft(
        ("parameters:\n", stated),
        (
            "when: recipient.suspended\n",
            "when: recipient.suspended || request.recipients > agreement.ceiling\n",
        ),
        ("    overseer: overseer-1\n", "    overseer: overseer-1\n    ceiling: 3\n"),
    )
    without_it = run(decided, text)
    dossiers = without_it[without_it.index('id="dossiers"') : without_it.index('id="cases"')]
    assert "unit-suspended" in dossiers
    with_it = run(decided, text, parameters="ceiling = 3")
    assert "No verdict that was looked at would be another." in with_it
    assert "Write one a line" in run(decided, text, parameters="ceiling")


# Proposed, signed, in force


def bound(world: World) -> tuple[str, ...]:
    held = agreements(world.node.ledger.read(about(kinds=AGREEMENT_KINDS)))
    return held[AgreementId(AGREEMENT)].packs


def test_the_page_of_a_proposal_shows_what_changes_and_who_signed(still: World) -> None:
    page = visitor(still, Role.SENIOR_OFFICER).get(PROPOSAL).text
    for said in (
        "1 of 2 signed",
        "only-tearlines",
        "Condition now",
        "Verdicts that would be others"
        if "Verdicts that would be others" in page
        else "Over recorded dossiers",
        "Proved: it is nowhere looser",
        "Working agreement",
        f'href="{PROPOSAL}/sign"',
        "+     when: &#34;!has(item.tearline_of)&#34;",
    ):
        assert said in page, said


def test_the_exact_text_is_there_to_the_byte(still: World) -> None:
    answer = visitor(still, Role.OVERSEER).get(f"{PROPOSAL}/text")
    assert answer.headers["content-type"].startswith("text/plain")
    (proposed,) = [
        r.fact
        for r in still.node.ledger.read(about(kinds=(ProtocolProposed,))).of(ProtocolProposed)
        if r.fact.proposal == "practice.stricter"
    ]
    assert hashlib.sha256(answer.content).hexdigest() == proposed.sha256


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.LIAISON, "You proposed it"),
        (Role.RELEASING_OFFICER, "You have signed it"),
        (Role.OVERSEER, "Signing takes:"),
    ],
)
def test_who_may_not_sign_is_told_why(still: World, role: Role, said: str) -> None:
    page = visitor(still, role).get(PROPOSAL).text
    assert said in page
    assert f'href="{PROPOSAL}/sign"' not in page


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in (*OFFICERS, Role.NODE, Role.CHRONICLER, Role.PARTNER_LIAISON)]
)
def test_only_officers_propose_and_sign(still: World, role: Role) -> None:
    client = visitor(still, role)
    # Whoever does no work here is not even told whose it is.
    refused = 403 if role in READERS else 404
    assert client.post("/protocols/propose", data={"text": LOOSER}).status_code == refused
    assert client.post(f"{PROPOSAL}/sign", data={"key": "k"}).status_code == refused
    assert client.post(f"{PROPOSAL}/withdraw", data={"key": "k", "reasons": "x"}).status_code == refused


def test_its_author_and_its_first_signer_are_refused_by_the_rules_too(world: World) -> None:
    for role, rule in ((Role.LIAISON, "author-does-not-sign"), (Role.RELEASING_OFFICER, "signs-once")):
        answer = visitor(world, role).post(f"{PROPOSAL}/sign", data={"key": "k"})
        assert (answer.status_code, rule in answer.text) == (409, True)
    assert bound(world) == ("cross-border/1",)


def test_from_the_draft_to_force_by_three_people(world: World) -> None:
    text = draft(version=7)
    given = {"text": text.replace("\n", "\r\n"), "agreements": AGREEMENT, "do": "propose", "key": "once"}
    author = visitor(world, Role.SENIOR_OFFICER)
    answer = author.post("/protocols/propose", data=given)
    assert answer.status_code == 303
    page = answer.headers["location"].partition("?")[0]
    assert author.post("/protocols/propose", data=given).headers["location"].startswith(page)
    proposed = world.node.ledger.read(about(kinds=(ProtocolProposed,))).of(ProtocolProposed)
    assert [r.fact.sha256 for r in proposed].count(hashlib.sha256(text.encode()).hexdigest()) == 1
    for role in (Role.LIAISON, Role.RELEASING_OFFICER):
        answer = visitor(world, role).post(f"{page}/sign", data={"key": role.value})
    assert (answer.status_code, "senior-among-signers" in answer.text) == (409, True)
    assert bound(world) == ("cross-border/1",)
    # The other way round: proposed by one who is no senior officer, signed by one who is.
    assert (
        visitor(world, Role.SENIOR_OFFICER).post(f"{PROPOSAL}/sign", data={"key": "syl"}).status_code == 303
    )
    assert bound(world) == ("cross-border/9",)
    shown = visitor(world, Role.OVERSEER)
    assert "adopted" in shown.get(PROPOSAL).text
    assert "adopted on" in shown.get("/protocols").text
    assert "only-tearlines" in shown.get("/protocols/cross-border/9").text
    assert "cross-border/9" in shown.get(f"/agreements/{AGREEMENT}").text
    assert "only-tearlines" in shown.get("/protocols/lab?from=cross-border/9").text
    assert "only-tearlines" in visitor(world, Role.CASE_AGENT).get(ask(world)).text


def test_a_refused_proposal_comes_back_with_its_text(world: World) -> None:
    given = {
        "text": STRICTER + "# Mine.\n",
        "agreements": AGREEMENT,
        "do": "propose",
        "parameters": "min_knowers = 1",
    }
    answer = visitor(world, Role.LIAISON).post("/protocols/propose", data=given)
    assert answer.status_code == 409
    assert "states min_knowers already" in answer.text
    assert "# Mine." in answer.text


def test_a_text_that_breaks_is_not_proposed(still: World) -> None:
    answer = visitor(still, Role.LIAISON).post("/protocols/propose", data={"text": WRONG, "do": "propose"})
    assert answer.status_code == 409
    assert "cannot be proposed yet" in answer.text


def test_what_waits_for_a_signature_waits_on_the_first_page(world: World) -> None:
    assert PROPOSAL in visitor(world, Role.SENIOR_OFFICER).get("/").text
    assert PROPOSAL not in visitor(world, Role.LIAISON).get("/").text
    world.clock.move(days=31)
    assert PROPOSAL not in visitor(world, Role.SENIOR_OFFICER).get("/").text
    assert "not signed in time" in visitor(world, Role.SENIOR_OFFICER).get(PROPOSAL).text


def test_a_withdrawn_proposal_says_so(world: World) -> None:
    given = {"key": "k", "reasons": "It was hasty."}
    assert visitor(world, Role.LIAISON).post(f"{PROPOSAL}/withdraw", data=given).status_code == 303
    page = visitor(world, Role.SENIOR_OFFICER).get(PROPOSAL).text
    assert "It was hasty." in page
    assert f'href="{PROPOSAL}/sign"' not in page
    assert not world.node.ledger.read(about(kinds=(ProtocolAdopted,))).facts
