"""Reads as an Arrow stream: what is kept and refused, and streams made to hurt."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api import arrow_bodies, arrow_messages, read_bodies
from api.arrow_bodies import parse_arrow
from api.bodies import LARGE
from api.problems import BadBody
from data.reads.columns import micros_of
from tests.api.test_read_bodies import as_made, as_told, one_by_one
from tests.api.written_reads import NOW, READ

UTC_US = pa.timestamp("us", "UTC")
TEXT = pa.string()
TYPES = {
    "camera_id": TEXT,
    "at": UTC_US,
    "plate": TEXT,
    "sequence": pa.int64(),
    "confidence": pa.float64(),
    "vehicle_type": TEXT,
    "colour": TEXT,
    "lng": pa.float64(),
    "lat": pa.float64(),
}
AT_US = micros_of(NOW)
ROW = READ | {"at": AT_US}
MARK = "echo9173"


def table_of(rows, types=TYPES):
    """Columns of rows; times are numbers in their unit."""
    columns = {}
    for name, kind in types.items():
        values = [row.get(name) for row in rows]
        plain = pa.array(values, pa.int64()) if name == "at" else None
        columns[name] = pa.array(values, kind) if plain is None else plain.cast(kind)
    return pa.table(columns)


def stream(table, most=None, **options):
    sink = pa.BufferOutputStream()
    how = pa.ipc.IpcWriteOptions(**options)
    with pa.ipc.new_stream(sink, table.schema, options=how) as writer:
        writer.write_table(table, max_chunksize=most)
    return sink.getvalue().to_pybytes()


def parsed(rows, types=TYPES, **options):
    return parse_arrow(stream(table_of(rows, types), **options), now=NOW)


def refusal(raw):
    with pytest.raises(BadBody) as caught:
        parse_arrow(raw, now=NOW)
    assert MARK not in str(caught.value)
    return caught.value.status, caught.value.slug


def iso(at, unit="us"):
    return None if at is None else f"{np.datetime64(at, unit)}Z"


def pieces_of(rows, types=TYPES, unit="us"):
    return [
        orjson.dumps(
            {name: row.get(name) for name in types} | {"at": iso(row["at"], unit)}
        )
        for row in rows
    ]


def require_same(told, pieces):
    kept, refused = one_by_one(pieces)
    assert as_told(told) == as_made(kept)
    assert [(one.row, one.code, one.reason) for one in told.refused] == [
        (one.row, one.code, one.reason) for one in refused
    ]
    assert [json.loads(told.piece(n)) for n in range(len(pieces))] == [
        json.loads(piece) for piece in pieces
    ]


def mostly(good, others):
    return st.one_of(*[st.just(good)] * 9, others)


TEXTS = st.one_of(
    st.none(),
    st.text(st.sampled_from("a\x00\x85\u202e桃-Z"), max_size=5),
    st.text("桃a", min_size=30, max_size=34),
    st.text("a桃", min_size=118, max_size=122),
)
FLOATS = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-0.1, 1.1),
)
ROWS = st.fixed_dictionaries(
    {
        "camera_id": mostly("yangmei", TEXTS),
        "plate": mostly("BKD-5826", TEXTS),
        "vehicle_type": mostly("suv", TEXTS),
        "colour": mostly(None, TEXTS),
        "at": mostly(
            AT_US, st.one_of(st.none(), st.integers(-(2**53), 2**53), st.just(-1))
        ),
        "sequence": mostly(7, st.one_of(st.none(), st.integers(-2, 2**63 - 1))),
        "confidence": mostly(0.5, FLOATS),
        "lng": mostly(121.5, FLOATS),
        "lat": mostly(24.5, FLOATS),
    }
)
CODED = pa.dictionary(pa.int8(), TEXT)
LARGE_CODED = pa.dictionary(pa.uint32(), pa.large_string())
WAYS = st.fixed_dictionaries(
    dict.fromkeys(
        ("camera_id", "plate", "vehicle_type", "colour"),
        st.sampled_from([TEXT, pa.large_string(), CODED, LARGE_CODED]),
    )
)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(ROWS, max_size=6),
    WAYS,
    st.sampled_from([None, "zstd", "lz4"]),
    st.sampled_from([None, 1, 2]),
)
def test_rows_are_read_as_their_json_is(rows, ways, compression, most):
    types = TYPES | ways
    told = parsed(rows, types, compression=compression, most=most)
    require_same(told, pieces_of(rows, types))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_every_unit_are_the_same_moment(unit):
    each = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[unit]
    types = TYPES | {"at": pa.timestamp(unit, "Asia/Taipei")}
    told = parsed([ROW | {"at": AT_US // 1_000_000 * each}], types)
    assert told.incoming.at.tolist() == [AT_US]


def test_limits_of_time_are_those_of_json_in_every_unit():
    latest = NOW + timedelta(minutes=5)
    for unit, each_us in (("s", 1_000_000), ("ms", 1_000), ("us", 1)):
        first = micros_of(datetime(2000, 1, 1, tzinfo=UTC)) // each_us
        last = micros_of(latest) // each_us
        far = [-(2**63) + 1, 2**63 - 1]
        times = [first - 1, first, last, last + 1, *far]
        rows = [ROW | {"at": at} for at in times]
        types = TYPES | {"at": pa.timestamp(unit, "UTC")}
        told = parsed(rows, types)
        assert told.rows.tolist() == [1, 2]
        require_same(told, pieces_of(rows, unit=unit))


def test_a_time_finer_than_a_microsecond_is_refused_alone():
    types = TYPES | {"at": pa.timestamp("ns", "UTC")}
    times = [AT_US * 1_000, AT_US * 1_000 + 1, None]
    told = parsed([ROW | {"at": at} for at in times], types)
    assert told.rows.tolist() == [0]
    (fine, missing) = told.refused
    assert (fine.code, fine.reason) == (
        "invalid",
        "/at: finer than a microsecond: send microseconds",
    )
    assert json.loads(fine.piece)["at"] == iso(times[1], "ns")
    assert missing.row == 2


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["confidence", "lng"])
def test_what_is_no_number_is_refused_alone(name, value):
    told = parsed([ROW, ROW | {name: value}])
    assert told.rows.tolist() == [0]
    assert told.refused[0].code == "invalid"
    assert told.refused[0].reason.startswith(f"/{name}: ")


@pytest.mark.parametrize(
    ("name", "kind", "good", "bad"),
    [
        ("sequence", pa.uint64(), 2**63 - 1, 2**63),
        ("sequence", pa.int8(), 127, -1),
        ("sequence", pa.uint8(), 255, None),
        ("confidence", pa.float32(), 0.5, 1.5),
        ("confidence", pa.int16(), 1, 2),
        ("lng", pa.float32(), 121.5, 2e9),
        ("lng", pa.uint64(), 121, 2**63),
    ],
)
def test_numbers_of_any_width_are_read(name, kind, good, bad):
    rows = [ROW | {name: value} for value in (good, bad)]
    types = TYPES | {name: kind}
    require_same(parsed(rows, types), pieces_of(rows, types))


def test_half_floats_are_read():
    table = table_of([ROW]).set_column(4, "confidence", pa.array([np.float16(0.5)]))
    assert parse_arrow(stream(table), now=NOW).incoming.confidence.tolist() == [0.5]


def test_columns_that_may_be_missing_may_be_missing():
    types = {name: TYPES[name] for name in ("plate", "at", "camera_id")}
    told = parsed([ROW, ROW], types)
    require_same(told, pieces_of([ROW, ROW], types))
    assert len(told.incoming) == 2


def test_rows_that_do_not_begin_where_their_buffers_do_are_read():
    rows = [ROW | {"plate": f"A-{n}", "sequence": n or None} for n in range(20)]
    table = table_of(rows, TYPES | {"colour": CODED}).slice(3, 11)
    told = parse_arrow(stream(table), now=NOW)
    require_same(told, pieces_of(rows[3:14]))


@pytest.mark.parametrize("kind", [TEXT, CODED, pa.large_string()])
def test_no_rows_are_no_reads(kind):
    schema = pa.schema(TYPES | {"plate": kind})
    empty = pa.record_batch([pa.array([], field.type) for field in schema], schema)
    for batches in ([], [empty], [empty, empty]):
        told = parse_arrow(stream(pa.Table.from_batches(batches, schema)), now=NOW)
        assert [part.size for part in told.incoming.codes()] == [0, 0]


@pytest.mark.parametrize(
    "changes",
    [
        {MARK: TEXT},
        {"at": pa.timestamp("us")},
        {"at": pa.int64()},
        {"sequence": pa.float64()},
        {"sequence": pa.bool_()},
        {"confidence": TEXT},
        {"confidence": pa.bool_()},
        {"plate": pa.binary()},
        {"plate": pa.string_view()},
        {"plate": pa.list_(TEXT)},
        {"plate": pa.dictionary(pa.int8(), pa.int64())},
        {"lng": pa.decimal128(9, 4)},
        {"colour": pa.null()},
        {"colour": pa.struct([(MARK, TEXT)])},
    ],
)
def test_columns_that_are_no_reads_refuse_the_body(changes):
    schema = pa.schema({**TYPES, **changes})
    assert refusal(stream(schema.empty_table())) == (422, "invalid")


@pytest.mark.parametrize("name", ["camera_id", "at", "plate"])
def test_a_column_that_every_read_has_may_not_be_missing(name):
    schema = pa.schema({other: TYPES[other] for other in TYPES if other != name})
    assert refusal(stream(schema.empty_table())) == (422, "invalid")


def test_two_columns_of_one_name_refuse_the_body():
    schema = pa.schema([*TYPES.items(), ("plate", TEXT)])
    assert refusal(stream(schema.empty_table())) == (422, "invalid")


def test_an_extension_type_refuses_the_body():
    known = pa.field("colour", pa.json_(TEXT))
    unknown = pa.field("colour", TEXT, metadata={"ARROW:extension:name": MARK})
    for field in (known, unknown):
        schema = pa.schema({n: k for n, k in TYPES.items() if n != "colour"})
        assert refusal(stream(schema.append(field).empty_table()))[0] in (400, 422)


WHOLE = stream(table_of([ROW, ROW | {"plate": ""}], TYPES | {"colour": CODED}))
PACKED = stream(table_of([ROW] * 9, TYPES | {"colour": CODED}), compression="lz4")


def test_a_stream_that_is_cut_anywhere_is_refused():
    for raw in (WHOLE, PACKED):
        for size in range(len(raw)):
            assert refusal(raw[:size]) == (400, "bad-request")


@pytest.mark.parametrize("more", [b"\x00", WHOLE, b"\xff\xff\xff\xff\x00\x00\x00\x00"])
def test_a_stream_with_something_behind_it_is_refused(more):
    assert refusal(WHOLE + more) == (400, "bad-request")


def test_the_file_format_is_refused():
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table_of([ROW]).schema) as writer:
        writer.write_table(table_of([ROW]))
    assert refusal(sink.getvalue().to_pybytes()) == (400, "bad-request")


BYTES = st.one_of(st.integers(0, 255), st.sampled_from([0, 1, 127, 128, 255]))


@settings(deadline=None, max_examples=1500)
@given(
    st.sampled_from([WHOLE, PACKED]),
    st.lists(st.tuples(st.floats(0, 1), BYTES), min_size=1, max_size=4),
)
def test_a_stream_with_bytes_changed_is_read_or_refused(raw, changes):
    broken = bytearray(raw)
    for where, byte in changes:
        broken[int(where * (len(raw) - 1))] = byte
    with suppress(BadBody):
        told = parse_arrow(bytes(broken), now=NOW)
        rows = [*told.rows.tolist(), *(one.row for one in told.refused)]
        assert sorted(rows) == list(range(len(rows)))


def test_a_buffer_that_is_longer_than_its_values_is_read():
    head, tail = pa.py_buffer(bytes(13)), pa.py_buffer(b"AB")
    short = pa.Array.from_buffers(TEXT, 2, [None, head, tail])
    assert _spans_of(short) == [(0, 0), (0, 0)]


def _spans_of(array):
    return [tuple(span) for span in arrow_bodies._plain_part(array).spans.tolist()]


def test_a_stream_that_grows_when_unpacked_is_refused_before_it_does():
    table = table_of([ROW | {"plate": "A" * (LARGE + 1)}])
    for compression in ("zstd", "lz4"):
        raw = stream(table, compression=compression)
        assert len(raw) < LARGE // 50
        before = pa.default_memory_pool().bytes_allocated()
        told = arrow_messages.unpacked(raw)
        assert sum(one.size for one in told) > LARGE
        assert pa.default_memory_pool().bytes_allocated() - before < LARGE // 50
        assert refusal(raw) == (413, "body-too-large")


def test_what_no_row_uses_is_not_unpacked_either():
    plates = pa.array(["BKD-5826", "A" * (LARGE + 1)])
    coded = pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), plates)
    table = table_of([ROW])
    table = table.set_column(table.column_names.index("plate"), "plate", coded)
    assert refusal(stream(table, compression="zstd")) == (413, "body-too-large")


def test_a_long_text_that_many_rows_share_is_refused():
    rows = [ROW | {"plate": "A" * 1_000_000}] * 100
    raw = stream(table_of(rows, TYPES | {"plate": CODED}))
    assert len(raw) < LARGE // 20
    assert refusal(raw) == (413, "body-too-large")


def test_more_reads_than_a_body_may_have_are_refused(monkeypatch):
    monkeypatch.setattr(read_bodies, "MOST_READS", 3)
    assert len(parsed([ROW] * 3, most=2).incoming) == 3
    assert refusal(stream(table_of([ROW] * 4), most=2)) == (413, "body-too-large")


def test_a_stream_of_too_many_batches_is_refused(monkeypatch):
    monkeypatch.setattr(arrow_messages, "MOST_MESSAGES", 4)
    assert len(parsed([ROW] * 3, most=1).incoming) == 3
    assert refusal(stream(table_of([ROW] * 4), most=1)) == (400, "bad-request")


def test_a_dictionary_may_be_replaced_but_not_sent_in_parts():
    kind = TYPES | {"plate": CODED}
    first = table_of([ROW], kind)
    second = table_of([ROW, ROW | {"plate": "ABC-1234"}], kind)
    table = pa.concat_tables([first, second])
    told = parse_arrow(stream(table), now=NOW)
    assert told.incoming.plates.to_pylist() == ["BKD-5826", "BKD-5826", "ABC-1234"]
    assert refusal(stream(table, emit_dictionary_deltas=True)) == (400, "bad-request")
