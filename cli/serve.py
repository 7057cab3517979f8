"""What `python3 run.py` runs: all is prepared, then web, scheduler and sealer until Ctrl-C."""

import argparse
import contextlib
import io
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Select, create_engine, func, select
from werkzeug.utils import import_string

from cli import children, command_line
from cli.database import NotReady, fill, half_filled, prepare, sqlite_file
from config import BadSettings, Settings, from_env
from demo.password import shared_password
from models.agency import Agency
from models.person import Person
from models.plan import Plan
from models.states import Role
from models.trail import AuditEntry
from run import port_problem, say, step
from workflow.clock import Clock
from workflow.commands.people import AddPerson
from workflow.door import Origin
from workflow.identity import initial_password, new_hash
from workflow.law.deadlines import local_day
from workflow.law.facts import SYSTEM

ORIGIN = Origin(channel="cli")
PLAN = Path(__file__).parents[1] / "plans" / "2940-kh-ubnd.yaml"
# The people who carry a task from assigned to completed, and those who do or watch the rest.
DEMO_ACCOUNTS = (
    ("cv.so-xay-dung", "chuyên viên Sở Xây dựng: soạn báo cáo"),
    ("gd.so-xay-dung", "lãnh đạo Sở Xây dựng: gửi báo cáo"),
    ("cv.so-ldtbxh", "chuyên viên cơ quan thường trực: thẩm định"),
    ("gd.so-ldtbxh", "lãnh đạo cơ quan thường trực: xác nhận, trả lại"),
    ("vp.ubnd-tinh", "VP UBND tỉnh: hoàn thành; xác nhận việc của cơ quan thường trực"),
    ("ct.ubnd-tinh", "Chủ tịch UBND tỉnh: hoàn thành việc của VP UBND, gia hạn muộn, mở lại"),
    ("ttv.thanh-tra-tinh", "thanh tra: xem nhật ký"),
    ("td.so-noi-vu", "Sở Nội vụ: thẩm định khen thưởng"),
    ("kh.so-tai-chinh", "Sở Tài chính: tổng hợp dự toán"),
    ("admin", "quản trị tài khoản"),
)
PATIENCE_SECONDS = 60
WORKERS_ON_POSTGRESQL = 2


class Stopped(BaseException):
    """Somebody asked us to stop: Ctrl-C or SIGTERM."""


def hear_stopping() -> None:
    def stop_now(_number: int, _frame: object) -> NoReturn:
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop_now)


def set_clock(now: str | None) -> None:
    """The demo clock starts at the moment asked for and goes on from there."""
    if now is not None:
        offset = datetime.fromisoformat(now) - datetime.now(UTC)
        os.environ["DONDOC_CLOCK_OFFSET"] = str(round(offset.total_seconds()))


def set_base_url(host: str, port: int) -> None:
    """Mails lead to where this start listens, unless somebody has said how people come."""
    if not os.environ.get("DONDOC_BASE_URL"):
        os.environ["DONDOC_BASE_URL"] = address(host, port)


# ------------------------------------------------------------------------------ preparing


def carry_out(settings: Settings, *arguments: str) -> str:
    """A line of the CLI in this process; what it answers."""
    app = import_string("wsgi:create_app")(settings)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            command_line(app, list(arguments))
    except SystemExit as left:
        if left.code:
            raise NotReady(f"Không làm được: {' '.join(arguments)}.") from left
    finally:
        app.extensions["dondoc"].engine.dispose()
    return said.getvalue()


def holds(settings: Settings, some: Select[Any]) -> bool:
    """Whether there is any such row."""
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as conn:
            return conn.execute(some.limit(1)).first() is not None
    finally:
        engine.dispose()


def make_ready(settings: Settings, demo: bool) -> str:
    """Schema, plan and people, when they are not there yet; what to tell whoever started us."""
    prepare(settings, step)
    new = not holds(settings, select(Person.id))
    if not new and half_filled(settings):
        raise NotReady(
            "Lần nạp minh họa trước bị ngắt giữa chừng: hãy xóa cơ sở dữ liệu PostgreSQL, "
            "tạo lại rồi chạy lại."
        )
    day = ahead(settings) if settings.is_demo else None
    if day:
        later = (
            f"Sổ minh họa đã có việc đến {day}: hãy chạy với --now {day}T08:00+07:00 hoặc sau đó."
        )
        if settings.clock_offset:
            raise NotReady(later)
        say(later)
    if demo:
        if new:
            with step("Nạp kế hoạch và câu chuyện minh họa", parts=True):
                carry_out(settings, "demo", "load")
        demo_people = select(Person.id).where(Person.is_demo)
        return demo_accounts(settings) if holds(settings, demo_people) else ""
    if not new:
        return ""
    told: list[str] = []

    def load(filled: Settings) -> None:
        carry_out(filled, "plan", "load", str(PLAN))
        told.append(first_administrator(filled))

    with step("Nạp kế hoạch 2940/KH-UBND và một tài khoản quản trị", parts=True):
        fill(settings, load)
    return told[0]


