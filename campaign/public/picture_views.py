"""A lead picture as the public pages show it."""

from __future__ import annotations

from dataclasses import dataclass

from campaign.content.models import Picture
from campaign.content.pictures import SMALL


@dataclass(frozen=True)
class PictureView:
    """A lead picture in two sizes; width and height (pixels) are those of the large one."""

    large: str
    small: str
    width: int
    height: int
    small_width: int
    alt: str
    kinds: tuple[str, ...]

    def sources(self, kind: str) -> str:
        """What `srcset` says of one kind, `webp` or `avif`: each file and how wide it is."""
        small, large = (path.replace(".webp", f".{kind}") for path in (self.small, self.large))
        if self.width <= self.small_width:
            return f"{small} {self.small_width}w"
        return f"{small} {self.small_width}w, {large} {self.width}w"


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
        kinds=("avif", "webp") if picture.has_avif else ("webp",),
    )
