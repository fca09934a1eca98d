"""Element templates are what the catalog says, in words, and the shipped files are fresh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.definitions import templates
from engine.definitions.verbs import VERBS
from engine.directory.rules import ROLES
from engine.operations import Operation
from tests.catalog import catalog

ANEW = (
    "The element templates are stale. Write them anew: "
    '.venv/bin/python -c "from connectors.catalog import catalog; from engine.definitions import templates; '
    'templates.write(catalog())"'
)
INTERNAL = {
    "archive.package", "conversion.make-report", "conversion.print-book", "conversion.read-content",
    "copying.follow-original", "documents.remove-bytes",
    "exchange.answer-unknown",
    "instances.deliver-message", "instances.move-cases", "notification.push", "notification.send-letter",
    "scanning.read-scan",
    "scanning.recognise-file",
}  # fmt: skip


def offered() -> list[Operation]:
    return [each for each in catalog() if each.key not in INTERNAL]


def template(key: str) -> dict[str, Any]:
    return next(each for each in templates.element_templates(catalog()) if each["id"] == f"vanthu.{key}")


def fields(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields of a template by what they are bound to."""
    return {each["binding"].get("name", ""): each for each in made["properties"]}


def test_every_operation_a_diagram_may_call_has_one_template():
    made = [
        each["metadata"]["operation"]
        for each in templates.element_templates(catalog())
        if "outside" in each["metadata"]
    ]
    assert sorted(made) == sorted(each.key for each in offered())


def test_every_operation_is_sorted_into_a_category():
    assert [each["id"] for each in templates.element_templates(catalog()) if each["category"]["id"] == "other"] == []


def test_a_template_asks_for_what_the_operation_needs():
    for operation in offered():
        known = fields(template(operation.key))
        assert known["camunda:type"]["value"] == "external"
        assert known["camunda:topic"]["value"] == operation.key
        for parameter in operation.parameters:
            field = known[parameter.name]
            assert field["binding"]["type"] == "camunda:inputParameter"
            assert field["label"] == parameter.label
            # the format's own way to say that something may be left out is to give no type
            assert ("type" in field) is parameter.required
            assert (field.get("constraints") == {"notEmpty": True}) is parameter.required


def test_choices_are_offered_in_words():
    reasons = fields(template("documents.refuse"))["reason_code"]
    assert reasons["type"] == "Dropdown"
    assert {"name": "Gửi sai nơi nhận", "value": "WRONG_ADDRESSEE"} in reasons["choices"]
    bare = {
        choice["value"]
        for each in templates.element_templates(catalog())
        for field in each["properties"]
        for choice in field.get("choices", ())
        if choice["name"] == choice["value"]
    }
    assert bare == set()


def test_what_is_usual_is_filled_in():
    assert fields(template("documents.register-incoming"))["document"]["value"] == "${document_id}"
    assert fields(template("exchange.send"))["dispatch"]["value"] == "${dispatch}"


def test_results_and_errors_travel_with_the_template():
    about = template("signing.sign")["metadata"]
    assert "file_hash" in about["results"]
    assert "signing.certificate" in about["errors"]
    assert about["outside"] is True


def test_the_norm_is_written_into_the_element():
    basis = fields(template("documents.refuse"))["legalBasis"]
    assert basis["binding"]["type"] == "camunda:property"
    assert basis["value"] == "LA-5.1.d QD28-5.4 ND30-21.2.b"


def test_people_carry_out_verbs_of_every_role_that_works():
    made = {each["metadata"]["role"] for each in templates.element_templates(catalog()) if "role" in each["metadata"]}
    assert {"clerk", "leader", "unit-head", "specialist", "form-checker"} <= made
    for verb in VERBS:
        assert verb.role in ROLES
        assert verb.help.endswith(".")
    choices = fields(template("task.receive"))["camunda:candidateGroups"]["choices"]
    assert {"name": "Văn thư", "value": "clerk"} in choices
    assert "provincial-admin" not in [each["value"] for each in choices]


def test_ids_are_unique_and_every_template_explains_itself():
    every = templates.element_templates(catalog())
    assert len({each["id"] for each in every}) == len(every)
    assert [each["id"] for each in every if not each["description"]] == []


def test_shipped_files_are_fresh():
    shipped = {path.name: path.read_text(encoding="utf-8") for path in templates.FOLDER.glob("*.json")}
    assert shipped == templates.files(catalog()), ANEW


def test_writing_removes_what_is_no_longer_generated(tmp_path: Path):
    (tmp_path / "gone.json").write_text("[]")
    names = templates.write(catalog(), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert "gone.json" not in names
