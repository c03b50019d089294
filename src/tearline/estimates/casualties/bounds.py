"""A lower bound that needs no model of how lists depend, only that people differ (Chao, Biometrics 43, 1987)."""

from tearline.estimates.casualties.histories import Histories


def lower_bound(histories: Histories) -> float:
    """Of the population's size, corrected for bias: ``n + (k-1)/k f1 (f1 - 1) / (2 (f2 + 1))`` with f1 and f2 people on
    one and on two of k lists. Lists that shut each other out can put the truth below it.
    """
    lists = len(histories.lists)
    once, twice = (int(f) for f in histories.captures()[1:3])
    return histories.documented + (lists - 1) / lists * once * (once - 1) / (2 * (twice + 1))
