"""Files of evidence are kept once, as they came. Only who has written the bytes says so: no file and no API does."""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, about
from tearline.facts.register import FileKept
from tearline.facts.words import Words
from tearline.rooms import Act, Says, require_new, require_sha256
from tearline.rooms.register import REGISTRARS, asks_report, standing

FILE = Words("file", "el archivo")


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
            if digest is not None:
                require_sha256(digest, fact.file)
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
