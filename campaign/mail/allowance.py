"""How much confirmation mail one person may be sent, whoever types their address where."""

from __future__ import annotations

from campaign.extensions import run_statement

MAX_A_DAY = 3

_RECENT = "(SELECT count(*) FROM unnest(a.granted) AS t WHERE t > now() - interval '24 hours')"
# A first mail of a campaign only has to fit into the day. Asking again for the same one, as an
# impatient double click does, is granted ten minutes after the last.
_ALLOWED = (
    f"({_RECENT} < {MAX_A_DAY} AND "
    "(excluded.person IN (SELECT decode(first.person, 'hex') FROM first)"
    " OR a.granted[cardinality(a.granted)] < now() - interval '10 minutes'))"
)

# A fragment for the WITH of a statement that has `people`, each `person` (in hex) once, and
# `first`, those of them who sign anew: returns `person` and `allowed`. It always writes, so that a
# refusal takes as long as a grant; the row lock makes requests of one person take turns, so that
# none slips through between reading and writing.
GRANT = f"""
    INSERT INTO mail_allowance AS a (person, granted, allowed)
    SELECT decode(person, 'hex'), ARRAY[now()], true FROM people
    ON CONFLICT (person) DO UPDATE SET
        allowed = {_ALLOWED},
        granted = CASE WHEN {_ALLOWED}
            THEN (a.granted || now())[greatest(1, cardinality(a.granted) - {MAX_A_DAY - 2}):]
            ELSE a.granted END,
        asked_at = now()
    RETURNING person, allowed
"""


def forget_old() -> None:
    """Drop what no longer limits anybody: nobody is remembered for longer than two days."""
    run_statement("DELETE FROM mail_allowance WHERE asked_at < now() - interval '2 days'", {})
