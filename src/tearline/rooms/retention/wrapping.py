"""Wrapping keys and their backups: on record, so that it can be said when what was purged is gone everywhere."""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.retention import (
    KeyBackupDestroyed,
    KeyBackupMade,
    WrappingKeyIntroduced,
    WrappingKeyRetired,
)
from tearline.facts.words import Words
from tearline.rooms import Act, Says, require, require_new

BACKUP = Words("backup", "la copia de seguridad")
KEEPS_KEYS = frozenset({Role.NODE, Role.SENIOR_OFFICER})
FIRST_INTRODUCED = 2
"""The wrapping key of epoch 1 is made with the node."""


class IntroduceWrappingKey(Says[WrappingKeyIntroduced]):
    """One at a time: the one before it retires first."""

    allowed = KEEPS_KEYS

    def question(self, known: History) -> Question:
        return about(kinds=(WrappingKeyIntroduced, WrappingKeyRetired))

    def decide(self, known: History, act: Act) -> list[Draft]:
        introduced = {r.fact.epoch for r in known.of(WrappingKeyIntroduced)}
        retired = {r.fact.epoch for r in known.of(WrappingKeyRetired)}
        if any(epoch - 1 not in retired for epoch in introduced):
            raise Refused(
                "one-key-at-a-time",
                Words(
                    "another wrapping key is being replaced and has not retired yet",
                    "se está reemplazando otra clave de envoltura que aún no se retira",
                ),
            )
        if (introduced and self.fact.epoch != max(introduced) + 1) or self.fact.epoch < FIRST_INTRODUCED:
            raise Refused(
                "epochs-count-up",
                Words(
                    "each wrapping key is of the next epoch",
                    "cada clave de envoltura es de la época siguiente",
                ),
            )
        return [act.says(self.fact)]


class RetireWrappingKey(Says[WrappingKeyRetired]):
    """When its successor is in use and the node's copy of it is destroyed."""

    allowed = KEEPS_KEYS

    def question(self, known: History) -> Question:
        return about(kinds=(WrappingKeyIntroduced, WrappingKeyRetired))

    def decide(self, known: History, act: Act) -> list[Draft]:
        epoch = self.fact.epoch
        if not any(r.fact.epoch == epoch + 1 for r in known.of(WrappingKeyIntroduced)):
            raise Refused(
                "replaced-first",
                Words(
                    "a wrapping key retires when another was introduced in its place",
                    "una clave de envoltura se retira cuando otra ocupa su lugar",
                ),
            )
        if any(r.fact.epoch == epoch for r in known.of(WrappingKeyRetired)):
            raise Refused(
                "retired-once",
                Words("this wrapping key retired already", "esta clave de envoltura ya se retiró"),
            )
        return [act.says(self.fact)]


class RecordKeyBackup(Says[KeyBackupMade]):
    """Of a key that is in use, and with a day by which it is destroyed."""

    allowed = KEEPS_KEYS

    def question(self, known: History) -> Question:
        asked = about(f"backup:{self.fact.backup}", kinds=(KeyBackupMade,))
        return asked | about(kinds=(WrappingKeyRetired,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_new(known, KeyBackupMade, "backup", self.fact.backup, BACKUP)
        if any(r.fact.epoch >= self.fact.epoch for r in known.of(WrappingKeyRetired)):
            raise Refused(
                "backs-up-what-is-in-use",
                Words(
                    "a wrapping key that retired is not backed up: it would be back",
                    "una clave de envoltura retirada no se copia: volvería a existir",
                ),
                (self.fact.backup,),
            )
        if self.fact.expires <= act.at:
            raise Refused(
                "expires-later",
                Words("a backup expires after it was made", "una copia vence después de hacerse"),
                (self.fact.backup,),
            )
        return [act.says(self.fact)]


class RecordKeyBackupDestroyed(Says[KeyBackupDestroyed]):
    """On the word of whoever destroyed it."""

    allowed = KEEPS_KEYS

    def question(self, known: History) -> Question:
        return about(f"backup:{self.fact.backup}", kinds=(KeyBackupMade, KeyBackupDestroyed))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, KeyBackupMade, "backup", self.fact.backup, BACKUP)
        require_new(
            known,
            KeyBackupDestroyed,
            "backup",
            self.fact.backup,
            Words("destruction of backup", "la destrucción de la copia"),
        )
        return [act.says(self.fact)]
