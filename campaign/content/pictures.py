"""Pictures: what was uploaded is looked at, made smaller and made anew.

Nothing of the file as it came is kept: no name, no metadata (where it was taken, by whom), no
bytes that a decoder did not turn into a pixel.
"""

from __future__ import annotations

import hashlib
import io
import re
import threading
from typing import Any

from PIL import Image, ImageOps
from sqlalchemy import func
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import insert

from campaign.content.frontmatter import Fields
from campaign.content.models import Picture
from campaign.content.rules import text
from campaign.content.storing import importing
from campaign.errors import Invalid
from campaign.extensions import db

MAX_BYTES = 10_000_000
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
LARGE, SMALL = (1280, 1600), (640, 800)
# Why these two: decision 0023, measured by `python -m bench.pictures`.
WEBP: dict[str, Any] = {"format": "WEBP", "quality": 78, "method": 4}
AVIF: dict[str, Any] = {"format": "AVIF", "quality": 58, "speed": 6, "max_threads": 1}
KEYS = ("picture", "picture_alt")

# Campaigns and articles lie above this package, so their tables are known by name alone. A form
# that is still open may hold a picture that nothing uses yet, hence the day.
_FORGET = sql(
    """
    DELETE FROM picture p WHERE created_at < now() - interval '1 day'
        AND NOT EXISTS (SELECT FROM campaign WHERE picture_sha256 = p.sha256)
        AND NOT EXISTS (SELECT FROM article WHERE picture_sha256 = p.sha256)
        AND NOT EXISTS (SELECT FROM content_revision
            WHERE content ->> 'picture' = encode(p.sha256, 'hex'))
    """
)

# A picture of 50 million pixels takes 200 MB while it is made smaller: one at a time.
_one_at_a_time = threading.Lock()


def store_picture(raw: bytes, *, by: str) -> str:
    """Store an uploaded picture. Returns its SHA-256 in hex, under which it is found.

    Raises Invalid, on the field `picture`, for whatever is not a picture that we take: the
    content decides, never the name.
    """
    if len(raw) > MAX_BYTES:
        raise Invalid({"picture": f"is larger than {MAX_BYTES // 1_000_000} MB"})
    with _one_at_a_time:
        image = _decoded(raw)
        large, small = fitted(image, LARGE), fitted(image, SMALL)
        webp = {"large": encoded(large, WEBP), "small": encoded(small, WEBP)}
        avif = {"large_avif": encoded(large, AVIF), "small_avif": encoded(small, AVIF)}
    sha256 = hashlib.sha256(webp["large"]).digest()
    row = {"width": large.width, "height": large.height, **webp, **avif}
    with db.engine.begin() as connection:
        adding = insert(Picture).values(sha256=sha256, created_by=by, **row)
        # Uploaded again, it is as good as new: the day that it is kept without a use begins anew.
        again = {"created_at": func.now(), **avif}
        connection.execute(adding.on_conflict_do_update(index_elements=["sha256"], set_=again))
    return sha256.hex()


def picture_columns(fields: Fields) -> dict[str, object]:
    """The rules for the two fields of a form that say which picture, and what it shows."""
    name = fields.optional("picture", text(64), "")
    alt = fields.optional("picture_alt", text(300), "")
    if name and not alt:
        fields.wrong("picture_alt", "is missing: say what the picture shows, for who cannot see it")
    found = bytes.fromhex(name) if re.fullmatch("[0-9a-f]{64}", name) else None
    if name and (found is None or db.session.get(Picture, found) is None):
        fields.wrong("picture", "is not here, or no longer; choose it again")
        found = None
    return {"picture_sha256": found, "picture_alt": alt if name else ""}


def forget_unused() -> None:
    """Delete pictures older than a day that no campaign, article or kept save uses.

    Saves wait meanwhile, as they do for one another: none can name a picture just deleted.
    """
    with importing() as session:
        session.execute(_FORGET)


def _decoded(raw: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            image: Image.Image = opened
            # Reading the size is cheap; only what passes is unpacked.
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            opened.draft("RGB", (LARGE[0] * 2, LARGE[1] * 2))
            if image.mode.startswith("I"):  # 16 bits of grey, which converting would cut off.
                image = image.point(lambda value: value / 256).convert("L")
            # Made small before anything else: each step afterwards makes a copy.
            mode = "RGBA" if image.has_transparency_data else "RGB"
            if image.mode not in ("L", "RGB", "RGBA", "CMYK"):
                image = image.convert(mode)
            longest = 2 * max(LARGE)
            image.thumbnail((longest, longest), Image.Resampling.BOX, reducing_gap=2.0)
            return ImageOps.exif_transpose(image).convert(mode)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        millions = MAX_PIXELS // 1_000_000
        raise Invalid({"picture": f"has more than {millions} million pixels"}) from None
    except Exception:
        # Decoders of hostile bytes fail in every way there is; to us all mean the same.
        what = "is not a whole JPEG, PNG or WebP picture"
        raise Invalid({"picture": what}) from None


def fitted(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    """A copy that is at most so wide and high (pixels), of nothing but pixels.

    A new image has no EXIF, no comment and no profile.
    """
    smaller = image.copy()
    smaller.thumbnail(box, Image.Resampling.LANCZOS)
    fresh = Image.new(smaller.mode, smaller.size)
    fresh.paste(smaller)
    return fresh


def encoded(image: Image.Image, how: dict[str, Any]) -> bytes:
    """The bytes of a file; `how` is WEBP or AVIF."""
    out = io.BytesIO()
    image.save(out, **how)
    return out.getvalue()
