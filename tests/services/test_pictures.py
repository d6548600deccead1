"""Pictures from outside: judged by content, bounded, drawn anew, and known again."""

import io
import struct
import zlib

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from backend.core.errors import Refusal
from backend.earning import pictures
from backend.earning.errors import PhotoShowsNothing
from backend.earning.pictures import read_picture
from backend.earning.rules.photos import ALIKE_BITS, distance
from backend.tokens.errors import ImageTooLarge, ImageUnsupported
from tests.factories_evidence import encoded, scene


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def with_gps() -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x9003] = "SecretPhone", "2026:06:05 12:00:00"
    exif.get_ifd(0x8825)[2] = (29.0, 33.0, 12.0)
    return encoded(scene(1), exif=exif, comment=b"SecretComment")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_kind_becomes_a_small_jpeg(kind: str) -> None:
    kept = read_picture(encoded(scene(1, 2400, 1800), kind))
    image = opened(kept.jpeg)
    assert (image.format, image.size, (kept.width, kept.height)) == ("JPEG", (1600, 1200), (1600, 1200))
    assert len(kept.jpeg) <= pictures.KEPT_BYTES


def test_nothing_of_the_metadata_is_left() -> None:
    sent = with_gps()
    assert b"SecretPhone" in sent
    kept = read_picture(sent)
    assert (dict(opened(kept.jpeg).getexif()), b"Secret" in kept.jpeg) == ({}, False)


def test_a_picture_taken_on_its_side_stands_up() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = read_picture(encoded(scene(1, 640, 480), exif=exif))
    assert (kept.width, kept.height) == (480, 640)


def test_noise_is_bounded_too() -> None:
    noise = Image.effect_noise((1600, 1600), 120).convert("RGB")
    kept = read_picture(encoded(noise, quality=95))
    assert len(kept.jpeg) <= pictures.KEPT_BYTES
    assert opened(kept.jpeg).size == (kept.width, kept.height)


def test_what_is_transparent_stands_on_white() -> None:
    image = scene(3).convert("RGBA")
    image.putalpha(0)
    with pytest.raises(PhotoShowsNothing):
        read_picture(encoded(image, "PNG"))


@pytest.mark.parametrize("seed", range(6))
def test_the_same_scene_is_known_again(seed: int) -> None:
    image = scene(seed)
    look = read_picture(encoded(image)).look
    changed = [
        encoded(image, quality=30),
        encoded(image.resize((300, 225))),
        encoded(ImageEnhance.Brightness(image).enhance(1.15)),
        encoded(image, "WEBP", quality=40),
    ]
    assert max(distance(look, read_picture(each).look) for each in changed) <= ALIKE_BITS


def test_other_scenes_are_others() -> None:
    looks = [read_picture(encoded(scene(seed))).look for seed in range(40)]
    alike = [(a, b) for a in range(40) for b in range(a) if distance(looks[a], looks[b]) <= ALIKE_BITS]
    assert alike == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        encoded(scene(1), "GIF"),
        encoded(scene(1))[:2000],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ImageUnsupported):
        read_picture(data)


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0" * 10_000))
    with pytest.raises(ImageTooLarge):
        read_picture(bomb)
    with pytest.raises(ImageTooLarge):
        read_picture(encoded(Image.new("L", (5000, 4000)), "PNG"))


@pytest.mark.parametrize("image", [Image.new("RGB", (800, 600), "black"), scene(1).resize((60, 60))])
def test_a_covered_lens_shows_nothing(image: Image.Image) -> None:
    with pytest.raises(PhotoShowsNothing):
        read_picture(encoded(image))


WHOLE = encoded(scene(5, 120, 90), "PNG")


@trials(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8))
def test_damage_is_refused_or_harmless(place: int, dirt: bytes) -> None:
    try:
        kept = read_picture(WHOLE[:place] + dirt + WHOLE[place + len(dirt) :])
    except Refusal:
        return
    assert opened(kept.jpeg).format == "JPEG"
