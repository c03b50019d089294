"""Files of evidence: kept once, as they came, and every handing out of a copy put on record."""

import re

from tearline.facts.errors import Refused
from tearline.facts.harm import HarmReported
from tearline.facts.history import Draft, History, Question, about, each
from tearline.facts.register import ConsentWithdrawn, FileKept, FilePassed
from tearline.facts.words import Words
from tearline.rooms import Act, Says, require_new, unknown
from tearline.rooms.register import REGISTRARS, asks_report, reaches, standing

FILE = Words("file", "el archivo")
SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class KeepFile(Says[FileKept]):
    """The fact follows the bytes: they are sealed and on the disk before it is recorded."""

    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        asked = asks_report(self.fact.report) | about(f"report:{self.fact.report}", kinds=(FileKept,))
        return asked | about(f"file:{self.fact.file}", kinds=(FileKept,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        standing(known, fact.report, act.by)
        require_new(known, FileKept, "file", fact.file, FILE)
        for digest in (fact.digest, fact.working):
            if digest is not None and not SHA256.fullmatch(digest):
                raise Refused(
                    "a-hash",
                    Words("SHA-256 is 64 digits, in hexadecimal", "SHA-256 son 64 dígitos hexadecimales"),
                    (fact.file,),
                )
        for kept in known.of(FileKept):
            if kept.fact.report == fact.report and kept.fact.digest == fact.digest:
                raise Refused(
                    "kept-once",
                    Words(
                        "this report has a file of the very same bytes",
                        "este informe ya tiene un archivo con los mismos bytes",
                    ),
                    (fact.file, kept.fact.file),
                )
        return [act.says(fact)]


class PassFile(Says[FilePassed]):
    """A copy leaves the register, or comes back: to whom, and why. Of what was withdrawn nothing is handed out."""

    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        asked = about(f"file:{self.fact.file}", kinds=(FileKept,))
        asked |= about(f"custody:{self.fact.custody}", kinds=(FilePassed,))
        reports = [r.fact.report for r in known.of(FileKept) if r.fact.file == self.fact.file]
        return asked | each("report", reports, (HarmReported, ConsentWithdrawn))

    def decide(self, known: History, act: Act) -> list[Draft]:
        kept = next((r for r in known.of(FileKept) if r.fact.file == self.fact.file), None)
        if kept is None or not reaches(known, kept.fact.report, act.by):
            raise unknown(FILE, self.fact.file)
        standing(known, kept.fact.report, act.by)
        require_new(known, FilePassed, "custody", self.fact.custody, Words("custody", "la custodia"))
        if act.at < kept.happened_at:
            raise Refused(
                "chain-in-order",
                Words(
                    "it cannot have been passed on before it was kept",
                    "no pudo entregarse antes de guardarse",
                ),
                (self.fact.custody,),
            )
        return [act.says(self.fact)]
