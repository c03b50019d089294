"""Following a report by its code, which comes in a form and never in an address; adding to it; withdrawing consent.

What was reported is not shown again: whoever else gets hold of a code learns what was answered, and not what was said.
"""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.errors import Malformed, Refused
from tearline.facts.fact import Compartment, Fact, Sealed
from tearline.facts.history import Recorded
from tearline.facts.outside import (
    OutsideConsentWithdrawn,
    OutsideReportAdded,
    OutsideReportAnswered,
    OutsideReportClosed,
    OutsideReportTaken,
    ReportReceivedOutside,
)
from tearline.facts.shape import LONGEST_TEXT, Place, Text
from tearline.folds.outside import OutsideReport, OutsideState, asks_receipt, outside_reports
from tearline.rooms.outside import AddToOutsideReport, WithdrawOutsideConsent
from tearline.signin.limits import TooOften
from tearline.signin.receipt import receipt_of, shown, typed
from tearline.web.filled import first
from tearline.web.outside.arrived import Arrived, Asking, NotNow, Sending
from tearline.web.outside.limits import Sent
from tearline.web.tongue import Tongue

router = APIRouter()
OPEN = frozenset({Compartment.WITNESSES})
SECONDS = 0.5
"""How long somebody waits for their turn to be looked up, before they are asked to come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened to a report, as whoever sent it is told."""

    when: str
    title: str
    said: tuple[tuple[str, str], ...] = ()
    """What the desk wrote: a heading, perhaps empty, and the text."""


@router.get("/report/follow")
def ask(asking: Asking) -> Response:
    return asking.page("outside/code.html", not_now=None, typed="")


@router.post("/report/follow")
def found(sending: Sending) -> Response:
    return _found(sending, lambda report, code: _page(sending, report, code))


@router.post("/report/follow/more")
def more(sending: Sending) -> Response:
    return _found(sending, lambda report, code: _add(sending, report, code))


@router.post("/report/follow/withdraw")
def withdraw(sending: Sending) -> Response:
    return _found(sending, lambda report, code: _withdraw(sending, report, code))


def _found(sending: Arrived, then: Callable[[OutsideReport, str], Response]) -> Response:
    """What follows for whoever brings the code of a report; else the form for the code, with what they typed."""
    text = first(sending.given, "code")
    looked = _look(sending, text)
    if isinstance(looked, NotNow):
        more = first(sending.given, "more")
        return sending.page(
            "outside/code.html", status=looked.status, not_now=looked.sentence, typed=text, more=more
        )
    return then(*looked)


