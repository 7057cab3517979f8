"""Every word the system remembers as a state, a role or a kind, with its Vietnamese label."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any


class CycleState(StrEnum):
    """The five states of a task's cycle."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    REPORTED = "reported"
    VERIFIED = "verified"
    COMPLETED = "completed"


class Disposition(StrEnum):
    """What a document may do to a cycle beside its state: hold it, or end it."""

    ACTIVE = "active"
    ON_HOLD = "on_hold"
    CLOSED_BY_DOCUMENT = "closed_by_document"


class DueClass(StrEnum):
    """Where a cycle stands against its deadline today, or how it ended."""

    ON_TRACK = "on_track"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    NO_DEADLINE = "no_deadline"
    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"


class CycleKind(StrEnum):
    """How often a task is carried out: once a year, or once until its date."""

    ANNUAL = "annual"
    UNTIL_DATE = "until_date"


class Role(StrEnum):
    """What a person is in an agency, from one day until another."""

    HEAD = "head"
    OFFICER = "officer"
    OFFICE = "office"
    CHAIRMAN = "chairman"
    INSPECTOR = "inspector"
    AWARD_APPRAISER = "award_appraiser"
    BUDGET_OFFICER = "budget_officer"
    ADMIN = "admin"
    SYSTEM = "system"


class PartyRole(StrEnum):
    """An agency's part in a task or a cycle."""

    LEAD = "lead"
    CO_LEAD = "co_lead"
    SUPPORTING = "supporting"
    DIRECTED = "directed"


class Capacity(StrEnum):
    """In what capacity a person signs (NĐ 30/2020/NĐ-CP, Điều 13)."""

    HEAD = "head"
    TM = "TM"
    Q = "Q"
    KT = "KT"
    TL = "TL"
    TUQ = "TUQ"


class ReportStatus(StrEnum):
    """The life of one version of a result report."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    VERIFIED = "verified"


class Quality(StrEnum):
    """The optional mark a verifier gives."""

    MET = "met"
    PARTLY_MET = "partly_met"


class Verdict(StrEnum):
    """What an appraising officer proposes to the person who decides."""

    VERIFY = "verify"
    RETURN = "return"


class ConflictStatus(StrEnum):
    """A place where the document disagrees with itself: open until a person rules on it."""

    OPEN = "open"
    RULED = "ruled"


class DayKind(StrEnum):
    """Why a day differs from its weekday (decision 15)."""

    HOLIDAY = "holiday"
    COMPENSATORY = "compensatory"
    SWAPPED_OFF = "swapped_off"
    MADE_UP = "made_up"


class Anchor(StrEnum):
    """From where a rung counts: working days before the deadline, the day itself, days after."""

    BEFORE = "before"
    DUE = "due"
    AFTER = "after"


class MessageState(StrEnum):
    """The way of a mail."""

    WAITING = "waiting"
    SENT = "sent"
    SUPERSEDED = "superseded"
    DEAD = "dead"


class UrgeLevel(StrEnum):
    """How loudly somebody urges; each next one is proposed when the last found no answer."""

    REMINDER = "reminder"
    AGENCY_LETTER = "agency_letter"
    UBND_LETTER = "ubnd_letter"
    MEETING = "meeting"


class FlagKind(StrEnum):
    """A flag says watch this; a star says a leader follows it."""

    FLAG = "flag"
    STAR = "star"


class ReasonClass(StrEnum):
    """Whose cause it is that a deadline cannot be kept."""

    OBJECTIVE = "objective"
    SUBJECTIVE = "subjective"


class ExtensionStatus(StrEnum):
    """The life of a request for a new deadline; it lapses when its cycle no longer needs one."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


class ValueKind(StrEnum):
    """How firm a figure of an indicator is. A later kind never overwrites an earlier one."""

    ESTIMATE = "estimate"
    PRELIMINARY = "preliminary"
    FINAL = "final"


class Judgement(StrEnum):
    """What is said of an indicator against a target."""

    EXCEEDED = "exceeded"
    MET = "met"
    EXPECTED = "expected"
    AT_RISK = "at_risk"
    NOT_MET = "not_met"
    NOT_ENOUGH = "not_enough"


