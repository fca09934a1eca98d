"""What a person sees when something went wrong: a sentence and a way on; the rest goes to the log."""

from __future__ import annotations

import logging
import secrets

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)  # fmt: skip
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadRequest, HTTPException

from engine.errors import (
    AlreadyTaken,
    BusinessError,
    ConnectorError,
    DefinitionError,
    InvalidInput,
    PlatformError,
    RequestError,
)
from engine.settings import Settings
from web.session import OPEN, came_from, sign_in_first

log = logging.getLogger("vanthu.web")


def answer_errors(app: Flask, settings: Settings) -> None:
    """Answer every error with a page (or, to htmx, a notice) that says what was expected, found, and what to do."""
    largest = settings.max_upload_bytes // (1024 * 1024)

    def http(error: HTTPException) -> Response:
        if error.code is None or error.code < 400:
            return make_response(error.get_response())
        if isinstance(error, CSRFError) and "person" not in session and request.endpoint not in OPEN:
            return sign_in_first("expired")  # the token went with the session
        return page(error.code, _http_sentence(error, largest))

    app.register_error_handler(RequestError, lambda error: page(error.status, str(error)))
    app.register_error_handler(AlreadyTaken, _sent_again)
    app.register_error_handler(BusinessError, lambda error: page(409, str(error)))
    app.register_error_handler(DefinitionError, lambda error: page(422, str(error)))
    app.register_error_handler(ConnectorError, lambda error: page(503, str(error)))
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(DataError, _too_much)
    app.register_error_handler(OperationalError, _no_database)
    app.register_error_handler(InterfaceError, _no_database)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, _bug)
    app.before_request(_refuse_control_signs)


def answer_scripts(screen: Blueprint) -> None:
    """Answer every error of a screen that only scripts ask with JSON: `message` is a sentence, `fields` say where.

    What is no answer on purpose (a bug, a database that is gone) goes the way of every screen, see `page`.
    """

    def refused(error: RequestError) -> tuple[Response, int]:
        fields = error.fields if isinstance(error, InvalidInput) else {}
        return jsonify(message=str(error), fields=fields), error.status

    def http(error: HTTPException) -> tuple[Response, int]:
        if isinstance(error, CSRFError):
            sentence = "Phiên làm việc đã đổi. Tải lại trang rồi tiếp tục; phần đang vẽ được giữ trên máy này."
        elif error.code == 413:
            sentence = "Nội dung gửi lên lớn hơn mức cho phép. Chia quy trình thành các quy trình con rồi lưu lại."
        else:
            sentence = "Máy chủ không hiểu yêu cầu này. Tải lại trang rồi thử lại."
        return jsonify(message=sentence), error.code or 400

    screen.register_error_handler(RequestError, refused)
    screen.register_error_handler(PlatformError, lambda error: (jsonify(message=str(error)), 422))
    screen.register_error_handler(HTTPException, http)


def page(status: int, sentence: str, number: str = "") -> Response:
    """Return the error page for a status; htmx gets a notice for the top of the page instead, scripts plain JSON."""
    if request.is_json or request.accept_mimetypes.best == "application/json":
        told = f"{sentence} ({number})" if number else sentence
        return make_response(jsonify(message=told), status)
    template = "layout/messages/notice.html" if request.headers.get("HX-Request") else "layout/messages/error.html"
    back = came_from() if request.method == "POST" else None
    body = render_template(
        template, status=status, title=_title(status), sentence=sentence, number=number, tone="late", back=back
    )
    answer = make_response(body, status)
    if request.headers.get("HX-Request"):
        answer.headers["HX-Retarget"] = "#notices"
        answer.headers["HX-Reswap"] = "innerHTML"
    return answer


def _title(status: int) -> str:
    titles = {
        400: _("Yêu cầu chưa đúng"),
        403: _("Không có quyền"),
        404: _("Không tìm thấy"),
        405: _("Không làm được như vậy"),
        409: _("Đã có thay đổi khác"),
        413: _("Tệp quá lớn"),
        422: _("Thông tin chưa đúng"),
        429: _("Quá nhiều lần thử"),
        500: _("Hệ thống gặp lỗi"),
        503: _("Hệ thống tạm thời chưa sẵn sàng"),
    }
    return titles.get(status, titles[500] if status >= 500 else titles[400])


def _http_sentence(error: HTTPException, largest: int) -> str:
    if isinstance(error, CSRFError):
        return _("Biểu mẫu này đã cũ nên chưa được nhận. Tải lại trang rồi gửi lại.")
    if isinstance(error, RateLimitExceeded):
        return _("Có quá nhiều lần thử từ máy này. Đợi một phút rồi thử lại.")
    sentences = {
        404: _("Không có trang hoặc nội dung nào ở địa chỉ này, hoặc nội dung không thuộc phạm vi được xem."),
        405: _("Địa chỉ này không nhận cách gửi đó. Quay lại trang trước và dùng nút trên trang."),
        413: _("Tổng dung lượng gửi lên vượt quá %(size)s MB. Giảm dung lượng hoặc gửi từng tệp.", size=largest),
    }
    return sentences.get(error.code or 400, _("Máy chủ không hiểu yêu cầu này. Quay lại trang trước và thử lại."))


def _stale(error: StaleDataError) -> Response:
    return page(409, _("Người khác vừa thay đổi nội dung này. Tải lại trang để xem bản mới nhất rồi làm lại."))


def _too_much(error: DataError) -> Response:
    number = _numbered(error)  # no person types such a value; if it was a field without a limit, the log shows which
    return page(400, _("Có giá trị quá dài hoặc quá lớn so với mức cho phép. Sửa lại rồi gửi."), number)


def _sent_again(error: AlreadyTaken) -> Response:
    """Lead back to the page the form stands on: it is no error of anybody's, and what was typed has been taken."""
    if request.headers.get("HX-Request"):
        return page(409, str(error))
    flash(str(error), "done")
    return make_response(redirect(came_from() or url_for("worklist.inbox"), 303))


def _no_database(error: Exception) -> Response:
    number = _numbered(error)
    return page(503, _("Cơ sở dữ liệu chưa trả lời. Thử lại sau ít phút; chưa có nội dung nào bị thay đổi."), number)


def _bug(error: Exception) -> Response:
    number = _numbered(error)
    return page(
        500, _("Thao tác chưa thực hiện được và chưa có gì bị thay đổi. Báo mã lỗi bên dưới cho quản trị."), number
    )


def _numbered(error: Exception) -> str:
    number = secrets.token_hex(4).upper()
    who = getattr(g, "person", None)
    log.error(
        "error %s at %s %s by person %s", number, request.method, request.path, who.id if who else None, exc_info=error
    )
    return number


def _refuse_control_signs() -> None:
    # PostgreSQL can't hold NUL, and no person types it: refused once here rather than in every command.
    for values in (request.view_args or {}, request.args.to_dict(flat=False)):
        if "\x00" in str(list(values.values())).replace("\\x00", "\x00"):
            raise BadRequest
    if request.mimetype == "application/x-www-form-urlencoded" and any(
        "\x00" in value for values in request.form.listvalues() for value in values
    ):
        raise BadRequest
