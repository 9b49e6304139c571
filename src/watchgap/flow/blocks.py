"""Runs pieces of work in one process or several: in order, with progress, usable after an interrupt."""

import gc
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import takewhile
from os import cpu_count
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from watchgap.base.errors import OutOfRange

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int], None]
Done_co = TypeVar("Done_co", covariant=True)

MOST_WORKERS = 64
# Pieces handed out ahead of the workers, so that none of them waits and little is lost to an interrupt.
_AHEAD = 2


def in_blocks(points: FloatArray, size: int) -> list[FloatArray]:
    """Cut points, (draws, columns), into blocks of so many draws; the last may hold fewer."""
    return [points[first : first + size] for first in range(0, len(points), size)]


class Work(Protocol[Done_co]):
    """Work that can be done on one block of points, here or in another process."""

    def __call__(self, points: FloatArray) -> Done_co:
        """Do the work on one block of points, (draws, columns)."""
        ...


def run_blocks(
    work: Work[Done_co],
    blocks: Sequence[FloatArray],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    take: Callable[[int, Any], Any] | None = None,
) -> list[Any]:
    """Do the work on every block and give the results in the order of the blocks.

    workers: processes; None for one for each processor, 1 for none but this. progress: called with the rows
    done and wanted. take: called with the number of a block and its result as soon as it is there; what it
    gives back, anything but None, is kept in place of the result. An interrupt ends the work early and gives
    the results up to the first one missing.

    Raises OutOfRange if `workers` is out of range, and KeyboardInterrupt if nothing was done before one.
    """
    wanted = sum(len(block) for block in blocks)
    count = min(_processes(workers), len(blocks))
    results: list[Any] = [None] * len(blocks)
    finished = 0

    def keep(number: int, result: Any) -> None:
        nonlocal finished
        results[number] = result if take is None else take(number, result)
        finished += len(blocks[number])
        if progress is not None:
            progress(finished, wanted)

    try:
        if count <= 1:
            for number, block in enumerate(blocks):
                keep(number, work(block))
        else:
            _in_processes(work, blocks, count, keep)
    except KeyboardInterrupt:
        if results[0] is None:
            raise
    return [*takewhile(lambda one: one is not None, results)]


def _in_processes(
    work: Work[Done_co], blocks: Sequence[FloatArray], count: int, keep: Callable[[int, Any], None]
) -> None:
    pool = ProcessPoolExecutor(count, initializer=_prepare, initargs=(work,))
    pending: dict[Future[Any], int] = {}
    ahead = iter(enumerate(blocks))
    try:
        while True:
            while len(pending) < count * _AHEAD and (piece := next(ahead, None)) is not None:
                pending[pool.submit(_do, piece[1])] = piece[0]
            if not pending:
                return
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                keep(pending.pop(future), future.result())
    finally:
        pool.shutdown(wait=not pending, cancel_futures=True)


# What a worker process does; set once when it starts, so that it does not travel with every block.
_work: list[Work[Any]] = []


def _prepare(work: Work[Any]) -> None:
    # Ctrl-C reaches every process of the terminal; only the first one may decide what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _work[:] = [work]
    # What a worker starts with lives as long as it does; looking through it again would cost a tenth.
    gc.freeze()


def _do(block: FloatArray) -> Any:
    return _work[0](block)


def _processes(workers: int | None) -> int:
    if workers is None:
        return cpu_count() or 1
    if not 1 <= workers <= MOST_WORKERS:
        raise OutOfRange(f"the number of workers is {workers}; use 1 to {MOST_WORKERS}")
    return workers
