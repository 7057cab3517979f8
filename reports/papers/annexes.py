"""Annexes about documents: what they moved, and which records the years leave behind."""

from collections.abc import Mapping, Sequence

from reports.archive import Holding
from reports.moment import Line
from reports.moves import Move
from reports.papers.names import short_day, two
from reports.papers.paper import Block, Column, Para, Table
from workflow.law.transitions import Command
from workflow.text import format_number
from workflow.words import COMMANDS

MOVES_TITLE = "Nhiệm vụ tạm dừng, kết thúc, chuyển cơ quan chủ trì theo văn bản"
ARCHIVE_TITLE = "Hồ sơ lưu trữ và bàn giao"


def moves_sentence(moves: Sequence[Move]) -> Para:
    """How many of each, for the chapter on the reorganisation."""
    told = [
        f"{two(n)} lượt {word}"
        for command, word in (
            (Command.TRANSFER, "chuyển cơ quan chủ trì"),
            (Command.HOLD, "tạm dừng"),
            (Command.RESUME, "tiếp tục"),
            (Command.END, "kết thúc theo văn bản"),
        )
        if (n := sum(m.command is command for m in moves))
    ]
    if not told:
        return Para(
            "Trong kỳ không có nhiệm vụ chuyển cơ quan chủ trì, tạm dừng hoặc kết thúc theo "
            "văn bản."
        )
    return Para(f"Trong kỳ có {', '.join(told)} (danh mục tại phụ lục).")


def moves_annex(moves: Sequence[Move], lines: Mapping[int, Line]) -> list[Block]:
    """Each act of the period with the document it rests on."""
    if not moves:
        return [moves_sentence(moves)]
    columns = (
        Column("TT", 1, "center"), Column("Mã", 3), Column("Nội dung", 8), Column("Việc", 5),
        Column("Cơ quan chủ trì", 5), Column("Văn bản", 4), Column("Ngày", 3, "center"),
        Column("Lý do", 6),
    )  # fmt: skip
    rows = []
    for i, m in enumerate(moves, 1):
        line = lines[m.cycle_id]
        who = f"{m.old} → {m.new}" if m.new else line.agency_short
        rows.append(
            [
                str(i), line.task_code, line.task_title, COMMANDS[m.command], who, m.notation,
                short_day(m.issued_on), m.reason,
            ]
        )  # fmt: skip
    return [moves_sentence(moves), Table(columns, rows, size=11)]


def archive_annex(holdings: Sequence[Holding], entries: int) -> list[Block]:
    """The records by kind; whom they were handed to is written by people."""
    columns = (
        Column("TT", 1, "center"), Column("Loại hồ sơ", 9), Column("Số lượng", 3, "right"),
        Column("Từ ngày", 4, "center"), Column("Đến ngày", 4, "center"),
        Column("Thời hạn bảo quản", 4), Column("Bàn giao (nơi nhận, biên bản số)", 6),
    )  # fmt: skip
    rows = [
        [
            str(i), h.name, format_number(h.count), short_day(h.first), short_day(h.last), h.keep,
            "",
        ]
        for i, h in enumerate(holdings, 1)
    ]  # fmt: skip
    return [
        Para(
            f"Hồ sơ hình thành trên hệ thống đến thời điểm chốt; nhật ký điện tử có "
            f"{format_number(entries)} mục, lưu cùng hồ sơ. Thời hạn bảo quản nêu dưới đây là đề "
            "xuất, văn thư đối chiếu quy định hiện hành trước khi nộp lưu."
        ),
        Table(columns, rows, size=11),
    ]
