"""Audit entries told as Vietnamese sentences, with people and agencies as they were then.

An entry without a sentence is shown raw: what is not understood must not look as if it were.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from models.states import LABELS, Capacity, ConflictStatus, CycleState, Quality, Role, Verdict
from models.tables import REPORT
from workflow import audit
from workflow.law.errors import Stale
from workflow.law.facts import SYSTEM, ActorFacts
from workflow.words import Own, Translate, as_written

Row = RowMapping | Mapping[str, Any]

# %(who)s is the person with what he was in which agency; %(by)s the document an act rests on.
SENTENCES: dict[str, str] = {
    "assign": "%(who)s giao nhiệm vụ (%(why)s).",
    "accept": "%(who)s tiếp nhận nhiệm vụ, cán bộ đầu mối: %(focal_person)s.",
    "decline": "%(who)s đề nghị điều chỉnh nhiệm vụ%(by)s.",
    "answer_decline": "%(who)s trả lời đề nghị điều chỉnh; nhiệm vụ vẫn thuộc cơ quan chủ trì.",
    "update_progress": "%(who)s cập nhật tiến độ: %(percent)s%%.",
    "contribute": "%(who)s gửi nội dung phối hợp.",
    "save_draft": "%(who)s lưu dự thảo báo cáo.",
    "present_draft": "%(who)s trình dự thảo báo cáo lên thủ trưởng cơ quan.",
    "attach_file": "%(who)s đính kèm tệp “%(file)s” vào dự thảo.",
    "detach_file": "%(who)s gỡ một tệp khỏi dự thảo.",
    "report": "%(who)s gửi báo cáo kết quả%(by)s, %(lateness)s.",
    "withdraw": "%(who)s thu hồi báo cáo.",
    "appraise": "%(who)s thẩm định báo cáo%(verdict)s.",
    "return": "%(who)s trả lại báo cáo, hạn gửi lại: %(resend_by)s.",
    "verify": "%(who)s xác nhận kết quả%(quality)s.",
    "complete": "%(who)s kết thúc kỳ, chuyển sang hoàn thành%(by)s.",
    "reopen": "%(who)s mở lại nhiệm vụ đã xác nhận%(by)s.",
    "hold": "%(who)s tạm dừng nhiệm vụ%(by)s.",
    "resume": "%(who)s cho tiếp tục nhiệm vụ%(by)s.",
    "end": "%(who)s kết thúc nhiệm vụ theo văn bản%(by)s.",
    "transfer": "%(who)s chuyển cơ quan chủ trì từ %(old)s sang %(new)s%(by)s.",
    "set_deadline": "%(who)s ấn định hạn: %(due_on)s.",
    "open_campaign": "%(who)s mở đợt xét khen thưởng %(object)s.",
    "change_criterion": "%(who)s sửa tiêu chí khen thưởng %(object)s.",
    "record_minutes": "%(who)s ghi biên bản họp Hội đồng của đợt %(object)s%(by)s.",
    "nominate": "%(who)s đề nghị khen thưởng %(object)s.",
    "clear_nomination": "%(who)s xác nhận bảng kiểm đối với %(object)s.",
    "appraise_nomination": "%(who)s thẩm định đề nghị khen thưởng %(object)s.",
    "submit_nomination": "%(who)s trình đề nghị khen thưởng %(object)s.",
    "decide_award": "%(who)s quyết định khen thưởng %(object)s%(by)s.",
    "publish_award": "%(who)s công bố khen thưởng %(object)s.",
    "return_nomination": "%(who)s trả lại đề nghị khen thưởng %(object)s.",
    "withdraw_nomination": "%(who)s rút đề nghị khen thưởng %(object)s.",
    "freeze_review": "%(who)s chốt số liệu %(object)s.",
    "write_review": "%(who)s ghi nội dung %(object)s.",
    "submit_review": "%(who)s trình %(object)s.",
    "issue_review": "%(who)s ban hành %(object)s%(by)s.",
    "record_annual_plan": "%(who)s ghi kế hoạch năm %(object)s%(by)s.",
    "set_budget": "%(who)s cập nhật dự toán %(object)s.",
    "write_agency_report": "%(who)s soạn báo cáo năm %(object)s.",
    "send_agency_report": "%(who)s gửi báo cáo năm %(object)s%(by)s.",
    "accept_agency_report": "%(who)s tiếp nhận báo cáo năm %(object)s.",
    "return_agency_report": "%(who)s trả lại báo cáo năm %(object)s.",
    "enter_value": "%(who)s nhập số liệu chỉ tiêu %(object)s.",
    "confirm_value": "%(who)s xác nhận số liệu chỉ tiêu %(object)s.",
    "ask_extension": "%(who)s đề nghị gia hạn đến %(asked_due_on)s%(by)s.",
    "decide_extension": "%(who)s quyết định gia hạn lần %(number)s: %(decision)s%(by)s.",
    "extend_late": "%(who)s gia hạn muộn đến %(due_on)s%(by)s; dấu quá hạn vẫn giữ.",
    "urge": "%(who)s đôn đốc lần %(number)s, trả lời trước hết ngày %(answer_by)s.",
    "flag": "%(who)s đánh dấu theo dõi.",
    "lower_flag": "%(who)s bỏ dấu theo dõi.",
    "ask_explanation": "%(who)s yêu cầu giải trình, trả lời trước hết ngày %(answer_by)s.",
    "explain": "%(who)s giải trình.",
    "ask_support": "%(who)s đề nghị %(agency)s phối hợp trước hết ngày %(answer_by)s.",
    "note_silence": "%(who)s ghi nhận chưa nhận được ý kiến của %(agency)s.",
    "number_letter": "%(who)s ghi số công văn đôn đốc%(by)s.",
    "choose_mails": "%(who)s chọn cách nhận thư.",
    "save_view": "%(who)s lưu một cách xem danh sách.",
    "remove_view": "%(who)s bỏ một cách xem danh sách đã lưu.",
    "finish_tour": "%(who)s xem xong hoặc bỏ qua năm bước đầu.",
    "resend_mails": "%(who)s cho gửi lại %(mails)s thư chưa gửi được tới %(object)s.",
    "add_webhook": "%(who)s thêm webhook %(object)s.",
    "remove_webhook": "%(who)s gỡ webhook %(object)s.",
    "resend_calls": "%(who)s cho gửi lại %(calls)s tin chưa tới webhook %(object)s.",
    "open_feed": "%(who)s mở địa chỉ lịch riêng.",
    "revoke_feed": "%(who)s thu hồi địa chỉ lịch riêng.",
    "seed_calendar": "%(who)s nạp lịch ngày làm việc %(object)s.",
    "set_calendar_day": "%(who)s sửa lịch ngày %(object)s.",
    "record_outage": "%(who)s ghi đợt gián đoạn hệ thống %(object)s%(by)s.",
    "move_deadline": "%(who)s dời hạn do hệ thống gián đoạn%(by)s, hạn mới: %(due_on)s.",
    "recount_lateness": (
        "%(who)s tính lại số ngày quá hạn do hệ thống gián đoạn%(by)s, hạn mới: %(due_on)s, "
        "từ %(was_late)s còn %(late_days)s ngày."
    ),
    "seed_ladder": "%(who)s lập thang nhắc hạn cho kế hoạch %(object)s.",
    "set_ladder": "%(who)s sửa thang nhắc hạn của kế hoạch %(object)s.",
    "tick_ladder": "%(who)s tính thang nhắc hạn đến ngày %(object)s.",
    "load_plan": "%(who)s nạp kế hoạch %(object)s.",
    "rule_conflict": "%(who)s cho ý kiến về chỗ không khớp %(object)s%(by)s.",
    "add_person": "%(who)s thêm tài khoản %(object)s.",
    "change_person": "%(who)s sửa thông tin tài khoản %(object)s.",
    "add_membership": "%(who)s giao vai trò %(role)s tại %(agency)s cho %(object)s.",
    "end_membership": (
        "%(who)s kết thúc vai trò %(role)s tại %(agency)s của %(object)s, ngày cuối: %(last_day)s."
    ),
    "lock_person": "%(who)s khóa tài khoản %(object)s.",
    "unlock_person": "%(who)s mở khóa tài khoản %(object)s.",
    "reset_password": "%(who)s cấp mật khẩu ban đầu mới cho %(object)s.",
    "change_password": "%(who)s đổi mật khẩu của mình.",
    "sign_in": "%(who)s đăng nhập từ mạng %(network)s.",
    "sign_out": "%(who)s đăng xuất.",
    "end_session": "%(who)s kết thúc một phiên đăng nhập khác của mình (mạng %(network)s).",
    "record_failed_sign_in": (
        "Nhập sai mật khẩu của %(object)s từ mạng %(network)s, lần thứ %(count)s."
    ),
    "search_log": "%(who)s tra cứu nhật ký.",
    "refuse": "Hệ thống từ chối %(who)s: %(asked)s, %(object)s.",
    "download": "%(who)s tải xuống %(object)s.",
    "take_export": "%(who)s xuất nhật ký ra ngoài: %(object)s.",
    "rotate_key": "%(who)s đổi khóa niêm phong.",
    "open_epoch": "%(who)s mở kỳ nhật ký mới sau khi khôi phục: %(object)s.",
    "record_tampering": "%(who)s tự kiểm chứng và phát hiện nhật ký hoặc dữ liệu bị sửa.",
    "record_unsealed": "%(who)s báo có mục chờ niêm phong quá lâu.",
    "open_inspection": "%(who)s lập hồ sơ thanh tra %(object)s.",
    "keep_question": "%(who)s lưu câu hỏi tra cứu vào hồ sơ %(object)s.",
    "write_note": "%(who)s ghi chú riêng trong hồ sơ %(object)s.",
    "record_finding": "%(who)s ghi phát hiện trong hồ sơ %(object)s.",
    "close_inspection": "%(who)s đóng hồ sơ %(object)s.",
}
# Parts of sentences.
PHRASES: dict[str, str] = {
    "by": " theo văn bản %(notation)s ngày %(day)s",
    "late": "chậm %(days)s ngày",
    "on_time": "đúng hạn",
}
# From and to, of whatever changes its state.
STATES: dict[str, str] = {s.value: LABELS[s] for s in (*CycleState, *ConflictStatus)}
# Told in red: what was settled is open again.
GRAVE = frozenset({"reopen", "open_epoch", "record_tampering", "record_unsealed"})
# What a list of acts to choose from calls them.
ACTS: dict[str, str] = {
    "assign": "Giao nhiệm vụ",
    "accept": "Tiếp nhận",
    "decline": "Đề nghị điều chỉnh",
    "answer_decline": "Trả lời đề nghị",
    "update_progress": "Cập nhật tiến độ",
    "contribute": "Gửi nội dung phối hợp",
    "save_draft": "Lưu nháp",
    "present_draft": "Trình lãnh đạo",
    "attach_file": "Đính kèm tệp",
    "detach_file": "Gỡ tệp",
    "report": "Gửi báo cáo",
    "withdraw": "Thu hồi",
    "appraise": "Thẩm định",
    "return": "Trả lại",
    "verify": "Xác nhận kết quả",
    "complete": "Hoàn thành",
    "reopen": "Mở lại",
    "hold": "Tạm dừng",
    "resume": "Tiếp tục",
    "end": "Kết thúc theo văn bản",
    "transfer": "Chuyển cơ quan chủ trì",
    "set_deadline": "Ấn định hạn",
    "ask_extension": "Đề nghị gia hạn",
    "decide_extension": "Quyết định gia hạn",
    "extend_late": "Gia hạn muộn",
    "urge": "Đôn đốc",
    "flag": "Đánh dấu theo dõi",
    "lower_flag": "Bỏ dấu theo dõi",
    "ask_explanation": "Yêu cầu giải trình",
    "explain": "Giải trình",
    "ask_support": "Đề nghị phối hợp",
    "note_silence": "Ghi chưa nhận được ý kiến",
    "number_letter": "Ghi số công văn đôn đốc",
    "choose_mails": "Chọn cách nhận thư",
    "save_view": "Lưu cách xem",
    "remove_view": "Bỏ cách xem",
    "finish_tour": "Xem xong năm bước đầu",
    "resend_mails": "Gửi lại thư",
    "add_webhook": "Thêm webhook",
    "remove_webhook": "Gỡ webhook",
    "resend_calls": "Gửi lại tới webhook",
    "open_feed": "Mở địa chỉ lịch riêng",
    "revoke_feed": "Thu hồi địa chỉ lịch riêng",
    "seed_calendar": "Nạp lịch ngày làm việc",
    "set_calendar_day": "Sửa lịch ngày làm việc",
    "record_outage": "Ghi đợt gián đoạn",
    "move_deadline": "Dời hạn do gián đoạn",
    "recount_lateness": "Tính lại số ngày quá hạn",
    "seed_ladder": "Lập thang nhắc hạn",
    "set_ladder": "Sửa thang nhắc hạn",
    "tick_ladder": "Tính thang nhắc hạn",
    "load_plan": "Nạp kế hoạch",
    "rule_conflict": "Ý kiến về chỗ không khớp",
    "add_person": "Thêm tài khoản",
    "change_person": "Sửa tài khoản",
    "add_membership": "Giao vai trò",
    "end_membership": "Kết thúc vai trò",
    "lock_person": "Khóa tài khoản",
    "unlock_person": "Mở khóa tài khoản",
    "reset_password": "Cấp mật khẩu ban đầu",
    "change_password": "Đổi mật khẩu",
    "sign_in": "Đăng nhập",
    "sign_out": "Đăng xuất",
    "end_session": "Kết thúc phiên khác",
    "record_failed_sign_in": "Nhập sai mật khẩu",
    "search_log": "Tra cứu nhật ký",
    "refuse": "Bị từ chối",
    "download": "Tải xuống",
    "take_export": "Xuất nhật ký",
    "rotate_key": "Đổi khóa niêm phong",
    "open_epoch": "Mở kỳ nhật ký mới",
    "record_tampering": "Phát hiện sửa đổi",
    "record_unsealed": "Báo chưa niêm phong",
    "open_inspection": "Lập hồ sơ thanh tra",
    "keep_question": "Lưu câu hỏi tra cứu",
    "write_note": "Ghi chú riêng",
    "record_finding": "Ghi phát hiện",
    "close_inspection": "Đóng hồ sơ thanh tra",
    "enter_value": "Nhập số liệu chỉ tiêu",
    "confirm_value": "Xác nhận số liệu chỉ tiêu",
    "write_agency_report": "Soạn báo cáo năm",
    "send_agency_report": "Gửi báo cáo năm",
    "accept_agency_report": "Tiếp nhận báo cáo năm",
    "return_agency_report": "Trả lại báo cáo năm",
    "write_review": "Ghi nội dung báo cáo tổng hợp",
    "freeze_review": "Chốt số liệu báo cáo",
    "submit_review": "Trình báo cáo tổng hợp",
    "issue_review": "Ban hành báo cáo",
    "record_annual_plan": "Ghi kế hoạch năm",
    "set_budget": "Cập nhật dự toán",
    "open_campaign": "Mở đợt xét khen thưởng",
    "change_criterion": "Sửa tiêu chí khen thưởng",
    "nominate": "Đề nghị khen thưởng",
    "withdraw_nomination": "Rút đề nghị khen thưởng",
    "appraise_nomination": "Thẩm định đề nghị khen thưởng",
    "clear_nomination": "Xác nhận bảng kiểm",
    "submit_nomination": "Trình khen thưởng",
    "return_nomination": "Trả lại đề nghị khen thưởng",
    "record_minutes": "Ghi biên bản họp",
    "decide_award": "Quyết định khen thưởng",
    "publish_award": "Công bố khen thưởng",
}


@dataclass(frozen=True)
class Told:
    """An entry as pages show it; `words` are somebody's own, quoted.

    `sentence` is the whole; `act` is the same without who did it, for lists that name him beside.
    """

    sentence: str
    act: str
    at: datetime
    words: str | None = None
    is_grave: bool = False
    is_sealed: bool = False
    href: str | None = None


def tell(entry: Row, translate: Translate = as_written, own: Own = as_written) -> Told:
    """One row of the log as a sentence; `own` marks names among translated words."""
    body = json.loads(entry["body"])
    template = SENTENCES.get(entry["command"])
    try:
        if template is None:
            raise KeyError(entry["command"])
        facts = _facts(body, translate, own)
        sentence = translate(template) % facts
        act = (translate(template) % (facts | {"who": ""})).strip()
    except KeyError:
        what = f": {entry['command']} · "
        sentence = own(entry["actor_name"]) + what + own(entry["object_label"])
        act = entry["command"]
    return Told(
        sentence=sentence,
        act=act[:1].upper() + act[1:],
        at=entry["at"],
        words=_quoted(body),
        is_grave=entry["command"] in GRAVE,
        href=f"/audit/{entry['id']}",
    )


def story(
    entries: Iterable[Row], translate: Translate = as_written, own: Own = as_written
) -> list[Told]:
    """A timeline."""
    return [tell(entry, translate, own) for entry in entries]


def _day(iso: str) -> str:
    return date.fromisoformat(iso).strftime("%d/%m/%Y")


def _who(actor: Mapping[str, Any], translate: Translate, own: Own) -> str:
    if actor["role"] == Role.SYSTEM:
        return (
            translate(LABELS[Role.SYSTEM]) if actor["name"] == SYSTEM.name else own(actor["name"])
        )
    what = []
    if actor["role"]:
        what.append(translate(LABELS[Role(actor["role"])]))
    if actor["agency_name"]:
        what.append(own(actor["agency_name"]))
    if actor["capacity"] and actor["capacity"] != Capacity.HEAD:
        what.append(translate(LABELS[Capacity(actor["capacity"])]))
    # By sums: what is marked stays so, as it would not in a formatted string.
    name = own(actor["name"])
    return name + " (" + reduce(lambda told, more: told + ", " + more, what) + ")" if what else name


def _document(document: Mapping[str, Any] | None, translate: Translate) -> str:
    if not document:
        return ""
    named = {"notation": document["notation"], "day": _day(document["issued_on"])}
    return translate(PHRASES["by"]) % named


def _after(body: Mapping[str, Any], table: str) -> dict[str, Any]:
    """What the rows of a table became by this act; the last one counts."""
    found: dict[str, Any] = {}
    for change in body["changes"]:
        if change["table"] == table:
            found |= change.get("after", {})
    return found


def _facts(body: Mapping[str, Any], translate: Translate, own: Own) -> dict[str, str]:
    """Everything a sentence may name; what an entry lacks is not there."""
    cycle, report = _after(body, "cycle"), _after(body, "report")
    facts = {
        "who": _who(body["actor"], translate, own),
        "object": own(body["object"]["label"]),
        "by": _document(body["document"], translate),
        "verdict": "",
        "quality": "",
    }
    details = dict(body["details"])
    if "role" in details:
        details["role"] = "“" + translate(LABELS[Role(details["role"])]) + "”"
    if "asked" in details:
        asked = str(details["asked"])
        details["asked"] = translate(ACTS.get(asked, asked))
    for name, value in (details | cycle).items():
        is_day = name in ("due_on", "resend_by", "last_day", "answer_by", "asked_due_on") and value
        said = _day(value) if is_day else str(value)
        facts.setdefault(name, said if said.isascii() else own(said))
    if cycle.get("late_days") is not None:
        late = cycle["late_days"]
        words = translate(PHRASES["late" if late else "on_time"])
        facts["lateness"] = words % {"days": late}
    facts["percent"] = str(_after(body, "progress_update").get("percent", cycle.get("percent")))
    if name := _after(body, "attachment").get("name"):
        facts["file"] = own(name)
    if verdict := report.get("proposed_verdict"):
        facts["verdict"] = ": " + translate(LABELS[Verdict(verdict)]).lower()
    if quality := cycle.get("quality"):
        facts["quality"] = ": " + translate(LABELS[Quality(quality)]).lower()
    return facts


def _quoted(body: Mapping[str, Any]) -> str | None:
    """What somebody said in his own words: the reason, what is missing, the progress."""
    said = [
        body["reason"],
        body["details"].get("missing"),
        _after(body, "progress_update").get("text"),
        _after(body, "contribution").get("text"),
    ]
    return "\n".join(words for words in said if words) or None


def since(
    conn: Connection,
    actor: ActorFacts,
    stale: Stale,
    translate: Translate = as_written,
    own: Own = as_written,
) -> Sequence[Told]:
    """What has happened to an object since somebody saw it, newest first; for the loser of a race.

    Only what this person may read in the log.
    """
    kind, object_id = stale.kind, stale.object_id
    if kind == "report":
        found = conn.execute(select(REPORT.c.cycle_id).where(REPORT.c.id == object_id)).scalar()
        kind, object_id = "cycle", found or 0
    rows = audit.of_object(conn, actor, kind, object_id, limit=5)
    later = [
        row
        for row in rows
        if stale.kind != kind
        or stale.seen is None
        or (json.loads(row["body"])["object"]["version_after"] or 0) > stale.seen
    ]
    return story(later or rows[:1], translate, own)
