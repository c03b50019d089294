"""Registers of harm as facts: made ones, of which it is known who is who. Nobody in them is real."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bench.registers import Made, made
from tearline.facts.fact import Fact, Sealed
from tearline.facts.harm import Credibility, Harm, HarmReported, Reliability, SourceClass
from tearline.facts.history import Role
from tearline.facts.identifiers import ConsentId, ListId, ReportId, VictimId
from tearline.facts.register import Condition, ConsentGiven, ConsentParty, Purpose, Sex, VictimReported
from tests.worlds import acting

LINA = acting("lina", Role.LINKAGE_ANALYST)
CLASSES = {
    "relatives": SourceClass.RELATIVE,
    "court": SourceClass.COURT,
    "support": SourceClass.SUPPORT_GROUP,
    "press": SourceClass.PRESS,
    "police": SourceClass.OFFICIAL,
}
CONDITIONS = (Condition.MISSING, Condition.MISSING, Condition.DEAD, Condition.UNKNOWN, Condition.FOUND_ALIVE)


def report(
    name: str,
    *,
    on: str | None = None,
    source: SourceClass = SourceClass.COURT,
    harm: Harm = Harm.DISAPPEARED,
    place: str | None = "Norte",
    day: date | None = date(2011, 3, 18),
    copied: str | None = None,
    least: int = 1,
    most: int | None = 1,
) -> HarmReported:
    """Of a court, which is asked for no consent, unless ``source`` says otherwise; ``on``: which list."""
    return HarmReported(
        report=ReportId(name),
        source_class=source,
        source=Sealed("somebody who told of it"),
        account=Sealed("what they told"),
        harm=harm,
        least=least,
        most=most,
        place=place,
        reliability=Reliability.B,
        credibility=Credibility.PROBABLY,
        first_day=day,
        last_day=day,
        list=ListId(on) if on else None,
        copied_from=ReportId(copied) if copied else None,
    )


def victim(
    name: str,
    of: str,
    *,
    given: str | None = "Ana",
    paternal: str | None = "Prueba",
    maternal: str | None = None,
    sex: Sex | None = None,
    ages: tuple[int, int] | None = None,
    day: date | None = None,
    place: str | None = None,
    condition: Condition = Condition.UNKNOWN,
) -> VictimReported:
    return VictimReported(
        victim=VictimId(name),
        report=ReportId(of),
        given_names=Sealed(given),
        paternal_surname=Sealed(paternal),
        maternal_surname=Sealed(maternal),
        sex=Sealed(sex),
        age_from=Sealed(ages[0] if ages else None),
        age_to=Sealed(ages[1] if ages else None),
        seen_from=Sealed(day),
        seen_to=Sealed(day),
        place=Sealed(place),
        condition=condition,
    )


def consent(name: str, of: str, *purposes: Purpose, until: date | None = None) -> ConsentGiven:
    return ConsentGiven(
        consent=ConsentId(name),
        report=ReportId(of),
        purposes=purposes or (Purpose.COUNT,),
        shared=(ConsentParty.OWN,),
        public_name=False,
        how=Sealed("said so"),
        until=until,
    )


@dataclass(frozen=True, kw_only=True)
class Register:
    """``person`` is the truth: the number of the person whom each report is of. ``victims``: how many there were."""

    facts: tuple[Fact, ...]
    person: Mapping[VictimId, int]
    victims: int

    def same(self, a: VictimId, b: VictimId) -> bool:
        return self.person[a] == self.person[b]


def register(seed: int = 1, victims: int = 180, prefix: str = "s") -> Register:
    """Five lists, of bodies and of families who were asked, of a made register. The same seed makes the same."""
    found: Made = made(seed, victims=victims)
    return Register(
        facts=tuple(_facts(found, prefix)),
        person={
            VictimId(f"{prefix}-v{r.report_id}"): int(p)
            for r, p in zip(found.reports, found.person, strict=True)
        },
        victims=victims,
    )


def _facts(found: Made, prefix: str) -> Iterator[Fact]:
    for one, person in zip(found.reports, found.person.tolist(), strict=True):
        name = f"{prefix}-r{one.report_id}"
        yield report(
            name,
            on=f"{prefix}-{one.source}",
            source=CLASSES[one.source],
            place=one.place or None,
            day=one.date,
        )
        yield consent(f"{prefix}-c{one.report_id}", name, Purpose.COUNT, Purpose.HELP)
        yield victim(
            f"{prefix}-v{one.report_id}",
            name,
            given=one.given_names or None,
            paternal=one.paternal_surname or None,
            maternal=one.maternal_surname or None,
            ages=None if one.age is None else (one.age, one.age),
            day=one.date,
            place=one.place or None,
            condition=CONDITIONS[person % len(CONDITIONS)],
        )
