"""Forms about an item: what is found out about it, who is in danger, and who objects to any release of it."""

from collections.abc import Mapping

from fastapi import APIRouter

from tearline.estimates.marks.template import escaped
from tearline.facts.fact import Closed
from tearline.facts.history import Recorded, about, each
from tearline.facts.identifiers import ItemId, ThreatId
from tearline.facts.marks import WordingVariantsSet
from tearline.facts.release import DissentRecorded, ItemRegistered, SourceWarned
from tearline.facts.screening import (
    EuropolCodesSet,
    ItemScreened,
    OriginatorAnswered,
    SourceContactApproved,
    SourceStandingStated,
)
from tearline.facts.warnings import PeopleWarned, ThreatAssessed, WarningWaived
from tearline.folds.release import lineage, threats, warnings
from tearline.rooms.release.dissents import RecordDissent
from tearline.rooms.release.marking import SetWordings
from tearline.rooms.release.screening import (
    ApproveSourceContact,
    RecordOriginatorsAnswer,
    ScreenItem,
    SetEuropolCodes,
    StateSourceStanding,
)
from tearline.rooms.warnings import AssessThreat, WaiveWarning, WarnPeople
from tearline.web import offers
from tearline.web.asked import Asked, Options
from tearline.web.forms import form
from tearline.web.names import Names
from tearline.web.release.acts import only
from tearline.web.show import label, text
from tearline.web.visit import Visit, absent

router = APIRouter()


def _item(visit: Visit) -> tuple[Recorded[ItemRegistered], Names]:
    visit.own_side()
    item = ItemId(visit.identifier("item"))
    known = visit.read(about(f"item:{item}", kinds=(ItemRegistered,)))
    return only([r for r in known.of(ItemRegistered) if r.fact.item == item]), Names(known, visit.say)


def dissent_on_item(visit: Visit) -> Asked:
    recorded, names = _item(visit)
    say = visit.say
    return Asked(
        title=say("Record dissent"),
        submit=say("Record dissent"),
        command=RecordDissent,
        kind=DissentRecorded,
        allowed=RecordDissent.allowed,
        then=f"/items/{recorded.fact.item}",
        trail=[(f"/items/{recorded.fact.item}", names.item(recorded.fact.item).name)],
        lead=say("Against any release of: %(item)s", item=names.item(recorded.fact.item).name),
        before=say("It is recorded under your name, cannot be removed, and must be answered by a superior."),
        new="dissent",
        fixed={"item": recorded.fact.item, "request": None},
        hints={"reasons": say("As you would say it to the overseer.")},
    )


def warned(visit: Visit) -> Asked:
    recorded, names = _item(visit)
    say, item = visit.say, recorded.fact.item
    fixed, options = warned_of(visit, item)
    return Asked(
        title=say("Warn people in danger"),
        submit=say("Record the warning"),
        command=WarnPeople,
        kind=PeopleWarned,
        allowed=WarnPeople.allowed,
        then=f"/items/{item}",
        trail=[(f"/items/{item}", names.item(item).name)],
        lead=say(
            "Danger to life comes first: warn them, then record it. It waits for no verdict and no signature."
        ),
        new="notice",
        fixed={"item": item, "compromise": None, **fixed},
        options=options,
        happened=say("When were they warned?"),
    )


def threat_options(visit: Visit, item: ItemId) -> Options:
    """The threats of which the item, or what it was drawn from, speaks: what is threatened, and since when."""
    say = visit.say
    known = visit.read(
        lambda so_far: each("item", lineage(so_far, item) or [item], (ItemRegistered, ThreatAssessed))
    )
    return [
        (t.recorded.fact.threat, f"{say(t.recorded.fact.harm)}, {say.happened(t.recorded)}")
        for t in threats(known, item, visit.now)
        if t.recorded.told is None
    ]


def warned_of(visit: Visit, item: ItemId) -> tuple[Mapping[str, object], Mapping[str, Options]]:
    """What a form of a warning settles, and from what it lets one choose: where nothing is on record, nothing.

    An order is named on the page of the danger that it is about.
    """
    say = visit.say
    known = visit.read(
        lambda so_far: each("item", lineage(so_far, item) or [item], (ItemRegistered, SourceWarned))
    )
    words: Options = [
        (w.recorded.fact.warning, f"{say(w.recorded.fact.kind)}, {say.happened(w.recorded)}")
        for w in warnings(known, item, visit.now)
        if w.recorded.told is None
    ]
    options = {"threat": threat_options(visit, item), "warning": words}
    none: dict[str, object] = {name: None for name, some in options.items() if not some}
    return none | {"order": None}, {name: some for name, some in options.items() if some}


def assess_threat(visit: Visit) -> Asked:
    recorded, names = _item(visit)
    say, item = visit.say, recorded.fact.item
    return Asked(
        title=say("Assess a threat"),
        submit=say("Record the threat"),
        command=AssessThreat,
        kind=ThreatAssessed,
        allowed=AssessThreat.allowed,
        then=f"/items/{item}",
        trail=[(f"/items/{item}", names.item(item).name)],
        lead=say("In doubt, say yes. To warn those in danger waits for none of this: warn them first."),
        new="threat",
        fixed={"item": item},
        choosers={"officer": offers.people(visit, "officer", recorded.fact.holder)},
        hints={"officer": say("Only where one of those on record is threatened for what they do.")},
    )


