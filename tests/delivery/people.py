"""People who sign, leave and come back, and what must be delivered of them: a model in memory."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from campaign.delivery.slicing import Slice
from tests.delivery.making import change, paper_batch, sign, sign_on_paper

START = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
# Where people live, and how they write it.
PLACES = (("GB", "N1 9GU"), ("GB", "n-1 2"), ("GB", "N10 1"), ("FR", "75 001"), ("FR", ""))
SLICES = (
    Slice(),
    Slice(("GB",)),
    Slice((), ("N1",)),
    Slice(("FR",), ("7500",)),
    Slice(("FR", "GB"), ("N12", "N19")),
)


def moment(tick: int) -> dt.datetime:
    """Several things happen at the same moment now and then."""
    return START + dt.timedelta(minutes=tick // 3)


@dataclass
class Person:
    """Somebody as the model knows them; `here` while their signature counts."""

    name: str
    kind: int
    id: int
    place: int
    here: bool = False
    at: dt.datetime = START
    number: int = 0

    def is_in(self, part: Slice) -> bool:
        country, postcode = PLACES[self.place]
        written = postcode.replace(" ", "").replace("-", "").upper()
        return (not part.countries or country in part.countries) and (
            not part.postcodes or written.startswith(part.postcodes)
        )


@dataclass
class People:
    """Everybody, and the numbers that each official holds."""

    all: list[Person] = field(default_factory=list)
    held: dict[str, set[int]] = field(default_factory=dict)

    def sign(self, place: int) -> None:
        name = f"Person {len(self.all)}"
        country, postcode = PLACES[place]
        id_ = sign(name, country=country, postcode=postcode, state="pending")
        self.all.append(Person(name, 0, id_, place))

    def sign_on_paper(self, place: int, tick: int) -> None:
        batch = paper_batch()
        country, postcode = PLACES[place]
        for _ in range(2):
            name = f"Person {len(self.all)}"
            id_ = sign_on_paper(name, country=country, postcode=postcode, batch=batch)
            self.all.append(Person(name, 1, id_, place, True, moment(tick)))
            change(
                "UPDATE paper_signature SET recorded_at = :at WHERE id = :i",
                at=moment(tick),
                i=id_,
            )

    def confirm(self, which: int, tick: int) -> None:
        """Confirm a pending one; or have somebody leave, or come back with the moment they had."""
        if not self.all:
            return
        one = self.all[which % len(self.all)]
        if one.kind:
            state = "undone" if one.here else "counted"
            change("UPDATE paper_signature SET state = :s WHERE id = :i", s=state, i=one.id)
        else:
            if not one.here and one.at == START:
                one.at = moment(tick)
            states = ("excluded", "withdrawn") if one.here else ("confirmed",)
            change(
                "UPDATE signature SET state = :s, confirmed_at = :at WHERE id = :i",
                s=states[tick % len(states)],
                at=one.at,
                i=one.id,
            )
        one.here = not one.here

    def wanted(
        self, official: str, part: Slice, cut_off: dt.datetime | None, *, everything: bool
    ) -> list[Person]:
        """Who must be in a delivery, in its order; they have their numbers then."""
        held = set() if everything else self.held.setdefault(official, set())
        found = [
            one
            for one in self.all
            if one.here
            and one.is_in(part)
            and (cut_off is None or one.at <= cut_off)
            and one.number not in held
        ]
        new = sorted((o for o in found if not o.number), key=lambda o: (o.at, o.kind, o.id))
        highest = max((one.number for one in self.all), default=0)
        for number, one in enumerate(new, start=highest + 1):
            one.number = number
        return sorted(found, key=lambda one: one.number)
