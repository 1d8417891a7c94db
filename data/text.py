"""Text as files have it, made one: widths, 臺 and 台, encodings, plates.

Every function here that returns text is idempotent: normalising twice changes
nothing more. Nothing is ever decoded with replacement characters.
"""

import codecs
import unicodedata
from functools import lru_cache

from data.errors import RowRefused

ENCODINGS = ("utf-8-sig", "cp950", "big5hkscs")
"""Tried in this order; big5hkscs knows 堃 and 喆, which cp950 lacks."""

DASHES = "‐‑‒–—―−﹘﹣-~～〜∼至到"
"""What people put between two numbers; NFKC leaves most of these as they are."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_VARIATION = ("\ufe00", "\ufe0f"), ("\U000e0100", "\U000e01ef")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Give one form of a text: NFKC, no invisible marks, single spaces, stripped.

    Zero-width and direction marks, variation selectors and control characters go;
    full-width letters, digits and brackets become plain ones. Private-use
    characters stay: a name may hold one.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = "".join(mark for mark in text if not _is_invisible(mark))
    return " ".join(unicodedata.normalize("NFKC", seen).split())


def _is_invisible(mark: str) -> bool:
    if unicodedata.category(mark) == "Cf":
        return True
    if unicodedata.category(mark) == "Cc":
        return not mark.isspace()
    return any(first <= mark <= last for first, last in _VARIATION)


def place_name(text: str) -> str:
    """Give one form of the name of a place: folded, no spaces, 臺 for 台.

    The official names of counties and towns have 臺 only, so 台西鄉 is 臺西鄉.
    """
    joined = fold(text).replace("台", "臺").replace(" ", "")
    # A mark that stood alone after a space may now combine with what is before it.
    return unicodedata.normalize("NFKC", joined)


def one_line(text: object) -> str:
    """Give a message as one line of marks that a terminal only shows.

    File names and columns may hold control characters that move its cursor.
    """
    return " ".join("".join(m if m.isprintable() else " " for m in str(text)).split())


def decode_strictly(raw: bytes) -> tuple[str, str]:
    """Decode bytes as the first of UTF-16 with its mark, UTF-8 and two kinds of Big5.

    Returns
    -------
    text, encoding
        The text without its byte order mark, and the name of the encoding.

    Raises
    ------
    RowRefused
        ``undecodable``: none of them reads every byte.
    """
    if raw.startswith(_UTF16):
        return decode_as(raw, "utf-16"), "utf-16"
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise RowRefused(
        "undecodable", f"no encoding of {', '.join(ENCODINGS)} reads these bytes"
    )


def decode_as(raw: bytes, encoding: str) -> str:
    """Decode bytes by a known encoding; what cp950 lacks is sought in big5hkscs.

    Raises
    ------
    RowRefused
        ``undecodable``, with the offset of the first byte that cannot be read.
    """
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "cp950":
            return decode_as(raw, "big5hkscs")
        raise RowRefused(
            "undecodable", f"byte {error.start} cannot be read as {encoding}"
        ) from error
    except UnicodeError as error:  # some codecs of Python do not say where
        raise RowRefused("undecodable", f"cannot be read as {encoding}") from error
