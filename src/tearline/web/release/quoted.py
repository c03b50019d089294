"""What stands against a release: the source's warnings and the dissents, each with its answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from tearline.facts.fact import Fact
from tearline.facts.history import Recorded, Role
from tearline.folds.release import (
    Dissented,
    Warned,
)
from tearline.web.access import Access
from tearline.web.names import Names
from tearline.web.show import Shown, text
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """As the macro ``quote`` takes it; ``answer_href`` where the reader may answer."""

    kind: str
    text: Shown
    by: str
    at: str
    answer: Shown | None
    answer_by: str | None
    needs_answer: bool
    answer_href: str | None
    answer_label: str


def quotes(
    say: Tongue,
    warned: Sequence[Warned],
    dissented: Sequence[Dissented],
    names: Names,
    answering: Access | None,
) -> list[Quoted]:
    """The source's warnings and the dissents, each with its answer. ``answering``: who may still answer."""
    may_answer = answering is not None and answering.role in (Role.SENIOR_OFFICER, Role.RELEASING_OFFICER)
    found = []
    for each_warning in warned:
        warning = each_warning.recorded.fact
        found.append(
            Quoted(
                kind="warning",
                text=text(say, warning, "words"),
                by=say("Of what: %(kind)s", kind=say(warning.kind)),
                at=say.happened(each_warning.recorded),
                answer=text(say, each_warning.answer.fact, "answer") if each_warning.answer else None,
                answer_by=who_when(say, each_warning.answer, names) if each_warning.answer else None,
                needs_answer=True,
                answer_href=f"/items/{warning.item}/warnings/{warning.warning}/answer"
                if may_answer and not each_warning.answer
                else None,
                answer_label=say("Answer the warning"),
            )
        )
    for one in dissented:
        dissent = one.recorded.fact
        found.append(
            Quoted(
                kind="dissent",
                text=text(say, dissent, "reasons"),
                by=names.actor(one.recorded.by).name,
                at=say.happened(one.recorded),
                answer=text(say, one.answer.fact, "answer") if one.answer else None,
                answer_by=who_when(say, one.answer, names) if one.answer else None,
                needs_answer=True,
                answer_href=f"/items/{dissent.item}/dissents/{dissent.dissent}/answer"
                if may_answer and not one.answer
                else None,
                answer_label=say("Answer the dissent"),
            )
        )
    return found


def who_when(say: Tongue, recorded: Recorded[Fact], names: Names) -> str:
    return f"{names.actor(recorded.by).name} · {say.happened(recorded)}"
