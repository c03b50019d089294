"""How far the exposure model can be trusted: ``python -m bench exposure_study``, a minute, on few worlds
that are none of the study's.

``python -m bench.exposure_study FILE`` is the whole study: each answer goes to FILE as soon as it is there, a second
call goes on from it, and in the end ``results.json`` is written, from which ``tested.py`` of the model is copied. Names
of families after FILE ask these alone, and write nothing else.

Worlds drawn from the model say whether the code is right. Worlds *not* drawn from it say what happens where the world
is another than was believed, and nothing about how often it is. Losses are printed like the rest.
"""

import time

from bench.exposure_study.families import FAMILIES
from bench.exposure_study.figures import add_up, show
from bench.exposure_study.study import tried

FEW = 30


def run() -> None:
    started = time.perf_counter()
    show({name: add_up(name, found) for name, found in tried(FAMILIES.values(), FEW).items()})
    print(f"\n{time.perf_counter() - started:.0f} s")
