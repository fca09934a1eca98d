"""The whole of the checks: shipped procedures pass, hostile files give findings, and it is quick enough."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn import checks, procedure
from engine.errors import DefinitionError
from tests.engine.bpmn.checks.trial import Names, found, sentences, work
from tests.engine.bpmn.diagrams import both, end, event, flow, path, process, start, sub, user, xor

SHIPPED = sorted((Path(__file__).parents[4] / "processes").glob("*/*.bpmn"))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_procedures_have_no_errors(file: Path) -> None:
    assert [each for each in checks.check(file.read_bytes()) if each.severity == "error"] == []


def test_shipped_procedures_are_there() -> None:
    assert SHIPPED


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12))


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"\x00" * 100,
        b"not xml at all",
        b"<html><body>404</body></html>",
        b'<?xml version="1.0" encoding="UTF-16"?><a/>',
        "<a>Đ</a>".encode("utf-16"),
        b"\xff\xfe\xfd",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        f"<!DOCTYPE a [{ENTITIES}]><a>&e11;</a>".encode(),
        b"<a>" * 200_000,
        b"<a>" * 150 + b"</a>" * 150,
        b"<a " + b" ".join(b'b%d="1"' % n for n in range(100_000)) + b"/>",
        b"<a>" + b"x" * 10_000_000 + b"</a>",
        process(start(), end(), flow("start", "end"))[:-20],
        process(start(), end(), flow("start", "end")).replace(b"20100524/MODEL", b"20200524/OTHER"),
        process(start(), end(), flow("start", "nowhere")),
        process(start(), start(), end()),
        process(start(), end()).replace(b' id="p"', b""),
        process(start(), end()).replace(b' id="start"', b""),
        process(user("a") + "<!-- a -->" + "<?php echo 1?>" + '<bpmn:weird id="w"/>'),
        process(*(sub(f"s{n}") for n in range(50))),
        process("".join(f'<bpmn:subProcess id="x{n}">' for n in range(90)) + "</bpmn:subProcess>" * 90),
        process(start("s", event("timer")), end("e", event("compensate")), '<bpmn:boundaryEvent id="b"/>'),
        process('<bpmn:exclusiveGateway id="g" default="none"/>', '<bpmn:sequenceFlow id="f"/>'),
    ],
    ids=range(25),
)  # fmt: skip
def test_hostile_files_give_findings(xml: bytes) -> None:
    started = time.process_time()
    findings = checks.check(xml)
    assert any(each.severity == "error" for each in findings)
    assert all(each.sentence.strip() and each.rule for each in findings)
    assert time.process_time() - started < 5


def test_what_check_passes_the_core_compiles_and_the_reverse() -> None:
    good = process(start(), work("a"), end(), path("start a end"))
    bad = process(start(), user("a"), '<bpmn:scriptTask id="b"/>', end(), path("start a b end"))
    assert found(good) == []
    assert procedure.compile(good).key == "p"
    assert ("b", "supported.core") in found(bad)
    with pytest.raises(DefinitionError):
        procedure.compile(bad)


def _large(blocks: int) -> bytes:
    """Blocks of six elements: two steps in parallel, then a choice to go on or do them again."""
    parts = [start(), end(), flow("start", "m0")]
    for n in range(blocks):
        parts += [xor(f"m{n}"), both(f"f{n}"), work(f"a{n}"), work(f"b{n}"), both(f"j{n}")]
        parts.append(xor(f"x{n}", default=f"on{n}"))
        parts += [path(f"m{n} f{n} a{n} j{n} x{n}"), path(f"f{n} b{n} j{n}"), flow(f"x{n}", f"m{n}", "${again}")]
        parts.append(flow(f"x{n}", f"m{n + 1}" if n + 1 < blocks else "end", id=f"on{n}"))
    return process(*parts)


def test_sixty_elements_are_checked_quickly() -> None:
    xml = _large(10)
    assert sentences(xml) == []
    best = 9.0
    for turn in range(3):
        changed = xml.replace(b"Th", b"Th%d" % turn, 1)
        started = time.process_time()
        assert checks.check(changed) == ()
        best = min(best, time.process_time() - started)
    assert best < 0.3


MUTATED = [*(file.read_bytes() for file in SHIPPED), _large(2)]


def _mutate(xml: bytes, dice: random.Random) -> bytes:
    """Do to a drawing what careless editing does: lose, double, swap and mistype things."""
    root = etree.fromstring(xml)
    for _ in range(dice.choice([1, 1, 2, 5])):
        nodes = [node for node in root.iter() if isinstance(node.tag, str) and "/BPMN/20100524/DI" not in node.tag]
        node, other = dice.choice(nodes), dice.choice(nodes)
        what = dice.randrange(6)
        if what == 0 and node.attrib:
            del node.attrib[dice.choice(sorted(node.attrib))]
        elif what == 1 and node.attrib:
            value = dice.choice(["", "x", "${", "${a +}", "PT", "-1", "true", other.get("id") or "y"])
            node.set(dice.choice(sorted(node.attrib)), value)
        elif what == 2 and node.getparent() is not None:
            node.getparent().remove(node)
        elif what == 3 and node not in other.iterancestors() and node is not other:
            other.append(node)
        elif what == 4:
            node.tag = other.tag
        else:
            node.text = dice.choice(["", "x", "${b}", "R/PT", "<&>"])
    return etree.tostring(root)


@pytest.mark.parametrize("seed", range(80))
def test_careless_editing_gives_findings_not_exceptions(seed: int) -> None:
    dice = random.Random(seed)
    xml = _mutate(dice.choice(MUTATED), dice)
    findings = checks.check(xml)
    if not any(each.severity == "error" for each in findings):
        assert procedure.compile(xml).elements
        checks.check(xml, Names())
    assert all(each.sentence and each.rule for each in findings)
