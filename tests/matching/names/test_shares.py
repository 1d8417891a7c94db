"""How common names are."""

import pytest

from matching.names.shares import FLOOR, OTHER, NameShares, given_share, surname_share


def test_a_full_name_is_as_common_as_both_parts_together():
    shares = NameShares()
    assert shares["黃秀琴"] == surname_share("黃秀琴") * given_share("黃秀琴")
    assert shares["黄秀琴"] == shares["黃秀琴"], "a variant is the same name"
    assert shares["陳怡君"] > 100 * shares["靳黼懿"]


def test_of_a_given_name_alone_its_share_counts():
    assert NameShares()["秀琴"] == given_share("秀琴") > NameShares()["黃秀琴"]


@pytest.mark.parametrize(
    "name", ["Siti Aminah", "Huang Hsiu-chin", "瓦歷斯．諾幹", "Hua", "林"]
)
def test_a_name_that_no_list_has_is_taken_to_be_one_in_a_hundred_thousand(name):
    assert NameShares()[name] == OTHER > FLOOR


@pytest.mark.parametrize("name", ["", "?", "🙂", "x" * 500])
def test_what_is_no_name_has_no_share(name):
    assert NameShares().get(name) is None
    assert name not in NameShares()


def test_there_is_nothing_to_go_through():
    assert list(NameShares()) == []
    assert not len(NameShares())
