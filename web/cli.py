"""The commands of ./vanthu; what they need is imported when they run, so that help needs only the standard library."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from engine.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
_HEADINGS = {"positional arguments": "tham số", "options": "tuỳ chọn"}


class Parser(argparse.ArgumentParser):
    """A parser that speaks Vietnamese and takes only long options, spelled out."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options |= {"allow_abbrev": False, "add_help": False}
        super().__init__(*arguments, **options)
        self.add_argument("-h", "--help", action="help", help="hiện hướng dẫn này rồi thoát")

    def format_help(self) -> str:
        """Return the help text with Vietnamese headings."""
        text = super().format_help().replace("usage: ", "Cách dùng: ", 1)
        for english, vietnamese in _HEADINGS.items():
            text = text.replace(f"\n{english}:\n", f"\n{vietnamese}:\n")
        return text

    def error(self, message: str) -> NoReturn:
        """End with exit code 2 and one sentence."""
        for english, vietnamese in (
            ("the following arguments are required:", "còn thiếu:"),
            ("unrecognized arguments:", "không hiểu:"),
            ("invalid choice:", "không có lựa chọn"),
            ("(choose from", "(chọn một trong"),
            ("invalid int value:", "không phải số nguyên:"),
            ("expected one argument", "cần một giá trị"),
            ("argument ", ""),
        ):
            message = message.replace(english, vietnamese)
        print(f"vanthu: {message}. Xem {self.prog} --help.", file=sys.stderr)
        raise SystemExit(MISUSED)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; return its exit code: 0 done, 1 failed or findings, 2 wrong usage, 130 interrupted."""
    return _guarded(understand(sys.argv[1:] if arguments is None else arguments))


def understand(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what is meant, its name in `command`; help, version and wrong usage end here with SystemExit."""
    parser = build_parser()
    if not arguments:
        parser.print_help()
        raise SystemExit(MISUSED)
    # What `test` doesn't know goes to pytest.
    options, rest = parser.parse_known_args(list(arguments))
    if rest and options.command != "test":
        parser.error("unrecognized arguments: " + " ".join(rest))
    options.rest = rest
    return options


