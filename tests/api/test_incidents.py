"""A lead over HTTP has all reads of its car, in order of time."""

from datetime import timedelta

from tests.api.test_ac01 import SEEN_AT, report, send  # noqa: F401

NEXT = (SEEN_AT - timedelta(minutes=6)).isoformat()
"""At 湖口 six minutes before 楊梅; it comes after it."""


def shown(client, lead_id):
    return client.get(f"/leads/{lead_id}").json()


def test_a_lead_shows_its_reads_in_order_of_time_with_their_cameras(
    client,
    clock,
    report,  # noqa: F811
):
    (lead_id,) = send(client, clock)["leads"]
    further = send(client, clock, camera_id="hukou", at=NEXT, plate="BKD-5826")
    lead = shown(client, lead_id)
    assert further["leads"] == []
    seen = [(one["read"]["camera"]["id"], one["explains"]) for one in lead["reads"]]
    assert seen == [("hukou", False), ("yangmei", True)]
    assert [one["read"]["plate_raw"] for one in lead["reads"]] == [
        "BKD-5826",
        "BKO-5B26",
    ]
    assert lead["read"]["camera"]["id"] == "yangmei"
    assert lead["reads"][1]["weight_bits"] == lead["weight_bits"]


def test_the_lead_that_a_further_read_raises_is_named_in_the_answer(
    client,
    clock,
    report,  # noqa: F811
):
    other = {"vehicle_type": "scooter", "colour": "black"}
    weak = {"camera_id": "hukou", "at": NEXT, "plate": "BKD-5826"}
    (lead_id,) = send(client, clock, **weak, **other)["leads"]
    assert shown(client, lead_id)["level"] == "advice"
    assert send(client, clock, plate="BKD-5826")["leads"] == [lead_id]
    lead = shown(client, lead_id)
    assert lead["level"] == "action"
    assert [one["explains"] for one in lead["reads"]] == [False, True]
    assert lead["reads"][1]["weight_bits"] == lead["weight_bits"]


def test_a_lead_that_comes_long_after_the_car_says_so(client, clock, report):  # noqa: F811
    (soon,) = send(client, clock)["leads"]
    early = SEEN_AT - timedelta(minutes=25)
    (late,) = send(
        client, clock, camera_id="toufen", at=early.isoformat(), plate="BKD-5826"
    )["leads"]
    assert shown(client, soon)["late_s"] is None
    assert shown(client, late)["late_s"] == 25 * 60 + 2
