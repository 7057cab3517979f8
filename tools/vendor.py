"""Bring the published front-end files into static/vendor, and check that nobody touched them since.

    python tools/vendor.py build    copies from the exact npm versions of package-lock.json
    python tools/vendor.py check    compares every vendored file with static/vendor/manifest.json

Only a person who raises a version needs Node (and fonttools with brotli, for the serif): the
results are committed, and axe goes to tests/vendor. The version stands in each folder's name, so a
vendored address never changes its content and a browser may keep it for ever.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
MANIFEST = VENDOR / "manifest.json"
LICENCES = ROOT / "tools" / "licences"

LIBERATION_VERSION = "2.1.5"
LIBERATION_DEBIAN = Path("/usr/share/fonts/truetype/liberation2")


@dataclass(frozen=True)
class Package:
    """One npm package: what is taken from it, and under which licence."""

    name: str
    folder: str
    licence: str
    files: dict[str, str]  # in the package -> in our folder
    licence_file: str | None = "LICENSE"  # None: the package ships none, ours is in tools/licences


PACKAGES = (
    Package(
        "@tabler/core",
        "tabler",
        "MIT",
        {"dist/css/tabler.min.css": "tabler.min.css"},
        licence_file=None,
    ),
    Package("htmx.org", "htmx", "0BSD", {"dist/htmx.min.js": "htmx.min.js"}),
    Package(
        "@fontsource-variable/inter",
        "inter",
        "OFL-1.1",
        {
            f"files/inter-{subset}-wght-normal.woff2": f"inter-{subset}.woff2"
            for subset in ("latin", "latin-ext", "vietnamese")
        },
    ),
)

# Not for browsers of users: what judges our pages in the tests, beside them.
JUDGE = Package("axe-core", "axe-core", "MPL-2.0", {"axe.min.js": "axe.min.js"})
JUDGES = ROOT / "tests" / "vendor"

# Our word for a picture -> the drawing in @tabler/icons ("filled/" in front for the solid one).
ICONS = {
    "account": "user-circle",
    "add": "plus",
    "admin": "settings",
    "agency": "building-bank",
    "alert": "alert-circle",
    "appraise": "eye-check",
    "attachment": "paperclip",
    "audit": "history",
    "awards": "award",
    "bell": "bell",
    "calendar": "calendar-due",
    "check": "check",
    "chevron-down": "chevron-down",
    "chevron-left": "chevron-left",
    "chevron-right": "chevron-right",
    "close": "x",
    "conflict": "git-compare",
    "dashboard": "chart-bar",
    "document": "file-text",
    "download": "download",
    "edit": "pencil",
    "file-docx": "file-type-docx",
    "file-image": "photo",
    "file-pdf": "file-type-pdf",
    "file-xlsx": "file-type-xls",
    "filter": "filter",
    "help": "help-circle",
    "inbox": "inbox",
    "indicators": "target-arrow",
    "info": "info-circle",
    "language": "language",
    "lock": "lock",
    "menu": "menu-2",
    "people": "users",
    "plans": "book-2",
    "print": "printer",
    "reports": "report",
    "return": "arrow-back-up",
    "search": "search",
    "send": "send",
    "sign-in": "login",
    "sign-out": "logout",
    "sort": "arrows-sort",
    "sort-down": "sort-descending",
    "sort-up": "sort-ascending",
    "star": "star",
    "star-filled": "filled/star",
    "stamp": "rubber-stamp",
    "tasks": "list-check",
    "upload": "upload",
    "urge": "speakerphone",
    "verify": "clipboard-check",
    # the symbols of the states: told apart by shape, before colour
    "state-assigned": "circle-dashed",
    "state-in-progress": "circle-half-2",
    "state-due-soon": "clock-exclamation",
    "state-overdue": "filled/alert-triangle",
    "state-reported": "hourglass",
    "state-verified": "circle-check",
    "state-completed": "filled/circle-check",
    "state-completed-late": "clock-check",
    "state-on-hold": "player-pause",
    "state-closed": "ban",
}

# Latin, the Vietnamese letters and dong sign, and the marks an official text uses.
SERIF_UNICODES = (
    "U+0020-007E,U+00A0-00FF,U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,"
    "U+01AF-01B0,U+0300-0301,U+0303,U+0309,U+0323,U+1EA0-1EF9,U+2010-2015,U+2018-201E,U+2022,"
    "U+2026,U+2030,U+2032-2033,U+20AB,U+2103,U+2190-2193,U+2212,U+2264-2265"
)
SERIF_FACES = {"Regular": "official-serif-regular.woff2", "Italic": "official-serif-italic.woff2"}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def cut_sprite(icons: Path) -> str:
    """One SVG with a <symbol> for each word of ICONS."""
    symbols = []
    for word, drawing in sorted(ICONS.items()):
        filled = drawing.startswith("filled/")
        path = (
            icons / ("filled" if filled else "outline") / f"{drawing.removeprefix('filled/')}.svg"
        )
        inner = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(encoding="utf-8"), re.S)
        if inner is None:
            raise SystemExit(f"{path.name}: not an SVG drawing")
        shapes = [line.strip() for line in inner[1].strip().splitlines()]
        shapes = [shape for shape in shapes if 'd="M0 0h24v24H0z"' not in shape]
        paint = (
            'fill="currentColor"'
            if filled
            else 'fill="none" stroke="currentColor" stroke-width="1.75" '
            'stroke-linecap="round" stroke-linejoin="round"'
        )
        symbols.append(
            f'<symbol id="{word}" viewBox="0 0 24 24" {paint}>{"".join(shapes)}</symbol>'
        )
    head = '<svg xmlns="http://www.w3.org/2000/svg">'
    return head + "\n" + "\n".join(symbols) + "\n</svg>\n"


def cut_serif(source: Path, folder: Path) -> None:
    """Liberation Serif cut to Vietnamese, under a name of its own.

    "Liberation" is a reserved name of its licence: a subset is a modified font and may not bear it.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    for face, target in SERIF_FACES.items():
        font = TTFont(source / f"LiberationSerif-{face}.ttf", recalcTimestamp=False)
        options = subset.Options()
        options.flavor = "woff2"
        options.layout_features = ["*"]
        options.hinting = False
        options.name_IDs = ["*"]
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=subset.parse_unicodes(SERIF_UNICODES))
        cutter.subset(font)
        for record in font["name"].names:
            if record.nameID in (1, 3, 4, 6, 16):
                old = record.toUnicode()
                new = old.replace("Liberation Serif", "Official Serif")
                record.string = new.replace("LiberationSerif", "OfficialSerif")
        subset.save_font(font, str(folder / target), options)


