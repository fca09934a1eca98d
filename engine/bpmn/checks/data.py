"""Does every expression find what it reads, and does everything get what it can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from engine.bpmn.checks.facts import OperationFacts, ParameterFacts, ProcedureFacts
from engine.bpmn.checks.rules import Found, Rule, Subject, title
from engine.bpmn.checks.variables.analysis import Known, analysis
from engine.bpmn.checks.variables.declared import wrong
from engine.bpmn.checks.variables.evaluation import Use
from engine.bpmn.checks.variables.inference import Trouble
from engine.bpmn.checks.variables.shapes import NUMBERS, Shape, named
from engine.bpmn.checks.variables.ways import way_without
from engine.bpmn.dialect import Element, Node

_MOST_SHOWN = 6


def known(subject: Subject) -> Known | None:
    """The flow of variables; None where the diagram is too large for it (`data.bound` says so)."""
    found = analysis(subject)
    return found if found.finished else None


def uses(subject: Subject) -> list[Use]:
    """Every text of the diagram with what is known where it is worked out."""
    found = known(subject)
    return [] if found is None else found.uses


def _node(subject: Subject, use: Use) -> Node | None:
    """The node whose text this is; None for conditions of flows."""
    return analysis(subject).map.nodes.get(use.element)


def _place(subject: Subject, use: Use) -> str:
    """How a sentence calls the place of a text."""
    node = _node(subject, use)
    if node is None:
        return "Điều kiện của luồng"
    part = _PARTS.get(use.what, "")
    said = f" “{use.name}”" if use.what in ("input", "output", "in", "out") and use.name else ""
    return f"{part}{said} của {title(node)}" if part else title(node)


_PARTS = {
    "input": "Tham số vào",
    "output": "Biến ra",
    "in": "Dữ liệu đưa vào",
    "out": "Dữ liệu nhận về",
    "assignee": "Người xử lý",
    "candidateGroups": "Nhóm xử lý",
    "candidateUsers": "Người có thể xử lý",
    "dueDate": "Hạn xử lý",
    "priority": "Mức ưu tiên",
    "topic": "Thao tác",
    "decisionRef": "Bảng quyết định",
    "calledElement": "Quy trình được gọi",
    "timer": "Bộ hẹn giờ",
    "correlation": "Khóa tương quan",
    "collection": "Danh sách lặp",
    "cardinality": "Số bản thực hiện",
    "completion": "Điều kiện kết thúc sớm",
    "loop": "Điều kiện lặp",
}


def _troubles(subject: Subject, kind: str) -> Iterator[tuple[Use, Trouble]]:
    """Troubles of a kind, each once per element and variable."""
    seen: set[tuple[str, tuple[str, ...], str]] = set()
    for use in uses(subject):
        for trouble in use.troubles:
            key = (use.element, trouble.path, trouble.told)
            if trouble.kind == kind and key not in seen:
                seen.add(key)
                yield use, trouble


def _never(subject: Subject) -> Iterator[Found]:
    for use, trouble in _troubles(subject, "never"):
        if use.what not in ("form", "table", "out"):
            yield use.element, (
                f"{_place(subject, use)} đọc biến “{trouble.path[0]}” nhưng trước đó không bước nào ghi biến này; "
                f"{_instead(trouble.path[0], use.environment.variables)}hãy sửa tên biến hoặc thêm bước ghi biến."
            )


def _instead(name: str, others: Iterable[str]) -> str:
    close = get_close_matches(name, list(others), 1, 0.75)
    return f"có phải là “{close[0]}” không? Nếu không, " if close else ""


def _maybe(subject: Subject) -> Iterator[Found]:
    for use, trouble in _troubles(subject, "maybe"):
        if use.what == "form":
            continue  # a form shows nothing where nothing is known
        name = trouble.path[0]
        way = way_without(subject, use.element, name)
        told = f" khi đi qua {way}" if way else " trên một số đường đi"
        yield use.element, (
            f"{_place(subject, use)} đọc biến “{name}” nhưng biến này có thể chưa được ghi{told}; "
            f"hãy ghi biến trên mọi đường đi hoặc viết has(data.{name}) ? data.{name} : giá trị thay thế."
        )


def _field(subject: Subject) -> Iterator[Found]:
    for use, trouble in _troubles(subject, "field"):
        yield use.element, _no_field(subject, use, trouble)


def _no_field(subject: Subject, use: Use, trouble: Trouble) -> str:
    place, name = _place(subject, use), trouble.path[-1] if trouble.path else ""
    node = _node(subject, use)
    if node is None or trouble.path[:1] != ("result",) or len(trouble.path) != 2 or subject.catalog is None:
        whole = ".".join(trouble.path[:-1]) or "giá trị này"
        return f"{place} đọc mục “{name}” nhưng “{whole}” không có mục này; hãy sửa tên mục."
    shape = use.environment.variables.get("result")
    close = _instead(name, shape.fields if shape is not None else ())
    if node.kind == "userTask":
        return f"{place} đọc {_unanswered(subject, node.element, name)} {close}hãy sửa tên hoặc thêm câu hỏi."
    if node.kind == "serviceTask":
        return (
            f"{place} đọc “result.{name}” nhưng thao tác “{node.element.attributes.get('topic')}” không trả về mục "
            f"này; {close}hãy chọn trong: {_listed(shape)}."
        )
    return f"{place} đọc “result.{name}” nhưng kết quả không có mục này; {close}hãy chọn trong: {_listed(shape)}."


def _unanswered(subject: Subject, element: Element, name: str) -> str:
    form = element.attributes.get("formRef", "").removesuffix(".form.json")
    facts = None if subject.catalog is None else subject.catalog.forms.get(form)
    field = None if facts is None else facts.fields.get(name)
    if field is not None and field.bound is not None:
        return f"“result.{name}” nhưng câu trả lời này ghi thẳng vào văn bản, không có trong kết quả;"
    if field is not None and field.readonly:
        return f"“result.{name}” nhưng câu hỏi này chỉ để đọc nên không có câu trả lời;"
    return f"“result.{name}” nhưng biểu mẫu “{form}” không có câu hỏi này;" if form else (
        f"“result.{name}” nhưng công việc chưa có biểu mẫu;"
    )  # fmt: skip


def _listed(shape: Shape | None) -> str:
    names = sorted(shape.fields) if shape is not None else []
    return ", ".join(names[:_MOST_SHOWN]) + (" …" if len(names) > _MOST_SHOWN else "") if names else "không có mục nào"


def _maybe_field(subject: Subject) -> Iterator[Found]:
    for use, trouble in _troubles(subject, "maybe-field"):
        path = ".".join(trouble.path) or "mục này"
        yield use.element, (
            f"{_place(subject, use)} đọc “{path}” nhưng mục này có thể không có, ví dụ khi câu hỏi bị ẩn; "
            f"hãy viết has({path}) ? {path} : giá trị thay thế."
        )


def _kind(subject: Subject) -> Iterator[Found]:
    for use, trouble in _troubles(subject, "kind"):
        yield use.element, f"{_place(subject, use)}: {trouble.told}; hãy đổi kiểu, ví dụ bằng string() hoặc int()."


def _form(subject: Subject) -> Iterator[Found]:
    for use, trouble in _troubles(subject, "never"):
        if use.what == "form":
            yield use.element, (
                f"Biểu mẫu “{use.name}” nhắc tới “{trouble.path[0]}” nhưng không có câu hỏi hay biến nào tên như vậy; "
                f"{_instead(trouble.path[0], use.environment.variables)}hãy sửa tên trong biểu mẫu."
            )


def _table(subject: Subject) -> Iterator[Found]:
    for use, trouble in _troubles(subject, "never"):
        if use.what == "table":
            yield use.element, (
                f"Bảng quyết định “{use.name}” cần “{trouble.path[0]}” nhưng trước đó không bước nào ghi biến này; "
                "hãy thêm tham số vào cùng tên hoặc sửa cột của bảng."
            )


def _expected(subject: Subject) -> Iterator[Found]:
    """Conditions give true or false, collections are lists, counts are numbers."""
    wanted = {
        "condition": ({"flag"}, "Điều kiện"),
        "loop": ({"flag"}, "Điều kiện lặp"),
        "completion": ({"flag"}, "Điều kiện kết thúc sớm"),
        "collection": ({"list"}, "Danh sách lặp"),
        "cardinality": (NUMBERS | {"text"}, "Số bản thực hiện"),
        "priority": (NUMBERS | {"text", "null"}, "Mức ưu tiên"),
    }
    for use in uses(subject):
        kinds, called = wanted.get(use.what, (set(), ""))
        if kinds and use.nodes and use.shape.never(kinds):
            want = named(kinds & {"flag", "list", "whole"})
            yield use.element, f"{called} cho ra {named(use.shape.kinds)}, không phải {want}; hãy sửa biểu thức."


def _parameter(subject: Subject) -> Iterator[Found]:
    for use, facts, wanted in _parameters(subject):
        if not fits(use.shape, wanted.shape):
            yield use.element, (
                f"Tham số “{wanted.label or use.name}” của thao tác “{facts.name}” nhận {named(use.shape.kinds)} "
                f"nhưng cần {named(wanted.shape.kinds - {'null'})}; hãy sửa tham số vào “{use.name}”."
            )


def _choice(subject: Subject) -> Iterator[Found]:
    for use, facts, wanted in _parameters(subject):
        bad = _not_offered(use.shape, wanted)
        values = use.shape.literals or ()
        if bad and len(bad) == len([value for value in values if value not in (None, "")]):
            yield use.element, (
                f"Thao tác “{facts.name}” không nhận “{bad[0]}” ở tham số “{wanted.label or use.name}”; "
                f"hãy chọn một trong: {', '.join(wanted.choices)}."
            )


def _some_choices(subject: Subject) -> Iterator[Found]:
    for use, facts, wanted in _parameters(subject):
        bad = _not_offered(use.shape, wanted)
        values = [value for value in use.shape.literals or () if value not in (None, "")]
        if bad and len(bad) < len(values):
            yield use.element, (
                f"Tham số “{wanted.label or use.name}” của thao tác “{facts.name}” có thể là “{bad[0]}”, "
                f"giá trị này không được nhận; hãy bỏ khỏi các lựa chọn hoặc rẽ nhánh trước bước này."
            )


def _not_offered(shape: Shape, wanted: ParameterFacts) -> list[str]:
    """Values the operation would refuse; blanks stand for questions not asked."""
    if not wanted.choices:
        return []
    return [str(value) for value in shape.literals or () if value not in (None, "") and value not in wanted.choices]


def _parameters(subject: Subject) -> Iterator[tuple[Use, OperationFacts, ParameterFacts]]:
    if subject.catalog is None:
        return
    for use in uses(subject):
        node = _node(subject, use) if use.what == "input" else None
        if node is None or node.kind != "serviceTask":
            continue
        facts = subject.catalog.operations.get(node.element.attributes.get("topic", ""))
        wanted = None if facts is None else facts.parameters.get(use.name)
        whole = next((each for each in node.element.inputs if each.name == use.name), None)
        if facts is not None and wanted is not None and whole is not None and isinstance(whole.value, str):
            yield use, facts, wanted


def fits(shape: Shape, wanted: Shape) -> bool:
    """Whether some value of one shape may stand where another is wanted; null alone only where null may."""
    if not shape.known or not wanted.known:
        return True
    return any(_accepts(mine, theirs) for mine in shape.kinds for theirs in wanted.kinds)


def _accepts(mine: str, theirs: str) -> bool:
    if mine == theirs:
        return True
    if theirs == "decimal":
        return mine in NUMBERS
    if {mine, theirs} <= {"text", "time", "duration"}:
        return True
    return "whole" in (mine, theirs) and {mine, theirs} <= NUMBERS - {"decimal"}


def _needs(subject: Subject) -> Iterator[Found]:
    for node, called in _calls(subject):
        passed = {each.target or each.source for each in node.element.passes_in}
        given = passed | {each.name for each in node.element.inputs}
        if not any(each.everything for each in node.element.passes_in):
            for name in sorted(called.needs - given):
                yield node.id, (
                    f"Quy trình “{called.name}” cần dữ liệu “{name}” nhưng {title(node)} không đưa vào; "
                    "hãy thêm vào phần dữ liệu đưa vào."
                )


def _gives(subject: Subject) -> Iterator[Found]:
    for use, trouble in _troubles(subject, "never"):
        if use.what == "out":
            yield use.element, (
                f"{_place(subject, use)} lấy “{trouble.path[0]}” nhưng quy trình được gọi không có dữ liệu này khi kết "
                "thúc; hãy sửa tên hoặc bỏ dòng này."
            )


def _called(subject: Subject) -> Iterator[Found]:
    if subject.catalog is None or subject.catalog.procedures is None:
        return
    for _, node in subject.places():
        key = node.element.attributes.get("calledElement", "")
        if node.kind == "callActivity" and key and "${" not in key and key not in subject.catalog.procedures:
            yield node.id, f"Không có quy trình “{key}” đang áp dụng; hãy chọn quy trình khác hoặc ban hành nó."


def _calls(subject: Subject) -> Iterator[tuple[Node, ProcedureFacts]]:
    procedures = None if subject.catalog is None else subject.catalog.procedures
    for _, node in subject.places() if procedures is not None else ():
        called = (procedures or {}).get(node.element.attributes.get("calledElement", ""))
        if node.kind == "callActivity" and called is not None:
            yield node, called


def _declared(subject: Subject) -> Iterator[Found]:
    for _, node in subject.places():
        for word in wrong(node.element):
            yield node.id, (
                f"Thuộc tính “data” của {title(node)} có phần “{word[:40]}” không đọc được; "
                "hãy viết như document_id:document urgency:whole reason:text?."
            )


def _start(subject: Subject) -> Iterator[Found]:
    """Names nobody sets, where the start doesn't say what it brings."""
    found = known(subject)
    if found is None or subject.catalog is None:
        return
    for node in subject.diagram.root.nodes.values():
        before = found.before.get(node.id)
        if node.kind != "startEvent" or before is None or not before.open:
            continue
        missing = sorted(_unset(found))
        if missing:
            names = ", ".join(missing[:_MOST_SHOWN]) + (" …" if len(missing) > _MOST_SHOWN else "")
            yield node.id, (
                f"Sơ đồ đọc {names} nhưng không bước nào ghi; nếu đây là dữ liệu ban đầu, hãy khai trong thuộc tính "
                f"“data” của {title(node)}, ví dụ: {missing[0]}."
            )


