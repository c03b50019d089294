"""Peers of the linkage: Splink 5 on DuckDB, on registers and on febrl3; recordlinkage's ECM classifier on febrl3.

On registers Splink is given what suits it best: the sources as data sets to be linked, each free of duplicates, folded
names with short forms spelt out, levels for two surnames in either order, and place and day as one comparison. Its
threshold is the one at which it does best, known from the truth. ``taught`` is told from the truth how often one
person's reports agree at each level, which nobody with a real register could tell it.
"""

import re
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.registers import Made
from tearline.estimates.linkage.names import fold, given_tokens, sound, stands_for, surname
from tearline.estimates.linkage.reports import Ints, Report

THRESHOLDS = (0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 0.9999)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouped:
    """``members`` for each threshold; ``seconds`` of processor time for all but choosing one of them."""

    members: dict[float, Ints]
    seconds: float


def splink_register(one: Made, *, taught: bool) -> Grouped:
    """Raises ImportError where Splink is not installed."""
    import pandas as pd
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    began = time.process_time()
    rows = pd.DataFrame([_row(report) for report in one.reports])
    rows["person"] = one.person
    api = DuckDBAPI()
    frames = [api.register(part, dataset_display_name=name) for name, part in rows.groupby("source")]
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="report_id",
        comparisons=[cl.CustomComparison(levels, name) for name, levels in _COMPARISONS.items()],
        blocking_rules_to_generate_predictions=[
            block_on("paternal_sound"),
            block_on("maternal_sound"),
            "l.paternal_sound = r.maternal_sound",
            block_on("meant", "place"),
            block_on("meant", "day"),
            block_on("begins", "place", "day"),
        ],
    )
    linker = Linker(frames, settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("meant", "paternal", "maternal")], recall=0.4
    )
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    if taught:
        training.estimate_m_from_label_column("person")
    else:
        training.estimate_parameters_using_expectation_maximisation(block_on("place"))
        training.estimate_parameters_using_expectation_maximisation(block_on("paternal"))
    predicted = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    members = {}
    for threshold in THRESHOLDS:
        clustered = linker.clustering.cluster_using_single_best_links(
            predicted, sorted(rows["source"].unique()), threshold_match_probability=threshold
        ).as_pandas_dataframe()
        named = dict(zip(clustered["report_id"], clustered["cluster_id"], strict=True))
        members[threshold] = _numbered([named[report.report_id] for report in one.reports])
    return Grouped(members=members, seconds=time.process_time() - began)


def _row(report: Report) -> dict[str, Any]:
    tokens = given_tokens(report.given_names)
    paternal, maternal = surname(report.paternal_surname), surname(report.maternal_surname)
    meant = sorted({stands_for(token)[0] for token in tokens})
    return {
        "report_id": report.report_id,
        "source": report.source,
        "given": " ".join(sorted(tokens)) or None,
        "means": sorted({meaning for token in tokens for meaning in stands_for(token)}),
        "meant": meant[0] if meant else None,
        "begins": tokens[0][:3] if tokens else None,
        "paternal": paternal or None,
        "maternal": maternal or None,
        "paternal_sound": sound(paternal) or None,
        "maternal_sound": sound(maternal) or None,
        "age": report.age,
        "day": report.date.toordinal() if report.date else None,
        "place": fold(report.place) or None,
    }


def _levels(null: str, *conditions: str) -> list[dict[str, Any]]:
    return [
        {"sql_condition": null, "label_for_charts": "null", "is_null_level": True},
        *({"sql_condition": one, "label_for_charts": one} for one in conditions),
        {"sql_condition": "ELSE", "label_for_charts": "else"},
    ]


