"""Reads as somebody may write them: well, nearly well, and not at all."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from data.importers.reports import EARLY

NOW = datetime(2026, 3, 1, 19, 5, tzinfo=UTC)
READ = {
    "camera_id": "yangmei",
    "at": "2026-03-01T19:04:59.25Z",
    "plate": "BKD-5826",
    "sequence": 7,
    "confidence": 0.93,
    "vehicle_type": "suv",
    "colour": "white",
    "lng": 121.1643,
    "lat": 24.914,
}


def line(**members):
    """A read with some members written otherwise: each value is JSON text."""
    all_of_it = {name: json.dumps(value) for name, value in READ.items()} | members
    inner = ",".join(f'"{name}":{value}' for name, value in all_of_it.items())
    return b"{" + inner.encode("utf-8", "surrogatepass") + b"}"


# what is written: near to what is read fast, on both sides of every limit

DIGITS = "0123456789"
OFFSETS = ["Z", "z", "+08:00", "-03:30", "+23:59", "+24:00", "-00:00", "+8:00", ""]
TIMES = st.builds(
    "{}-{:02d}-{:02d}{}{:02d}:{:02d}{}{}{}".format,
    st.sampled_from(["2026", "2025", "2000", "1999", "1901", "0115", "2100", "9999"]),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from(["T", "t", " ", "_"]),
    st.integers(0, 25),
    st.integers(0, 61),
    st.sampled_from(["", ":00", ":59", ":60", ":7"]),
    st.one_of(
        st.sampled_from(["", ".", ",5"]),
        st.text(DIGITS, min_size=1, max_size=11).map(".{}".format),
    ),
    st.sampled_from(OFFSETS),
)
NEAR_TIMES = st.builds(
    lambda apart, hours: (
        (NOW + timedelta(microseconds=apart))
        .astimezone(tz=timezone(timedelta(hours=hours)))
        .isoformat()
    ),
    st.one_of(
        st.integers(-(10**13), 10**9),
        st.integers(-3, 3).map(lambda n: EARLY // timedelta(microseconds=1) + n),
    ),
    st.integers(-12, 14),
)
LETTERS = st.one_of(
    st.characters(codec="utf-8"),
    st.sampled_from("\x7f\x80\x9f\xa0\u202a\u202e\u2029\u2066\u2069\u206a桃園a-Z0 "),
)
TEXTS = st.one_of(
    st.text(LETTERS, max_size=40),
    st.text("a桃", min_size=118, max_size=122),
    st.text("A7軍", min_size=31, max_size=34),
)
WORDS = st.one_of(st.text("az-", max_size=34), st.text(max_size=4))
NUMBERS = st.one_of(
    st.from_regex(r"\A-?(0|[1-9][0-9]{0,11})(\.[0-9]{0,19})?([eE][+-]?[0-9]{0,3})?\Z"),
    st.floats(0, 1).map(repr),
    st.floats().map(repr),
    st.floats(-1e9, 1e9).map(repr),
    st.sampled_from(["0", "1", "-0", "-0.0", "1.0", "1e9", "-1e9", "1000000000.0001"]),
    st.sampled_from(["00", "01", "+1", ".5", "1.", "--1", "1-2", "1e", "0x1"]),
    st.sampled_from(["9007199254740993", "0.9007199254740993", "-0.0000"]),
)
COUNTS = st.one_of(
    st.integers(0, 10**6).map(str),
    st.integers(2**63 - 3, 2**63 + 3).map(str),
    st.integers(10**17, 10**19).map(str),
    NUMBERS,
)
quoted = st.booleans().map(
    lambda is_ascii: lambda text: json.dumps(text, ensure_ascii=is_ascii)
)


def in_quotes(texts):
    return st.builds(lambda quote, text: quote(text), quoted, texts)


ANYTHING = st.one_of(
    st.sampled_from(["null", "true", "NaN", "nul", "7", "{}", "[]", "[1,[2]]"]),
    st.sampled_from(['""', '"1"', '"\\ud800"', '"\\u0041"']),
)
MORE = ['"foo":1', '"plate":"B"', '"lng":null', '"l\\u0061t":1', ""]
SOME = [b'"', b",", b"}", b"\\", b"\xc2\x85"]
VALUES = {
    "camera_id": in_quotes(TEXTS),
    "plate": in_quotes(TEXTS),
    "at": in_quotes(st.one_of(TIMES, NEAR_TIMES)),
    "vehicle_type": in_quotes(WORDS),
    "colour": in_quotes(WORDS),
    "sequence": COUNTS,
    "confidence": NUMBERS,
    "lng": NUMBERS,
    "lat": NUMBERS,
}
GOOD = {name: st.just(json.dumps(value)) for name, value in READ.items()}
BLANK = st.text(" \t\r", max_size=2)


@st.composite
def objects(draw):
    """A read, mostly a good one, with one or two things that may be odd."""
    names = draw(st.permutations(list(READ)))[: draw(st.integers(3, 9))]
    for name in ("camera_id", "at", "plate"):
        if name not in names and draw(st.integers(0, 9)):
            names.append(name)
    odd = set(draw(st.lists(st.sampled_from(names), max_size=2)))
    members = []
    for name in names:
        values = st.one_of(VALUES[name], ANYTHING) if name in odd else GOOD[name]
        members.append(
            f'{draw(BLANK)}"{name}"{draw(BLANK)}:{draw(BLANK)}{draw(values)}'
        )
    if not draw(st.integers(0, 9)):
        members.append(draw(st.sampled_from(MORE)))
    text = draw(BLANK) + "{" + ",".join(members) + draw(BLANK) + "}" + draw(BLANK)
    return text.encode("utf-8", "surrogatepass")


@st.composite
def mutated(draw):
    """A read in which some bytes are others, more, or gone."""
    raw = bytearray(draw(objects()))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(raw) - 1)) if raw else 0
        some = draw(st.one_of(st.binary(max_size=2), st.sampled_from(SOME)))
        raw[at : at + draw(st.integers(0, 2))] = some
    return bytes(raw)


PIECES = st.one_of(
    objects(),
    mutated(),
    st.sampled_from([b"", b" ", b"\x0b\x0c", b"7", b"null", b"[]", b"{}", b"{"]),
    st.sampled_from([b"\xff", b"\x00", b'"', b'"a\\",\\"b"']),
)
