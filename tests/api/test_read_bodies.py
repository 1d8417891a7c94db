"""Bodies of reads: the fast way keeps and refuses just what the slow way does."""

import io
import json
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api import read_bodies
from api.bodies import parse_json, shaped
from api.inputs import ReadIn
from api.problems import BadBody
from api.read_bodies import Refused, made, parse_array, parse_lines
from data.importers.documents import array_elements
from data.importers.reports import EARLY
from data.reads.columns import NO_SEQUENCE, micros_of
from tests.api.written_reads import BLANK, NOW, PIECES, line


def one_by_one(pieces, now=NOW):
    """What the slow way makes of pieces, and where they stood."""
    kept, refused = [], []
    for row, piece in enumerate(pieces):
        read = made(piece, now=now)
        if isinstance(read, ReadIn):
            kept.append((row, read))
        else:
            refused.append(Refused(row, piece, *read))
    return kept, refused


def number(value):
    return None if np.isnan(value) else float(value)


def as_told(parsed):
    """Every read of a body, field by field, with its place."""
    reads = parsed.incoming
    assert (reads.received == micros_of(NOW)).all()
    return [
        (
            int(parsed.rows[n]),
            reads.camera_ids[reads.camera[n]],
            int(reads.at[n]),
            reads.plates[n].as_py(),
            None if reads.sequence[n] == NO_SEQUENCE else int(reads.sequence[n]),
            repr(number(reads.confidence[n])),
            *reads.kinds[reads.kind[n]],
            repr(number(reads.lng[n])),
            repr(number(reads.lat[n])),
        )
        for n in range(len(reads))
    ]


def as_made(kept):
    return [
        (
            row,
            read.camera_id,
            micros_of(read.at),
            read.plate,
            read.sequence,
            repr(read.confidence),
            read.vehicle_type,
            read.colour,
            repr(read.lng),
            repr(read.lat),
        )
        for row, read in kept
    ]


def require_same(parsed, pieces):
    kept, refused = one_by_one(pieces)
    assert as_told(parsed) == as_made(kept)
    assert parsed.refused == refused
    assert [parsed.piece(n) for n in range(len(pieces))] == pieces


def lines_of(raw):
    return [line for line in io.BytesIO(raw) if line.strip()]


def elements_of(raw):
    return [text.encode() for text in array_elements(raw.decode())]


def is_sure(raw):
    """Whether the compiled loops read a single line themselves."""
    scan = read_bodies._Scan.of(raw, 1)
    assert read_bodies.kernels.read_lines(*scan.arguments) == 1
    scan.columns(1, NOW)
    return bool(scan.is_sure[0])


@settings(deadline=None, max_examples=600)
@given(st.lists(PIECES, max_size=4), st.sampled_from([b"\n", b"\r\n", b"\n\n"]))
@example([line()], b"\n")
@example([line(plate='"\\u0041"'), line(), b"7"], b"\n")
def test_lines_are_read_as_they_are_one_by_one(pieces, between):
    raw = between.join(pieces)
    require_same(parse_lines(raw, now=NOW), lines_of(raw))


def told_or_refused(parse, raw):
    try:
        return parse(raw)
    except BadBody as error:
        return error.status, error.slug, str(error)


def array_by_piece(raw):
    """What was done before: all of it has to be JSON, then one by one."""
    if not isinstance(parse_json(raw), list):
        why = "the body must be an array of reads, or one read a line as NDJSON"
        raise BadBody(422, "invalid", why)
    return elements_of(raw)


@settings(deadline=None, max_examples=600)
@given(
    st.lists(PIECES, max_size=4), BLANK, st.sampled_from(["[]", "[", "[],", "", "[]x"])
)
@example([line(), line(colour="null")], "\n", "[]")
@example([b'"a\\",\\"b"'], "", "[]")
@example([line(), b'{"a":[{"b":"]}\\""}, 1]}'], " ", "[]")
def test_an_array_is_read_as_its_elements_are_one_by_one(pieces, blank, ends):
    inner = (blank + ",").encode().join(pieces)
    raw = ends[:1].encode() + inner + blank.encode() + ends[1:].encode()
    expected = told_or_refused(array_by_piece, raw)
    parsed = told_or_refused(lambda raw: parse_array(raw, now=NOW), raw)
    if isinstance(expected, tuple):
        assert parsed == expected
    else:
        require_same(parsed, expected)


