"""Messages from outside: everything seen in the wild is read, nothing hostile gets through."""

import base64
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.exchange.edxml import messages as m
from connectors.exchange.edxml.nodes import LARGEST_MESSAGE
from connectors.exchange.edxml.reading import read_message
from connectors.exchange.edxml.writing import write_document, write_status
from engine.clock import VIETNAM
from tests.connectors.exchange.edxml import samples


def document(raw: bytes) -> m.DocumentMessage:
    message = read_message(raw)
    assert isinstance(message, m.DocumentMessage)
    return message


def status(raw: bytes) -> m.StatusMessage:
    message = read_message(raw)
    assert isinstance(message, m.StatusMessage)
    return message


def test_what_is_written_reads_back() -> None:
    for message in (samples.letter(), samples.recall()):
        assert read_message(write_document(message)) == message
    assert read_message(write_status(samples.refusal())) == samples.refusal()


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp")), min_size=1, max_size=60
).filter(lambda text: text.strip() != "")
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(
    lambda t: t.replace(microsecond=0, tzinfo=VIETNAM)
)
contents = st.binary(min_size=1, max_size=400)
attached = st.builds(
    lambda content, ending, description: (content, ending, description),
    contents,
    st.sampled_from(["csv", "txt", "docx"]),
    words,
)


def normal(message: m.DocumentMessage) -> m.DocumentMessage:
    """The message as it is after one journey."""
    return document(write_document(message))


@given(
    subject=words,
    place=words,
    notation=words,
    signer=words,
    issued=days,
    sent=moments,
    reason=words,
    priority=st.integers(0, 4),
    others=st.lists(attached, max_size=3),
    appendixes=st.lists(words, max_size=3),
    steering=st.none() | st.booleans(),
)
def test_any_letter_reads_back_and_stays_the_same(
    subject: str,
    place: str,
    notation: str,
    signer: str,
    issued: date,
    sent: datetime,
    reason: str,
    priority: int,
    others: list[tuple[bytes, str, str]],
    appendixes: list[str],
    steering: bool | None,
) -> None:
    files = samples.letter().files[:1] + tuple(
        m.AttachedFile(f"tep {n}.{ending}", "", content, description, f"id-{n}")
        for n, (content, ending, description) in enumerate(others)
    )
    files = tuple(replace(file, media_type=file.media_type or "text/plain") for file in files)
    message = samples.letter(
        subject=subject,
        place=place,
        notation=notation,
        signer=m.Signer(signer, "Giám đốc"),
        issued_on=issued,
        due_on=None,
        hops=(m.Hop("000.00.15.H99", sent),),
        business=m.Business(m.NEW, reason),
        priority=priority,
        files=files,
        appendixes=tuple(appendixes),
        steering=steering,
    )
    once = normal(message)
    assert normal(once) == once
    assert (once.issued_on, once.priority, once.steering, once.sent_at) == (issued, priority, steering, sent)
    assert [file.content for file in once.files] == [file.content for file in files]
    assert once.warnings == ()
    assert len(once.appendixes) == len(appendixes)


def test_prefixes_namespaces_and_order_do_not_matter() -> None:
    raw = write_document(samples.letter())
    foreign = raw.replace(b"http://www.mic.gov.vn/TBT/QCVN_102_2016", b"http://www.e-doc.vn/Schema/")
    expected = replace(samples.letter(), warnings=("Thông điệp không dùng không gian tên của QCVN 102:2016.",))
    assert read_message(foreign) == expected
    unprefixed = raw.replace(b"<edXML:", b"<").replace(b"</edXML:", b"</")
    assert read_message(unprefixed) == samples.letter()
    prefixed = raw.replace(b"<edXML xmlns=", b"<e:edXML xmlns:e='urn:x' xmlns=").replace(b"</edXML>", b"</e:edXML>")
    assert document(prefixed).document_id == samples.IDENTIFIER
    start, end = raw.index(b"        <edXML:Subject>"), raw.index(b"        <edXML:Content>")
    moved = raw[:start] + raw[end:].replace(
        b"      </edXML:MessageHeader>", raw[start:end] + b"      </edXML:MessageHeader>"
    )
    assert moved != raw
    assert read_message(moved) == samples.letter()