def _guarded(options: argparse.Namespace) -> int:
    from engine.errors import DefinitionError, PlatformError

    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except DefinitionError as problem:
        for finding in problem.findings:
            print(f"{finding.element}  {finding.rule}  {finding.sentence}", file=sys.stderr)
        return FAILED
    except PlatformError as problem:
        print(f"vanthu: {problem}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("vanthu: Đã dừng theo yêu cầu.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    except Exception as bug:
        return _told_bug(bug)


def _told_bug(bug: Exception) -> int:
    import traceback

    from engine.settings import Settings, SettingsError

    try:
        data = Settings.from_environment().data_path
    except SettingsError:
        data = ROOT / ".var"
    log = data / "log" / "command.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write("".join(traceback.format_exception(bug)) + "\n")
    except OSError:  # nowhere to write: rather a trace on the screen than nothing at all
        traceback.print_exception(bug)
    print(f"vanthu: Lỗi ngoài dự kiến ({type(bug).__name__}). Chi tiết ở {log}", file=sys.stderr)
    return FAILED


# ---- the commands -----------------------------------------------------------------------------------------------


def build_parser() -> Parser:
    """Return the parser of all commands."""
    parser = Parser(
        prog="./vanthu",
        description="Văn thư điện tử: mỗi thủ tục là một sơ đồ BPMN.",
        epilog="Hướng dẫn từng lệnh: ./vanthu LỆNH --help. Thiết lập bằng biến môi trường: ./vanthu settings.",
    )
    parser.add_argument("--version", action="version", version=f"vanthu {version()}", help="hiện phiên bản rồi thoát")
    commands = parser.add_subparsers(
        title="các lệnh", dest="command", metavar="LỆNH", required=True, parser_class=Parser
    )
    _add_running(commands)
    _add_administration(commands)
    _add_making(commands)
    return parser


def _add_running(commands: Any) -> None:
    demo = _command(commands, "demo", run_demo, "chạy thử trọn vẹn trên máy này, không cần cài gì thêm")
    demo.add_argument("--host", default="127.0.0.1", help="địa chỉ lắng nghe (mặc định %(default)s)")
    demo.add_argument("--port", type=int, help="cổng web (mặc định 8000, hoặc cổng trống kế tiếp)")
    demo.add_argument("--reset", action="store_true", help="xoá dữ liệu dùng thử rồi làm lại từ đầu (hỏi trước)")
    demo.add_argument("--yes", action="store_true", help="không hỏi lại khi xoá")
    demo.add_argument("--no-play", action="store_true", help="không tạo tỉnh mẫu, không chạy câu chuyện")
    demo.add_argument("--once", action="store_true", help="dừng ngay sau khi chạy xong câu chuyện")
    serve = _command(commands, "serve", run_serve, "chạy web (gunicorn)")
    serve.add_argument("--host", default="127.0.0.1", help="địa chỉ lắng nghe (mặc định %(default)s)")
    serve.add_argument("--port", type=int, default=8000, help="cổng web (mặc định %(default)s)")
    serve.add_argument("--workers", type=int, default=2, help="số tiến trình (mặc định %(default)s)")
    serve.add_argument("--threads", type=int, default=16, help="số luồng mỗi tiến trình (mặc định %(default)s)")
    _command(commands, "worker", run_worker, "chạy một tiến trình xử lý hàng đợi, hẹn giờ và gửi nhận")
    migrate = _command(commands, "migrate", run_migrate, "đưa lược đồ cơ sở dữ liệu lên bản mới nhất")
    migrate.add_argument("--check", action="store_true", help="chỉ kiểm tra: 0 nếu đã mới nhất, 1 nếu chưa")


def _add_administration(commands: Any) -> None:
    admin = _command(commands, "create-admin", run_create_admin, "tạo tài khoản quản trị của tỉnh")
    admin.add_argument("--login", required=True, help="tên đăng nhập")
    admin.add_argument("--name", required=True, help="họ và tên")
    admin.add_argument("--agency", help="mã định danh cơ quan (mặc định: cơ quan đầu tiên, hoặc tạo mới)")
    admin.add_argument("--agency-name", help="tên cơ quan khi phải tạo mới")
    admin.add_argument("--password-file", help="tệp chứa mật khẩu; bỏ trống: hỏi, hoặc đọc từ đầu vào chuẩn")
    _command(commands, "audit-verify", run_audit_verify, "kiểm tra chuỗi nhật ký kiểm toán không bị sửa, xoá")
    backup = _command(commands, "backup", run_backup, "sao lưu cơ sở dữ liệu và tệp trong khi mọi người vẫn làm việc")
    backup.add_argument("folder", metavar="THƯ_MỤC", help="nơi giữ các bản sao lưu, ngoài thư mục dữ liệu")
    backup.add_argument("--keep", type=int, metavar="SỐ", help="chỉ giữ lại từng ấy bản mới nhất")
    backup.add_argument("--check", action="store_true", help="chỉ đọc lại, kiểm tra các bản đã có")
    restore = _command(commands, "restore", run_restore, "phục hồi một bản sao lưu vào cơ sở dữ liệu trống")
    restore.add_argument("folder", metavar="THƯ_MỤC", help="nơi giữ các bản sao lưu")
    restore.add_argument("--copy", metavar="TÊN", help="bản cần phục hồi (mặc định: bản mới nhất)")
    _command(commands, "settings", run_settings, "liệt kê các thiết lập (biến môi trường) và giá trị hiện tại")


def _add_making(commands: Any) -> None:
    check = _command(commands, "check", run_check, "kiểm tra sơ đồ BPMN: mỗi dòng một phát hiện")
    check.add_argument("files", nargs="+", metavar="FILE.bpmn", help="tệp sơ đồ")
    check.add_argument("--scenarios", action="store_true", help="chạy kịch bản của quy trình (khoá hoặc thư mục)")
    test = _command(commands, "test", run_test, "chạy toàn bộ kiểm thử, kiểm tra kiểu, quy tắc nhập và định dạng")
    test.add_argument("--no-browser", action="store_true", help="bỏ qua các kiểm thử cần Chromium")
    test.add_argument("--no-checks", action="store_true", help="chỉ chạy pytest, bỏ qua ruff, mypy, import-linter")
    test.add_argument("--processes", type=int, default=3, help="số tiến trình pytest; 0: chạy tại chỗ (mặc định 3)")
    bench = _command(commands, "bench", run_bench, "đo tốc độ, in bảng")
    subjects = ["engine", "checks", "scenarios", "flight", "search", "office"]
    bench.add_argument("subject", choices=subjects, help="phần cần đo")
    bench.add_argument("--json", metavar="FILE", help="ghi kết quả JSON vào tệp; “-”: ra màn hình")
    bench.add_argument("--quick", action="store_true", help="ít lượt đo hơn, chỉ để thử")
    setup = _command(commands, "setup", run_setup, "chỉ chuẩn bị môi trường (gói Python, giao diện) rồi thoát")
    setup.add_argument("--with-tests", action="store_true", help="chuẩn bị cả những gì ./vanthu test cần")
    lock = _command(commands, "lock", run_lock, "dành cho người phát triển: khoá lại phiên bản các gói Python")
    lock.add_argument("--upgrade", action="store_true", help="lấy các phiên bản mới hơn")


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + "."
    )
    command.set_defaults(run=run)
    return command