def first_administrator(settings: Settings) -> str:
    """Somebody has to make the other accounts; the password is told once, here."""
    app = import_string("wsgi:create_app")(settings)
    services = app.extensions["dondoc"]
    password = initial_password()
    try:
        with services.engine.connect() as conn:
            standing = select(Agency.code).join(Plan, Plan.standing_agency_id == Agency.id)
            agency = conn.execute(standing.limit(1)).scalar_one()
        account = AddPerson(
            login="admin",
            name="Quản trị hệ thống",
            post="Quản trị hệ thống",
            agency_code=agency,
            role=Role.ADMIN,
            valid_from=services.clock.today(),
            password_hash=new_hash(password, "admin"),
        )
        services.door.perform(account, SYSTEM, services.clock.now(), origin=ORIGIN)
    finally:
        services.engine.dispose()
    return f"Tài khoản quản trị: admin, mật khẩu ban đầu: {password} (đổi ở lần đăng nhập đầu)\n"


def ahead(settings: Settings) -> str | None:
    """The day the register has come to, when the demo clock stands before it."""
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as conn:
            last = conn.execute(select(func.max(AuditEntry.at))).scalar()
    finally:
        engine.dispose()
    if last is None or local_day(last) <= Clock(settings.clock_offset).today():
        return None
    return local_day(last).isoformat()


def demo_accounts(settings: Settings) -> str:
    lines = [f"  {login:<20} {who}" for login, who in DEMO_ACCOUNTS]
    password = shared_password(settings)
    return f"Tài khoản minh họa, mật khẩu chung: {password}\n" + "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------ serving


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (asked, not bound)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def web_server(host: str, port: int, workers: int) -> list[str]:
    where = ["--host", host, "--port", str(port), "--workers", str(workers)]
    return [sys.executable, "-P", "-m", "cli.listen", *where, "--with-parent"]


def scheduler() -> list[str]:
    return [sys.executable, "-P", "-m", "cli", "scheduler", "run", "--with-parent"]


def sealer() -> list[str]:
    return [sys.executable, "-P", "-m", "cli", "ledger", "seal", "--stay", "--with-parent"]


def first_dead(started: dict[str, subprocess.Popen[bytes]]) -> str | None:
    """The first child that is no more, as a sentence."""
    for name, child in started.items():
        if child.poll() is not None:
            return f"{name} đã dừng bất ngờ (mã {child.returncode}): dừng tất cả."
    return None


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5):  # noqa: S310 (our own address)
            return True
    except urllib.error.HTTPError:
        return True  # it listens; which names it trusts is its own affair
    except OSError:
        return False


def serve(settings: Settings, host: str, port: int, greeting: str) -> NoReturn:
    """Web server, scheduler and sealer until told to stop, or until one of them fails."""
    busy = port_problem(host, port)  # preparing may have taken a minute
    if busy:
        raise NotReady(busy)
    workers = 1 if sqlite_file(settings.database_url) else WORKERS_ON_POSTGRESQL
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        with step("Khởi động máy chủ web, bộ lịch và bộ niêm phong"):
            started["Máy chủ web"] = children.start(web_server(host, port, workers))
            until = time.monotonic() + PATIENCE_SECONDS
            while not answers(address(host, port)):
                problem = first_dead(started)
                if problem or time.monotonic() > until:
                    raise NotReady(problem or "Máy chủ web không trả lời: dừng tất cả.")
                time.sleep(0.1)
            started["Bộ lịch"] = children.start(scheduler())
            started["Bộ niêm phong"] = children.start(sealer())
        print(f"\nĐôn Đốc đang chạy: {address(host, port)}\n{greeting}Dừng: Ctrl-C", flush=True)
        while not (problem := first_dead(started)):
            time.sleep(0.3)
        raise NotReady(problem)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not stop the stopping
        children.stop(list(started.values()))


def main() -> int:
    hear_stopping()
    parser = argparse.ArgumentParser(prog="python -m cli.serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-demo", action="store_true")
    parser.add_argument("--now")
    chosen = parser.parse_args()
    ready = False
    try:
        set_clock(chosen.now)
        set_base_url(chosen.host, chosen.port)
        settings = from_env(os.environ)
        greeting = make_ready(settings, demo=settings.is_demo and not chosen.no_demo)
        ready = True
        serve(settings, chosen.host, chosen.port, greeting)
    except BadSettings as bad:
        for problem in bad.problems:
            say(problem)
    except NotReady as problem:
        say(str(problem))
    except Stopped:
        say("\nĐã dừng." if ready else "\nĐã dừng; lần chạy sau làm tiếp từ đầu bước dở dang.")
        return 0 if ready else 130
    return 1


if __name__ == "__main__":
    sys.exit(main())
