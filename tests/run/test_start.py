"""run.py: what it refuses in one line, and that a start cut short is mended by the next one."""

import ast
import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9/simple"  # the discard port: nobody listens


def wheel(folder: Path, name: str) -> str:
    """Make a small package in the folder; its line for a lock file is returned."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}.py", "")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return f"{name}==1.0 --hash=sha256:{digest}\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of run.py with two small packages of its own and nothing installed."""
    place = tmp_path / "place"
    (place / "requirements").mkdir(parents=True)
    shutil.copy(ROOT / "run.py", place)
    run, dev = wheel(tmp_path / "wheels", "small"), wheel(tmp_path / "wheels", "more")
    (place / "requirements" / "run.lock").write_text(run)
    (place / "requirements" / "workers.lock").write_text(run)
    (place / "requirements" / "dev.lock").write_text(run + dev)
    shutil.copy(ROOT / "requirements" / "tools.lock", place / "requirements")
    for tool in (ROOT / ".tools").glob("uv-*/bin"):
        monkeypatch.setenv("PATH", str(tool), prepend=os.pathsep)
    for name in [name for name in os.environ if name.startswith(("UV_", "PIP_", "DONDOC_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    return place


def load(place: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_in_place", place / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def packages(run: ModuleType) -> set[str]:
    listed = subprocess.run(
        [run.interpreter(), "-c", "import os, small; print(os.path.dirname(small.__file__))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    return {file.stem for file in Path(listed).glob("*.py")}


@contextlib.contextmanager
def listening() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        yield taken.getsockname()[1]


def refuse(number: int) -> Callable[..., None]:
    def raise_it(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    return raise_it


def busy_port(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(run, "port_problem", lambda _host, _port: "Cổng 8000 đang có")
    return []


def old_python(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(run, "sys", SimpleNamespace(**{**vars(sys), "version_info": (3, 9, 2)}))
    return []


def read_only_folder(_run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    import errno

    monkeypatch.setattr(Path, "mkdir", refuse(errno.EROFS))
    return ["cli"]


def full_disk_before(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(run.shutil, "disk_usage", lambda _: SimpleNamespace(free=1024))
    return ["cli"]


def full_disk_underway(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    real = run.quiet

    def quiet(command: list[object], environment: dict[str, str] | None = None) -> object:
        if "sync" in command:
            return SimpleNamespace(returncode=2, stdout="failed: No space left (os error 28)")
        return real(command, environment)

    monkeypatch.setattr(run, "quiet", quiet)
    return ["cli"]


def no_network_for_packages(_run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.delenv("UV_NO_INDEX")
    monkeypatch.delenv("UV_FIND_LINKS")
    monkeypatch.setenv("UV_NO_CACHE", "1")
    monkeypatch.setenv("UV_DEFAULT_INDEX", NOWHERE)
    return ["cli"]


def no_network_for_the_installer(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    written_by_pip = (
        "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) "
        "after connection broken by 'NewConnectionError(': Failed to establish a new connection: "
        "[Errno -3] Temporary failure in name resolution')': /simple/uv/\n"
        "ERROR: Could not find a version that satisfies the requirement uv==0.13.9\n"
        "ERROR: No matching distribution found for uv==0.13.9\n"
    )

    def quiet(command: list[object], _: object = None) -> object:
        return SimpleNamespace(returncode=int("install" in command), stdout=written_by_pip)

    monkeypatch.setattr(run.shutil, "which", lambda _: None)
    monkeypatch.setattr(run, "quiet", quiet)
    return ["cli"]


def no_pip(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(run, "may_install", lambda: False)
    monkeypatch.setattr(run.shutil, "which", lambda _: None)
    monkeypatch.setattr(run, "quiet", lambda *_: SimpleNamespace(returncode=1, stdout=""))
    return ["cli"]


def no_pip_and_apt_fails(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(run, "may_install", lambda: True)
    monkeypatch.setattr(run.shutil, "which", lambda _: None)
    failed = SimpleNamespace(returncode=100, stdout="E: Unable to locate package")
    monkeypatch.setattr(run, "quiet", lambda *_: failed)
    return ["cli"]


def forged_package(run: ModuleType, _monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lock = run.ROOT / "requirements" / "run.lock"
    lock.write_text(re.sub("sha256:....", "sha256:0000", lock.read_text()))
    return ["cli"]


def another_clock_in_production(_run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("DONDOC_PROFILE", "production")
    return ["--port", "18001", "--now", "2026-12-20T08:00+07:00"]


REFUSALS = [
    (old_python, 1, "Python 3.11"),
    (busy_port, 1, "Cổng 8000 đang có"),
    (read_only_folder, 1, "chỉ đọc"),
    (full_disk_before, 1, "Đĩa đầy"),
    (full_disk_underway, 1, "Đĩa đầy"),
    (no_network_for_packages, 1, "không có mạng"),
    (no_network_for_the_installer, 1, "không có mạng"),
    (no_pip, 1, "python3-pip"),
    (no_pip_and_apt_fails, 1, "E: Unable to locate package"),
    (forged_package, 1, "mã băm"),
    (another_clock_in_production, 1, "--now"),
    (lambda *_: ["fly"], 2, "không có lệnh fly"),
    (lambda *_: ["--port", "0"], 2, "65535"),
    (lambda *_: ["--now", "2026-12-20T08:00"], 2, "múi giờ"),
    (lambda *_: ["check", "me"], 2, "check"),
]


@pytest.mark.parametrize(
    ("arrange", "code", "words"), REFUSALS, ids=lambda value: getattr(value, "__name__", None)
)
def test_a_refusal_is_one_line_and_leaves_nothing_half_done(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arrange: Callable[[ModuleType, pytest.MonkeyPatch], list[str]],
    code: int,
    words: str,
) -> None:
    run = load(place)
    arguments = arrange(run, monkeypatch)
    monkeypatch.setattr(run, "become", lambda *_: pytest.fail("something was started"))

    answer = run.main(arguments)

    said = capsys.readouterr()
    lines = [line for line in said.err.splitlines() if not line.startswith("• ")]
    assert answer == code
    assert len(lines) == 1
    assert words in lines[0]
    assert said.out == ""
    assert not run.marker().exists()
    assert list(place.glob(".tools/uv*")) == []


def test_an_old_python_can_read_the_file() -> None:
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_a_taken_port_is_noticed_and_a_free_one_is_not(place: Path) -> None:
    run = load(place)

    with listening() as port:
        assert "--port" in run.port_problem("127.0.0.1", port)
    assert run.port_problem("127.0.0.1", port) is None
    assert "nơi.nào" in run.port_problem("nơi.nào.invalid", port)


def test_what_is_prepared_is_not_prepared_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = load(place)
    run.environment_for("run")
    assert packages(run) == {"small"}
    monkeypatch.setattr(run, "install", lambda _: pytest.fail("installed twice"))

    run.environment_for("run")


def test_an_environment_for_development_is_never_taken_back(place: Path) -> None:
    run = load(place)
    run.environment_for("dev")

    run.environment_for("run")
    assert packages(run) >= {"small", "more"}

    (place / "requirements" / "run.lock").write_text(
        "# touched\n" + (place / "requirements" / "run.lock").read_text()
    )
    assert not run.ready_for("run")
    run.environment_for("run")
    assert packages(run) >= {"small", "more"}


def test_a_changed_lock_brings_and_takes_packages(place: Path) -> None:
    run = load(place)
    run.environment_for("run")

    run.environment_for("dev")
    assert packages(run) >= {"small", "more"}


@pytest.mark.parametrize("moment", ["venv", "sync"])
def test_a_start_cut_short_is_mended_by_the_next(
    place: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    run = load(place)
    real = run.quiet

    def cut_short(command: list[object], environment: dict[str, str] | None = None) -> object:
        done = real(command, environment)
        if moment in [str(part) for part in command]:
            next((place / ".venv").rglob("small.py"), run.interpreter()).unlink()
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(run, "quiet", cut_short)
    assert run.main(["cli"]) == 130
    assert run.installed() == {}
    monkeypatch.setattr(run, "quiet", real)

    run.environment_for("run")

    assert packages(run) == {"small"}


def test_an_interpreter_that_has_gone_is_replaced(place: Path) -> None:
    run = load(place)
    run.environment_for("run")
    run.interpreter().unlink()

    run.environment_for("run")

    assert packages(run) == {"small"}


def test_two_starts_at_once_install_once(place: Path) -> None:
    prepare = "import run; run.environment_for('run')"
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", prepare], cwd=place, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]

    said = [start.communicate()[1] for start in starts]

    assert [start.returncode for start in starts] == [0, 0, 0], said
    assert sum("Cài 1 thư viện" in told for told in said) == 1


def test_tests_do_not_see_the_settings_around_them(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = load(place)
    monkeypatch.setenv("DONDOC_DATABASE_URL", "postgresql://somewhere/precious")
    monkeypatch.setenv("DONDOC_CHROMIUM", "here")

    seen = {name for name in run.test_environment() if name.startswith("DONDOC_")}

    assert seen == {"DONDOC_CHROMIUM"}


@pytest.mark.parametrize(
    ("given", "profile"),
    [
        ({}, "demo"),
        ({"DONDOC_PROFILE": "production"}, "production"),
        ({"DONDOC_DATABASE_URL": "postgresql://somewhere/x"}, None),
    ],
)
def test_only_without_settings_it_is_a_demonstration(
    place: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], profile: str | None
) -> None:
    run = load(place)
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    assert run.application_environment().get("DONDOC_PROFILE") == profile


@pytest.mark.parametrize("is_administrator", [True, False])
def test_the_library_of_the_browsers_driver_is_brought_or_named(
    place: Path, monkeypatch: pytest.MonkeyPatch, is_administrator: bool
) -> None:
    run = load(place)
    there: set[str] = set()
    brought: list[str] = []

    def install(package: str, _what: str) -> None:
        brought.append(package)
        there.add("libatomic.so.1")

    monkeypatch.setattr(run.sys, "platform", "linux")
    monkeypatch.setattr(run, "loads", lambda library: library in there)
    monkeypatch.setattr(run, "may_install", lambda: is_administrator)
    monkeypatch.setattr(run, "install_package", install)

    if is_administrator:
        run.ensure_driver()
        run.ensure_driver()
    else:
        with pytest.raises(run.Refused, match="libatomic1"):
            run.ensure_driver()

    assert brought == (["libatomic1"] if is_administrator else [])