class CampaignKind(StrEnum):
    """At which review people and bodies are proposed for commendation."""

    YEARLY = "yearly"
    INTERIM = "interim"
    FINAL = "final"


class NomineeKind(StrEnum):
    """Tập thể or cá nhân."""

    COLLECTIVE = "collective"
    INDIVIDUAL = "individual"


class AwardForm(StrEnum):
    """Forms of commendation at province level (Luật 06/2022/QH15)."""

    CERTIFICATE = "certificate"
    FLAG = "flag"
    LETTER = "letter"


class NominationState(StrEnum):
    """The way of a proposal for commendation."""

    PROPOSED = "proposed"
    APPRAISED = "appraised"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    PUBLISHED = "published"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class ReviewKind(StrEnum):
    """Reports of the province that are issued and then never change."""

    YEAR = "year"
    INTERIM = "interim"
    FINAL = "final"


class ReviewState(StrEnum):
    """The way of such a report."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ISSUED = "issued"
    CORRECTED = "corrected"


class AgencyReportState(StrEnum):
    """The way of an agency's own yearly report."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Labels(Mapping[StrEnum, str]):
    """What words are called. Two of them may be the same string: a head signs, a head heads."""

    def __init__(self, *tables: Mapping[Any, str]) -> None:
        self._tables = {type(next(iter(table))): table for table in tables}

    def __getitem__(self, word: StrEnum) -> str:
        return self._tables[type(word)][word]

    def __iter__(self) -> Iterator[StrEnum]:
        return (word for table in self._tables.values() for word in table)

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))


