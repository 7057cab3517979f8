#!/usr/bin/env python3
"""Makes everything ready and runs it: `python3 run.py`, and test | check | bench | cli.

Standard library only, and written so that an old Python can still read it far enough to be told
that it is too old. Standard output belongs to the command that is run; what is said here goes to
standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import datetime
import errno
import hashlib
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
WINDOWS = sys.platform == "win32"
OLDEST_PYTHON = (3, 11)
MEGABYTE = 1024 * 1024
# What a whole installation takes on the disk, bytecode and the download's copy included.
SPACE_NEEDED = {"run": 400 * MEGABYTE, "workers": 400 * MEGABYTE, "dev": 1500 * MEGABYTE}
# What the tests may read of the settings around them: nothing but where their tools are.
TEST_VARIABLES = ("DONDOC_CHROMIUM", "DONDOC_TEST_WITHOUT_POSTGRESQL")


class Refused(Exception):
    """Why nothing was started, in one line for the person at the keyboard."""


class WrongUsage(Refused):
    """The line that was typed is not one of ours."""


# ------------------------------------------------------------------------------------- telling


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(what: str, parts: bool = False) -> Iterator[None]:
    """One line per long step: what is being done, and afterwards how long it took.

    A step in parts says lines of its own in between.
    """
    print("• " + what + " …", end="\n" if parts else "", file=sys.stderr, flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(" dừng", file=sys.stderr, flush=True)
        raise
    seconds = f"{time.monotonic() - started:.1f}".replace(".", ",")
    print((" " if parts else "") + f" xong sau {seconds} giây", file=sys.stderr, flush=True)


def why_not_written(problem: OSError, where: object) -> str:
    """An error of the disk as a sentence that says what to do."""
    where = problem.filename or where
    if problem.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", -1)):
        return f"Đĩa đầy: không còn chỗ để ghi {where}. Hãy dọn bớt rồi chạy lại."
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Không ghi được vào {where}: thư mục chỉ đọc hoặc thiếu quyền."
    if problem.errno in (errno.ENOENT, errno.EISDIR):
        return f"Không ghi được vào {where}: không có thư mục đó, hoặc đó là một thư mục."
    if problem.errno in (errno.ENOTDIR, errno.EEXIST):
        return f"Không ghi được vào {where}: trên đường đó có một tệp ở chỗ của thư mục."
    return f"Lỗi hệ thống ở {where}: {problem.strerror or problem}."


NO_NETWORK = re.compile(
    r"error sending request|dns error|failed to (fetch|download|lookup)|could not connect|connect"
    r"ion (refused|reset|aborted|timed out)|failed to establish a new connection|timed? ?out"
    r"|name resolution|network is unreachable|no matching distribution|cannot connect to proxy",
    re.IGNORECASE,
)


def why_not_fetched(output: str, where: Path) -> str:
    """What an installer wrote while failing, as one sentence."""
    if re.search(r"no space left|os error (28|112)\b|quota exceeded", output, re.IGNORECASE):
        return why_not_written(OSError(errno.ENOSPC, ""), where)
    if re.search(r"read-only file system|permission denied|access is denied", output, re.I):
        return why_not_written(OSError(errno.EACCES, ""), where)
    if re.search(r"hash(es)? mismatch|do not match the hashes", output, re.IGNORECASE):
        return "Gói tải về không khớp mã băm đã khóa trong requirements: không cài đặt gì."
    if NO_NETWORK.search(output):
        return (
            "Không tải được thư viện: không có mạng hoặc không tới được kho gói. "
            "Hãy kiểm tra mạng rồi chạy lại."
        )
    last = [line.strip() for line in output.splitlines() if line.strip()] or ["không rõ lý do"]
    return "Cài đặt không thành: " + last[-1]


# ------------------------------------------------------------------------- what must hold first


def too_old(version: tuple) -> str | None:
    if tuple(version[:2]) >= OLDEST_PYTHON:
        return None
    return "Đôn Đốc cần Python 3.11 trở lên; đang chạy Python {}.{}. Hãy cài bản mới hơn.".format(
        *version[:2]
    )


def port_problem(host: str, port: int) -> str | None:
    """Why nothing can listen there, found out by listening for a moment."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        return f"Không hiểu địa chỉ máy {host}."
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform == "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except PermissionError:
            return f"Không được phép mở cổng {port}; hãy chọn cổng khác bằng --port."
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE or getattr(problem, "winerror", 0) == 10048:
                return (
                    f"Cổng {port} đang có chương trình khác dùng; hãy tắt chương trình đó "
                    "hoặc chọn cổng khác bằng --port."
                )
            return f"Không mở được cổng {port} trên {host}: {problem.strerror}."
    return None


