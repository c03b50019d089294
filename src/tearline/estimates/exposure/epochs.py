"""Time cut into epochs, for forgetting: see ``regimes``."""

import math
from dataclasses import dataclass

MOST_EPOCHS = 8
EPOCHS_A_HALF_LIFE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Epochs:
    """``bounds`` are the days on which a new epoch begins; ``stay`` the chances of no renewal there."""

    bounds: tuple[float, ...] = ()
    stay: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.bounds) + 1

    def of(self, day: float) -> int:
        return sum(day >= bound for bound in self.bounds)

    @classmethod
    def cut(cls, first: float, horizon: float, half_life: float | None) -> "Epochs":
        """Epochs of equal length back from the horizon: a quarter of the half-life each, or longer ones if too many."""
        if half_life is None or horizon <= first:
            return cls()
        length = half_life / EPOCHS_A_HALF_LIFE
        count = min(math.ceil((horizon - first) / length), MOST_EPOCHS)
        length = max(length, (horizon - first) / count)
        stay = 2.0 ** (-length / half_life)
        return cls(
            bounds=tuple(horizon - length * n for n in range(count - 1, 0, -1)), stay=(stay,) * (count - 1)
        )
