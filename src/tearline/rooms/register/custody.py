"""Every handing out of a copy is put on record: the chain of custody has no gap."""

from tearline.facts.errors import Refused
from tearline.facts.harm import HarmReported
from tearline.facts.history import Draft, History, Question, about, each
from tearline.facts.register import ConsentWithdrawn, FileKept, FilePassed
from tearline.facts.words import Words
from tearline.rooms import Act, Says, reaches, require_new, unknown
from tearline.rooms.register import REGISTRARS, standing

FILE = Words("file", "el archivo")


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
