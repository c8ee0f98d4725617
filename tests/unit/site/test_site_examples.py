import json
from pathlib import Path

import jsonschema
import pytest

from iisrelay.site.loader import load_site
from iisrelay.site.schema import json_schema
from iisrelay.site.starter import starter_text
from iisrelay.site.tree import plain_data, read_tree

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.yaml"))
CASES = sorted((Path(__file__).parents[2] / "cases" / "site").glob("*.yaml"))
MODELINE = "# yaml-language-server: $schema="
VALIDATOR = jsonschema.Draft7Validator(json_schema())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_example_loads_clean_and_fits_the_schema(example):
    assert load_site(example).warnings == ()
    assert list(VALIDATOR.iter_errors(plain_data(read_tree(example)[0]))) == []
    assert example.read_text(encoding="utf-8").startswith(MODELINE)


def test_starter_loads_clean_and_fits_the_schema(tmp_path):
    starter = tmp_path / "site.yaml"
    starter.write_text(starter_text(), encoding="utf-8")
    assert load_site(starter).warnings == ()
    assert list(VALIDATOR.iter_errors(plain_data(read_tree(starter)[0]))) == []
    assert starter_text().startswith(MODELINE)


def test_schema_beside_the_examples_is_current():
    written = json.loads(EXAMPLES[0].with_name("site.schema.json").read_text(encoding="utf-8"))
    assert written == json_schema()


def test_schema_is_draft_07_closed_and_described():
    jsonschema.Draft7Validator.check_schema(json_schema())
    undescribed = [path for path, schema in _properties(json_schema(), "") if not schema.get("description")]
    assert undescribed == []
    assert [path for path, schema in _objects(json_schema(), "") if "additionalProperties" not in schema] == []


@pytest.mark.parametrize("name", ["unknown_keys", "wrong_types", "missing"])
def test_schema_refuses_what_the_loader_refuses(name):
    case = next(case for case in CASES if case.stem == name)
    assert list(VALIDATOR.iter_errors(plain_data(read_tree(case)[0])))


def _objects(schema, path):
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for key, value in schema.items():
            yield from _objects(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for item in schema:
            yield from _objects(item, path)


def _properties(schema, path):
    for place, found in _objects(schema, path):
        for key, value in found.get("properties", {}).items():
            yield f"{place}/{key}", value