def version() -> str:
    """Return the version of this checkout."""
    import re

    found = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else "?"


def say(sentence: str) -> None:
    """Tell a person how things go."""
    print(sentence, flush=True)


def settings_now() -> Settings:
    """Return the settings of this environment."""
    from engine.settings import Settings

    return Settings.from_environment()


# ---- running ----------------------------------------------------------------------------------------------------


def run_demo(options: argparse.Namespace) -> int:
    """Start everything on this machine."""
    from web.launcher import demo

    settings = settings_now()
    reset = options.reset and demo.data_exists(settings.data_path)
    if reset and not options.yes and not _agreed(f"Xoá toàn bộ dữ liệu dùng thử ở {settings.data_path}?"):
        say("Giữ nguyên dữ liệu.")
        return FAILED
    wish = demo.DemoOptions(options.host, options.port, reset, play=not options.no_play, once=options.once)
    return demo.run(settings, wish, say)


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        print("vanthu: Không có ai để hỏi; thêm --yes nếu chắc chắn.", file=sys.stderr)
        return False
    return input(f"{question} [c/K] ").strip().lower() in ("c", "có", "co", "y", "yes")


def run_serve(options: argparse.Namespace) -> int:
    """Run the web: in this very process when the servers are given, else with servers of our own around it."""
    from web.launcher import serving

    return serving.serve(settings_now(), options.host, options.port, options.workers, options.threads, say)


def run_worker(_options: argparse.Namespace) -> int:
    """Run a worker: in this very process when the servers are given or running, else with servers of our own."""
    from web.launcher import serving

    return serving.work(settings_now(), say)


def run_migrate(options: argparse.Namespace) -> int:
    """Bring the schema and the shipped procedures to their newest, or tell whether the schema is there."""
    from engine.database import connect
    from engine.schema import is_current, upgrade
    from web.launcher.servers import provided

    with provided(settings_now()) as settings:
        if not options.check:
            from web.launcher.administration import load_procedures  # the whole platform

            upgrade(settings.database_url)
            for key in load_procedures(settings):
                say(f"Đã ban hành quy trình kèm theo phần mềm: {key}.")
        engine = connect(settings.database_url, 1)
        try:
            current = is_current(engine)
        finally:
            engine.dispose()
    say("Lược đồ đã ở bản mới nhất." if current else "Lược đồ chưa ở bản mới nhất; chạy ./vanthu migrate.")
    return DONE if current else FAILED


