"""Reporting: what people write, and the code that they are shown once."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.identifiers import ReceiptId
from tearline.facts.outside import AnswerWish, OutsideConsent, ReportLanguage, ReportReceivedOutside
from tearline.ledger.batch import Appended
from tearline.rooms.outside import ReceiveOutsideReport
from tearline.signin.limits import TooOften
from tearline.signin.receipt import receipt_of, shown
from tearline.web.asked import Asked
from tearline.web.filled import fact_of, first
from tearline.web.outside.arrived import Arrived, Asking, NotNow, Sending
from tearline.web.outside.limits import Sent
from tearline.web.tongue import Tongue

router = APIRouter()
NOT_YET = ReceiptId("A" * 43)
"""Until the form is read there is no code: its hash takes a processor a moment."""


@router.get("/report")
def blank(asking: Asking) -> Response:
    return _form(asking, {})


@router.post("/report")
def sent(sending: Sending) -> Response:
    errors: dict[str, str] = {}
    submission = sending.submission
    fact = _filled(sending, submission, errors)
    if fact is None:
        return _form(sending, errors, status=422)
    made, ledger = sending.door.made, sending.node.ledger
    if ledger.recall(submission) is not None and made.still(submission) is None:
        return sending.page("outside/received.html", code=None)
    try:
        sending.door.limits.check(Sent.REPORT, sending.address)
    except TooOften as often:
        return _form(sending, {}, not_now=sending.often(often))
    code = made.of(submission)
    fact = replace(fact, receipt=receipt_of(code, ledger.vkey.name))
    done = sending.record(ReceiveOutsideReport(fact), submission)
    if isinstance(done, NotNow):
        return _form(sending, {}, not_now=done)
    sending.door.limits.count(Sent.REPORT, sending.address)
    # Another process may have recorded the same form first, under a code of its own.
    own = _receipt_at(sending, done) == fact.receipt
    return sending.page("outside/received.html", code=shown(code) if own else None)


def _receipt_at(sending: Arrived, done: Appended) -> ReceiptId | None:
    recorded = sending.node.ledger.entry(done.first).recorded.fact
    return recorded.receipt if isinstance(recorded, ReportReceivedOutside) else None


def _filled(sending: Arrived, submission: str, errors: dict[str, str]) -> ReportReceivedOutside | None:
    """What was written, or what is wrong, by field and in plain words."""
    say, given = sending.say, sending.given
    asked = Asked(
        title="",
        submit="",
        kind=ReportReceivedOutside,
        allowed=ReceiveOutsideReport.allowed,
        then="",
        trail=(),
        new="outside",
        fixed={"receipt": NOT_YET, "language": ReportLanguage(say.language.value)},
    )
    fact = fact_of(say, asked, given, submission, errors)
    if not first(given, "account").strip():
        errors["account"] = say("Write what happened. A few words are enough.")
    if "wish" in errors:
        errors["wish"] = say("Choose how you want to hear from us.")
    if first(given, "wish") == AnswerWish.CONTACT and not first(given, "contact").strip():
        errors["contact"] = say("Write how we can reach you, or choose to come back with your code.")
    return fact if isinstance(fact, ReportReceivedOutside) and not errors else None


def _form(
    arrived: Arrived, errors: Mapping[str, str], *, status: int = 200, not_now: NotNow | None = None
) -> Response:
    say = arrived.say
    page = arrived.page(
        "outside/report.html",
        status=not_now.status if not_now else status,
        not_now=not_now.sentence if not_now else None,
        errors=[(name, errors[name]) for name in FIELDS if name in errors],
        wrong=errors,
        given={name: first(arrived.given, name) for name in FIELDS},
        chosen=arrived.given.get("consents", []),
        consents=_consents(say),
        wishes=_wishes(say),
    )
    return page


FIELDS = ("account", "whom", "when", "where", "consents", "wish", "contact")


def _consents(say: Tongue) -> list[tuple[str, str]]:
    told = {
        OutsideConsent.COUNT: say("Count those who were harmed. No name is ever shown."),
        OutsideConsent.LOOK_INTO: say("Look into what happened, inside this agency."),
        OutsideConsent.SHARE: say("Pass it on to an authority that searches for people or prosecutes."),
        OutsideConsent.HELP: say("Find help for me, or for those affected."),
    }
    return [(one.value, told[one]) for one in OutsideConsent]


def _wishes(say: Tongue) -> list[tuple[str, str, str]]:
    told = {
        AnswerWish.BY_CODE: (say("I come back here with my code"), say("The safest way: nobody calls you.")),
        AnswerWish.CONTACT: (say("Contact me"), say("Say below how, and when it is safe.")),
        AnswerWish.NO_ANSWER: (
            say("I do not want an answer"),
            say("You can still come back with your code."),
        ),
    }
    return [(one.value, *told[one]) for one in AnswerWish]
