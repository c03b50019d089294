"""An export that dies at any step leaves a folder that verifies, at its old size or at its new one."""

import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.export import export
from tearline.ledger.note import Checkpoint
from tearline.ledger.verify import verify
from tests.ledger.logs import WITNESSES, MemoryLog, cosigned, keys_of

STEPS = ("fsync", "rename", "mkdir", "rmdir", "unlink", "open")
ROUNDS = 25
DIED = 9


class DiskFailed(OSError):
    """As a disk fails that is worn out."""


def published(log: MemoryLog, folder: Path) -> None:
    export(log, folder, note=cosigned(log), witnesses=keys_of())


def in_a_child(work: Callable[[], None]) -> int:
    """A process of its own that does this and nothing more; its process id."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def dying_at(step: int, work: Callable[[], None]) -> Callable[[], None]:
    """The same, ended before its ``step``-th call that changes the disk, as a kill would end it."""

    def run() -> None:
        lock, count = threading.Lock(), 0

        def counted(name: str) -> None:
            call = getattr(os, name)

            def before(*arguments: object, **named: object) -> object:
                nonlocal count
                with lock:
                    count += 1
                    if count == step:
                        os._exit(DIED)
                return call(*arguments, **named)

            setattr(os, name, before)

        for name in STEPS:
            counted(name)
        work()

    return run


def check_whole(folder: Path, *may_be: Checkpoint) -> int:
    """Verifies, at one of these; its size."""
    verified = verify(folder, MemoryLog(0).vkey, keys_of())
    assert verified.cosigned.checkpoint in may_be
    return verified.cosigned.checkpoint.size


@pytest.mark.parametrize(("size", "goal"), [(0, 3), (300, 300), (250, 520)])
def test_a_kill_at_any_step_leaves_the_old_export_or_the_new(tmp_path: Path, size: int, goal: int) -> None:
    folder, before = tmp_path / "public", tmp_path / "before"
    log = MemoryLog(0)
    for earlier in {1, size // 2, size}:
        if earlier <= size and earlier >= len(log.entries):
            published(log.grow(earlier), before)
    if size == goal:  # only a witness and its key change then
        one = WITNESSES[:1]
        shutil.rmtree(before)
        export(log, before, note=cosigned(log, one), witnesses=[*keys_of(one), *keys_of(WITNESSES[1:])])
    old = log.said
    log.grow(goal)
    reached = set()
    for step in range(1, 2000):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(before, folder)
        _, status = os.waitpid(in_a_child(dying_at(step, lambda: published(log, folder))), 0)
        if size < goal:
            reached.add(check_whole(folder, old, log.said))
        else:
            verify(folder, log.vkey, keys_of(WITNESSES[:1]))
        published(log, folder)
        assert check_whole(folder, log.said) == goal
        assert not (folder / ".next").exists()
        if os.waitstatus_to_exitcode(status) == 0:
            break
        assert os.waitstatus_to_exitcode(status) == DIED
    else:
        pytest.fail("the export never came to its end")
    assert step > 10
    assert size == goal or reached == {size, goal}


def test_a_first_export_that_dies_is_made_whole_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    log = MemoryLog(5)
    for step in range(1, 2000):
        shutil.rmtree(folder, ignore_errors=True)
        _, status = os.waitpid(in_a_child(dying_at(step, lambda: published(log, folder))), 0)
        if os.waitstatus_to_exitcode(status) == 0:
            break
        if not (folder / "checkpoint").exists():
            with pytest.raises((Broken, Malformed), match=r"missing|a folder that holds an export"):
                verify(folder, log.vkey)
        published(log, folder)
        check_whole(folder, log.said)
    assert step > 10


def test_kills_at_random_moments_while_the_ledger_grows(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    log = MemoryLog(5)
    published(log, folder)
    moments, went, ended = random.Random(7), 0, 0
    known = [log.said]
    for _ in range(ROUNDS):
        log.grow(len(log.entries) + moments.choice([1, 7, 300, 3000]))
        known.append(log.said)
        child = in_a_child(lambda: published(log, folder))
        time.sleep(moments.uniform(0, 0.06))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        ended += os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        size = check_whole(folder, *known)
        assert size >= went
        went = size
    assert ended > ROUNDS // 4
    published(log, folder)
    assert check_whole(folder, log.said) == len(log.entries)


def test_a_disk_that_fails_at_any_sync_leaves_the_old_export_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, before = tmp_path / "public", tmp_path / "before"
    log = MemoryLog(250)
    published(log, before)
    old = log.said
    log.grow(520)
    fsync, lock = os.fsync, threading.Lock()
    for step in range(1, 100):
        count = 0

        def failing(handle: int, step: int = step) -> None:
            nonlocal count
            with lock:
                count += 1
                if count == step:
                    raise DiskFailed
            fsync(handle)

        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(before, folder)
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", failing)
            try:
                published(log, folder)
            except DiskFailed:
                check_whole(folder, old, log.said)
            else:
                break
        published(log, folder)
        check_whole(folder, log.said)
    assert 10 < step < 99


def test_everything_is_on_the_disk_before_the_checkpoint_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a loss of power would need: each file synced before its rename, each folder before the checkpoint's."""
    folder = tmp_path / "public"
    log = MemoryLog(3)
    published(log, folder)
    synced: set[str] = set()
    renamed: list[tuple[str, str]] = []
    unsynced: set[str] = set()
    fsync, rename, mkdir = os.fsync, os.rename, os.mkdir

    def on_fsync(handle: int) -> None:
        fsync(handle)
        path = str(Path(f"/proc/self/fd/{handle}").readlink())
        synced.add(path)
        unsynced.discard(path)

    def on_rename(old: Path, new: Path) -> None:
        assert str(old) in synced, f"{old} was renamed before it was on the disk"
        if new == folder / "checkpoint":
            assert not unsynced - {str(folder / ".next")}, f"{unsynced} are not on the disk"
        rename(old, new)
        synced.discard(str(old))
        synced.add(str(new))
        unsynced.update({str(old.parent), str(new.parent)})
        renamed.append((str(old), str(new)))

    def on_mkdir(path: Path, mode: int = 0o777) -> None:
        mkdir(path, mode)
        unsynced.add(str(Path(path).parent))

    monkeypatch.setattr(os, "fsync", on_fsync)
    monkeypatch.setattr(os, "rename", on_rename)
    monkeypatch.setattr(os, "mkdir", on_mkdir)
    published(log.grow(70_000), folder)
    assert renamed[-1][1] == str(folder / "checkpoint")
    assert len(renamed) == 2 + 2 * 274 + 2 + 1  # announced and published, bundles and tiles of each level
    assert not {path for path in unsynced if (Path(path).is_dir())} - {str(folder)}
