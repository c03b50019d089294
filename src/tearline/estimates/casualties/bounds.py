"""A lower bound that needs no model of how lists depend, only that people differ (Chao, Biometrics 43, 1987)."""

import numpy as np

from tearline.estimates.casualties.histories import Histories


def lower_bound(histories: Histories) -> float:
    """Of the population's size, corrected for bias: ``n + (f1^2 - sum_j f1j^2) / (2 (f2 + 1))`` with f1 and f2 people
    on one and on two lists, f1j on list j alone (Mth: lists may have any reach). It is what independent lists have on
    average, and less than the truth where people differ. Lists that shut each other out can put the truth below it.
    Where nobody was seen twice, it is who was seen.
    """
    once, twice = (int(f) for f in np.pad(histories.captures(), (0, 1))[1:3])  # on one list nobody is twice
    if not histories.captures()[2:].any():
        return float(histories.documented)
    alone = sum(int(histories.counts[1 << one]) ** 2 for one in range(len(histories.lists)))
    return histories.documented + (once**2 - alone) / (2 * (twice + 1))
