"""What is written beside each change of state, for the counts and charts that are derived from it.

A row of `signature_change` tells everything that counting needs, so that counting never looks at
the signature again: it may have changed once more, or lost all that is personal.

What is derived must equal a GROUP BY over the signatures at any time. So whoever changes a
country, source or address (erasing does) notes two changes: one to `NULL` with the values from
before, which takes the signature out, and one from `NULL` with those after. Once set,
`confirmed_at` never changes, and `created_at` never does.

A mail that failed for good is counted where its supporter is. Whoever removes one that was counted
notes a change from `bounced` to `NULL`.
"""

from __future__ import annotations

# What a `RETURNING` must give for `note_change`.
NEEDED = "campaign_id, country, source, email_canonical, created_at, confirmed_at"


def note_paper(rows: str, old: str, new: str) -> str:
    """SQL that notes that signatures on paper are counted from now on, or no more.

    `rows` names a WITH that returns their `campaign_id`; `old` and `new` are `'paper'` and `NULL`
    or the other way round.
    """
    return f"""
        INSERT INTO signature_change (campaign_id, old_state, new_state)
        SELECT campaign_id, {old}, {new} FROM {rows}
    """


def note_change(rows: str, old: str, new: str) -> str:
    """SQL that notes a change of state for every row of `rows`, as part of the statement making it.

    `rows` names a WITH that returns NEEDED of the signatures as they are afterwards; `old` and
    `new` are SQL expressions for the states, `NULL` where there was or will be none.
    """
    return f"""
        INSERT INTO signature_change
            (campaign_id, old_state, new_state, country, source, domain, signed_at, confirmed_at)
        SELECT campaign_id, {old}, {new}, country, source, split_part(email_canonical, '@', 2),
            created_at, confirmed_at
        FROM {rows}
    """
