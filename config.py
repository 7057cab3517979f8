"""Every setting of the system, converted and checked once; nothing else reads the environment."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

PROFILES = ("demo", "production")
# QCVN 12:2026/BCA: at most 15 minutes for business software; who tries out reads longer.
IDLE_MINUTES = {"demo": 8 * 60, "production": 15}
# Who sends the mails: the scheduler itself, or workers on several machines.
DELIVERIES = ("loop", "workers")
SECRET_MIN_BYTES = 32
# Naming a database is enough to leave the demo profile of run.py: whoever only did that is told.
UNNAMED_PROFILE = (
    " Không đặt DONDOC_PROFILE mà nêu cơ sở dữ liệu thì hệ thống chạy ở chế độ production; "
    "muốn dùng thử hãy đặt DONDOC_PROFILE=demo."
)
# What a browser on the machine itself may call it.
THIS_MACHINE = ("localhost", "127.0.0.1")


class BadSettings(Exception):
    """The environment cannot be used; `problems` says everything that is wrong, in Vietnamese."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """The whole list. `secret=True` in the metadata masks a field in `settings show`."""

    home: Path = field(metadata={"env": "DONDOC_HOME", "doc": "thư mục dữ liệu"})
    database_url: str = field(
        metadata={"env": "DONDOC_DATABASE_URL", "doc": "cơ sở dữ liệu", "secret": True}
    )
    profile: str = field(
        default="production", metadata={"env": "DONDOC_PROFILE", "doc": "demo hoặc production"}
    )
    secret_key: str = field(
        default="",
        repr=False,
        metadata={"env": "DONDOC_SECRET_KEY_FILE", "doc": "tệp khóa ký phiên", "secret": True},
    )
    demo_password: str | None = field(
        default=None,
        repr=False,
        metadata={
            "env": "DONDOC_DEMO_PASSWORD",
            "doc": "mật khẩu chung của tài khoản demo",
            "secret": True,
        },
    )
    smtp_url: str | None = field(
        default=None,
        metadata={
            "env": "DONDOC_SMTP_URL",
            "doc": (
                "máy chủ gửi thư: smtp://, smtp+starttls:// hoặc smtps://người-dùng@máy:cổng, "
                "thêm ?from= (địa chỉ người gửi) và &password_file= (tệp chứa mật khẩu)"
            ),
            "secret": True,
        },
    )
    delivery: str = field(
        default="loop",
        metadata={
            "env": "DONDOC_DELIVERY",
            "doc": "ai gửi thư: loop (bộ lịch tự gửi) hoặc workers (nhiều máy, cần PostgreSQL)",
        },
    )
    webhook_origins: tuple[str, ...] = field(
        default=(),
        metadata={
            "env": "DONDOC_WEBHOOK_ORIGINS",
            "doc": "nơi được phép nhận tin qua webhook, ví dụ https://lgsp.tinh.gov.vn",
        },
    )
    webhook_networks: tuple[str, ...] = field(
        default=(),
        metadata={
            "env": "DONDOC_WEBHOOK_NETWORKS",
            "doc": "mạng nội bộ mà webhook được gọi tới, ví dụ 10.12.0.0/24",
        },
    )
    base_url: str | None = field(
        default=None,
        metadata={"env": "DONDOC_BASE_URL", "doc": "địa chỉ người dùng gõ, dùng trong thư"},
    )
    contact_phone: str | None = field(
        default=None,
        metadata={
            "env": "DONDOC_CONTACT_PHONE",
            "doc": "số điện thoại để trao đổi, ghi trong công văn đôn đốc",
        },
    )
    trusted_hosts: tuple[str, ...] = field(
        default=(),
        metadata={
            "env": "DONDOC_TRUSTED_HOSTS",
            "doc": "tên máy được chấp nhận, cách nhau dấu phẩy",
        },
    )
    idle_minutes: int = field(
        default=15,
        metadata={"env": "DONDOC_IDLE_MINUTES", "doc": "phút không thao tác thì phiên hết hạn"},
    )
    proxy_hops: int = field(
        default=0,
        metadata={"env": "DONDOC_PROXY_HOPS", "doc": "số máy chủ trung gian đứng trước"},
    )
    clock_offset: float = field(
        default=0.0,
        metadata={"env": "DONDOC_CLOCK_OFFSET", "doc": "lệch đồng hồ demo, giây"},
    )

    @property
    def is_demo(self) -> bool:
        return self.profile == "demo"

    @property
    def files(self) -> Path:
        """Where attachments lie, by content."""
        return self.home / "files"


def from_env(env: Mapping[str, str]) -> Settings:
    """Settings from environment variables; raises BadSettings with every problem at once."""
    problems: list[str] = []
    home = Path(env.get("DONDOC_HOME") or "var").absolute()
    profile = env.get("DONDOC_PROFILE") or "production"
    if profile not in PROFILES:
        problems.append(f"DONDOC_PROFILE: “{profile}” không hợp lệ; dùng demo hoặc production.")
    url = env.get("DONDOC_DATABASE_URL") or f"sqlite:///{home / 'dondoc.sqlite3'}"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        problems.append(
            "DONDOC_DATABASE_URL: chỉ nhận sqlite:///… hoặc postgresql://…; hãy sửa địa chỉ."
        )
    delivery = env.get("DONDOC_DELIVERY") or "loop"
    if delivery not in DELIVERIES:
        problems.append(f"DONDOC_DELIVERY: “{delivery}” không hợp lệ; dùng loop hoặc workers.")
    elif delivery == "workers":
        if url.startswith("sqlite"):
            problems.append("DONDOC_DELIVERY=workers: chỉ dùng được với PostgreSQL.")
        if find_spec("procrastinate") is None:
            problems.append(
                "DONDOC_DELIVERY=workers: thiếu thư viện procrastinate; chạy bằng run.py thì nó tự "
                "được cài từ requirements/workers.lock."
            )
    offset = 0.0
    if raw := env.get("DONDOC_CLOCK_OFFSET"):
        try:
            offset = float(raw)
        except ValueError:
            problems.append("DONDOC_CLOCK_OFFSET: phải là số giây.")
        if profile != "demo":
            problems.append("DONDOC_CLOCK_OFFSET: chỉ dùng được với DONDOC_PROFILE=demo.")
    idle = IDLE_MINUTES.get(profile, 0)
    idle = _whole(env, "DONDOC_IDLE_MINUTES", idle, 1, 12 * 60, problems)
    hops = _whole(env, "DONDOC_PROXY_HOPS", 0, 0, 5, problems)
    base_url = env.get("DONDOC_BASE_URL") or None
    if base_url and not _is_address(base_url, ("http", "https")):
        problems.append("DONDOC_BASE_URL: viết như https://máy hoặc https://máy:cổng.")
    smtp_url = env.get("DONDOC_SMTP_URL") or None
    if smtp_url and not _is_address(smtp_url, ("smtp", "smtp+starttls", "smtps")):
        problems.append(
            "DONDOC_SMTP_URL: phải có dạng smtp://, smtp+starttls:// hoặc smtps://máy-chủ:cổng."
        )
    hosts = _several(env, "DONDOC_TRUSTED_HOSTS")
    origins = tuple(o.rstrip("/") for o in _several(env, "DONDOC_WEBHOOK_ORIGINS"))
    problems += [
        f"DONDOC_WEBHOOK_ORIGINS: “{o}” không đúng; viết như https://máy hoặc https://máy:cổng."
        for o in origins
        if not re.fullmatch(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[1-9][0-9]{0,4})?", o)
    ]
    networks = _several(env, "DONDOC_WEBHOOK_NETWORKS")
    for network in networks:
        try:
            ip_network(network)
        except ValueError:
            problems.append(
                f"DONDOC_WEBHOOK_NETWORKS: “{network}” không phải một mạng như 10.12.0.0/24."
            )
    if profile == "production" and not hosts:
        named = urlsplit(base_url).hostname if base_url else None
        hosts = (named,) if named and named not in THIS_MACHINE else THIS_MACHINE
    password = env.get("DONDOC_DEMO_PASSWORD") or None
    if password and len(password) < 12:
        problems.append("DONDOC_DEMO_PASSWORD: cần ít nhất 12 ký tự.")
    # The key last and alone: while something else is wrong, nobody knows yet whether one is needed.
    key = "" if problems else _secret_key(env, home, profile, problems)
    if problems:
        raise BadSettings(problems)
    return Settings(
        home=home,
        database_url=url,
        profile=profile,
        secret_key=key,
        demo_password=password,
        smtp_url=smtp_url,
        delivery=delivery,
        webhook_origins=origins,
        webhook_networks=networks,
        base_url=base_url,
        contact_phone=env.get("DONDOC_CONTACT_PHONE") or None,
        trusted_hosts=hosts,
        idle_minutes=idle,
        proxy_hops=hops,
        clock_offset=offset,
    )


def _several(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """A list written with commas."""
    return tuple(one.strip() for one in (env.get(name) or "").split(",") if one.strip())


def _is_address(url: str, schemes: tuple[str, ...]) -> bool:
    """A machine, reached in one of these ways, with a port that can be one where it is named."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _whole(
    env: Mapping[str, str], name: str, default: int, low: int, high: int, problems: list[str]
) -> int:
    """A whole number from the environment, within its bounds."""
    raw = env.get(name)
    if not raw:
        return default
    if not raw.isdecimal() or not low <= int(raw) <= high:
        problems.append(f"{name}: cần một số nguyên từ {low} đến {high}, không phải “{raw}”.")
        return default
    return int(raw)


