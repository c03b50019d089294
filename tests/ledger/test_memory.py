"""The memory of what was read keeps what was used last, within its room."""

from tearline.ledger.memory import Memory


def test_the_longest_unused_go_first() -> None:
    memory: Memory[str, int] = Memory(2)
    memory.put("a", 1)
    memory.put("b", 2)
    assert memory.get("a") == 1
    memory.put("c", 3)
    assert [memory.get(key) for key in "abc"] == [1, None, 3]


def test_weight_counts_and_a_value_too_large_is_not_kept() -> None:
    memory: Memory[str, str] = Memory(5, len)
    memory.put("a", "xx")
    memory.put("a", "xxx")
    memory.put("b", "xxx")
    assert [memory.get(key) for key in "ab"] == [None, "xxx"]
    memory.put("b", "x" * 6)
    assert memory.get("b") is None
