"""Gantries that were loaded as cameras are posts of their roads."""

from datetime import UTC, datetime

import pytest

from data.importers.loading import load_sites
from data.importers.parsed import LoadKind, Options
from data.posts import kept_posts, posts_of

AT = datetime(2026, 3, 1, tzinfo=UTC)

# Invented places; the latitude comes first and a byte order mark before it, as in the
# file of the freeway bureau.
GANTRIES = """\ufeff國道別,方向,編號,設定收費區代碼,緯度,經度
國道一號,S,01F-063.3S,01F0633S,24.9493,121.1956
國道一號,S,01F-066.4S,01F0664S,24.9295,121.1769
國道三甲,N,03A-001.5N,03A0015N,25.0118,121.5624
國道五號,S,05F-R11.3S,05FR113S,24.7338,121.7820
"""
CAMERAS = "編號,名稱,經度,緯度\n01F-100.0S,路口,121.0,24.5\n"


@pytest.fixture
def load(store, boundaries, tmp_path):
    def load(content):
        path = tmp_path / "cameras.csv"
        path.write_text(content, encoding="utf-8")
        load_sites(
            store,
            path,
            LoadKind.CAMERAS,
            options=Options(),
            boundaries=boundaries,
            at=AT,
        )
        with store.read() as tx:
            return kept_posts(tx)

    return load


def test_a_gantry_is_a_post_of_its_road(load):
    posts = load(GANTRIES)
    assert posts.roads == ("1", "3A")
    first, last = posts.of_road("1")
    assert (first.km, first.direction, first.name) == (63.3, "S", "01F-063.3S")
    assert (last.lng, last.lat) == (121.1769, 24.9295)


def test_a_camera_that_is_no_gantry_is_no_post_whatever_its_id(load):
    assert len(load(CAMERAS)) == 0


def test_a_store_without_gantries_has_no_posts(store):
    with store.read() as tx:
        assert len(kept_posts(tx)) == 0


def test_an_id_that_tells_no_kilometre_is_left_out():
    rows = [
        {"id": "site-4711", "lng": 121.0, "lat": 24.5},
        {"id": "01F0664S", "lng": 121.0, "lat": 24.5},
    ]
    assert [post.km for post in posts_of(rows).of_road("1")] == [66.4]


@pytest.mark.real
def test_the_real_gantries_are_posts_of_five_roads(load, shared_data):
    path = shared_data / "etc_gantries_20251209.csv"
    posts = load(path.read_text(encoding="utf-8"))
    assert posts.roads == ("1", "1H", "3", "3A", "5")
    assert len(posts) == 339
