"""Reading trusts nothing in a file, and what can't be run is refused with its element."""

from __future__ import annotations

import pytest

from engine.bpmn import procedure as procedures
from engine.bpmn.reading import MAX_BYTES, MAX_DEPTH, read, read_xml
from engine.errors import DefinitionError
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    call,
    catch,
    end,
    event,
    extension,
    first,
    flow,
    io,
    link,
    loop,
    many,
    path,
    process,
    prop,
    rule,
    some,
    start,
    sub,
    tag,
    throw,
    timer,
    user,
    xor,
)

GOOD = process(start(), user("x"), end(), path("start x end"))


def refused(*parts: str) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionError) as caught:
        procedures.compile(process(*parts))
    return [(finding.element, finding.sentence) for finding in caught.value.findings]


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"hello",
        b"<a/>",
        GOOD.replace(b"<bpmn:definitions", b'<!DOCTYPE x [<!ENTITY e "v">]><bpmn:definitions'),
        GOOD.replace(b"<bpmn:definitions", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><bpmn:definitions'),
        GOOD.replace(b'encoding="UTF-8"', b'encoding="UTF-16"'),
        GOOD.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"),
        GOOD.replace(b'encoding="UTF-8"', b'encoding="UTF-7"'),
        GOOD + b" " * MAX_BYTES,
        GOOD.replace(b"</bpmn:process>", b"<x>" * (MAX_DEPTH + 1) + b"</x>" * (MAX_DEPTH + 1) + b"</bpmn:process>"),
        GOOD.replace(b"</bpmn:process>", b"<x>" * 3000 + b"</x>" * 3000 + b"</bpmn:process>"),
        GOOD.replace(b"start", b"st\x00art"),
        GOOD.replace(b"bpmn:process", b"bpmn:collaboration"),
        GOOD.replace(b"</bpmn:definitions>", b'<bpmn:process id="q" isExecutable="true"/></bpmn:definitions>'),
    ],
)
def test_files_nobody_should_send(xml: bytes) -> None:
    with pytest.raises(DefinitionError):
        procedures.compile(xml)


