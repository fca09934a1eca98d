"""From messages to what an agency takes in."""

from dataclasses import replace
from datetime import date

from connectors.exchange.arriving import arrived
from connectors.exchange.edxml import messages as m
from tests.connectors.exchange.edxml import samples


def test_fields_and_files_of_a_letter() -> None:
    brought = arrived(samples.letter())
    assert brought.fields["code"] == "125/SXD-QLXD"
    assert brought.fields["issued_date"] == date(2026, 11, 20)
    assert brought.fields["organ_id"] == "000.00.15.H99"
    assert brought.fields["urgency"] == 1
    assert brought.fields["to_places"] == "Như trên\nLưu: VT, QLXD"
    assert brought.main_file is not None
    assert (brought.main_file.file_name, brought.main_file.content) == ("125_SXD-QLXD.pdf", samples.PDF)
    assert [file.file_name for file in brought.files] == ["Phu-luc-01.csv"]
    assert brought.missing == ()
    assert brought.recipient_codes == ("000.00.45.H99", "H99.30.012")


def test_what_cannot_be_decoded_is_missing() -> None:
    main, annex = samples.letter().files
    lost = replace(main, content=None, problem="Tệp không giải mã được.")
    brought = arrived(samples.letter(files=(lost, annex)))
    assert brought.main_file is None
    assert brought.missing == ("125_SXD-QLXD.pdf (tệp không giải mã được)",)
    assert [file.file_name for file in brought.files] == ["Phu-luc-01.csv"]


def test_overlong_and_empty_texts_fit() -> None:
    signer = m.Signer("x" * 300, "y" * 300)
    message = samples.letter(subject="x" * 900, number="1" * 50, notation="A" * 90, places=("p" * 2000,), signer=signer)
    fields = arrived(message).fields
    longest = {"subject": 500, "code": 90, "to_places": 1000, "signer_name": 100, "signer_position": 100}
    assert {name: len(fields[name]) for name in longest} == longest
    empty = arrived(samples.letter(subject="", content="", type_name="", sender=m.Organization("H99"), files=()))
    assert empty.fields["subject"].startswith("(")
    assert empty.fields["type_name"] == "Công văn"
    assert empty.fields["organ_name"] == "H99"
    assert empty.main_file is None
