"""Sentences of notices and names of choices that the engine has in Vietnamese, named here to be translated."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

SENTENCES = (
    _("Việc%(step)s được giao cho bạn."),
    _("Nhóm của bạn có việc%(step)s chờ nhận."),
    _("Việc%(step)s về văn bản khẩn chờ bạn xử lý ngay."),
    _("Dự thảo bị trả lại để sửa."),
    _("Việc%(step)s không còn do bạn xử lý."),
    _("Việc%(step)s sắp hết thời hạn."),
    _("Việc%(step)s đã qua %(level)s%% thời hạn."),
    _("Việc%(step)s đã quá thời hạn."),
    _("Việc%(step)s thuộc trách nhiệm của bạn đã quá thời hạn mà chưa xong."),
    _("%(by)s đôn đốc việc%(step)s."),
    _("Lãnh đạo đôn đốc việc%(step)s."),
    _("%(recipient)s từ chối tiếp nhận văn bản."),
    _("Nơi nhận từ chối tiếp nhận văn bản."),
    _("%(recipient)s đã trả lời hoặc xử lý xong văn bản."),
    _("Nơi nhận đã trả lời hoặc xử lý xong văn bản."),
    _("Thời gian bạn được ủy quyền xử lý thay đã bắt đầu."),
    _("Báo cáo định kỳ đã lập xong."),
    _("Bản in đã tạo xong."),
    _("Thư đôn đốc của bạn không gửi được."),
    _("Một hồ sơ không chạy tiếp được và cần quản trị xử lý."),
)
CHOICES = (
    _("Việc được giao cho tôi"),
    _("Việc được giao cho nhóm của tôi"),
    _("Việc về văn bản khẩn"),
    _("Dự thảo bị trả lại"),
    _("Việc của tôi được thu lại hoặc chuyển người khác"),
    _("Việc sắp hết thời hạn"),
    _("Việc quá thời hạn"),
    _("Việc quá hạn thuộc trách nhiệm của tôi"),
    _("Đôn đốc của lãnh đạo"),
    _("Nơi nhận từ chối văn bản"),
    _("Nơi nhận trả lời hoặc xử lý xong văn bản"),
    _("Bắt đầu được ủy quyền xử lý thay"),
    _("Báo cáo định kỳ đã lập xong"),
    _("Bản in đã tạo xong"),
    _("Thư đôn đốc không gửi được"),
    _("Sự cố của quy trình"),
    _("Chuông"),
    _("Thư điện tử"),
    _("Trình duyệt"),
    _("Ngay khi có thông báo"),
    _("Gộp theo từng giờ"),
    _("Gộp vào đầu giờ làm việc mỗi ngày"),
)
