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
    wake: threading.Event = field(default_factory=threading.Event)
    done: bool = False
    error: BaseException | None = None


class Together(Generic[_Item]):
    """Calls `act` with lists of items, at most `most` long, none with two of the same `key`.

    `act` does everything or nothing, and raises. When a group fails, each of its items is tried
    alone, so that nobody fails for the sake of another.
    """

    def __init__(
        self,
        act: Callable[[Sequence[_Item]], None],
        key: Callable[[_Item], Hashable],
        most: int = 64,
    ) -> None:
        self._act = act
        self._key = key
        self._most = most
        self._lock = threading.Lock()
        self._waiting: list[_Call[_Item]] = []
        self._busy = False

    def __call__(self, item: _Item) -> None:
        """Return when `act` has done `item`; raise what it raised for it."""
        call = _Call(item)
        with self._lock:
            self._waiting.append(call)
            leads, self._busy = not self._busy, True
        if not leads:
            call.wake.wait()
        if not call.done:
            self._lead(call)
        if call.error is not None:
            raise call.error

    def _lead(self, own: _Call[_Item]) -> None:
        group = self._take(own)
        try:
            self._serve(group)
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._busy = following is not None
            for call in (*group, *([following] if following else [])):
                call.wake.set()

    def _take(self, own: _Call[_Item]) -> list[_Call[_Item]]:
        """The leader's own call and others of the queue; what shares a key with one stays in it."""
        with self._lock:
            group, keys, left = [own], {self._key(own.item)}, []
            for call in self._waiting:
                key = self._key(call.item)
                if call is own:
                    continue
                if len(group) < self._most and key not in keys:
                    group.append(call)
                    keys.add(key)
                else:
                    left.append(call)
            self._waiting = left
        return group

    def _serve(self, group: list[_Call[_Item]]) -> None:
        try:
            self._act([call.item for call in group])
        except BaseException as error:
            if len(group) == 1 or not isinstance(error, Exception):
                for call in group:
                    call.error, call.done = error, True
                return
            for call in group:
                self._serve([call])
            return
        for call in group:
            call.done = True
