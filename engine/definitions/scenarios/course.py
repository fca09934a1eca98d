"""One scenario on its way: its cases, what waits in them, what they came through, and the time.

What the platform does with rows is done here in memory; the core is the real one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn import run
from engine.definitions.scenarios.prepared import Prepared, prepare
from engine.definitions.scenarios.reading import Scenario
from engine.definitions.scenarios.surroundings import Functions, Surroundings
from engine.errors import DefinitionError, PlatformError


class Astray(Exception):
    """The scenario can't go on; the sentence says what was expected and what came, `fields` which answers are wrong."""

    def __init__(self, sentence: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = dict(fields or {})


@dataclass(slots=True)
class Case:
    """One instance: the procedure itself, or one called by it that is walked in full."""

    prepared: Prepared
    prefix: str = ""
    caller: Open | None = None
    index: int = 0
    state: bytes = b""
    ended: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    error: str | None = None


@dataclass(slots=True)
class Open:
    """Something that waits in a case; `held` says why an operation failed and waits to be mended."""

    case: Case
    wait: run.Wait
    held: str = ""
    children: list[Case] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The element, with the calls around it."""
        return self.case.prefix + self.wait.element

    @property
    def title(self) -> str:
        """The element by its name."""
        return self.case.prepared.title(self.wait.element)


@dataclass(frozen=True, slots=True)
class Did:
    """An operation or table that answered without anybody's doing."""

    place: str
    kind: str
    key: str
    given: Mapping[str, Any]
    result: Any


@dataclass(slots=True)
class Trail:
    """What the cases of a scenario came through; elements, flows and ends are those of the procedure itself."""

    root: Case
    elements: set[str] = field(default_factory=set)
    flows: set[str] = field(default_factory=set)
    path: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    thrown: list[dict[str, Any]] = field(default_factory=list)

    def note(self, case: Case, step: run.Step) -> None:
        """Add what a step brought."""
        for thrown in step.thrown:
            if thrown.kind == "error":
                case.error = thrown.name
                if case is not self.root:
                    continue  # it goes to whoever called, not outside
            self.thrown.append({"name": thrown.name, "correlation": thrown.correlation, "data": thrown.data})
        for passage in step.passages:
            if passage.event != "entered":
                continue
            self.path.append(case.prefix + passage.element)
            if case is not self.root:
                continue
            self.elements.add(passage.element)
            self.flows |= {passage.flow} if passage.flow else set()
            if case.prepared.nodes[passage.element].kind == "endEvent":
                self.ends.append(passage.element)


class Course:
    """Moves the cases of one scenario; raises Astray when something can't go on."""

    def __init__(self, scenario: Scenario, prepared: Prepared, around: Surroundings) -> None:
        self.scenario, self.around = scenario, around
        self.now = scenario.now
        self.open: dict[tuple[int, str], Open] = {}
        self.cases = [Case(prepared)]
        self.trail = Trail(self.cases[0])
        self.operations: list[str] = []
        self.did: list[Did] = []
        self.undelivered: list[run.Thrown] = []
        self.troubles: dict[str, str] = {}
        self.special = {key: list(results) for key, results in scenario.operations.items()}
        self._moves = 0
        self._begun = around.seconds()

    @property
    def root(self) -> Case:
        """The case of the procedure the scenario is about."""
        return self.cases[0]

    def begin(self) -> None:
        """Start the procedure; InvalidInput of the core becomes a sentence."""
        self._start(self.root, dict(self.scenario.data), self.scenario.start)

    def waits(self) -> Iterator[Open]:
        """What waits, oldest first; a call that is walked in full isn't waited for itself."""
        yield from [each for each in self.open.values() if not each.children]

    def functions(self) -> Functions:
        """What expressions may call now."""
        return self.around.functions(self.now)

    # --- moving

    def complete(self, found: Open, result: Any) -> None:
        """Settle a wait with its result."""
        self.troubles.pop(found.place, None)
        self._move(found, lambda case: run.complete(case.prepared.procedure, case.state, found.wait.token, result,
                                                    self.now, self.functions()))  # fmt: skip

    def throw(self, found: Open, code: str, message: str) -> None:
        """A business error out of a wait; where the diagram catches nothing, it waits to be mended, as on the
        platform.
        """
        self.troubles.pop(found.place, None)
        try:
            self._move(found, lambda case: run.throw_error(case.prepared.procedure, case.state, found.wait.token, code,
                                                           message, self.now, self.functions()))  # fmt: skip
        except run.Uncaught:
            self.hold(found, f"lỗi “{code}” không được sơ đồ xử lý ở đâu")

    def hold(self, found: Open, why: str) -> None:
        """Let something wait to be mended: an incident."""
        found.held = why
        self.troubles[found.place] = f"{found.title} gặp sự cố: {why.rstrip('.')}."

    def _start(self, case: Case, data: dict[str, Any], at: str | None) -> None:
        self._count(case)
        try:
            step = run.start(case.prepared.procedure, data, self.now, self.functions(), at)
        except PlatformError as problem:
            raise Astray(f"Không bắt đầu được: {problem}") from problem
        self._take(case, step)

    def _move(self, found: Open, call: Any) -> None:
        self._count(found.case)
        step = call(found.case)
        self._withdraw(self.open.pop((id(found.case), found.wait.token), None))
        self._take(found.case, step)

    def _count(self, case: Case) -> None:
        limits = self.around.limits
        self._moves += 1
        if self._moves > limits.moves or len(self.trail.path) > limits.moves * 10:
            raise Astray(f"Đã dừng sau {limits.moves} lần chuyển bước: sơ đồ có thể quay vòng không dứt.")
        if self.around.seconds() - self._begun > limits.seconds:
            raise Astray(f"Đã dừng sau {limits.seconds:g} giây: kịch bản chạy quá lâu.")
        if len(case.state) > limits.state_bytes or len(self.open) > limits.open_waits:
            raise Astray("Đã dừng: dữ liệu của hồ sơ lớn quá mức cho phép.")

    # --- what a step of the core brings

    def _take(self, case: Case, step: run.Step) -> None:
        case.state, case.ended, case.data = step.state, step.ended, step.data
        for token in step.closed:
            self._withdraw(self.open.pop((id(case), token), None))
        self.trail.note(case, step)
        self.undelivered += [thrown for thrown in step.thrown if thrown.kind in ("message", "signal")]
        for trouble in step.incidents:
            place = case.prefix + trouble.element
            title = case.prepared.title(trouble.element)
            self.troubles[place] = f"{title} dừng lại: {trouble.message.rstrip('.')}."
        for wait in step.opened:
            found = self.open[(id(case), wait.token)] = Open(case, wait)
            self.troubles.pop(found.place, None)
            if wait.kind == "call" and found.place in self.scenario.walk_into:
                self._walk_into(found)
        if case.ended:
            self._return(case)

    def _withdraw(self, found: Open | None) -> None:
        """What hangs on a wait that was taken away goes with it."""
        if found is None:
            return
        self.troubles.pop(found.place, None)
        gone = {id(case) for case in found.children}
        for key in [key for key in self.open if key[0] in gone]:
            self._withdraw(self.open.pop(key, None))

    # --- called procedures that are walked in full

    def _walk_into(self, found: Open) -> None:
        fan_out = found.wait.fan_out
        shares = (
            [(share.name, share.given) for share in fan_out.shares]
            if fan_out is not None
            else [(found.wait.name, found.wait.given)]
        )
        for index, (name, given) in enumerate(shares):
            bundle = self.around.called.get(name or found.wait.name)
            if bundle is None:
                raise Astray(
                    f"{found.title} gọi quy trình “{name or found.wait.name}”, không có nội dung để chạy trọn."
                )
            try:
                child = Case(prepare(bundle), f"{found.place}/", found, index)
            except DefinitionError as problem:
                raise Astray(f"Quy trình “{name}” được gọi không chạy được: {problem}") from problem
            found.children.append(child)
            self.cases.append(child)
            self._start(child, dict(given), None)
            if found.wait.token not in {token for _, token in self.open}:
                return  # its error has already been caught around the call

    def _return(self, case: Case) -> None:
        found = case.caller
        if found is None or (id(found.case), found.wait.token) not in self.open:
            return
        if case.error is not None:
            self.throw(found, case.error, f"Quy trình “{case.prepared.key}” kết thúc với lỗi.")
            return
        expected = len(found.wait.fan_out.items) if found.wait.fan_out is not None else 1
        if len(found.children) < expected or not all(child.ended for child in found.children):
            return
        results = [child.data for child in found.children]
        self.complete(found, {"results": results} if found.wait.fan_out is not None else results[0])
