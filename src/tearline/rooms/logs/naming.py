"""Naming a partner's log: by one person at first, by two in place of a log that was stopped."""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.logs import PartnerLogHandedOver, PartnerLogNamed, log_id
from tearline.facts.parties import OrganisationRegistered, PersonEnrolled
from tearline.facts.words import Words
from tearline.folds.logs import bearer, partner_logs
from tearline.rooms import Act, Says, require, unknown

ORGANISATION = Words("organisation", "la institución")
LOG = Words("log", "el registro")


class NamePartnerLog(Says[PartnerLogNamed]):
    """A log bears its own key, for ever. Its address may change: nothing that is read there is believed unsigned."""

    allowed = frozenset({Role.LIAISON, Role.SENIOR_OFFICER})

    def question(self, known: History) -> Question:
        # Every naming, because no two logs may share a key, whoever they belong to.
        asked = about(kinds=(PartnerLogNamed, PartnerLogHandedOver))
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
        """Named again, a log keeps its owner and the key it was first named with; a hand-over gives it another."""
        logs = partner_logs(known)
        bears, log = bearer(logs, self.fact.vkey), logs.get(self.fact.log)
        borne = log or bears
        if borne is None:
            return
        taken = borne.named.fact
        if bears is not log or (taken.organisation, borne.vkeys[0]) != (
            self.fact.organisation,
            self.fact.vkey,
        ):
            raise Refused(
                "one-key-one-log",
                Words(
                    f"{taken.origin} of {taken.organisation} bears that name or that key",
                    f"{taken.origin} de {taken.organisation} lleva ese nombre o esa clave",
                ),
                (taken.log,),
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
