"""Work of many threads done at once: whoever comes while others are served joins the next group.

A commit waits for the disk, and a statement costs the same for one row as for ten. So the first
thread to come works for itself; those that come meanwhile are one group, which the first of them
serves as soon as the way is free. Nobody waits for company: alone, a call costs what it did.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


@dataclass(eq=False)
class _Call(Generic[_Item]):
    item: _Item
    key: Hashable
    wake: threading.Event = field(default_factory=threading.Event)
    done: bool = False
    error: BaseException | None = None


class Together(Generic[_Item]):
    """Calls `act` with lists of items, at most `most` long, none with two of the same `key`.

    `act` does everything or nothing, and raises. When a group fails with one of the errors
    `of_one`, which a single item can cause, each is tried alone, so that nobody fails for the sake
    of another. Any other error would only be met again, one item after the other: all get it.
    """

    def __init__(
        self,
        act: Callable[[Sequence[_Item]], None],
        key: Callable[[_Item], Hashable],
        *,
        of_one: tuple[type[Exception], ...],
        most: int = 64,
    ) -> None:
        self._act = act
        self._key = key
        self._of_one = of_one
        self._most = most
        self._lock = threading.Lock()
        self._waiting: list[_Call[_Item]] = []
        self._busy = False

    def __call__(self, item: _Item) -> None:
        """Return when `act` has done `item`; raise what it raised for it."""
        call = _Call(item, self._key(item))
        with self._lock:
            self._waiting.append(call)
            leads, self._busy = not self._busy, True
        if not leads:
            self._wait(call)
        if not call.done:
            self._lead(call)
        if call.error is not None:
            raise call.error

    def _wait(self, own: _Call[_Item]) -> None:
        try:
            own.wake.wait()
        except BaseException:
            # This thread is to end. Nobody may count on it to lead those behind it.
            with self._lock:
                chosen = own.wake.is_set() and not own.done
                self._waiting = [call for call in self._waiting if call is not own]
            if chosen:
                self._hand_over()
            raise

    def _lead(self, own: _Call[_Item]) -> None:
        group = self._take(own)
        try:
            self._serve(group)
        finally:
            self._hand_over()
            for call in group:
                call.wake.set()

    def _hand_over(self) -> None:
        with self._lock:
            self._busy = bool(self._waiting)
            if self._waiting:
                self._waiting[0].wake.set()

    def _take(self, own: _Call[_Item]) -> list[_Call[_Item]]:
        """The leader's own call and others of the queue; what shares a key with one stays in it."""
        with self._lock:
            group, keys, left = [own], {own.key}, []
            for call in self._waiting:
                if call is own:
                    continue
                if len(group) < self._most and call.key not in keys:
                    group.append(call)
                    keys.add(call.key)
                else:
                    left.append(call)
            self._waiting = left
        return group

    def _serve(self, group: list[_Call[_Item]]) -> None:
        try:
            self._act([call.item for call in group])
        except BaseException as error:
            if len(group) == 1 or not isinstance(error, self._of_one):
                for call in group:
                    call.error, call.done = error, True
                return
            for call in group:
                self._serve([call])
            return
        for call in group:
            call.done = True
