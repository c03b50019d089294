"""Naming a partner's log: by one person at first, by two in place of a log that was stopped."""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.logs import PartnerLogNamed, log_id
from tearline.facts.parties import OrganisationRegistered, PersonEnrolled
from tearline.facts.words import Words
from tearline.folds.logs import partner_logs
from tearline.rooms import Act, Says, require, unknown

ORGANISATION = Words("organisation", "la institución")
LOG = Words("log", "el registro")


class NamePartnerLog(Says[PartnerLogNamed]):
    """A log bears its own key, for ever. Its address may change: nothing that is read there is believed unsigned."""

    allowed = frozenset({Role.LIAISON, Role.SENIOR_OFFICER})

    def question(self, known: History) -> Question:
        # Every naming, because no two logs may share a key, whoever they belong to.
        asked = about(kinds=(PartnerLogNamed,))
        asked |= about(
            f"organisation:{self.fact.organisation}", kinds=(OrganisationRegistered, PersonEnrolled)
        )
        return asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, OrganisationRegistered, "organisation", self.fact.organisation, ORGANISATION)
        self._bears_its_own_name()
        self._one_key_one_log(known)
        self._not_by_its_owner(known, act)
        self._in_place_of(known)
        self._says_something_new(known, act)
        return [act.says(self.fact)]

    def _bears_its_own_name(self) -> None:
        if self.fact.log != log_id(self.fact.origin) or not self.fact.vkey.startswith(f"{self.fact.origin}+"):
            raise Refused(
                "log-bears-its-name",
                Words(
                    "a log is known by its origin, and its verifier key bears that name",
                    "un registro se conoce por su origen, y su clave de verificación lleva ese nombre",
                ),
                (self.fact.log,),
            )

    def _one_key_one_log(self, known: History) -> None:
        for named in known.of(PartnerLogNamed):
            same_log = named.fact.log == self.fact.log
            same_words = (named.fact.organisation, named.fact.vkey) == (
                self.fact.organisation,
                self.fact.vkey,
            )
            if same_log != (_key(named.fact.vkey) == _key(self.fact.vkey)) or (same_log and not same_words):
                raise Refused(
                    "one-key-one-log",
                    Words(
                        f"{named.fact.origin} of {named.fact.organisation} bears that name or that key",
                        f"{named.fact.origin} de {named.fact.organisation} lleva ese nombre o esa clave",
                    ),
                    (named.fact.log,),
                )

    def _not_by_its_owner(self, known: History, act: Act) -> None:
        if any(r.fact.person == act.by.person for r in known.of(PersonEnrolled)):
            raise Refused(
                "not-by-its-owner",
                Words(
                    f"nobody of {self.fact.organisation} says which log we are to believe",
                    f"nadie de {self.fact.organisation} dice en qué registro debemos confiar",
                ),
                (self.fact.organisation,),
            )

    def _in_place_of(self, known: History) -> None:
        if self.fact.replaces is None:
            return
        replaced = partner_logs(known).get(self.fact.replaces)
        if replaced is None or replaced.named.fact.organisation != self.fact.organisation:
            raise unknown(LOG, self.fact.replaces)
        if self.fact.replaces == self.fact.log:
            raise Refused(
                "another-log",
                Words(
                    "a log is replaced by another log: a new name and a new key",
                    "un registro se reemplaza por otro: nombre nuevo y clave nueva",
                ),
                (self.fact.log,),
            )

    def _says_something_new(self, known: History, act: Act) -> None:
        """The same words of another person confirm; those of the same person say nothing."""
        if any(r.fact == self.fact and r.by.person == act.by.person for r in known.of(PartnerLogNamed)):
            raise Refused(
                "once",
                Words(
                    "you have already named this log so; it takes another person to confirm it",
                    "usted ya nombró así este registro; confirmarlo corresponde a otra persona",
                ),
                (self.fact.log,),
            )


def _key(vkey: str) -> str:
    """The key of ``name+id+key``, without the name."""
    return vkey.split("+", 2)[-1]
