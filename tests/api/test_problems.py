"""Every error of ours has its place in the one table of problems."""

import pytest

from api.problems import BASES, PROBLEMS, TITLES


def leaves(base):
    below = base.__subclasses__()
    return [base] if not below else [leaf for c in below for leaf in leaves(c)]


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.__name__)
def test_every_leaf_of_every_tree_is_in_the_table(base):
    missing = [leaf.__name__ for leaf in leaves(base) if leaf not in PROBLEMS]
    assert missing == []


def test_every_problem_has_a_title():
    assert {slug for _, slug in PROBLEMS.values()} <= set(TITLES)


def test_an_unknown_address_is_a_problem_document(client):
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/not-found"


def test_a_fault_of_ours_says_nothing_of_its_inside(client, service, monkeypatch):
    monkeypatch.setattr(service, "store", None)
    answer = client.get("/summary")
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal"
    assert "NoneType" not in answer.text