def build(liberation: Path) -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    entries: list[dict[str, str]] = []

    def record(path: Path, package: str, version: str, licence: str) -> None:
        entries.append(
            {
                "path": path.relative_to(STATIC).as_posix(),
                "package": package,
                "version": version,
                "licence": licence,
                "sha256": sha256(path),
            }
        )

    with tempfile.TemporaryDirectory() as scratch:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, scratch)
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("npm is not here; it is needed only to rebuild static/vendor")
        subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=scratch, check=True
        )
        modules = Path(scratch) / "node_modules"

        for package in PACKAGES:
            version = lock[f"node_modules/{package.name}"]["version"]
            folder = fresh(f"{package.folder}-{version}")
            for source, target in package.files.items():
                shutil.copyfile(modules / package.name / source, folder / target)
                record(folder / target, package.name, version, package.licence)
            text = (
                modules / package.name / package.licence_file
                if package.licence_file
                else LICENCES / "tabler-core.txt"
            )
            shutil.copyfile(text, folder / "LICENSE")
            record(folder / "LICENSE", package.name, version, package.licence)

        shutil.rmtree(JUDGES, ignore_errors=True)
        folder = JUDGES / f"{JUDGE.folder}-{lock[f'node_modules/{JUDGE.name}']['version']}"
        folder.mkdir(parents=True)
        for name in (*JUDGE.files, "LICENSE"):
            shutil.copyfile(modules / JUDGE.name / name, folder / name)

        version = lock["node_modules/@tabler/icons"]["version"]
        folder = fresh(f"tabler-icons-{version}")
        sprite = cut_sprite(modules / "@tabler/icons/icons")
        (STATIC / "img" / "icons.svg").write_text(sprite, encoding="utf-8", newline="\n")
        record(STATIC / "img" / "icons.svg", "@tabler/icons", version, "MIT")
        shutil.copyfile(modules / "@tabler/icons/LICENSE", folder / "LICENSE")
        record(folder / "LICENSE", "@tabler/icons", version, "MIT")

    folder = fresh(f"official-serif-{LIBERATION_VERSION}")
    cut_serif(liberation, folder)
    shutil.copyfile(LICENCES / "liberation-fonts.txt", folder / "LICENSE")
    for target in (*SERIF_FACES.values(), "LICENSE"):
        record(folder / target, "liberation-fonts", LIBERATION_VERSION, "OFL-1.1")

    kept = {entry["path"].split("/")[1] for entry in entries}
    for old in VENDOR.iterdir():
        if old.is_dir() and old.name not in kept:
            shutil.rmtree(old)
    entries.sort(key=lambda entry: entry["path"])
    MANIFEST.write_text(json.dumps({"files": entries}, indent=1) + "\n", encoding="utf-8")
    print(f"{len(entries)} files in {MANIFEST.relative_to(ROOT)}")


def fresh(name: str) -> Path:
    folder = VENDOR / name
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def problems(static: Path = STATIC) -> list[str]:
    """What is wrong with the vendored files: empty when all is as it was built."""
    manifest = json.loads((static / "vendor" / "manifest.json").read_text(encoding="utf-8"))
    found: list[str] = []
    listed = {entry["path"]: entry for entry in manifest["files"]}
    for path, entry in listed.items():
        file = static / path
        if not file.is_file():
            found.append(f"{path}: missing")
        elif sha256(file) != entry["sha256"]:
            found.append(f"{path}: changed since it was built")
        for field in ("package", "version", "licence"):
            if not entry.get(field):
                found.append(f"{path}: no {field}")
    for file in sorted((static / "vendor").rglob("*")):
        path = file.relative_to(static).as_posix()
        if file.is_file() and path != "vendor/manifest.json" and path not in listed:
            found.append(f"{path}: not in the manifest")
    folders = {path.rsplit("/", 1)[0] for path in listed if path.startswith("vendor/")}
    found += [
        f"{folder}: no LICENSE" for folder in sorted(folders) if f"{folder}/LICENSE" not in listed
    ]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("act", choices=("build", "check"))
    parser.add_argument(
        "--liberation",
        type=Path,
        default=LIBERATION_DEBIAN,
        help="folder with the Liberation Serif 2.1.5 TTFs (Debian: fonts-liberation2)",
    )
    arguments = parser.parse_args()
    if arguments.act == "build":
        build(arguments.liberation)
    found = problems()
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