def test_entities_are_not_opened() -> None:
    with pytest.raises(DefinitionError):
        read_xml(b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')


def test_a_long_chain_is_no_deep_recursion() -> None:
    names = " ".join(f"x{n}" for n in range(2000))
    xml = process(start(), *(tag("task", f"x{n}") for n in range(2000)), end(), path(f"start {names} end"))
    assert len(procedures.compile(xml).elements) == 2002


def test_same_bytes_are_compiled_once() -> None:
    assert procedures.compile(GOOD) is procedures.compile(bytes(GOOD))


def test_everything_about_an_element_is_read() -> None:
    lanes = (
        '<bpmn:laneSet id="l"><bpmn:lane id="l1" name="Văn thư"><bpmn:flowNodeRef>x</bpmn:flowNodeRef></bpmn:lane>'
        '<bpmn:lane id="l2" name="Lãnh đạo"/></bpmn:laneSet>'
    )
    task = user(
        "x",
        "<bpmn:documentation>Kiểm tra thể thức.</bpmn:documentation>",
        prop("legalBasis", "ND30-16.2 LA-5.2.b"),
        prop("mark", "1"),
        io({"a": "${n}", "b": "text"}, {"c": "${result}"}),
        name="Kiểm tra",
        assignee="${who}",
        priority="50",
    ).replace("camunda:name=", "name=")
    procedure = procedures.compile(process(lanes, start(), task, end(), path("start x end")))
    element = procedure.elements["x"]
    assert (element.name, element.lane, element.kind) == ("Kiểm tra", "Văn thư", "userTask")
    assert element.documentation == "Kiểm tra thể thức."
    assert element.legal_basis == ("ND30-16.2", "LA-5.2.b")
    assert dict(element.attributes) == {"assignee": "${who}", "priority": "50"}
    assert [(each.name, each.value) for each in element.inputs] == [("a", "${n}"), ("b", "text")]
    assert [(each.name, each.value) for each in element.outputs] == [("c", "${result}")]
    assert element.properties["mark"] == "1"
    assert procedure.lanes == ("Văn thư", "Lãnh đạo")
    assert (procedure.key, procedure.name) == ("p", "Thủ tục thử")


def test_lanes_are_kept_beside_a_black_box() -> None:
    xml = GOOD.replace(
        b"<bpmn:process",
        b'<bpmn:collaboration id="c"><bpmn:participant id="a" name="Other"/></bpmn:collaboration>'
        b'<bpmn:process id="q" isExecutable="false"/><bpmn:process',
        1,
    )
    assert read(xml).key == "p"


def test_lists_and_maps_as_parameters() -> None:
    parameter = extension(
        '<camunda:inputOutput><camunda:inputParameter name="to"><camunda:list><camunda:value>a</camunda:value>'
        "<camunda:value>${b}</camunda:value></camunda:list></camunda:inputParameter>"
        '<camunda:inputParameter name="of"><camunda:map><camunda:entry key="k">v</camunda:entry></camunda:map>'
        "</camunda:inputParameter></camunda:inputOutput>"
    )
    element = procedures.compile(process(start(), user("x", parameter), end(), path("start x end"))).elements["x"]
    assert [each.value for each in element.inputs] == [["a", "${b}"], {"k": "v"}]


REFUSED = {
    "script task": (tag("scriptTask", "x"),),
    "complex gateway": (tag("complexGateway", "x"),),
    "ad-hoc sub-process": (tag("adHocSubProcess", "x", user("y")),),
    "transaction": (tag("transaction", "x", user("y")),),
    "compensation": (throw("x", event("compensate")),),
    "compensation at the border": (boundary("x", "host", event("compensate")),),
    "conditional event": (catch("x", event("conditional")),),
    "cancel event": (end("x", event("cancel")),),
    "compensation handler": (tag("userTask", "x", isForCompensation="true"),),
    "event without a kind": (catch("x"),),
    "two kinds in one event": (catch("x", timer("P1D"), event("signal", "s")),),
    "message without a name": (catch("x", event("message")),),
    "timer without a time": (catch("x", "<bpmn:timerEventDefinition/>"),),
    "cycle in the middle": (catch("x", timer(cycle="R/P1D")),),
    "cycle that interrupts": (boundary("x", "host", timer(cycle="R/P1D")),),
    "error that doesn't interrupt": (boundary("x", "host", event("error", "e"), interrupting=False),),
    "error end without a code": (end("x", event("error")),),
    "link to nowhere": (throw("x", link("A")),),
    "link from nowhere": (catch("x", link("A")),),
    "service without an operation": (tag("serviceTask", "x"),),
    "service with a class": (
        tag("serviceTask", "x", camunda__type="external", camunda__topic="t", camunda__class="a.B"),
    ),
    "decision without a table": (tag("businessRuleTask", "x"),),
    "call to nowhere": (tag("callActivity", "x"),),
    "loop without an end": (user("x", loop()),),
    "many of nothing": (user("x", many()),),
    "many decisions": (rule("x", many("a")),),
    "empty sub-process": (sub("x"),),
    "sub-process that is a circle": (sub("x", user("a"), user("b"), path("a b a")),),
    "event sub-process without an event": (sub("x", start("s"), user("a"), by_event=True),),
    "boundary of a gateway": (xor("g"), boundary("x", "g", timer("P1D"))),
    "listener": (user("x", extension('<camunda:taskListener class="a.B" event="create"/>')),),
    "script in a mapping": (
        user(
            "x",
            extension(
                '<camunda:inputOutput><camunda:inputParameter name="a"><camunda:script scriptFormat="js">1'
                "</camunda:script></camunda:inputParameter></camunda:inputOutput>"
            ),
        ),
    ),
    "broken expression": (user("x", assignee="${1 +}"),),
    "expression in the wrong language": (user("x", assignee="#{who}"),),
    "border of a receive task behind an event gateway": (
        first("g"),
        tag("receiveTask", "x", messageRef="message_m"),
        catch("t", timer("P1D")),
        boundary("b", "x", timer("P1D")),
        path("g x end"),
        path("g t end"),
        path("b end"),
    ),
    "unknown message": (catch("x", '<bpmn:messageEventDefinition messageRef="nothing"/>'),),
    "called by a broken expression": (call("x", called="${"),),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_run_is_refused_at_its_element(what: str) -> None:
    findings = refused(start(), user("host"), end(), path("start host end"), *REFUSED[what])
    assert "x" in {element for element, _ in findings}, findings
    assert all(sentence.endswith((".", ")")) or ":" in sentence for _, sentence in findings)


def test_flows_are_refused_at_their_own_id() -> None:
    assert refused(start(), xor("g"), end(), end("e2"), path("start g"), flow("g", "end", "${a}"), flow("g", "e2"))[0][
        0
    ] == ("g-e2")
    assert refused(start(), end(), flow("start", "nowhere"))[0][0] == "start-nowhere"
    assert refused(start(), some("g"), end(), path("start g"), flow("g", "end", "a > 1"))[0][0] == "g-end"
    assert refused(start(), both("g"), end(), path("start g"), flow("g", "end", "${true}"))[0][0] == "g"
    assert refused(start(), first("g"), user("u"), user("v"), path("start g u"), path("g v"))[0][0] == "g-u"


def test_the_same_id_twice() -> None:
    assert refused(start(), user("x"), user("x"), end(), path("start x end"))[0][0] == "x"


def test_a_procedure_needs_a_beginning() -> None:
    assert refused(user("x"), end(), path("x end"))[0][0] == "p"