PLAIN = [
    line(),
    line(at='"2026-03-01 03:05+08:00"'),
    line(at='"2024-02-29t23:59:59.123456789z"'),
    line(camera_id='"國道一號"', plate='"軍A-12345"'),
    line(confidence="0.12345678901234567", lng="121.16430000000000291"),
    line(confidence="0.9154042229070667"),  # a division would round twice
    line(confidence="1e-05", sequence="null", lng="null", lat="null"),
    b' { "plate" : "A" , "camera_id":"b","at":"2026-03-01T19:05:00Z"}\r\n',
]


@pytest.mark.parametrize("number", range(len(PLAIN)))
def test_a_plain_read_is_read_fast(number):
    raw = PLAIN[number]
    assert is_sure(raw)
    require_same(parse_lines(raw, now=NOW), [raw])


ODD = {
    "twice": line()[:-1] + b',"plate":"B"}',
    "unknown": line(foo="1"),
    "NaN": line(confidence="NaN"),
    "infinite": line(confidence="1e999"),
    "lone surrogate": line(plate='"\\ud800"'),
    "raw surrogate": line(plate='"\ud800"'),
    "half a pair": line(lat="null"),
    "leap second": line(at='"2026-03-01T19:04:60Z"'),
    "far from UTC": line(at='"2026-03-01T19:04:00+24:00"'),
    "ten digits of a second": line(at='"2026-03-01T19:04:00.1234567890Z"'),
    "no such day": line(at='"2026-02-29T19:04:00Z"'),
    "no zone": line(at='"2026-03-01T19:04:00"'),
    "roc year": line(at='"0115-03-01T19:04:00Z"'),
    "tomorrow": line(at='"2026-03-02T19:04:00Z"'),
    "last century": line(at='"1999-12-31T23:59:59.999999Z"'),
    "too sure": line(confidence="1.0000000000000002"),
    "one too many": line(sequence=str(2**63)),
    "count with zeros before": line(sequence="007"),
    "count with a point": line(sequence="1.0"),
    "text for a number": line(lng='"121.5"'),
    "true": line(lng="true"),
    "far": line(lng="1000000000.1"),
    "leading zero": line(confidence="00.5"),
    "controls": line(camera_id='"a\x85b"'),
    "reversed": line(camera_id='"a\u202eb"'),
    "embedded": line(camera_id='"a\u2067b"'),
    "long": line(plate='"' + "桃" * 33 + '"'),
    "longer": line(camera_id='"' + "桃" * 121 + '"'),
    "empty": line(camera_id='""'),
    "capital": line(colour='"White"'),
    "dash first": line(colour='"-white"'),
    "long word": line(colour='"' + "a" * 33 + '"'),
    "no plate": b'{"camera_id":"a","at":"2026-03-01T19:04:00Z"}',
    "no end": line()[:-1],
    "two": line() + line(),
    "comma": line()[:-1] + b",}",
    "NUL behind": line() + b"\x00",
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_read_is_refused_alone_in_the_words_of_before(name):
    pieces = [line(sequence="1") + b"\n", ODD[name] + b"\n", line(sequence="2")]
    assert not is_sure(ODD[name])
    parsed = parse_lines(b"".join(pieces), now=NOW)
    require_same(parsed, pieces)
    assert parsed.rows.tolist() == [0, 2]


def test_limits_are_those_of_a_read():
    for n, field in ((120, "camera_id"), (32, "plate")):
        assert is_sure(line(**{field: '"' + "桃" * n + '"'}))
    assert is_sure(line(colour='"' + "a" * 32 + '"'))
    assert is_sure(line(lng="1000000000", lat="-1e9"))
    assert is_sure(line(at='"2000-01-01T00:00:00Z"'))
    assert is_sure(line(at=json.dumps((NOW + EARLY).isoformat())))


def test_a_slow_read_stands_between_fast_ones():
    slow = line(plate='"\\u0041"', camera_id='"\\u0062"', colour="null")
    raw = b"\n".join([line(), slow, line(camera_id='"c"')])
    parsed = parse_lines(raw, now=NOW)
    assert parsed.rows.tolist() == [0, 1, 2]
    assert parsed.incoming.plates.to_pylist() == ["BKD-5826", "A", "BKD-5826"]


def test_a_broken_character_does_not_hold_up_its_neighbours():
    pieces = [
        line() + b"\n",
        line(camera_id='"x"').replace(b"x", b"\xff") + b"\n",
        line(),
    ]
    parsed = parse_lines(b"".join(pieces), now=NOW)
    require_same(parsed, pieces)
    assert parsed.rows.tolist() == [0, 2]


@pytest.mark.parametrize("raw", [b"", b"\n \n\x0b\r\n"])
def test_nothing_is_no_reads(raw):
    parsed = parse_lines(raw, now=NOW)
    assert (len(parsed.incoming), parsed.refused) == (0, [])
    assert [part.size for part in parsed.incoming.codes()] == [0, 0]


def test_an_empty_array_is_no_reads():
    assert len(parse_array(b" [ ] ", now=NOW).incoming) == 0


def test_a_body_of_too_many_reads_is_refused(monkeypatch):
    monkeypatch.setattr(read_bodies, "MOST_READS", 3)
    assert (
        len(parse_lines(b"\n\n" + b"\n".join([line()] * 3) + b"\n\n", now=NOW).rows)
        == 3
    )
    assert len(parse_array(b"[" + b",".join([line()] * 3) + b"]", now=NOW).rows) == 3
    for parse, raw in (
        (parse_lines, b"1\n" * 4),
        (parse_array, b"[" + b",".join([line()] * 4) + b"]"),
        (parse_array, b"[" + b",".join([b"[" * 70 + b"]" * 70] * 4) + b"]"),
    ):
        with pytest.raises(BadBody) as caught:
            parse(raw, now=NOW)
        assert (caught.value.status, caught.value.slug) == (413, "body-too-large")


def test_an_array_that_breaks_after_too_many_reads_is_no_json(monkeypatch):
    monkeypatch.setattr(read_bodies, "MOST_READS", 3)
    with pytest.raises(BadBody) as caught:
        parse_array(b"[" + b",".join([line()] * 9) + b"}", now=NOW)
    assert caught.value.status == 400


@pytest.mark.parametrize("depth", [70, 3_000, 100_000])
def test_deep_nesting_in_an_array_is_refused_as_before(depth):
    raw = b"[" + line() + b',{"a":' + b"[" * depth + b"]" * depth + b"}]"
    expected = told_or_refused(array_by_piece, raw)
    parsed = told_or_refused(lambda raw: parse_array(raw, now=NOW), raw)
    if isinstance(expected, tuple):
        assert parsed == expected
    else:
        require_same(parsed, expected)


def test_the_slow_way_is_the_shape_and_the_time():
    assert made(line(), now=NOW) == shaped(ReadIn, line())
    late = (NOW + EARLY + timedelta(microseconds=1)).isoformat()
    code, reason = made(line(at=json.dumps(late)), now=NOW)
    assert (code, reason[:5]) == ("time", "/at: ")


def test_the_first_empty_body_compiles_all_that_others_need():
    kernels = (read_bodies.kernels, read_bodies.values)
    loops = [
        one
        for part in kernels
        for one in vars(part).values()
        if hasattr(one, "signatures")
    ]
    parse_lines(b"", now=NOW)
    parse_array(b"[]", now=NOW)
    compiled = {one: len(one.signatures) for one in loops}
    slow = line(plate='"\\u0041"', colour="null")
    parse_lines(line() + b"\n" + slow + b"\n" + line(lng="null", lat="null"), now=NOW)
    parse_array(b"[" + slow + b"," + line() + b"]", now=NOW)
    assert {one: len(one.signatures) for one in loops} == compiled


def test_reads_with_nulls_all_have_the_same_look():
    body = b"\n".join(line(vehicle_type="null", colour="null") for _ in range(9))
    for raw, parse in ((body, parse_lines), (arrayed(body), parse_array)):
        parsed = parse(raw, now=NOW)
        assert parsed.incoming.kinds == [(None, None)]


def arrayed(lines):
    return b"[" + lines.replace(b"\n", b",") + b"]"