def test_bytes_before_the_prolog_are_trimmed_with_a_warning() -> None:
    raw = write_document(samples.letter())
    assert read_message(b"\xef\xbb\xbf" + raw) == samples.letter()
    assert "ký tự lạ" in document(b"?\x00\xff\r\n " + raw).warnings[0]
    without_prolog = raw.partition(b"\n")[2]
    assert read_message(without_prolog) == samples.letter()
    assert read_message(raw.replace(b"UTF-8", b"utf-16")) == samples.letter()


def test_the_corrected_spelling_is_read_too() -> None:
    assert read_message(write_document(samples.recall()).replace(b"Bussiness", b"Business")) == samples.recall()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026/11/20", date(2026, 11, 20)),
        ("2026-11-20", date(2026, 11, 20)),
        ("20/11/2026", date(2026, 11, 20)),
        ("2026/11/20 00:00:00", date(2026, 11, 20)),
        ("2026-11-20T08:00:00+07:00", date(2026, 11, 20)),
        ("2026/13/40", None),
        ("hôm qua", None),
    ],
)
def test_days_in_every_usual_way(written: str, read: date | None) -> None:
    raw = write_document(samples.letter()).replace(
        b"<edXML:PromulgationDate>2026/11/20<", f"<edXML:PromulgationDate>{written}<".encode()
    )
    message = document(raw)
    assert message.issued_on == read
    assert bool(message.warnings) is (read is None)


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2026/11/20 15:42:10", 15),
        ("2026-11-20T15:42:10", 15),
        ("2026-11-20T08:42:10Z", 15),
        ("2026-11-20T15:42:10.123+07:00", 15),
        ("20/11/2026 15:42", 15),
        ("2026/11/20", 0),
        ("2026/11/20 25:00:00", None),
        ("2026/11/20 tối", None),
    ],
)
def test_moments_in_every_usual_way(written: str, hour: int | None) -> None:
    raw = write_status(samples.refusal()).replace(b"2026/11/20 16:20:05", written.encode())
    message = status(raw)
    assert (None if message.at is None else message.at.astimezone(VIETNAM).hour) == hour
    assert bool(message.warnings) is (hour is None)


def test_a_status_under_its_own_element() -> None:
    raw = write_status(samples.refusal()).replace(b"MessageHeader", b"Status")
    assert read_message(raw) == samples.refusal()


@pytest.mark.parametrize(("written", "read"), [("77", "77"), ("3", "03"), ("XX", "XX"), ("03", "03")])
def test_unknown_status_codes_are_kept(written: str, read: str) -> None:
    message = status(write_status(samples.refusal()).replace(b">02<", f">{written}<".encode()))
    assert message.status == read
    assert message.status_name == ("đã tiếp nhận" if read == "03" else f"khác (mã {read})")


def test_the_axis_adds_itself_to_the_trace() -> None:
    echo = (
        b"<edXML:TraceHeader><edXML:OrganId>000.00.00.G22</edXML:OrganId>"
        b"<edXML:Timestamp>2026/11/20 15:43:00</edXML:Timestamp></edXML:TraceHeader>"
    )
    raw = write_document(samples.letter()).replace(b"</edXML:TraceHeader>", b"</edXML:TraceHeader>" + echo)
    message = document(raw)
    assert [hop.code for hop in message.hops] == ["000.00.15.H99", "000.00.00.G22"]
    assert message.sent_at == datetime(2026, 11, 20, 15, 42, 10, tzinfo=VIETNAM)
    signature = b"<Signature><SignedInfo><Reference><DigestValue>x</DigestValue></Reference></SignedInfo></Signature>"
    signed = raw.replace(b"</edXML:edXMLHeader>", signature + b"</edXML:edXMLHeader>")
    assert len(document(signed).files) == 2