_SAME = "paternal_l = paternal_r"
_CLOSE = "damerau_levenshtein(paternal_l, paternal_r) <= 1"
_NO_SECOND = "(maternal_l is null or maternal_r is null)"
_NEAR_SECOND = "damerau_levenshtein(maternal_l, maternal_r) <= 1"
_APART = "abs(day_l - day_r)"
_COMPARISONS = {
    "given": _levels(
        "given_l is null or given_r is null",
        "given_l = given_r",
        "len(list_intersect(means_l, means_r)) >= 1",
        "damerau_levenshtein(given_l, given_r) <= 1",
        "damerau_levenshtein(given_l, given_r) <= 2",
    ),
    "surnames": _levels(
        "paternal_l is null or paternal_r is null",
        f"{_SAME} and maternal_l = maternal_r",
        "paternal_l = maternal_r and maternal_l = paternal_r",
        f"{_CLOSE} and {_NEAR_SECOND}",
        f"{_SAME} and {_NO_SECOND}",
        f"{_CLOSE} and {_NO_SECOND}",
        f"{_SAME} or maternal_l = maternal_r or paternal_l = maternal_r or maternal_l = paternal_r",
    ),
    "age": _levels(
        "age_l is null or age_r is null",
        "age_l = age_r",
        "abs(age_l - age_r) <= 1",
        "abs(age_l - age_r) <= 3",
        "abs(age_l - age_r) <= 5",
    ),
    "incident": _levels(
        "(place_l is null or place_r is null) and (day_l is null or day_r is null)",
        f"place_l = place_r and {_APART} <= 2",
        f"place_l = place_r and {_APART} <= 31",
        f"{_APART} <= 2",
        f"place_l = place_r and {_APART} is null",
        f"{_APART} <= 31",
        "place_l = place_r",
    ),
}


def splink_febrl(rows: list[dict[str, str]]) -> Grouped:
    """Deduplication with Splink's own comparisons and term frequencies."""
    import pandas as pd
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    began = time.process_time()
    frame = pd.DataFrame([{name: cell or None for name, cell in row.items()} for row in rows])
    api = DuckDBAPI()
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rec_id",
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number"),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"),
            block_on("date_of_birth"),
            block_on("given_name", "surname"),
            block_on("surname", "postcode"),
            block_on("given_name", "postcode"),
            block_on("address_1", "street_number"),
        ],
    )
    linker = Linker(api.register(frame), settings)
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on("soc_sec_id")], recall=0.9)
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    training.estimate_parameters_using_expectation_maximisation(block_on("date_of_birth"))
    training.estimate_parameters_using_expectation_maximisation(block_on("postcode"))
    predicted = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    members = {}
    for threshold in THRESHOLDS:
        clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold
        ).as_pandas_dataframe()
        named = dict(zip(clustered["rec_id"], clustered["cluster_id"], strict=True))
        members[threshold] = _numbered([named[row["rec_id"]] for row in rows])
    return Grouped(members=members, seconds=time.process_time() - began)


def ecm_febrl(rows: list[dict[str, str]]) -> tuple[set[tuple[str, str]], float]:
    """The pairs that recordlinkage's ECM classifier takes for matches, and seconds of processor time."""
    import pandas as pd
    import recordlinkage

    began = time.process_time()
    frame = pd.DataFrame([{name: cell or None for name, cell in row.items()} for row in rows])
    frame = frame.set_index("rec_id")
    index = recordlinkage.Index()
    for column in ("soc_sec_id", "date_of_birth", "address_1"):
        index.block(column)
    index.block(["given_name", "surname"])
    index.block(["surname", "postcode"])
    index.block(["given_name", "postcode"])
    compare = recordlinkage.Compare()
    for column in ("given_name", "surname", "address_1", "suburb"):
        compare.string(column, column, method="jarowinkler", threshold=0.85)
    for column in ("date_of_birth", "soc_sec_id", "postcode"):
        compare.string(column, column, method="damerau_levenshtein", threshold=0.75)
    features = compare.compute(index.index(frame), frame)
    matches = recordlinkage.ECMClassifier().fit_predict(features)
    return {(min(a, b), max(a, b)) for a, b in matches}, time.process_time() - began


def true_person(rec_id: str) -> int:
    """In febrl3 a record's name says which original it is of."""
    found = re.fullmatch(r"rec-(\d+)-(?:org|dup-\d+)", rec_id)
    if found is None:
        raise ValueError(rec_id)
    return int(found[1])


def _numbered(names: list[Any]) -> Ints:
    _, numbers = np.unique(np.array([str(name) for name in names]), return_inverse=True)
    return np.asarray(numbers, np.int64)
