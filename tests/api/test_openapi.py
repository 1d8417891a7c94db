"""The OpenAPI document says what the service does."""

import json

import pytest


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json()


def test_nothing_in_it_points_nowhere(document):
    parts = document["components"]["schemas"]
    refs = {
        text.split('"')[0]
        for text in json.dumps(document).split('"$ref": "#/components/schemas/')[1:]
    }
    assert refs <= set(parts)
    assert "$defs" not in json.dumps(document["paths"])


def test_reads_come_as_an_array_or_one_a_line(document):
    content = document["paths"]["/reads"]["post"]["requestBody"]["content"]
    assert content["application/json"]["schema"]["type"] == "array"
    assert content["application/x-ndjson"]["schema"]["type"] == "object"


def test_errors_are_problem_documents_and_nothing_else(document):
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            told = json.dumps(route["responses"])
            assert "application/problem+json" in told, (method, path)
            assert "HTTPValidationError" not in told, (method, path)