def enough_space(which: str) -> None:
    needed = SPACE_NEEDED[which]
    if shutil.disk_usage(ROOT).free < needed:
        raise Refused(
            f"Đĩa đầy: cần khoảng {needed // MEGABYTE} MB trống để cài thư viện vào {ROOT}."
        )


# ------------------------------------------------------------------------------ the environment


def interpreter() -> Path:
    return ROOT / ".venv" / ("Scripts/python.exe" if WINDOWS else "bin/python")


def digest(which: str) -> str:
    return hashlib.sha256((ROOT / "requirements" / (which + ".lock")).read_bytes()).hexdigest()


def marker() -> Path:
    return ROOT / ".venv" / "dondoc.json"


def installed() -> dict:
    """What the last finished installation wrote down; nothing when it was cut short.

    The interpreter is part of it: when the system moves on to the next Python, the packages
    that were installed for the old one are out of reach.
    """
    try:
        found = json.loads(marker().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if found.get("python") != os.path.realpath(str(interpreter())) or not interpreter().exists():
        return {}
    return found


def needed_to_run(environment: dict) -> str:
    """The lock a running system needs: delivery on several machines takes a library more."""
    return "workers" if environment.get("DONDOC_DELIVERY") == "workers" else "run"


def ready_for(which: str) -> bool:
    """dev holds all of workers, and that all of run, in the same versions: it serves them too."""
    return installed().get(which) == digest(which)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two starts at once: the second waits until the first has installed."""
    folder = ROOT / ".tools"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("a+b") as handle:
        if sys.platform == "win32":
            import msvcrt

            def attempt() -> None:
                handle.seek(0)
                msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            def attempt() -> None:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

        told = False
        while True:
            try:
                attempt()
                break
            except OSError:
                if not told:
                    say("• Chờ một lần khởi động khác đang cài đặt …")
                told = True
                time.sleep(0.2)
        yield  # closing the file gives the lock back, however this ends


def quiet(command: list, environment: dict | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(part) for part in command],
        cwd=str(ROOT),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def installer() -> Path:
    """uv in the locked version or newer: the one on the PATH, or fetched into .tools."""
    locked = (ROOT / "requirements" / "tools.lock").read_text(encoding="utf-8")
    wanted = re.findall(r"^uv==([0-9.]+)", locked, re.MULTILINE)[0]
    on_path = shutil.which("uv")
    if on_path:
        found = re.match(r"uv ([0-9.]+)", quiet([on_path, "--version"]).stdout)
        if found and numbers(found.group(1)) >= numbers(wanted):
            return Path(on_path)
    folder = ROOT / ".tools" / ("uv-" + wanted)
    if not folder.is_dir():
        fetch_installer(folder)
    return next(path for path in folder.glob("*/uv*") if path.name in ("uv", "uv.exe"))


def numbers(version: str) -> list:
    return [int(part) for part in version.split(".") if part]


def has_pip(python: str) -> bool:
    return quiet([python, "-m", "pip", "--version"]).returncode == 0


def may_install() -> bool:
    """Only an administrator of a Debian machine may add packages to it, and we then do."""
    return bool(hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"))


def install_package(package: str, what: str) -> None:
    """Add a package of Debian; Refused with apt's last words where that fails."""
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    with step(what):
        quiet(["apt-get", "update", "-qq"], environment)
        done = quiet(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], environment
        )
        if done.returncode:
            said = done.stdout.strip().splitlines() or ["không rõ lý do"]
            raise Refused(f"Không cài được gói {package}: {said[-1]}")