def waive_warning(visit: Visit) -> Asked:
    recorded, names = _item(visit)
    say, item = visit.say, recorded.fact.item
    asked = about(f"threat:{ThreatId(visit.identifier('threat'))}", kinds=(ThreatAssessed,))
    fact = only(list(visit.read(asked).of(ThreatAssessed))).fact
    if fact.item != item:
        raise absent()
    return Asked(
        title=say("Waive the warning"),
        submit=say("Waive the warning"),
        command=WaiveWarning,
        kind=WarningWaived,
        allowed=WaiveWarning.allowed,
        then=f"/items/{item}",
        trail=[(f"/items/{item}", names.item(item).name)],
        before=say(
            "People in danger are then not told. You answer for it under your own name; it stays on record."
        ),
        grave=True,
        fixed={"threat": fact.threat, "item": item},
        about=[
            (label(say, ThreatAssessed, name), text(say, fact, name))
            for name in ("harm", "credible", "specific", "impending", "whom")
        ],
    )


def originators_answer(visit: Visit) -> Asked:
    recorded, names = _item(visit)
    say, item = visit.say, recorded.fact.item
    return Asked(
        title=say("Record the originator's answer"),
        submit=say("Record the answer"),
        command=RecordOriginatorsAnswer,
        kind=OriginatorAnswered,
        allowed=RecordOriginatorsAnswer.allowed,
        then=f"/items/{item}",
        trail=[(f"/items/{item}", names.item(item).name)],
        lead=say("As the originator gave it, for one unit. A no withdraws what was allowed before."),
        fixed={"item": item},
        choosers={"unit": offers.units(visit)},
        happened=say("When did the originator answer?"),
    )


def screen(visit: Visit) -> Asked:
    recorded, names = _item(visit)
    say, fact = visit.say, recorded.fact
    return Asked(
        title=say("Screen it"),
        submit=say("Record the screening"),
        command=ScreenItem,
        kind=ItemScreened,
        allowed=ScreenItem.allowed,
        then=f"/items/{fact.item}",
        trail=[(f"/items/{fact.item}", names.item(fact.item).name)],
        lead=say("Of several screenings the worse counts: screening again does not help."),
        fixed={"item": fact.item},
        choosers={"control_official": offers.people(visit, "control_official", fact.holder)},
    )


def set_codes(visit: Visit) -> Asked:
    recorded, names = _item(visit)
    say, item = visit.say, recorded.fact.item
    return Asked(
        title=say("Set Europol codes"),
        submit=say("Record the codes"),
        command=SetEuropolCodes,
        kind=EuropolCodesSet,
        allowed=SetEuropolCodes.allowed,
        then=f"/items/{item}",
        trail=[(f"/items/{item}", names.item(item).name)],
        lead=say("A code that was ever set stays, and of several gradings the worse counts."),
        fixed={"item": item},
    )


def source_standing(visit: Visit) -> Asked:
    recorded, names = _item(visit)
    say, item = visit.say, recorded.fact.item
    return Asked(
        title=say("State how the source stands"),
        submit=say("Record the standing"),
        command=StateSourceStanding,
        kind=SourceStandingStated,
        allowed=StateSourceStanding.allowed,
        then=f"/items/{item}",
        trail=[(f"/items/{item}", names.item(item).name)],
        lead=say("Never who it is. What was dropped for cause stays so for this item."),
        fixed={"item": item},
    )


def approve_contact(visit: Visit) -> Asked:
    recorded, names = _item(visit)
    say, item = visit.say, recorded.fact.item
    return Asked(
        title=say("Approve contact with the source"),
        submit=say("Record the approval"),
        command=ApproveSourceContact,
        kind=SourceContactApproved,
        allowed=ApproveSourceContact.allowed,
        then=f"/items/{item}",
        trail=[(f"/items/{item}", names.item(item).name)],
        before=say("You answer for it under your own name, and in writing."),
        fixed={"item": item},
    )


def set_wordings(visit: Visit) -> Asked:
    recorded, names = _item(visit)
    say, item = visit.say, recorded.fact.item
    return Asked(
        title=say("Set wordings"),
        submit=say("Record the wordings"),
        command=SetWordings,
        kind=WordingVariantsSet,
        allowed=SetWordings.allowed,
        then=f"/items/{item}",
        trail=[(f"/items/{item}", names.item(item).name)],
        lead=say(
            "Each recipient's copy then has wordings of its own. Write alternatives that mean the same, such as "
            "{{left|set out}}, or pieces in any order, such as [[They had radios. |A dog barked. ]]; with the "
            "first of each it must be the item's own text. Numbers, names and times never vary."
        ),
        new="variants",
        fixed={"item": item, "bits": 0, "bits_when_retyped": 0, "decoys": False},
        already={"text": [escaped(content)]} if (content := _content(recorded)) else {},
    )


def _content(recorded: Recorded[ItemRegistered]) -> str:
    try:
        return recorded.fact.content.open()
    except Closed:
        return ""


for path, ask in (
    ("/items/{item}/dissent", dissent_on_item),
    ("/items/{item}/warned", warned),
    ("/items/{item}/threat", assess_threat),
    ("/items/{item}/threats/{threat}/waiver", waive_warning),
    ("/items/{item}/answer", originators_answer),
    ("/items/{item}/screening", screen),
    ("/items/{item}/codes", set_codes),
    ("/items/{item}/source", source_standing),
    ("/items/{item}/source/approval", approve_contact),
    ("/items/{item}/wordings", set_wordings),
):
    form(router, path, ask)
