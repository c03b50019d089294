"""Secret uniform numbers from a seed: SHAKE-256 (FIPS 202), so that who knows some of them can tell no other."""

import hashlib

import numpy as np
from numpy.typing import NDArray

SEED_BYTES = 32


def uniforms(seed: bytes, purpose: str, count: int) -> NDArray[np.float64]:
    """``count`` numbers in [0, 1), of 53 bits each, by seed and purpose. ``seed``: at least 16 bytes."""
    if len(seed) < SEED_BYTES // 2:
        raise ValueError("a seed that can be guessed protects nobody")
    name = purpose.encode()
    text = len(seed).to_bytes(4, "big") + seed + name
    words = np.frombuffer(hashlib.shake_256(text).digest(8 * count), dtype=">u8")
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53