LABELS: Mapping[StrEnum, str] = Labels(
    {
        CycleState.ASSIGNED: "Đã giao",
        CycleState.IN_PROGRESS: "Đang thực hiện",
        CycleState.REPORTED: "Đã báo cáo – chờ xác nhận",
        CycleState.VERIFIED: "Đã xác nhận kết quả",
        CycleState.COMPLETED: "Hoàn thành",
    },
    {
        Disposition.ACTIVE: "Đang hiệu lực",
        Disposition.ON_HOLD: "Tạm dừng",
        Disposition.CLOSED_BY_DOCUMENT: "Kết thúc theo văn bản",
    },
    {
        DueClass.ON_TRACK: "Trong hạn",
        DueClass.DUE_SOON: "Sắp đến hạn",
        DueClass.OVERDUE: "Quá hạn",
        DueClass.NO_DEADLINE: "Không hạn",
        DueClass.DONE_ON_TIME: "Đúng hạn",
        DueClass.DONE_LATE: "Quá hạn khi báo cáo",
    },
    {
        CycleKind.ANNUAL: "Hằng năm",
        CycleKind.UNTIL_DATE: "Đến ngày",
    },
    {
        Role.HEAD: "Thủ trưởng",
        Role.OFFICER: "Chuyên viên",
        Role.OFFICE: "Văn phòng UBND tỉnh",
        Role.CHAIRMAN: "Chủ tịch UBND tỉnh",
        Role.INSPECTOR: "Thanh tra viên",
        Role.AWARD_APPRAISER: "Thẩm định khen thưởng",
        Role.BUDGET_OFFICER: "Tổng hợp dự toán",
        Role.ADMIN: "Quản trị hệ thống",
        Role.SYSTEM: "Hệ thống",
    },
    {
        PartyRole.LEAD: "Chủ trì",
        PartyRole.CO_LEAD: "Đồng chủ trì",
        PartyRole.SUPPORTING: "Phối hợp",
        PartyRole.DIRECTED: "Được chỉ đạo",
    },
    {
        Capacity.HEAD: "Thủ trưởng cơ quan",
        Capacity.TM: "Thay mặt (TM.)",
        Capacity.Q: "Quyền (Q.)",
        Capacity.KT: "Ký thay (KT.)",
        Capacity.TL: "Thừa lệnh (TL.)",
        Capacity.TUQ: "Thừa ủy quyền (TUQ.)",
    },
    {
        ReportStatus.DRAFT: "Dự thảo",
        ReportStatus.SUBMITTED: "Chờ xác nhận",
        ReportStatus.WITHDRAWN: "Đã thu hồi",
        ReportStatus.RETURNED: "Bị trả lại",
        ReportStatus.VERIFIED: "Đã xác nhận",
    },
    {
        Quality.MET: "Đạt",
        Quality.PARTLY_MET: "Đạt một phần",
    },
    {
        Verdict.VERIFY: "Đề nghị xác nhận",
        Verdict.RETURN: "Đề nghị trả lại",
    },
    {
        ConflictStatus.OPEN: "Chưa xử lý",
        ConflictStatus.RULED: "Đã có ý kiến",
    },
    {
        DayKind.HOLIDAY: "Nghỉ lễ",
        DayKind.COMPENSATORY: "Nghỉ bù",
        DayKind.SWAPPED_OFF: "Hoán đổi nghỉ",
        DayKind.MADE_UP: "Làm bù",
    },
    {
        MessageState.WAITING: "Chờ gửi",
        MessageState.SENT: "Đã gửi",
        MessageState.SUPERSEDED: "Không còn đúng, không gửi",
        MessageState.DEAD: "Không gửi được",
    },
    {
        UrgeLevel.REMINDER: "Nhắc trên hệ thống",
        UrgeLevel.AGENCY_LETTER: "Công văn của cơ quan thường trực",
        UrgeLevel.UBND_LETTER: "Công văn của UBND tỉnh",
        UrgeLevel.MEETING: "Đưa ra họp giao ban",
    },
    {
        FlagKind.FLAG: "Gắn cờ",
        FlagKind.STAR: "Gắn sao",
    },
    {
        ReasonClass.OBJECTIVE: "Khách quan",
        ReasonClass.SUBJECTIVE: "Chủ quan",
    },
    {
        ExtensionStatus.ASKED: "Chờ quyết định",
        ExtensionStatus.GRANTED: "Đã gia hạn",
        ExtensionStatus.REFUSED: "Không gia hạn",
        ExtensionStatus.LAPSED: "Không còn cần",
    },
    {
        ValueKind.ESTIMATE: "Ước",
        ValueKind.PRELIMINARY: "Sơ bộ",
        ValueKind.FINAL: "Chính thức",
    },
    {
        Judgement.EXCEEDED: "Vượt",
        Judgement.MET: "Đạt",
        Judgement.EXPECTED: "Dự kiến đạt",
        Judgement.AT_RISK: "Có nguy cơ không đạt",
        Judgement.NOT_MET: "Không đạt",
        Judgement.NOT_ENOUGH: "Chưa đủ số liệu",
    },
    {
        CampaignKind.YEARLY: "Hằng năm",
        CampaignKind.INTERIM: "Sơ kết",
        CampaignKind.FINAL: "Tổng kết",
    },
    {
        NomineeKind.COLLECTIVE: "Tập thể",
        NomineeKind.INDIVIDUAL: "Cá nhân",
    },
    {
        AwardForm.CERTIFICATE: "Bằng khen của Chủ tịch UBND tỉnh",
        AwardForm.FLAG: "Cờ thi đua của UBND tỉnh",
        AwardForm.LETTER: "Giấy khen",
    },
    {
        NominationState.PROPOSED: "Đã đề nghị",
        NominationState.APPRAISED: "Đã thẩm định",
        NominationState.SUBMITTED: "Đã trình",
        NominationState.DECIDED: "Đã quyết định",
        NominationState.PUBLISHED: "Đã công bố",
        NominationState.RETURNED: "Bị trả lại",
        NominationState.WITHDRAWN: "Đã rút",
    },
    {
        ReviewKind.YEAR: "Báo cáo năm",
        ReviewKind.INTERIM: "Báo cáo sơ kết 3 năm",
        ReviewKind.FINAL: "Báo cáo tổng kết",
    },
    {
        ReviewState.DRAFT: "Dự thảo",
        ReviewState.SUBMITTED: "Đã trình",
        ReviewState.ISSUED: "Đã ban hành",
        ReviewState.CORRECTED: "Đã có bản đính chính",
    },
    {
        AgencyReportState.DRAFT: "Dự thảo",
        AgencyReportState.SENT: "Đã gửi",
        AgencyReportState.ACCEPTED: "Đã tiếp nhận",
        AgencyReportState.RETURNED: "Bị trả lại",
    },
)