def test_elements_of_other_systems_are_kept() -> None:
    extra = b"<edXML:ReplyFors><edXML:ReplyFor>45/UBND</edXML:ReplyFor></edXML:ReplyFors></edXML:OtherInfo>"
    raw = write_document(samples.letter()).replace(b"</edXML:OtherInfo>", extra)
    assert document(raw).kept == {"ReplyFors": "45/UBND"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("<edXML:CodeNumber>125/SXD-QLXD</edXML:CodeNumber>", ("125", "SXD-QLXD")),
        (
            "<edXML:CodeNumber>125</edXML:CodeNumber><edXML:CodeNotation>125/SXD-QLXD</edXML:CodeNotation>",
            ("125", "SXD-QLXD"),
        ),
        ("<edXML:CodeNumber>05</edXML:CodeNumber><edXML:CodeNotation>BNV-VP</edXML:CodeNotation>", ("05", "BNV-VP")),
        ("23/2019/QĐ-UBND", ("23", "2019/QĐ-UBND")),
    ],
)
def test_numbers_as_partners_split_them(code: str, expected: tuple[str, str]) -> None:
    raw = write_document(samples.letter()).decode()
    start, end = raw.index("<edXML:Code>"), raw.index("</edXML:Code>")
    message = document((raw[:start] + "<edXML:Code>" + code + raw[end:]).encode())
    assert (message.number, message.notation) == expected


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not-edxml"),
        (b"%PDF-1.4", "not-edxml"),
        (b"<html/>", "not-edxml"),
        (b"<?xml version='1.0'?><edXMLx/>", "not-edxml"),
        (b"<edXML ", "not-xml"),
        (b"<edXML><a></edXML>", "not-xml"),
        (b"<edXML>\xff</edXML>", "not-xml"),
        (b"<edXML>&#0;</edXML>", "not-xml"),
        (b"<edXML>&unknown;</edXML>", "not-xml"),
        (b"<edXML/>", "no-header"),
        (b"<edXML><edXMLEnvelope/></edXML>", "no-header"),
        (b"<edXML><MessageHeader><Subject>x</Subject></MessageHeader></edXML>", "no-sender"),
        (b"<edXML><MessageHeader><From><OrganId>H99</OrganId></From></MessageHeader></edXML>", "no-identity"),
        (b"<edXML><MessageHeader><StatusCode>01</StatusCode></MessageHeader></edXML>", "status"),
        (b"<edXML>" + b"<a>" * 60 + b"</a>" * 60 + b"</edXML>", "shape"),
        (b"<edXML>" + b"<a/>" * 20_001 + b"</edXML>", "shape"),
        (b"<edXML>" + b" " * LARGEST_MESSAGE, "too-large"),
    ],
)
def test_what_is_no_message_is_refused_in_words(raw: bytes, code: str) -> None:
    with pytest.raises(m.MessageError) as caught:
        read_message(raw)
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "dtd",
    [
        b'<!DOCTYPE edXML [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        b'<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE edXML SYSTEM "http://127.0.0.1:9/x.dtd">',
        b"<!DOCTYPE edXML" + b" " * 200_000 + b">",
    ],
)
def test_declarations_are_refused(dtd: bytes) -> None:
    raw = write_document(samples.letter()).replace(b"?>\n", b"?>\n" + dtd, 1)
    with pytest.raises(m.MessageError) as caught:
        read_message(raw)
    assert caught.value.code == "dtd"


@given(st.binary(max_size=300))
@example(b"<edXML></edXML>")
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with pytest.raises(m.MessageError):
        read_message(raw)


@given(st.data())
def test_a_damaged_message_is_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(write_document(samples.letter()))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    outcome = "refused"
    try:
        outcome = type(read_message(bytes(raw))).__name__
    except m.MessageError as error:
        outcome = "refused" if error.problems else "silent"
    assert outcome in ("refused", "DocumentMessage", "StatusMessage")


def test_base64_may_be_broken_into_lines_anyhow() -> None:
    raw = write_document(samples.letter()).decode()
    encoded = base64.b64encode(samples.PDF).decode()
    start = raw.index(encoded[:40])
    end = raw.index("</edXML:ContentTransferEncoded>", start)
    for form in (encoded, "\r\n\t".join(encoded), encoded.rstrip("=")):
        assert document((raw[:start] + form + raw[end:]).encode()).files[0].content == samples.PDF
