"""The export bundle: everything an inspector takes away to check without us."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import JSON

from ledger.verify import NOT_EVIDENCE, SECRET, Source
from models.tables import metadata

HERE = Path(__file__).parent
INSTRUCTIONS = """HƯỚNG DẪN KIỂM CHỨNG

1. Cách nhanh, không cần cài gì: mở tệp verify.html bằng trình duyệt (không cần mạng),
   thả tệp zip này hoặc một biên nhận vào trang.
2. Cách đầy đủ, trên máy có Python 3.11 trở lên:
       python3 verify.py TÊN-GÓI.zip --key "DÒNG KHÓA CÔNG KHAI"
   Dòng khóa lấy từ văn bản công bố hệ thống, KHÔNG lấy từ gói này: người làm giả được gói
   thì cũng làm giả được tệp key.txt trong gói.
3. Niêm phong giữ ở ngoài (cuối thư điện tử, bản in, máy của cơ quan chứng kiến) là bằng chứng
   mạnh nhất: chép vào một tệp rồi thêm --checkpoint TÊN-TỆP.

Trong gói: entries.ndjson (mọi mục, theo số), checkpoints.ndjson (mọi niêm phong), tiles.ndjson
(cây băm), tables/ (dữ liệu hiện có, để cộng dồn đối chiếu; phần bí mật đã che), files/ (tệp đính
kèm nếu có), key.txt (khóa công khai), verify.py và verify.html (hai chương trình kiểm chứng).
"""


def _line(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def documents(tables: Iterable[str]) -> dict[str, list[str]]:
    """The columns that hold JSON: they are written as text, so that 2.0 stays 2.0 everywhere."""
    named = {
        name: [c.name for c in metadata.tables[name].c if isinstance(c.type, JSON)]
        for name in tables
    }
    return {name: columns for name, columns in named.items() if columns}


def canonical_text(document: Any) -> str:
    """A JSON value in the one way it is hashed."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def write(
    target: BinaryIO,
    source: Source,
    keys: Iterable[str],
    about: Mapping[str, Any],
    with_files: bool = False,
) -> None:
    """The zip, streamed: entries, heads, tiles, tables, keys, both verifiers, instructions."""
    tables = [t.name for t in metadata.sorted_tables if t.name not in NOT_EVIDENCE]
    manifest = {"tables": tables, "documents": documents(tables), "files": with_files, **about}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        bundle.writestr("HUONG-DAN.txt", INSTRUCTIONS)
        bundle.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        bundle.writestr("key.txt", "".join(f"{key}\n" for key in keys))
        for name in ("verify.py", "verify.html"):
            bundle.write(HERE / name, name)
        with bundle.open("entries.ndjson", "w", force_zip64=True) as file:
            for row in source.entries():
                file.write(_line(row))
        with bundle.open("checkpoints.ndjson", "w") as file:
            for head in source.checkpoints():
                file.write(_line(head))
        with bundle.open("tiles.ndjson", "w", force_zip64=True) as file:
            for level, tile, hashes in source.tiles():
                file.write(_line([level, tile, hashes.hex()]))
        for name, columns, rows in source.tables():
            if name in NOT_EVIDENCE:
                continue
            hidden = [bool(metadata.tables[name].c[c].info.get("secret")) for c in columns]
            is_document = [c in manifest["documents"].get(name, ()) for c in columns]
            with bundle.open(f"tables/{name}.ndjson", "w", force_zip64=True) as file:
                file.write(_line(columns))
                for row in rows:
                    told = [
                        v if v is None else SECRET if h else canonical_text(v) if d else v
                        for h, d, v in zip(hidden, is_document, row, strict=True)
                    ]
                    file.write(_line(told))
        if with_files and source.files:
            for path in sorted(source.files.folder.glob("??/*")):
                bundle.write(path, f"files/{path.parent.name}/{path.name}")