# ---- administration ---------------------------------------------------------------------------------------------


def run_create_admin(options: argparse.Namespace) -> int:
    """Create an administrator of the province."""
    from web.launcher.administration import create_admin
    from web.launcher.servers import provided

    password = _password(options.password_file)
    with provided(settings_now()) as settings:
        say(create_admin(settings, options.login, options.name, password, options.agency, options.agency_name))
    return DONE


def _password(path: str | None) -> str:
    from engine.errors import InvalidInput

    if path is not None:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"Không đọc được tệp mật khẩu {path}.") from error
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    import getpass

    first, second = getpass.getpass("Mật khẩu: "), getpass.getpass("Nhập lại mật khẩu: ")
    if first != second:
        raise InvalidInput("Hai lần nhập mật khẩu không giống nhau.")
    return first


def run_audit_verify(_options: argparse.Namespace) -> int:
    """Verify the audit chains."""
    from web.launcher.administration import verify_audit
    from web.launcher.servers import provided

    with provided(settings_now()) as settings:
        sound, lines = verify_audit(settings)
    for line in lines:
        say(line)
    return DONE if sound else FAILED


def run_backup(options: argparse.Namespace) -> int:
    """Copy the installation, or check the copies."""
    from web.safekeeping import command

    return command.back_up(settings_now(), options, version(), say)


def run_restore(options: argparse.Namespace) -> int:
    """Bring a copy back."""
    from web.safekeeping import command

    return command.restore(settings_now(), options, say)


def run_settings(_options: argparse.Namespace) -> int:
    """List every setting with its help and its present value, secrets hidden."""
    from engine.settings import helps

    settings = settings_now()
    for variable, text in helps(type(settings)).items():
        name = variable.removeprefix("VANTHU_").lower()
        value = str(getattr(settings, name))
        if settings.__dataclass_fields__[name].metadata["secret"]:
            value = "(đã đặt)" if value else "(chưa đặt)"
        say(f"{variable:<28} {value:<34} {text}")
    return DONE


# ---- making -----------------------------------------------------------------------------------------------------


def run_check(options: argparse.Namespace) -> int:
    """Check diagrams: one line per finding; 0 clean, 1 findings, 2 a file can't be read."""
    if options.scenarios:
        return _run_scenarios(options.files)
    from connectors.catalog import catalog
    from engine.definitions.catalog import check_file

    worst = DONE
    for name in options.files:
        try:
            findings = check_file(Path(name), catalog())
        except OSError as error:
            print(f"vanthu: Không đọc được {name}: {error.strerror}.", file=sys.stderr)
            return MISUSED
        before = f"{name}: " if len(options.files) > 1 else ""
        for finding in findings:
            say(f"{before}{finding.element}  {finding.rule}  {finding.sentence}")
            worst = FAILED
    return worst


def _run_scenarios(names: Sequence[str]) -> int:
    from web.scenarios.command import report

    worst = DONE
    for line, good in report(names):
        say(line)
        worst = worst if good else FAILED
    return worst


def run_test(options: argparse.Namespace) -> int:
    """Run the whole suite and the checks of the code."""
    from web.launcher.testing import run

    return run(options.rest, browser=not options.no_browser, checks=not options.no_checks, processes=options.processes)


def run_bench(options: argparse.Namespace) -> int:
    """Measure."""
    from web.launcher.testing import bench

    return bench(options.subject, options.json, options.quick)


def run_setup(_options: argparse.Namespace) -> int:
    """Say that it is done: whoever gets here has been set up."""
    say("Môi trường đã sẵn sàng.")
    return DONE


def run_lock(_options: argparse.Namespace) -> int:
    """Say how: the lock is written before this program's packages are used."""
    say("Chạy bằng ./vanthu lock.")
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
