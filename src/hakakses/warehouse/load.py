"""Load population files into the warehouse: judged, without duplicates, all or nothing.

A load gathers judged parts in a working directory, with a state after each piece, so that a load that was
cut off continues where it stood.  It enters the warehouse by one rename.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import msgspec

from hakakses.store.private_files import sync, write_private
from hakakses.warehouse.disk import sync_tree
from hakakses.warehouse.finishing import finish
from hakakses.warehouse.judging import Judged, Task, judge
from hakakses.warehouse.reading import PIECE_BYTES, Place, cut
from hakakses.warehouse.snapshots import Kind, Manifest, manifest_of, snapshots_dir
from hakakses.warehouse.validate import Reason
from hakakses.warehouse.workers import PROCESSES, Workers


class BusyError(Exception):
    """Another load works in this warehouse."""


class Outcome(msgspec.Struct, frozen=True):
    """repeated: the same files were loaded for this date before, and nothing was done."""

    manifest: Manifest
    repeated: bool


class _State(msgspec.Struct):
    """How far a load is: the file under way and the place in it, and what was found so far."""

    file: int = 0
    place: Place = Place()
    read: int = 0
    quarantined: dict[str, int] = msgspec.field(default_factory=dict)


def _unseen(step: str, done: int, total: int) -> None:
    pass


def load_files(
    files: Sequence[Path],
    kind: Kind,
    as_of: date,
    warehouse: Path,
    progress: Callable[[str, int, int], None] = _unseen,
) -> Outcome:
    """Bring one set of files in.  progress: the step, how far it is, and of how much.

    Raises reading.HeaderError for a file that cannot be a population file, BusyError, and OSError.
    A set without any sound row is not taken in: its manifest says accepted 0 and only the quarantine is kept.
    """
    warehouse.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(warehouse):
        name = f"{as_of:%Y%m%d}-{kind}-{_fingerprint(files)}"
        final, work = snapshots_dir(warehouse) / name, warehouse / "work" / name
        if final.exists():
            shutil.rmtree(work, ignore_errors=True)
            return Outcome(manifest_of(final), repeated=True)
        for path in files:
            next(cut(path, Place()), None)  # a header that is refused is refused before any work
        work.mkdir(parents=True, exist_ok=True, mode=0o700)
        with Workers(_processes(files)) as workers:
            state = _gather(files, work, workers, progress)
            accepted, doubled = finish(work, work / "sorted", workers, partial(progress, "sorting"))
        counts = state.quarantined | ({Reason.DUPLICATE.value: doubled} if doubled else {})
        manifest = Manifest(kind, as_of, name, state.read, accepted, counts)
        _keep_quarantine(work, warehouse / "quarantine" / name)
        if accepted:
            _enter(work / "sorted", final, manifest)
        shutil.rmtree(work)
        return Outcome(manifest, repeated=False)


def _enter(ready: Path, final: Path, manifest: Manifest) -> None:
    """The one moment at which a load becomes visible."""
    (ready / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    sync_tree(ready)
    final.parent.mkdir(exist_ok=True, mode=0o700)
    ready.rename(final)
    sync(final.parent)


@contextmanager
def _alone(warehouse: Path) -> Iterator[None]:
    descriptor = os.open(warehouse / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BusyError("another load works in this warehouse") from None
    finally:
        os.close(descriptor)


def _fingerprint(files: Sequence[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()[:16]


def _gather(
    files: Sequence[Path], work: Path, workers: Workers, progress: Callable[[str, int, int], None]
) -> _State:
    """Judge what is not judged yet; the state says after each piece where a load that is cut off goes on."""
    held = work / "state.json"
    state = msgspec.json.decode(held.read_bytes(), type=_State) if held.exists() else _State()
    sizes = [path.stat().st_size for path in files]
    for number in range(state.file, len(files)):
        place = state.place if number == state.file else Place()
        tasks = (Task(number, piece, work) for piece in cut(files[number], place))
        for judged in workers.in_order(judge, tasks):
            state = _after(state, number, judged)
            write_private(held, msgspec.json.encode(state))
            progress("reading", sum(sizes[:number]) + judged.next.done, sum(sizes))
    return state


def _processes(files: Sequence[Path]) -> int:
    """Little work is done here and now: to start a process takes as long as half a piece."""
    return PROCESSES if sum(path.stat().st_size for path in files) > PIECE_BYTES else 1


def _after(state: _State, file: int, judged: Judged) -> _State:
    counts = Counter(state.quarantined) + Counter(judged.quarantined)
    return _State(file, judged.next, state.read + judged.read, dict(sorted(counts.items())))


def _keep_quarantine(work: Path, target: Path) -> None:
    """Links, so that a load that is cut off right after finds all of it again."""
    found = sorted(work.glob("quarantine-*.parquet"))
    if not found:
        return
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True, mode=0o700)
    for path in found:
        (target / path.name).hardlink_to(path)
    sync(target)
    sync(target.parent)