def _look(sending: Arrived, text: str) -> tuple[OutsideReport, str] | NotNow:
    say, door = sending.say, sending.door
    code = typed(text)
    if code is None:
        return NotNow(422, say("A code has 16 letters and digits, like K7QF-2XJ8-R9TZ-WD4H."))
    try:
        door.limits.check(Sent.WRONG_CODE, sending.address)
    except TooOften as often:
        minutes = -(-often.after // 60)
        return NotNow(
            429,
            say.many(
                "Too many codes were tried. Your code stays good: try again in %(n)s minute.",
                "Too many codes were tried. Your code stays good: try again in %(n)s minutes.",
                minutes,
            ),
        )
    report = _report(sending, code)
    if isinstance(report, OutsideReport):
        return report, code
    if report is None:
        door.limits.count(Sent.WRONG_CODE, sending.address)
        return NotNow(422, say("There is no report with this code. Compare it letter by letter."))
    return report


def _report(sending: Arrived, code: str) -> OutsideReport | NotNow | None:
    """The report of this code as it stands; None when there is none."""
    if not sending.door.looking.acquire(timeout=SECONDS):
        return NotNow(
            503, sending.say("Many people are here at once. Your code stays good: try again in a moment.")
        )
    try:
        receipt = receipt_of(code, sending.node.ledger.vkey.name)
    finally:
        sending.door.looking.release()
    known, _ = sending.node.gather(lambda so_far: asks_receipt(so_far, receipt), OPEN)
    return next(
        (one for one in outside_reports(known).values() if one.received.fact.receipt == receipt), None
    )


def _add(sending: Arrived, report: OutsideReport, code: str) -> Response:
    say, text = sending.say, first(sending.given, "more")
    if not text.strip():
        return _page(sending, report, code, wrong=say("Write what you want to add."), status=422)
    try:
        plain = Text().parse(text, Place("form", "more"))
    except Malformed:
        wrong = say("Write text without control characters.")
        if len(text) > LONGEST_TEXT:
            wrong = say(
                "Write at most %(limit)s characters, and send the rest afterwards; these are %(n)s.",
                limit=say.number(LONGEST_TEXT),
                n=say.number(len(text)),
            )
        return _page(sending, report, code, wrong=wrong, status=422)
    submission, limits = sending.submission, sending.door.limits
    if sending.node.ledger.recall(submission) is None:
        try:
            limits.check(Sent.REPORT, sending.address)
        except TooOften as often:
            return _page(sending, report, code, not_now=sending.often(often))
        limits.count(Sent.REPORT, sending.address)
    added = OutsideReportAdded(outside=report.outside, more=Sealed(plain))
    return _recorded(sending, AddToOutsideReport(added), code, report, say("We have what you added."))


def _withdraw(sending: Arrived, report: OutsideReport, code: str) -> Response:
    say = sending.say
    if first(sending.given, "sure") != "yes":
        return _page(sending, report, code, unsure=say("Tick the box if you are sure."), status=422)
    erase = first(sending.given, "erase") == "yes"
    withdrawn = OutsideConsentWithdrawn(outside=report.outside, erase=erase)
    told = say("Your consent is withdrawn. Nothing more is made of your report.")
    return _recorded(sending, WithdrawOutsideConsent(withdrawn), code, report, told)


def _recorded(
    sending: Arrived,
    command: AddToOutsideReport | WithdrawOutsideConsent,
    code: str,
    report: OutsideReport,
    told: str,
) -> Response:
    try:
        done = sending.record(command, sending.submission)
    except Refused as refused:
        return _page(sending, report, code, not_now=NotNow(409, sending.say(refused.said)))
    if isinstance(done, NotNow):
        return _page(sending, report, code, not_now=done)
    again = _report(sending, code)
    return _page(sending, again if isinstance(again, OutsideReport) else report, code, told=told)


def _page(
    sending: Arrived,
    report: OutsideReport,
    code: str,
    *,
    told: str | None = None,
    wrong: str | None = None,
    unsure: str | None = None,
    not_now: NotNow | None = None,
    status: int = 200,
) -> Response:
    steps = [_step(sending, r) for r in (report.received, *report.followed)]
    return sending.page(
        "outside/follow.html",
        status=not_now.status if not_now else status,
        code=shown(code),
        stands=_stands(sending, report),
        steps=steps,
        open=report.withdrawn is None,
        told=told,
        wrong=wrong,
        unsure=unsure,
        not_now=not_now.sentence if not_now else None,
        more="" if told else first(sending.given, "more"),
    )


def _stands(sending: Arrived, report: OutsideReport) -> str:
    say, desk = sending.say, sending.door.desk
    match report.state:
        case OutsideState.WAITING:
            return say.many(
                "%(desk)s has not answered yet. They answer within %(n)s day.",
                "%(desk)s has not answered yet. They answer within %(n)s days.",
                desk.answer_days,
                desk=say(desk.desk),
            )
        case OutsideState.ANSWERED:
            return say("%(desk)s has answered you.", desk=say(desk.desk))
        case OutsideState.TAKEN:
            return say("Your report stands in the register of harm, without your name.")
        case OutsideState.CLOSED:
            return say("Your report is closed. You can still add to it, and it is opened again.")
        case OutsideState.WITHDRAWN:
            return say("You withdrew your consent. Nothing more is made of your report.")


def _step(sending: Arrived, recorded: Recorded[Fact]) -> Step:
    say = sending.say
    when, desk = say.day(recorded.recorded_at), say(sending.door.desk.desk)
    match recorded.fact:
        case ReportReceivedOutside():
            return Step(when=when, title=say("Your report came in"))
        case OutsideReportAdded():
            return Step(when=when, title=say("You added something"))
        case OutsideReportAnswered(answer=answer):
            return Step(
                when=when, title=say("%(desk)s answered", desk=desk), said=(("", _said(say, answer)),)
            )
        case OutsideReportTaken():
            return Step(when=when, title=say("It was put into the register of harm, without your name"))
        case OutsideReportClosed(reason=reason, elsewhere=elsewhere):
            said = (("", _said(say, reason)), (say("Where else you can turn"), _said(say, elsewhere)))
            return Step(when=when, title=say("Your report was closed"), said=said)
        case OutsideConsentWithdrawn(erase=erase):
            title = (
                say("You withdrew your consent, and asked that it be erased")
                if erase
                else say("You withdrew your consent")
            )
            return Step(when=when, title=title)
    raise TypeError(f"{type(recorded.fact).__name__} is nothing that follows a report")


def _said(say: Tongue, text: Sealed[str]) -> str:
    return say("This was erased.") if text.purged else text.open()
