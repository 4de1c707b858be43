"""What a lead picture weighs, and what it loses, as WebP and as AVIF.

    python -m bench.pictures FOLDER

FOLDER holds photographs, which the project has none of: bring your own.
"""

from __future__ import annotations

import io
import math
import sys
import time
from pathlib import Path
from statistics import median

from PIL import Image, ImageChops, ImageStat

from bench.rounds import table
from campaign.content.pictures import AVIF, LARGE, SMALL, WEBP, encoded, fitted

KINDS = {"WebP": WEBP} | {f"AVIF {q}": AVIF | {"quality": q} for q in (50, AVIF["quality"], 65)}


def measure(folder: Path) -> str:
    """The table of all pictures of a folder in both sizes: medians over the pictures."""
    images = [Image.open(path).convert("RGB") for path in sorted(folder.iterdir()) if path.suffix]
    rows = [
        (f"{name}, {kind}", *(f"{figure:,.1f}" for figure in over(images, box, how)))
        for name, box in (("small", SMALL), ("large", LARGE))
        for kind, how in KINDS.items()
    ]
    note = f"{len(images)} pictures. PSNR against what was encoded: more is truer."
    return table("Lead pictures", ("as", "KB", "PSNR (dB)", "encoding (ms)"), rows, note)


def over(
    images: list[Image.Image], box: tuple[int, int], how: dict[str, object]
) -> tuple[float, float, float]:
    """The medians over all images, in KB, dB and ms."""
    found = [one(fitted(image, box), how) for image in images]
    weight, truth, took = zip(*found, strict=True)
    return median(weight), median(truth), median(took)


def one(image: Image.Image, how: dict[str, object]) -> tuple[float, float, float]:
    began = time.perf_counter()
    raw = encoded(image, how)
    took = time.perf_counter() - began
    return len(raw) / 1000, truth_of(image, Image.open(io.BytesIO(raw))), took * 1000


def truth_of(image: Image.Image, other: Image.Image) -> float:
    """The peak signal-to-noise ratio of two RGB images, in dB."""
    apart = ImageStat.Stat(ImageChops.difference(image, other.convert("RGB")))
    mean = sum(squares / n for squares, n in zip(apart.sum2, apart.count, strict=True)) / 3
    return 10 * math.log10(255**2 / mean) if mean else math.inf


if __name__ == "__main__":
    print(measure(Path(sys.argv[1])))
