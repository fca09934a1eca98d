"""Marshmallow fields for the questions of a form: typed values out of what people typed, sentences on errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, missing, validate

from engine.forms import notation
from engine.forms.components import Field, Option
from engine.forms.context import FormContext, Upload, options_of
from engine.forms.text import LONGEST_LINE, LONGEST_TEXT, clean

MOST_FILES = 50
_LONGEST_RAW = 4 * LONGEST_TEXT
_LONGEST_WITH_PATTERN = 256


class Answer(fields.Field[Any]):
    """One answer: blank is None when optional, a sentence when required, else what `convert` makes of it."""

    def __init__(
        self, question: Field, convert: Callable[[Any], Any], checks: Sequence[Callable[[Any], Any]] = ()
    ) -> None:
        self._question = question
        self._convert = convert
        super().__init__(required=question.limits.required, allow_none=not question.limits.required, validate=checks)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **more: Any
    ) -> Any:
        """Return the typed value; blank counts as not given."""
        if value is missing or is_blank(value):
            return self._blank()
        typed = super().deserialize(value, attr, data, **more)
        # invisible characters alone look like an answer until they are cleaned away
        return self._blank() if typed == "" else typed

    def _blank(self) -> Any:
        if self._question.limits.required:
            raise ValidationError(_missing_sentence(self._question))
        return empty(self._question)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        return self._convert(value)


def is_blank(value: Any) -> bool:
    """Tell whether nothing was answered."""
    if isinstance(value, str):
        return not value[:_LONGEST_RAW].strip()
    if isinstance(value, (list, tuple)):
        return all(is_blank(item) for item in value)
    return value is None


def answer_for(question: Field, context: FormContext) -> Answer:
    """Return the marshmallow field that reads and checks the answer to `question`."""
    if question.kind in ("text", "textarea"):
        return Answer(question, lambda raw: _text(question, raw), _text_limits(question))
    if question.kind == "number":
        return Answer(question, lambda raw: _number(question, raw), _range(question))
    if question.kind in ("date", "time", "datetime"):
        return Answer(question, lambda raw: _moment(question, context.today, raw))
    if question.kind == "checkbox":
        return Tick(question, _tick)
    if question.kind == "file":
        return Answer(question, lambda raw: _files(question, raw))
    if question.kind == "dues":
        return Answer(question, lambda raw: _dues(question, context.today, raw))
    options = options_of(question, context)
    if question.limits.several:
        return Answer(question, lambda raw: _several(question, options, raw))
    return Answer(question, lambda raw: _one(question, options, raw))


def empty(question: Field) -> Any:
    """Return what an optional question left blank becomes: "" for texts, [] for lists, {} for days, None else."""
    if question.kind in ("text", "textarea"):
        return ""
    if question.kind == "dues":
        return {}
    return [] if question.limits.several or question.kind == "file" else None


class Tick(Answer):
    """A check box: absent means false; when required it has to be ticked."""

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **more: Any
    ) -> bool:
        """Return whether the box is ticked."""
        ticked = _tick(value)
        if self._question.limits.required and not ticked:
            raise ValidationError(_missing_sentence(self._question))
        return ticked


def _missing_sentence(question: Field) -> str:
    if question.kind == "checkbox":
        return f"Chưa đánh dấu “{question.label}”."
    if question.kind == "file":
        return f"Chưa đính kèm tệp ở mục “{question.label}”."
    verb = "chọn" if question.kind in ("select", "radio", "checklist") else "nhập"
    return f"Chưa {verb} “{question.label}”."


def _string(question: Field, raw: Any) -> str:
    if isinstance(raw, (list, tuple)) and len(raw) == 1:
        raw = raw[0]
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return str(raw)
    if not isinstance(raw, str):
        raise ValidationError(f"“{question.label}” phải là một giá trị.")
    if len(raw) > _LONGEST_RAW:
        raise ValidationError(f"“{question.label}” quá dài; chỉ nhập tối đa {LONGEST_TEXT} ký tự.")
    return raw


def _text(question: Field, raw: Any) -> str:
    return clean(_string(question, raw), lines=question.kind == "textarea")


def _text_limits(question: Field) -> list[Callable[[Any], Any]]:
    limits = question.limits
    cap = LONGEST_TEXT if question.kind == "textarea" else LONGEST_LINE
    longest = min(limits.longest or cap, cap, _LONGEST_WITH_PATTERN if limits.pattern else cap)
    checks: list[Callable[[Any], Any]] = [
        validate.Length(max=longest, error=f"“{question.label}” dài quá {longest} ký tự; rút gọn lại.")
    ]
    if limits.shortest:
        too_short = f"“{question.label}” phải có ít nhất {limits.shortest} ký tự."
        checks.append(validate.Length(min=limits.shortest, error=too_short))
    if limits.pattern is not None:
        checks.append(_matching(question, limits.pattern))
    return checks


def _matching(question: Field, pattern: Callable[[str], bool]) -> Callable[[Any], Any]:
    def check(text: str) -> None:
        if len(text) <= _LONGEST_WITH_PATTERN and not pattern(text):
            hint = f" {question.help}" if question.help else ""
            raise ValidationError(f"“{question.label}” không đúng dạng quy định.{hint}")

    return check


def _number(question: Field, raw: Any) -> int | float:
    number = notation.read_number(_string(question, raw)) if not isinstance(raw, (int, float)) else raw
    if isinstance(number, bool) or number is None or abs(number) > 1e15:
        raise ValidationError(f"“{question.label}” phải là một số, ví dụ 12 hoặc 1,5.")
    decimals = question.limits.decimals
    if decimals is not None and round(number, decimals) != number:
        written = "số nguyên" if decimals == 0 else f"số có tối đa {decimals} chữ số sau dấu phẩy"
        raise ValidationError(f"“{question.label}” phải là {written}.")
    return int(number) if decimals == 0 else number


def _range(question: Field) -> list[Callable[[Any], Any]]:
    checks: list[Callable[[Any], Any]] = []
    if (lowest := question.limits.lowest) is not None:
        beyond = f"“{question.label}” không được nhỏ hơn {notation.show_number(lowest)}."
        checks.append(validate.Range(min=lowest, error=beyond))
    if (highest := question.limits.highest) is not None:
        beyond = f"“{question.label}” không được lớn hơn {notation.show_number(highest)}."
        checks.append(validate.Range(max=highest, error=beyond))
    return checks


def _moment(question: Field, today: date | None, raw: Any) -> str:
    text = _string(question, raw)
    if question.kind == "time":
        hour = notation.read_time(text)
        if hour is None:
            raise ValidationError(f"“{question.label}” phải là giờ, ví dụ 08:15.")
        return hour.strftime("%H:%M")
    if question.kind == "datetime":
        moment = notation.read_moment(text)
        if moment is None:
            raise ValidationError(f"“{question.label}” phải là ngày và giờ, ví dụ 23/11/2026 08:15.")
        _not_past(question, today, moment.date())
        return moment.isoformat(timespec="seconds")
    day = notation.read_date(text)
    if day is None:
        raise ValidationError(f"“{question.label}” phải là ngày có thật, ví dụ 23/11/2026.")
    _not_past(question, today, day)
    return day.isoformat()


def due_pairs(raw: Any) -> dict[str, str]:
    """The days of lines as typed: a page posts id, day, id, day; process data has them by id."""
    if isinstance(raw, Mapping):
        return {str(line): as_posted(day) for line, day in raw.items()}
    items = [as_posted(item) for item in raw] if isinstance(raw, (list, tuple)) else []
    return dict(zip(items[::2], items[1::2], strict=False))


def _dues(question: Field, today: date | None, raw: Any) -> dict[str, str]:
    """A day of its own for some of the lines, by the id of the person or unit."""
    found: dict[str, str] = {}
    for line, text in due_pairs(raw).items():
        if not text.strip():
            continue
        day = notation.read_date(text)
        if day is None or not (line.isascii() and line.isdigit() and len(line) < 19):
            told = f"“{question.label}” phải là ngày có thật, ví dụ 23/11/2026; không đọc được “{text[:30]}”."
            raise ValidationError(told)
        _not_past(question, today, day)
        found[line] = day.isoformat()
    return found


def _not_past(question: Field, today: date | None, day: date) -> None:
    if question.limits.no_past and today is not None and day < today:
        raise ValidationError(f"“{question.label}” không được trước hôm nay ({today.strftime('%d/%m/%Y')}).")


def _tick(raw: Any) -> bool:
    if isinstance(raw, (list, tuple)):
        raw = raw[-1] if raw else None
    return raw is True or (isinstance(raw, str) and raw.lower() in ("on", "true", "1", "yes"))


def _one(question: Field, options: Sequence[Option], raw: Any) -> Any:
    if isinstance(raw, (list, tuple)):
        if len(raw) != 1:
            raise ValidationError(f"“{question.label}” chỉ được chọn một.")
        raw = raw[0]
    wanted = as_posted(raw)
    for option in options:
        if as_posted(option.value) == wanted:
            return option.value
    raise ValidationError(f"“{question.label}”: lựa chọn không có trong danh sách; chọn lại.")


def _several(question: Field, options: Sequence[Option], raw: Any) -> list[Any]:
    items = raw if isinstance(raw, (list, tuple)) else [raw]
    wanted = {as_posted(item) for item in items if not is_blank(item)}
    chosen = [option.value for option in options if as_posted(option.value) in wanted]
    if len(chosen) != len(wanted):
        raise ValidationError(f"“{question.label}”: có lựa chọn không có trong danh sách; chọn lại.")
    if question.limits.longest is not None and len(chosen) > question.limits.longest:
        raise ValidationError(f"“{question.label}” chỉ được chọn tối đa {question.limits.longest}.")
    if question.limits.shortest is not None and len(chosen) < question.limits.shortest:
        raise ValidationError(f"“{question.label}” phải chọn ít nhất {question.limits.shortest}.")
    return chosen


def as_posted(value: Any) -> str:
    """Return an option's value as a form posts it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(str(value)) if isinstance(value, (str, int)) else ""


def _files(question: Field, raw: Any) -> list[Upload]:
    items = [item for item in (raw if isinstance(raw, (list, tuple)) else [raw]) if item is not None]
    if not all(isinstance(item, Upload) for item in items):
        raise ValidationError(f"“{question.label}” phải là tệp đính kèm.")
    if not question.limits.several and len(items) > 1:
        raise ValidationError(f"“{question.label}” chỉ nhận một tệp.")
    if len(items) > MOST_FILES:
        raise ValidationError(f"“{question.label}” chỉ nhận tối đa {MOST_FILES} tệp một lần.")
    for item in items:
        _check_file(question, item)
    return list(items)


def _check_file(question: Field, upload: Upload) -> None:
    if upload.size <= 0:
        raise ValidationError(f"Tệp “{clean(upload.name)[:100]}” không có nội dung; chọn tệp khác.")
    accept = question.limits.accept
    if accept and not upload.name.lower().endswith(accept):
        listed = ", ".join(accept)
        raise ValidationError(f"Tệp “{clean(upload.name)[:100]}” không thuộc định dạng được nhận ({listed}).")
