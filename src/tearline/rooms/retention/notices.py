"""Who is told of a purge: each recipient of what went, and what the partner answers."""

from collections.abc import Sequence

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Recorded, Role, about
from tearline.facts.retention import PurgeNoticeGiven, PurgeNoticeOwed, PurgeReceiptReceived
from tearline.facts.words import Words
from tearline.rooms import Act, Says, require_after, require_new, unknown

NOTICE = Words("notice", "el aviso")


class GivePurgeNotice(Says[PurgeNoticeGiven]):
    """A recipient is told that we destroyed what they hold, and why."""

    allowed = frozenset({Role.LIAISON, Role.RELEASING_OFFICER, Role.SENIOR_OFFICER})

    def question(self, known: History) -> Question:
        return about(f"purgenotice:{self.fact.notice}", kinds=(PurgeNoticeOwed, PurgeNoticeGiven))

    def decide(self, known: History, act: Act) -> list[Draft]:
        _same_notice(known.of(PurgeNoticeOwed), self.fact, act)
        require_new(known, PurgeNoticeGiven, "notice", self.fact.notice, NOTICE)
        return [act.says(self.fact)]


class RecordPurgeReceipt(Says[PurgeReceiptReceived]):
    """What the partner states that it destroyed."""

    allowed = frozenset({Role.LIAISON, Role.PARTNER_LIAISON})

    def question(self, known: History) -> Question:
        return about(f"purgenotice:{self.fact.notice}", kinds=(PurgeNoticeGiven, PurgeReceiptReceived))

    def decide(self, known: History, act: Act) -> list[Draft]:
        _same_notice(known.of(PurgeNoticeGiven), self.fact, act)
        require_new(known, PurgeReceiptReceived, "notice", self.fact.notice, Words("receipt", "el acuse"))
        return [act.says(self.fact)]


def _same_notice(
    answered: Sequence[Recorded[PurgeNoticeOwed]] | Sequence[Recorded[PurgeNoticeGiven]],
    fact: PurgeNoticeGiven | PurgeReceiptReceived,
    act: Act,
) -> None:
    """Refuse unless it answers such a notice, of this purge and release, and came after it."""
    if not answered:
        raise unknown(NOTICE, fact.notice)
    for one in answered:
        if (one.fact.purge, one.fact.release) != (fact.purge, fact.release):
            raise Refused(
                "same-notice",
                Words(
                    "that notice is of another purge or release",
                    "ese aviso es de otra supresión o divulgación",
                ),
                (fact.notice,),
            )
        require_after(one, act, fact.notice)
