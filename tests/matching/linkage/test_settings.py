"""Models: read, refused, and written so that they come back."""

from dataclasses import replace

import pytest

from matching.errors import ModelRefused, TableRefused
from matching.linkage.model_files import read_model, shares_path, write_model
from matching.linkage.settings import model_of, settings_of
from matching.linkage.texts import Texts, plain_text, table_of
from tests.matching.linkage.made import comparison, model, settings


def test_a_model_comes_back_as_it_was_written(tmp_path):
    first = model()
    write_model(first, tmp_path / "model.json")
    again = read_model(tmp_path / "model.json")
    assert settings_of(again) == settings_of(first)
    assert [one.sql for one in again.blocking] == [one.sql for one in first.blocking]
    assert again.prior == 0.01
    assert [
        (level.label, level.m, level.u, level.tf_column)
        for one in again.comparisons
        for level in one.levels
    ] == [
        (level.label, level.m, level.u, level.tf_column)
        for one in first.comparisons
        for level in one.levels
    ]


def test_what_a_file_says_besides_is_kept():
    written = settings_of(model_of(settings(linker_uid="abc")))
    assert written["linker_uid"] == "abc"


def test_shares_stand_beside_the_file_and_are_of_it_alone(tmp_path):
    path = tmp_path / "model.json"
    write_model(replace(model(), frequencies={"first": {"ann": 0.25}}), path)
    assert read_model(path).frequencies == {"first": {"ann": 0.25}}
    path.write_text(path.read_text().replace("0.01", "0.02"), encoding="utf-8")
    with pytest.raises(ModelRefused, match=r"of another model\.json"):
        read_model(path)
    write_model(model(), path)
    assert not shares_path(path).exists()
    assert read_model(path).frequencies == {}


def test_levels_that_were_never_trained_get_what_splink_gives_them():
    asked = settings()
    for level in asked["comparisons"][0]["comparison_levels"][1:]:
        del level["m_probability"], level["u_probability"]
    levels = model_of(asked).comparisons[0].levels[1:]
    assert [level.m for level in levels] == pytest.approx([0.95, 0.025, 0.025])
    assert [level.bits for level in levels] == pytest.approx([10, 3, -5])


def spoilt(change):
    asked = settings()
    change(asked)
    return asked


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda s: s.pop("link_type"), "link_type"),
        (lambda s: s.update(link_type="link_and_dedupe"), "want one of"),
        (lambda s: s.update(probability_two_random_records_match=0), "the prior"),
        (lambda s: s.update(probability_two_random_records_match=1), "the prior"),
        (lambda s: s.update(probability_two_random_records_match="x"), "the prior"),
        (lambda s: s.update(comparisons=[]), "want comparisons"),
        (lambda s: s.update(comparisons=[comparison("a")] * 2), "name of its own"),
        (lambda s: s.update(comparisons=3), "no settings"),
        (
            lambda s: s["comparisons"][0]["comparison_levels"][1].update(
                m_probability=0
            ),
            "m is 0",
        ),
        (
            lambda s: s["comparisons"][0]["comparison_levels"][1].update(
                u_probability=1
            ),
            "u is 1",
        ),
        (
            lambda s: s["comparisons"][0]["comparison_levels"][1].update(
                u_probability=float("nan")
            ),
            "u is nan",
        ),
        (lambda s: s["comparisons"][0]["comparison_levels"].pop(), "the last one ELSE"),
        (
            lambda s: s["comparisons"][0]["comparison_levels"][2].update(
                sql_condition="metaphone(first_l) = metaphone(first_r)"
            ),
            "metaphone",
        ),
        (
            lambda s: s["comparisons"][0]["comparison_levels"][1].update(
                sql_condition="lower(first_l) = lower(first_r)"
            ),
            "no level asks whether first is equal",
        ),
    ],
)
def test_settings_that_cannot_be_used_are_refused_with_the_reason(change, reason):
    with pytest.raises(ModelRefused, match=reason):
        model_of(spoilt(change))


def test_a_file_that_is_no_json_is_named(tmp_path):
    path = tmp_path / "broken.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ModelRefused, match=r"broken\.json"):
        read_model(path)
    with pytest.raises(ModelRefused, match=r"nowhere\.json"):
        read_model(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"a": ["x"]}, "no column 'id'; there are 'a'"),
        ({}, "there are none"),
        ({"id": ["1", "1"]}, "'1' stands in row 1 and in row 2"),
        ({"id": ["1", " "]}, "row 2 has no id"),
        ({"id": ["1", "2"], "a": ["x"]}, "different lengths"),
    ],
)
def test_tables_that_cannot_be_linked_are_refused(columns, reason):
    with pytest.raises(TableRefused, match=reason):
        table_of(columns, id_column="id", name="people", texts=Texts())


@pytest.mark.parametrize(
    ("value", "text"),
    [(" a b ", "a b"), ("", None), (None, None), (float("nan"), None), (7.0, "7"),
     (7.5, "7.5"), (3, "3"), ("\t", None), (True, "True"),
     ("x" * 20_000, "x" * 10_000)],
)  # fmt: skip
def test_values_become_texts(value, text):
    assert plain_text(value) == text
