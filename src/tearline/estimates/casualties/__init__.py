"""How many were harmed, counting those on no list: multiple systems estimation. Pure; seeds are arguments.

``estimate(histories, seed=...)`` starts from how many people stand on which lists, and answers with the documented
count, a lower bound, what each method says and, where nothing speaks against it, one number with its interval.
``docs/casualties.md`` has the methods, what was measured, and when there is no number.

Promised: no number comes out of lists that cannot carry one. What stands against it is said in a sentence each
(``refusals``); methods that could be run are shown even then. The documented count stands first, always.
"""

from tearline.estimates.casualties.estimate import Estimate, estimate
from tearline.estimates.casualties.histories import Histories

__all__ = ["Estimate", "Histories", "estimate"]
