"""Bytes with one bit turned."""

from collections.abc import Iterator


def flip(data: bytes, bit: int) -> bytes:
    """``data`` with that bit turned, counted from the first byte's lowest."""
    turned = bytearray(data)
    turned[bit // 8] ^= 1 << bit % 8
    return bytes(turned)


def flips(data: bytes, step: int = 1) -> Iterator[bytes]:
    """One copy for every bit, or for each ``step``-th."""
    return (flip(data, bit) for bit in range(0, 8 * len(data), step))
