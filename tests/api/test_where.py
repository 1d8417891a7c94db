"""A place as people write it, over HTTP and on the command line."""

import json

import pytest

from data.records import Site, SiteKind, Spot
from tests.api.test_cli import run

PENGHU_119 = "301039 2607492"
GANTRIES = """國道別,方向,編號,設定收費區代碼,緯度,經度
國道一號,S,01F-063.3S,01F0633S,24.9493,121.1956
國道一號,S,01F-066.4S,01F0664S,24.9295,121.1769
"""


def ask(client, text, **more):
    return client.get("/where", params={"text": text, **more})


@pytest.fixture
def gantries(service):
    made = [
        Site(code, SiteKind.GANTRY, code, Spot(lng=lng, lat=lat), reads_plates=True)
        for code, lng, lat in (
            ("01F-063.3S", 121.1956, 24.9493),
            ("01F-066.4S", 121.1769, 24.9295),
        )
    ]
    with service.store.write() as tx:
        tx.add_all(made)


def test_a_place_is_told_with_what_was_mended(client):
    told = ask(client, "２５．０４７８，１２１．５１７０").json()
    assert (told["lng"], told["lat"]) == (121.517, 25.0478)
    assert told["county"] == {"code": "63000", "name": "臺北市"}
    assert [one["name"] for one in told["repairs"]] == [
        "full-width digits",
        "latitude first",
    ]
    assert told["precision_m"] == pytest.approx(11.08, abs=0.01)
    assert told["alternatives"] == []


def test_a_kilometre_is_told_with_its_bound(client, gantries):
    told = ask(client, "國道1號 66K+300 南下").json()
    assert told["county"]["name"] == "桃園市"
    assert told["crs"] == "post"
    assert 100 < told["error_m"] < told["bound_m"] < 400


def test_a_kilometre_without_gantries_is_a_problem(client):
    refused = ask(client, "國道1號 66K+300 南下")
    assert refused.status_code == 422
    assert refused.json()["note"] == "unknown-road"


def test_two_readings_are_a_problem_that_lists_both(client):
    refused = ask(client, PENGHU_119)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    told = refused.json()
    assert told["type"] == "/problems/coordinate-refused"
    assert told["note"] == "two-readings"
    assert [one["county"]["name"] for one in told["readings"]] == ["花蓮縣", "澎湖縣"]
    assert told["detail_zh"]


@pytest.mark.parametrize("more", [{"county": "澎湖縣"}, {"crs": "EPSG:3825"}])
def test_a_county_or_a_crs_decides(client, more):
    told = ask(client, PENGHU_119, **more).json()
    assert told["county"]["name"] == "澎湖縣"


@pytest.mark.parametrize(
    ("text", "more", "note"),
    [
        ("ECHO9173", {}, "not-a-place"),
        ("國道1號 ECHO9173", {}, "not-a-kilometre"),
        ("25.0478,121.5170", {"county": "ECHO9173"}, "unknown-county"),
        ("0,0", {}, "zero"),
        ("25.0E 121.5N", {}, "swapped"),
        ("TWD67 302166 2771172", {}, "twd67"),
        ("\u202e25.0,121.5", {}, "unseen-marks"),
        ("25.0478\x00,121.5170", {}, "unseen-marks"),
    ],
)
def test_a_refusal_has_a_name_and_repeats_no_text(client, text, more, note):
    refused = ask(client, text, **more)
    assert refused.status_code == 422
    assert refused.json()["note"] == note
    assert "ECHO9173" not in refused.text


def test_an_unknown_crs_is_its_own_problem(client):
    refused = ask(client, "302166 2771172", crs="EPSG:99999")
    assert refused.json()["type"] == "/problems/crs-mismatch"


@pytest.mark.parametrize(
    "query", [{}, {"text": "1" * 600}, {"text": "1,2", "crs": "+init=/etc/passwd"}]
)
def test_a_query_of_another_shape_is_invalid(client, query):
    refused = client.get("/where", params=query)
    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/invalid"


def test_the_command_says_where_and_how_it_was_read(tmp_path):
    done = run("where", "25°02'52\"N 121°31'01\"E", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("臺北市 中正區")
    assert "degrees, minutes and seconds" in done.stdout
    assert "度分秒" in done.stdout
    assert "30.8 m" in done.stdout
    assert not (tmp_path / "var").exists()


def test_the_command_prints_json(tmp_path):
    done = run("where", PENGHU_119, "--county", "澎湖縣", "--json", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert told["county"]["name"] == "澎湖縣"
    assert [one["crs"] for one in told["alternatives"]] == ["EPSG:3826"]


def test_the_command_refuses_by_name_and_lists_what_is_open(tmp_path):
    done = run("where", PENGHU_119, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("lianfang: two-readings: ")
    assert "花蓮縣" in done.stderr
    assert "澎湖縣" in done.stderr
    assert done.stdout == ""
    as_json = run("where", PENGHU_119, "--json", cwd=tmp_path)
    assert as_json.returncode == 1
    assert json.loads(as_json.stdout)["note"] == "two-readings"


def test_the_command_knows_the_gantries_that_were_loaded(tmp_path):
    (tmp_path / "gantries.csv").write_text(GANTRIES, encoding="utf-8")
    loaded = run("load", "cameras", "gantries.csv", "--db", "x.db", cwd=tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    done = run("where", "國道1號 66K+300 南下", "--db", "x.db", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("桃園市")


def test_the_command_moves_twd67_by_numbers_given_and_by_no_others(tmp_path):
    words = ("where", "250000 2650000", "--crs", "EPSG:3828")
    assert "twd67" in run(*words, cwd=tmp_path).stderr
    shift = "--twd67-shift=807.8,-248.6,0.00001549,0.000006521"
    assert run(*words, shift, cwd=tmp_path).returncode == 0
    turned = run(*words, "--twd67-shift=-807.8,248.6,0,0", cwd=tmp_path)
    assert turned.returncode == 1
    assert "check the signs" in turned.stderr
    assert run(*words, "--twd67-shift=x", cwd=tmp_path).returncode == 2
