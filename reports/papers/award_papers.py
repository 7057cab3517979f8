"""Papers of commendation: tờ trình, danh sách trích ngang, báo cáo thành tích, biên bản."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from models.states import LABELS, AwardForm, CampaignKind
from models.tables import DOCUMENT
from reports.awards import Candidate, criteria, criterion_text, kept_facts, ready_to_print
from reports.gather import agency_row, plan_row
from reports.papers.names import clock, letterhead, paper_day, signature, symbol, two
from reports.papers.names import without_province as bare
from reports.papers.paper import (
    Appendix,
    Block,
    Caption,
    Column,
    Heading,
    Paper,
    Para,
    Signature,
    Table,
)
from reports.papers.reviews import PLAN_FULL

GROUP_COLUMNS = (
    Column("STT", 2, "center"), Column("Tên tập thể", 12), Column("Thuộc cơ quan", 7),
    Column("Tóm tắt thành tích", 16), Column("Hình thức đề nghị", 7), Column("Ghi chú", 4),
)  # fmt: skip
PERSON_COLUMNS = (
    Column("STT", 2, "center"), Column("Ông/Bà", 3, "center"), Column("Họ và tên", 7),
    Column("Chức vụ", 7), Column("Đơn vị công tác", 8), Column("Lãnh đạo quản lý", 4, "center"),
    Column("Tóm tắt thành tích", 13), Column("Hình thức đề nghị", 7), Column("Ghi chú", 3),
)  # fmt: skip


def _form(row: RowMapping) -> str:
    return LABELS[AwardForm(row["form"])]


def _achievement(row: RowMapping) -> str:
    facts = kept_facts(row)
    text = str(row["achievement"]).rstrip(".")
    if facts.get("due"):
        text += f". Hoàn thành {facts['done']}/{facts['due']} nhiệm vụ đến hạn"
        text += f", đúng hạn {facts['on_time']}"
    return text + "."


def list_blocks(groups: Sequence[RowMapping], people: Sequence[RowMapping]) -> list[Block]:
    """The two tables and the line that counts them."""
    group_rows = [
        [str(i), bare(r["name"]), bare(r["agency_name"]), _achievement(r), _form(r), ""]
        for i, r in enumerate(groups, 1)
    ]
    person_rows = [
        [str(i), r["salutation"] or "", r["name"], r["post"] or "", r["unit"] or "",
         "Có" if r["is_leader"] else "Không", r["achievement"], _form(r), ""]
        for i, r in enumerate(people, 1)
    ]  # fmt: skip
    counted = f"{two(len(group_rows))} tập thể và {two(len(person_rows))} cá nhân"
    blocks: list[Block] = [Caption("I. TẬP THỂ")]
    blocks.append(
        Table(GROUP_COLUMNS, group_rows, size=11) if group_rows else Para("Không có tập thể.")
    )
    blocks.append(Caption("II. CÁ NHÂN"))
    blocks.append(
        Table(PERSON_COLUMNS, person_rows, size=11) if person_rows else Para("Không có cá nhân.")
    )
    blocks.append(Para(f"Danh sách này có {counted}./."))
    return blocks


def _period(campaign: Mapping[str, Any] | RowMapping) -> str:
    first, last = campaign["first_year"], campaign["last_year"]
    return f"năm {last}" if first == last else f"giai đoạn {first} - {last}"


def _occasion(campaign: RowMapping) -> str:
    word = {
        CampaignKind.YEARLY: "trong",
        CampaignKind.INTERIM: "sơ kết",
        CampaignKind.FINAL: "tổng kết",
    }[CampaignKind(campaign["kind"])]
    return f"{word} việc thực hiện Kế hoạch số 2940/KH-UBND {_period(campaign)}"


def _minutes_document(conn: Connection, campaign: RowMapping) -> RowMapping | None:
    if campaign["minutes_document_id"] is None:
        return None
    return (
        conn.execute(select(DOCUMENT).where(DOCUMENT.c.id == campaign["minutes_document_id"]))
        .mappings()
        .first()
    )


def _exclusions(nominated: Sequence[RowMapping]) -> str:
    """What a person has confirmed of the cases that are not considered, or that he has not yet.

    NĐ 152/2025/NĐ-CP: an award on a false statement is taken back (Luật TĐKT Điều 93).
    """
    open_cases = sum(row["cleared_at"] is None for row in nominated)
    if open_cases:
        return (
            f"[Còn {two(open_cases)} trường hợp chưa có người xác nhận bảng kiểm các trường hợp "
            "chưa xét khen thưởng]"
        )
    return (
        "Các tập thể, cá nhân được đề nghị đã được rà soát, không thuộc trường hợp chưa xét "
        "khen thưởng theo quy định."
    )


def submission(conn: Connection, campaign: RowMapping, moment: datetime) -> Paper:
    """Tờ trình of the standing agency; Refused when list, minutes and facts do not agree."""
    groups, people, known = ready_to_print(conn, campaign, moment)
    own = agency_row(conn, plan_row(conn)["standing"])
    document = _minutes_document(conn, campaign)
    held = [c for c in criteria(conn, campaign["id"]) if c["is_active"]]
    leaders = sum(1 for p in people if p["is_leader"])
    qualified = [c for c in known.values() if c.qualifies]
    forms = sorted({_form(r) for r in [*groups, *people]})
    counted = f"{two(len(groups))} tập thể và {two(len(people))} cá nhân"
    sender = bare(own["name"])
    bases = tuple(dict.fromkeys(part.strip() for c in held for part in c["basis"].split(";")))
    minutes = (
        f"Căn cứ Biên bản họp Hội đồng Thi đua - Khen thưởng số {document['notation']} "
        f"{paper_day(document['issued_on'])};"
        if document
        else "Căn cứ kết quả xét của Hội đồng Thi đua - Khen thưởng;"
    )
    body: list[Block] = [
        Para(
            f"{sender} kính trình Chủ tịch Ủy ban nhân dân tỉnh việc khen thưởng "
            f"{_occasion(campaign)} như sau:"
        ),
        Heading("1. Quá trình xét và tiêu chí", 2),
        Para("Việc xét dựa trên các tiêu chí sau:"),
        *(Para(f"- {criterion_text(c)}{'.' if c is held[-1] else ';'}") for c in held),
        Heading("2. Kết quả xét", 2),
        Para(
            f"Qua rà soát số liệu chốt lúc {clock(moment)}, có {two(len(qualified))} tập thể đủ "
            f"tiêu chí, {two(len(known) - len(qualified))} tập thể chưa đủ tiêu chí. Được đề nghị: "
            f"{counted} (cá nhân là lãnh đạo quản lý: {two(leaders)}; trực tiếp, không phải lãnh "
            f"đạo quản lý: {two(len(people) - leaders)})."
        ),
        Para(_exclusions([*groups, *people])),
        Heading("3. Đề nghị", 2),
        Para(
            f"{sender} kính đề nghị Chủ tịch Ủy ban nhân dân tỉnh tặng {', '.join(forms)} cho "
            f"{counted} (có danh sách kèm theo)."
        ),
        Heading("4. Hồ sơ kèm theo", 2),
        Para("Biên bản họp Hội đồng; danh sách trích ngang; báo cáo thành tích."),
        Para("Kính trình Chủ tịch Ủy ban nhân dân tỉnh xem xét, quyết định./."),
    ]
    return Paper(
        name=f"to-trinh-khen-thuong-{campaign['last_year']}",
        letterhead=letterhead(own),
        symbol=symbol("TTr", own),
        year=moment.year,
        kind="TỜ TRÌNH",
        subject=f"Về việc đề nghị khen thưởng {_occasion(campaign)}",
        addressees=("Chủ tịch Ủy ban nhân dân tỉnh", "Sở Nội vụ (Ban Thi đua - Khen thưởng)"),
        bases=(*(f"Căn cứ {b};" for b in bases), minutes, f"Căn cứ {PLAN_FULL}."),
        body=body,
        signature=signature(own),
        recipients=("Như trên", "Lãnh đạo Sở", "Lưu: VT, VP"),
        cutoff=moment,
        appendices=(
            Appendix(
                f"Danh sách đề nghị khen thưởng {_period(campaign)}", list_blocks(groups, people)
            ),
        ),
    )


def award_list(conn: Connection, campaign: RowMapping, moment: datetime) -> Paper:
    """Danh sách trích ngang, as a paper of its own."""
    groups, people, _ = ready_to_print(conn, campaign, moment)
    own = agency_row(conn, plan_row(conn)["standing"])
    return Paper(
        name=f"danh-sach-khen-thuong-{campaign['last_year']}",
        letterhead=letterhead(own),
        symbol=symbol("DS", own),
        year=moment.year,
        kind="DANH SÁCH",
        subject=f"Tập thể, cá nhân đề nghị khen thưởng {_occasion(campaign)}",
        body=list_blocks(groups, people),
        signature=signature(own),
        recipients=("Sở Nội vụ (Ban TĐKT)", "Lưu: VT, VP"),
        cutoff=moment,
        landscape=True,
    )


def minutes(conn: Connection, campaign: RowMapping, moment: datetime) -> Paper:
    """Biên bản họp Hội đồng, with the counts it agreed on."""
    groups, people, _ = ready_to_print(conn, campaign, moment)
    own = agency_row(conn, plan_row(conn)["standing"])
    members, present = campaign["minutes_members"], campaign["minutes_present"]
    there = f"{two(present)}/{two(members)} thành viên" if members else "…/… thành viên"
    agreed = f"{two(len(groups))} tập thể và {two(len(people))} cá nhân"
    body: list[Block] = [
        Para("Thời gian: … giờ …, ngày … tháng … năm …; địa điểm: …"),
        Heading("I. THÀNH PHẦN", 2),
        Para(f"Có mặt {there}. Chủ trì: {campaign['minutes_chair'] or '…'}. Thư ký: "
             f"{campaign['minutes_secretary'] or '…'}."),
        Heading("II. NỘI DUNG", 2),
        Para(f"Hội đồng xét đề nghị khen thưởng {_occasion(campaign)}."),
        Heading("III. KẾT QUẢ", 2),
        Para(f"Hội đồng thống nhất đề nghị khen thưởng {agreed}, gồm:"),
        *list_blocks(groups, people)[:-1],
        Para("Biên bản được thông qua và lập thành 02 bản./."),
    ]  # fmt: skip
    return Paper(
        name=f"bien-ban-hop-hoi-dong-{campaign['last_year']}",
        letterhead=letterhead(own),
        symbol=symbol("BB", own),
        year=moment.year,
        kind="BIÊN BẢN",
        subject="Họp Hội đồng Thi đua - Khen thưởng",
        body=body,
        signature=Signature(("CHỦ TỊCH HỘI ĐỒNG",), campaign["minutes_chair"] or ""),
        second_signature=Signature(("THƯ KÝ",), campaign["minutes_secretary"] or ""),
        recipients=(),
        cutoff=moment,
    )


def achievement(
    conn: Connection, row: RowMapping, candidate: Candidate | None, campaign: RowMapping,
    moment: datetime,
) -> Paper:  # fmt: skip
    """Báo cáo thành tích of one nominee, with the facts printed as they were counted."""
    agency = agency_row(conn, row["agency_code"])
    who = f"{row['salutation'] or ''} {row['name']}".strip()
    facts = kept_facts(row)
    body: list[Block] = [Heading("I. SƠ LƯỢC", 2)]
    if row["post"]:
        body.append(Para(f"{who}; chức vụ: {row['post']}; đơn vị công tác: {row['unit']}."))
    else:
        body.append(Para(f"{bare(row['name'])}, cơ quan chủ trì nhiệm vụ của Kế hoạch."))
    body += [
        Heading("II. THÀNH TÍCH ĐẠT ĐƯỢC", 2),
        Para(row["achievement"]),
        Para(
            f"Số liệu của cơ quan chốt lúc {clock(row['facts_at'])}: nhiệm vụ đến hạn "
            f"{two(facts['due'])}, đã hoàn thành {two(facts['done'])}, đúng hạn "
            f"{two(facts['on_time'])}, quá hạn chưa hoàn thành {two(facts['overdue'])}; báo cáo "
            f"gửi chậm {two(facts['late_reports'])}; số lượt trả lại {two(facts['returns'])}."
        ),
    ]
    if candidate is not None:
        rows = [
            [str(i), f.text, f.fact, "Đạt" if f.holds else "Chưa đạt"]
            for i, f in enumerate(candidate.findings, 1)
        ]
        columns = (
            Column("TT", 1, "center"), Column("Tiêu chí", 9), Column("Số liệu", 4),
            Column("Kết quả", 3, "center"),
        )  # fmt: skip
        body += [
            Caption(f"Đối chiếu tiêu chí, số liệu chốt lúc {clock(moment)}"), Table(columns, rows),
        ]  # fmt: skip
    body += [
        Heading("III. CÁC HÌNH THỨC ĐÃ ĐƯỢC KHEN THƯỞNG", 2),
        Para("… (không khen thưởng nhiều lần, nhiều hình thức cho một thành tích)./."),
    ]
    mine = Signature(("NGƯỜI BÁO CÁO",), row["name"]) if row["post"] else signature(agency)
    return Paper(
        name=f"bao-cao-thanh-tich-{campaign['last_year']}-{row['id']}",
        letterhead=letterhead(agency),
        symbol=symbol("BC", agency),
        year=moment.year,
        kind="BÁO CÁO THÀNH TÍCH",
        subject=f"Đề nghị tặng {_form(row)} {_period(campaign)}",
        body=body,
        signature=mine,
        second_signature=Signature(("XÁC NHẬN CỦA", "CẤP TRÌNH KHEN THƯỞNG")),
        recipients=(),
        cutoff=moment,
    )


def all_papers(
    conn: Connection, campaign: RowMapping, moment: datetime, *, only_list: bool = False
) -> tuple[Paper, ...]:
    """The dossier of a campaign: tờ trình, minutes, list, and an achievement report each."""
    if only_list:
        return (award_list(conn, campaign, moment),)
    groups, people, known = ready_to_print(conn, campaign, moment)
    return (
        submission(conn, campaign, moment),
        minutes(conn, campaign, moment),
        *(
            achievement(conn, row, known.get(row["agency_code"]), campaign, moment)
            for row in [*groups, *people]
        ),
    )