def fetch_installer(folder: Path) -> None:
    # A virtual environment need not have pip; the Python it was made from often has.
    pythons = (sys.executable, getattr(sys, "_base_executable", sys.executable))
    if not any(has_pip(python) for python in pythons) and may_install():
        install_package("python3-pip", "Cài pip (apt-get)")  # Debian's Python comes without it
    python = next((python for python in pythons if has_pip(python)), None)
    if python is None:
        raise Refused(
            "Thiếu pip: hãy cài gói python3-pip (Debian, Ubuntu: apt-get install python3-pip) "
            "rồi chạy lại."
        )
    half = folder.with_name(folder.name + ".part")
    shutil.rmtree(str(half), ignore_errors=True)
    environment = dict(os.environ, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
    with step("Tải trình cài đặt uv"):
        done = quiet(
            [python, "-m", "pip", "install", "--target", half, "--require-hashes"]
            + ["--only-binary", ":all:", "--no-compile", "--disable-pip-version-check"]
            + ["--retries", "2", "--timeout", "20", "-q"]
            + ["-r", ROOT / "requirements" / "tools.lock"],
            environment,
        )
        if done.returncode:
            raise Refused(why_not_fetched(done.stdout, ROOT))
        half.replace(folder)


def house_index() -> dict:
    """A house that points pip at its own package index means it for every installer."""
    if any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        return {}
    told = os.environ.get("PIP_INDEX_URL")
    if not told:
        asked = quiet([sys.executable, "-m", "pip", "config", "get", "global.index-url"])
        told = "" if asked.returncode else asked.stdout.strip().splitlines()[-1]
    return {"UV_DEFAULT_INDEX": told} if told else {}


def environment_for(which: str) -> Path:
    """The interpreter of an environment that has every package of the lock, and no other."""
    if ready_for(which):
        return interpreter()
    try:
        with alone():
            if not ready_for(which):
                install(next((had for had in ("dev", "workers") if had in installed()), which))
    except OSError as problem:
        raise Refused(why_not_written(problem, ROOT)) from problem
    return interpreter()


def install(which: str) -> None:
    enough_space(which)
    uv = installer()
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never", NO_COLOR="1")
    environment.update(house_index())
    before = installed()
    # From here until the last line the environment counts as unfinished: whatever interrupts
    # the installation, the next start finds no marker and makes the environment anew.
    with contextlib.suppress(FileNotFoundError):
        marker().unlink()
    lock = ROOT / "requirements" / (which + ".lock")
    count = len(re.findall(r"^[a-z0-9]", lock.read_text(encoding="utf-8"), re.MULTILINE))
    with step(f"Cài {count} thư viện ({lock.name})"):
        commands = [
            [uv, "pip", "sync", "-q", "--require-hashes", "--compile-bytecode"]
            + ["--python", interpreter(), lock]
        ]
        if not before:
            make = [uv, "venv", "-q", "--clear", "--python", sys.executable, ROOT / ".venv"]
            commands.insert(0, make)
        for command in commands:
            done = quiet(command, environment)
            if done.returncode:
                raise Refused(why_not_fetched(done.stdout, ROOT))
        note = {"python": os.path.realpath(str(interpreter()))}
        # In this order each lock holds those before it.
        locks = ("run", "workers", "dev")
        for held in locks[: locks.index(which) + 1]:
            note[held] = digest(held)
        half = marker().with_suffix(".part")
        half.write_text(json.dumps(note), encoding="utf-8")
        half.replace(marker())


# ------------------------------------------------------------------------------ the browser


def find_chromium() -> str | None:
    told = os.environ.get("DONDOC_CHROMIUM")
    if told:
        if not Path(told).is_file():
            raise Refused(f"DONDOC_CHROMIUM chỉ tới {told}, ở đó không có tệp nào.")
        return told
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    for name in names + ("microsoft-edge", "msedge"):
        found = shutil.which(name)
        if found:
            return found
    places = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ]
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if WINDOWS and variable in os.environ:
            places.append(os.environ[variable] + r"\Google\Chrome\Application\chrome.exe")
            places.append(os.environ[variable] + r"\Chromium\Application\chrome.exe")
            places.append(os.environ[variable] + r"\Microsoft\Edge\Application\msedge.exe")
    return next((place for place in places if Path(place).is_file()), None)


