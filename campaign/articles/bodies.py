"""The body of an article, whichever language it is in, as its row holds it."""

from __future__ import annotations

from campaign.articles.blocks import TAKE_ACTION, pieces
from campaign.content.drafts import Draft


def blocks_of(draft: Draft, *, leads: bool = True) -> list[dict[str, str]]:
    """The blocks of a draft's body, its mistakes noted. It may call to action where it `leads`."""
    found = list(pieces(draft.document))
    for line, block in found:
        if "" in block.values():
            draft.mistakes.add(draft.body_line + line, "nothing follows the colon")
        if block["kind"] == TAKE_ACTION and not leads:
            what = "a call to take action needs a campaign that it leads to"
            draft.mistakes.add(draft.body_line + line, what)
    return [block for _, block in found]
