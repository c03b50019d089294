"""Group commit: every submission gets its own answer, and nobody waits alone."""

import threading
import time

import pytest

from tearline.ledger.group import GroupCommit


def test_everyone_is_served_once_and_those_who_wait_go_together() -> None:
    groups: list[list[int]] = []
    gate = threading.Event()

    def commit(group: list[int]) -> None:
        groups.append(group)
        gate.wait(5)

    queue = GroupCommit(commit, most=8)
    threads = [threading.Thread(target=queue.submit, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    while len(queue._waiting) < 19:
        time.sleep(0.001)
    gate.set()
    for thread in threads:
        thread.join(5)
    assert sorted(n for group in groups for n in group) == list(range(20))
    assert [len(group) for group in groups] == [1, 8, 8, 3]


def test_a_failure_reaches_its_group_and_not_the_next() -> None:
    def commit(group: list[int]) -> None:
        if 1 in group:
            raise OSError("the disk is gone")

    queue = GroupCommit(commit, most=8)
    with pytest.raises(OSError, match="disk"):
        queue.submit(1)
    queue.submit(2)