def _unset(found: Known) -> set[str]:
    """Names read where anything may be known, and set nowhere."""
    everywhere = [*found.before.values(), *(use.environment for use in found.uses)]
    known_names = set().union(*(each.variables for each in everywhere))
    read = set().union(*(use.reads for use in found.uses if use.environment.open))
    return read - known_names


def _bound(subject: Subject) -> Iterator[Found]:
    if not analysis(subject).finished:
        yield subject.diagram.key, (
            "Sơ đồ có quá nhiều biến và đường đi nên chưa kiểm tra hết dữ liệu; hãy chia thành các quy trình con."
        )


RULES = (
    Rule("data.never", _never),
    Rule("data.maybe", _maybe, "warning"),
    Rule("data.field", _field),
    Rule("data.maybe-field", _maybe_field, "warning"),
    Rule("data.kind", _kind),
    Rule("data.form", _form),
    Rule("data.table", _table),
    Rule("data.expected", _expected),
    Rule("data.parameter", _parameter),
    Rule("data.choice", _choice),
    Rule("data.some-choices", _some_choices, "warning"),
    Rule("data.needs", _needs),
    Rule("data.gives", _gives),
    Rule("data.called", _called),
    Rule("data.declared", _declared),
    Rule("data.start", _start, "warning"),
    Rule("data.bound", _bound, "warning"),
)
