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
    for one that names nobody."""
    chance = linked.probability()
    return [
        {"report_id": report.report_id, "person": int(person) + 1, "probability": round(float(p), 4)}
        if report.named
        else {"report_id": report.report_id, "person": "", "probability": ""}
        for report, person, p in zip(reports, linked.member, chance, strict=True)
    ]


def table(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
