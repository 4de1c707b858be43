"""The Merkle leaves of a package: the hashes of its rows, and the salts that hide whose they are.

Both are made in files beside the package, and are kept in the database in chunks: what proves
that one row was in a package is read from one chunk of it and the roots of the others. Whoever is
erased loses the salt, without which their hash says nothing, and everybody else's proof stays.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, text

from campaign.delivery import merkle
from campaign.delivery.exporting import read_csv
from campaign.delivery.merkle import CHUNK, HASH_BYTES, SALT_BYTES
from campaign.delivery.rows import before
from campaign.delivery.session import Session
from campaign.delivery.targets import TURN, lock_campaign
from campaign.errors import NotFound

SALTS = "salts.bin"
_HASHES = "hashes.bin"
_GONE = bytes(SALT_BYTES)

_INDEX = text(
    f"SELECT {before(':number')} FROM delivery d"
    " WHERE d.id = :id AND d.numbers @> CAST(:number AS bigint)"
)
# The places of these numbers in deliveries, from 0. The ranges of a delivery are cut at the numbers
# and counted once: to count them anew for each number takes hours when there are thousands of both.
_PLACES = """
WITH wanted AS MATERIALIZED (
    SELECT coalesce(range_agg(int8range(number, number, '[]')), '{{}}') AS numbers
    FROM ({numbers}) AS n (number)
), held AS MATERIALIZED (
    SELECT d.id, d.numbers, d.{of} * wanted.numbers AS found FROM delivery d, wanted
    WHERE {which} AND d.{of} && wanted.numbers
), pieces AS (
    SELECT id, unnest(found) AS piece, true AS is_found FROM held
    UNION ALL SELECT id, unnest(numbers - found), false FROM held
), sized AS (
    SELECT id, is_found, upper(piece) - lower(piece) AS size,
        sum(upper(piece) - lower(piece)) OVER (PARTITION BY id ORDER BY piece) AS through
    FROM pieces
)
SELECT id, (through - size)::bigint + generate_series(0, size - 1) AS place
FROM sized WHERE is_found ORDER BY 1, 2
"""
_GIVEN = {
    "numbers": "SELECT unnest(CAST(:numbers AS bigint[]))",
    "which": "d.campaign_id = :campaign",
}
_HELD = text(_PLACES.format(of="numbers", **_GIVEN))
_ON_PAPER = text(_PLACES.format(of="paper_numbers", **_GIVEN))
_ERASED = _PLACES.format(
    numbers="""
    SELECT n.number FROM delivery_number n JOIN signature s ON s.id = n.signature_id
    WHERE n.campaign_id = %(campaign)s AND (s.state = 'erased' OR s.anonymised_at IS NOT NULL)
    UNION ALL SELECT n.number FROM delivery_number n
    JOIN paper_signature p ON p.id = n.paper_signature_id
    WHERE n.campaign_id = %(campaign)s
        AND (p.state IN ('erased', 'undone') OR p.anonymised_at IS NOT NULL)
    """,
    of="numbers",
    which="d.id = %(id)s",
)
_SALTS = text("SELECT salts FROM delivery_leaves WHERE delivery_id = :id AND chunk = :chunk")
_FORGET = text(
    "UPDATE delivery_leaves SET salts = :salts WHERE delivery_id = :id AND chunk = :chunk"
)
_CHUNK = text(
    "SELECT hashes, salts FROM delivery_leaves WHERE delivery_id = :id AND chunk = :chunk"
)
_ROOTS = text("SELECT root FROM delivery_leaves WHERE delivery_id = :id ORDER BY chunk")
_DROP = text("DELETE FROM delivery_leaves WHERE delivery_id = :id")
_COPY = "COPY delivery_leaves (delivery_id, chunk, root, hashes, salts) FROM STDIN"


class Proof(NamedTuple):
    """What leads from one row to the root of its package. A forgotten salt is zeros."""

    leaf: bytes
    salt: bytes
    path: list[bytes]


def make(table: Path, folder: Path) -> bytes:
    """Salt and hash the rows of the table (CSV) into files in `folder`. Returns the root.

    Memory does not grow with the rows. Raises OSError.
    """
    roots = []
    with (
        table.open("rb") as file,
        (folder / SALTS).open("xb") as salts,
        (folder / _HASHES).open("xb") as hashes,
        contextlib.closing(read_csv(file)) as rows,
    ):
        while cells := list(islice(rows, CHUNK)):
            salt = os.urandom(SALT_BYTES * len(cells))
            leaves = [
                merkle.leaf(one, row)
                for one, row in zip(_cut(salt, SALT_BYTES), cells, strict=True)
            ]
            salts.write(salt)
            hashes.write(b"".join(leaves))
            roots.append(merkle.root(leaves))
    return merkle.root(roots)


def store(pg: Session, campaign_id: int, delivery_id: int, folder: Path) -> None:
    """Keep what `make` made in `folder` for a delivery whose numbers are on record.

    Call in the transaction that records the numbers: who is erased meanwhile is forgotten either
    here or by `forget`, which waits for it.
    """
    lock_campaign(pg, campaign_id)
    values = {"campaign": campaign_id, "id": delivery_id}
    erased = {row.place for row in pg.execute(_ERASED, values)}
    with (
        (folder / _HASHES).open("rb") as hashes,
        (folder / SALTS).open("rb") as salts,
        pg.cursor().copy(_COPY) as copy,
    ):
        chunk = 0
        while some := hashes.read(CHUNK * HASH_BYTES):
            salt = _without(salts.read(CHUNK * SALT_BYTES), chunk * CHUNK, erased)
            root = merkle.root(list(_cut(some, HASH_BYTES)))
            copy.write_row((delivery_id, chunk, root, some, salt))
            chunk += 1


def drop(connection: Connection, delivery_id: int) -> None:
    """Keep nothing of a delivery that came to nothing."""
    connection.execute(_DROP, {"id": delivery_id})


def index_of(connection: Connection, delivery_id: int, number: int) -> int:
    """The place of a number among the rows of a delivery, from 0. Raises NotFound."""
    found = connection.execute(_INDEX, {"id": delivery_id, "number": number}).scalar_one_or_none()
    if found is None:
        raise NotFound
    return int(found)


def proof(connection: Connection, delivery_id: int, index: int) -> Proof:
    """What proves that row `index` (from 0) is in a package. Raises NotFound."""
    chunk, place = divmod(index, CHUNK)
    found = connection.execute(_CHUNK, {"id": delivery_id, "chunk": chunk}).one_or_none()
    if found is None or not 0 <= place < len(found.hashes) // HASH_BYTES:
        raise NotFound
    leaves = list(_cut(found.hashes, HASH_BYTES))
    roots = [bytes(root) for root in connection.execute(_ROOTS, {"id": delivery_id}).scalars()]
    salt = found.salts[place * SALT_BYTES : (place + 1) * SALT_BYTES]
    path = merkle.path(leaves, place) + merkle.path(roots, chunk)
    return Proof(leaves[place], salt, path)


def take_turn(connection: Connection, campaign_id: int) -> None:
    """Wait until no numbers are given in this campaign, and none are until the transaction ends.

    Who erases somebody calls this first, before a row is changed and before their number is looked
    up: whoever gives numbers has this turn already when they come to need the rows.
    """
    connection.exec_driver_sql(TURN, {"campaign": campaign_id})


def forget(
    connection: Connection, campaign_id: int, numbers: Collection[int], *, on_paper: bool = False
) -> None:
    """Forget the salts of these numbers in every package that holds them, or holds them `on_paper`.

    Call in the transaction that takes away whose numbers they are, which has the turn.
    """
    take_turn(connection, campaign_id)
    values = {"campaign": campaign_id, "numbers": list(numbers)}
    found = connection.execute(_ON_PAPER if on_paper else _HELD, values)
    for (id_, chunk), places in groupby(found, key=lambda row: (row.id, row.place // CHUNK)):
        where = {"id": id_, "chunk": chunk}
        gone = {row.place for row in places}
        salts = connection.execute(_SALTS, where).scalar_one_or_none()
        if salts is not None:
            salts = _without(salts, chunk * CHUNK, gone)
            connection.execute(_FORGET, {**where, "salts": salts})


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def _without(salts: bytes, first: int, erased: Collection[int]) -> bytes:
    """The salts of the rows from `first` on, with zeros for who is erased."""
    if not erased:
        return salts
    pieces = enumerate(_cut(salts, SALT_BYTES), first)
    return b"".join(_GONE if index in erased else salt for index, salt in pieces)
