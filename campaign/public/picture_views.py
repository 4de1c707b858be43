"""A lead picture as the public pages show it."""

from __future__ import annotations

from dataclasses import dataclass

from campaign.content.models import Picture
from campaign.content.pictures import SMALL


@dataclass(frozen=True)
class PictureView:
    """A lead picture in two sizes; width and height are those of the large one."""

    large: str
    small: str
    width: int
    height: int
    small_width: int
    alt: str


def picture_view(picture: Picture | None, alt: str) -> PictureView | None:
    if picture is None:
        return None
    name, (width, height) = picture.sha256.hex(), (picture.width, picture.height)
    most_wide, most_high = SMALL
    return PictureView(
        large=f"/pictures/{name}.webp",
        small=f"/pictures/{name}-small.webp",
        width=width,
        height=height,
        small_width=max(1, min(width, most_wide, most_high * width // height)),
        alt=alt,
    )
