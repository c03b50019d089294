"""Who is who among reports: what `tearline link` writes and asks."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tearline.estimates.linkage.linking import Linked
    from tearline.estimates.linkage.reports import Report

COLUMNS = ("report_id", "person", "probability")


def rows_of(linked: "Linked", reports: Sequence["Report"]) -> list[dict[str, object]]:
    """A row for each report, in their order: the number of its person, and the probability that it is there; nothing
    for one that names nobody, of which ``linked`` knows nothing."""
    found = zip((linked.member + 1).tolist(), linked.probability().tolist(), strict=True)
    rows = []
    for report in reports:
        person, chance = next(found) if report.named else ("", None)
        probability = "" if chance is None else round(chance, 4)
        rows.append({"report_id": report.report_id, "person": person, "probability": probability})
    return rows


def table(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