def _secret_key(env: Mapping[str, str], home: Path, profile: str, problems: list[str]) -> str:
    """The key from its file. The demo makes one (0600); production never has a default."""
    named = env.get("DONDOC_SECRET_KEY_FILE")
    path = Path(named) if named else home / "secret-key"
    try:
        if not path.exists():
            if named or profile != "demo":
                problems.append(
                    f"DONDOC_SECRET_KEY_FILE: không có tệp {path}; "
                    "tạo bằng lệnh: python3 -c 'import secrets; print(secrets.token_hex(32))'."
                    + ("" if env.get("DONDOC_PROFILE") else UNNAMED_PROFILE)
                )
                return ""
            try:
                _make_key(path)
            except OSError as error:
                problems.append(f"DONDOC_HOME: không ghi được vào {home} ({error.strerror}).")
                return ""
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "có ký tự không phải ASCII"
        problems.append(f"DONDOC_SECRET_KEY_FILE: không dùng được tệp {path} ({why}).")
        return ""
    if len(key) < SECRET_MIN_BYTES:
        problems.append(
            f"DONDOC_SECRET_KEY_FILE: khóa trong {path} quá ngắn (cần 32 ký tự trở lên)."
        )
    return key


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(secrets.token_hex(SECRET_MIN_BYTES), encoding="ascii")