# What the browser's driver (Playwright's Node.js) is linked with and a small Debian lacks.
DRIVER_NEEDS = {"libatomic.so.1": "libatomic1"}


def ensure_driver() -> None:
    """The library the browser's driver needs; Linux only, elsewhere it brings its own."""
    for library, package in DRIVER_NEEDS.items():
        if sys.platform != "linux" or loads(library):
            continue
        if may_install():
            install_package(package, f"Cài thư viện {package} cho trình duyệt kiểm thử (apt-get)")
        if not loads(library):
            raise Refused(
                f"Kiểm thử cần thư viện {library}: hãy cài (Debian, Ubuntu: apt-get install "
                f"{package}) rồi chạy lại."
            )


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def ensure_chromium() -> None:
    if find_chromium():
        return
    if may_install():
        install_package("chromium", "Cài trình duyệt Chromium cho kiểm thử (apt-get)")
        if find_chromium():
            return
    raise Refused(
        "Kiểm thử cần trình duyệt Chromium, Chrome hoặc Edge: hãy cài (Debian, Ubuntu: apt-get "
        "install chromium) hoặc đặt DONDOC_CHROMIUM là đường dẫn tới tệp chạy của nó."
    )


# ------------------------------------------------------------------------------ the commands


def application_environment() -> dict:
    """Started by this file and told nothing, the system is a demonstration in ./var."""
    environment = dict(os.environ, PYTHONPATH=str(ROOT), PYTHONUTF8="1")
    if not {"DONDOC_PROFILE", "DONDOC_DATABASE_URL"} & set(environment):
        environment["DONDOC_PROFILE"] = "demo"
    environment.setdefault("DONDOC_HOME", str(ROOT / "var"))
    return environment


def test_environment() -> dict:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DONDOC_") or name in TEST_VARIABLES
    }
    return dict(kept, PYTHONPATH=str(ROOT), PYTHONUTF8="1")


def become(command: list, environment: dict, folder: Path | None = None) -> int:
    """Give this process over to the command, so that it gets the signals itself."""
    command = [str(part) for part in command]
    sys.stdout.flush()
    sys.stderr.flush()
    if folder:
        os.chdir(str(folder))
    if not WINDOWS:
        os.execve(command[0], command, environment)
    child = subprocess.Popen(command, env=environment)
    while True:  # Ctrl-C reaches the child as well; it decides when it is over
        with contextlib.suppress(KeyboardInterrupt):
            return child.wait()


def moment(text: str) -> str:
    """A moment with its time zone, as it was typed."""
    try:
        aware = datetime.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise argparse.ArgumentTypeError("cần thời điểm có múi giờ, như 2026-12-20T08:00+07:00")
    return text


def port_number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("cần một số từ 1 tới 65535")
    return int(text)


class Arguments(argparse.ArgumentParser):
    """argparse that refuses in one line, like everything here."""

    def error(self, message: str) -> NoReturn:
        for english, vietnamese in (
            ("argument ", ""),
            ("unrecognized arguments", "không có tùy chọn"),
            ("expected one argument", "thiếu giá trị"),
        ):
            message = message.replace(english, vietnamese)
        raise WrongUsage(f"Sai cách dùng: {message}. Xem python3 run.py --help.")


def serve(arguments: list) -> int:
    parser = Arguments(
        prog="run.py",
        description="Đôn Đốc: theo dõi và đôn đốc thực hiện kế hoạch của UBND tỉnh.",
        epilog="Lệnh khác: run.py test | check | bench [tên] | cli <danh từ> <động từ> …",
    )
    parser.add_argument("--host", default="127.0.0.1", help="địa chỉ nghe (mặc định %(default)s)")
    parser.add_argument(
        "--port", default=8000, type=port_number, help="cổng (mặc định %(default)s)"
    )
    parser.add_argument(
        "--no-demo", action="store_true", help="chỉ nạp kế hoạch và một tài khoản quản trị"
    )
    parser.add_argument(
        "--now",
        type=moment,
        metavar="THỜI-ĐIỂM",
        help="đồng hồ minh họa bắt đầu từ đây, ví dụ 2026-12-20T08:00+07:00",
    )
    chosen = parser.parse_args(arguments)
    busy = port_problem(chosen.host, chosen.port)
    if busy:
        raise Refused(busy)
    environment = application_environment()
    if chosen.now and environment.get("DONDOC_PROFILE") != "demo":
        raise Refused("--now chỉ dùng được khi chạy minh họa (DONDOC_PROFILE=demo).")
    python = environment_for(needed_to_run(environment))
    command = [python, "-P", "-m", "cli.serve", "--host", chosen.host, "--port", chosen.port]
    command += ["--no-demo"] if chosen.no_demo else []
    command += ["--now", chosen.now] if chosen.now else []
    return become(command, environment)


def command_line(arguments: list) -> int:
    environment = application_environment()
    python = environment_for(needed_to_run(environment))
    return become([python, "-P", "-m", "cli"] + arguments, environment)


def test(arguments: list) -> int:
    fast = "--fast" in arguments
    arguments = [argument for argument in arguments if argument != "--fast"]
    python = environment_for("dev")
    command = [python, "-m", "pytest"]
    if fast:
        command += ["tests/law", "tests/architecture"]
    else:
        ensure_driver()
        ensure_chromium()
        command += ["-n", str(min(8, max(2, os.cpu_count() or 2)))]
        # Each begins with a stretch of its own, so one fills SQLite's templates while another fills
        # PostgreSQL's, and what a module shares is made where its tests are.
        command += ["--dist", "worksteal"]
    return become(command + arguments, test_environment(), ROOT)


CHECKS = (
    ("Quy tắc viết mã (ruff)", ["-m", "ruff", "check", "--quiet", "."]),
    ("Định dạng (ruff format)", ["-m", "ruff", "format", "--check", "--quiet", "."]),
    ("Kiểu dữ liệu (mypy)", ["-m", "mypy"]),
    (
        "Ranh giới giữa các tầng (import-linter)",
        ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
    ),
    ("Mẫu trang (djlint)", ["-m", "djlint", "templates", "--lint", "--quiet"]),
    (
        "Lược đồ dữ liệu khớp với mô hình (alembic)",
        ["-m", "pytest", "-q", "tests/architecture/test_migrations.py"],
    ),
    ("Tài liệu sinh tự động còn mới", ["-m", "cli", "docs", "--check"]),
)


def check(arguments: list) -> int:
    if arguments:
        raise WrongUsage("Sai cách dùng: check không nhận tham số.")
    python = environment_for("dev")
    failed = []
    with tempfile.TemporaryDirectory() as home:
        environment = dict(test_environment(), DONDOC_PROFILE="demo", DONDOC_HOME=home)
        for what, command in CHECKS:
            with step(what):
                done = quiet([python] + command, environment)
            if done.returncode:
                failed.append(what)
                print(done.stdout.rstrip(), flush=True)
    if failed:
        raise Refused("Chưa đạt: " + "; ".join(failed) + ".")
    say(f"Đạt cả {len(CHECKS)} mục.")
    return 0


def bench(arguments: list) -> int:
    python = environment_for("dev")
    return become([python, "-m", "bench"] + arguments, test_environment(), ROOT)


COMMANDS = {"test": test, "check": check, "bench": bench, "cli": command_line}


def main(arguments: list) -> int:
    for stream in (sys.stdout, sys.stderr):  # a Windows console may not speak Vietnamese
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    # A shell that starts us in the background makes SIGINT ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        old = too_old(sys.version_info)
        if old:
            raise Refused(old)
        if arguments and not arguments[0].startswith("-"):
            if arguments[0] not in COMMANDS:
                raise WrongUsage(
                    "Sai cách dùng: không có lệnh {}. Các lệnh: {}.".format(
                        arguments[0], ", ".join(COMMANDS)
                    )
                )
            return COMMANDS[arguments[0]](arguments[1:])
        return serve(arguments)
    except WrongUsage as wrong:
        say(str(wrong))
        return 2
    except Refused as refused:
        say(str(refused))
        return 1
    except OSError as problem:
        say(why_not_written(problem, ROOT))
        return 1
    except KeyboardInterrupt:
        say("Đã dừng theo yêu cầu.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
