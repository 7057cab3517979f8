"""What the law answers in codes, said in Vietnamese: the cause, and who can do it instead."""

from collections.abc import Callable

from models.states import LABELS, CycleState, Role
from workflow.law.errors import Reason, Refusal, Refused
from workflow.law.rules import POST_LABELS, Post
from workflow.law.transitions import Command

# The sentences are message ids too: `translate` is gettext on pages and nothing elsewhere.
Translate = Callable[[str], str]
# Marks what stays Vietnamese in a sentence of another language: names, what somebody wrote.
Own = Callable[[str], str]


def as_written(sentence: str) -> str:
    """No translation: the words as they stand here."""
    return sentence


COMMANDS: dict[Command, str] = {
    Command.ASSIGN: "Giao nhiệm vụ",
    Command.ACCEPT: "Tiếp nhận",
    Command.DECLINE: "Đề nghị điều chỉnh",
    Command.ANSWER_DECLINE: "Trả lời đề nghị",
    Command.UPDATE_PROGRESS: "Cập nhật tiến độ",
    Command.CONTRIBUTE: "Gửi nội dung phối hợp",
    Command.SAVE_DRAFT: "Lưu nháp",
    Command.REPORT: "Gửi báo cáo",
    Command.WITHDRAW: "Thu hồi",
    Command.APPRAISE: "Thẩm định",
    Command.RETURN: "Trả lại",
    Command.VERIFY: "Xác nhận kết quả",
    Command.COMPLETE: "Hoàn thành",
    Command.REOPEN: "Mở lại",
    Command.SET_DEADLINE: "Ấn định hạn",
    Command.ASK_EXTENSION: "Đề nghị gia hạn",
    Command.DECIDE_EXTENSION: "Quyết định gia hạn",
    Command.EXTEND_LATE: "Gia hạn muộn",
    Command.URGE: "Đôn đốc",
    Command.FLAG: "Đánh dấu theo dõi",
    Command.LOWER_FLAG: "Bỏ dấu theo dõi",
    Command.ASK_EXPLANATION: "Yêu cầu giải trình",
    Command.EXPLAIN: "Giải trình",
    Command.ASK_SUPPORT: "Đề nghị phối hợp",
    Command.NOTE_SILENCE: "Ghi chưa nhận được ý kiến",
    Command.HOLD: "Tạm dừng",
    Command.RESUME: "Tiếp tục",
    Command.END: "Kết thúc theo văn bản",
    Command.TRANSFER: "Chuyển cơ quan chủ trì",
}

# A field as it is called inside a sentence. The keys are the names in forms and refusals.
FIELDS: dict[str, str] = {
    "rungs": "bậc nhắc hạn",
    "achievement": "thành tích",
    "adjust": "đề xuất điều chỉnh",
    "agency": "cơ quan",
    "agency_code": "cơ quan",
    "allocated": "kinh phí được giao",
    "answer_by": "ngày trả lời",
    "asked": "số đề nghị",
    "authorization": "giấy ủy quyền",
    "authorization_until": "ngày hết hạn ủy quyền",
    "capacity": "tư cách ký",
    "causes": "nguyên nhân",
    "current_password": "mật khẩu đang dùng",
    "day": "ngày",
    "decided_on": "ngày quyết định",
    "device": "thiết bị",
    "difficulties": "khó khăn, vướng mắc",
    "disbursed": "kinh phí đã giải ngân",
    "document": "văn bản",
    "due_on": "hạn",
    "email": "thư điện tử",
    "ends_at": "lúc hoạt động lại",
    "entries": "dòng nhật ký",
    "figures": "số liệu chính",
    "files": "tệp",
    "focal_person": "cán bộ đầu mối",
    "form": "hình thức khen thưởng",
    "granted_due_on": "hạn mới",
    "issued_on": "ngày văn bản",
    "kind": "loại",
    "language": "ngôn ngữ",
    "last_day": "ngày cuối",
    "leadership": "công tác lãnh đạo, chỉ đạo",
    "lessons": "bài học kinh nghiệm",
    "level": "mức đôn đốc",
    "login": "tên đăng nhập",
    "mechanism": "tác động sắp xếp bộ máy",
    "message": "nội dung đôn đốc",
    "missing": "nội dung còn thiếu",
    "name": "họ và tên",
    "new_password": "mật khẩu mới",
    "new_password_again": "mật khẩu mới (nhập lại)",
    "notation": "số, ký hiệu văn bản",
    "note": "ghi chú",
    "opinion": "ý kiến thẩm định",
    "page": "trang",
    "password": "mật khẩu",
    "percent": "phần trăm hoàn thành",
    "period_to": "đến ngày",
    "person": "người dùng",
    "post": "chức vụ",
    "product": "sản phẩm đầu ra",
    "proposal": "kiến nghị",
    "proposals": "kiến nghị, đề xuất",
    "q": "từ tìm kiếm",
    "quality": "mức đạt",
    "query": "câu hỏi tra cứu",
    "question": "nội dung yêu cầu giải trình",
    "reason": "lý do",
    "reason_class": "loại nguyên nhân",
    "resend_by": "ngày gửi lại",
    "resolution": "đề nghị giai đoạn sau",
    "result": "kết quả thực hiện",
    "role": "vai trò",
    "salutation": "Ông/Bà",
    "signer_name": "người ký",
    "signer_post": "chức vụ người ký",
    "source": "văn bản làm căn cứ",
    "starts_at": "lúc bắt đầu",
    "strengths": "ưu điểm",
    "text": "nội dung",
    "texts": "nội dung",
    "unit": "đơn vị công tác",
    "url": "địa chỉ nhận tin",
    "valid_from": "từ ngày",
    "valid_to": "đến ngày",
    "value": "giá trị",
    "verdict": "ý kiến thẩm định",
    "webhook": "tên hệ thống nhận tin",
    "year": "năm",
}

SENTENCES: dict[Reason, str] = {
    Reason.NOT_YOUR_ROLE: "Vai trò của bạn không được làm việc này.",
    Reason.NOT_YOUR_AGENCY: "Cơ quan của bạn không chủ trì nhiệm vụ này.",
    Reason.WRONG_STATE: "Không thể “%(command)s” khi nhiệm vụ ở trạng thái “%(state)s”.",
    Reason.ON_HOLD: "Nhiệm vụ đang tạm dừng theo văn bản.",
    Reason.NOT_ON_HOLD: "Kỳ này không ở trạng thái tạm dừng.",
    Reason.LEADS_ALREADY: "Cơ quan này đã chủ trì kỳ này của nhiệm vụ.",
    Reason.CLOSED_BY_DOCUMENT: "Nhiệm vụ đã kết thúc theo văn bản.",
    Reason.OWN_WORK: (
        "Bạn không được xác nhận nhiệm vụ do cơ quan mình chủ trì (xung đột lợi ích)."
    ),
    Reason.OWN_TASK: (
        "Bạn không được đôn đốc hay quyết định về nhiệm vụ do cơ quan mình chủ trì "
        "hoặc cùng chủ trì (xung đột lợi ích)."
    ),
    Reason.OWN_REPORT: "Bạn không được xác nhận báo cáo do chính mình gửi.",
    Reason.OWN_PROPOSAL: (
        "Bạn đã thẩm định báo cáo này: người khác quyết định "
        "(người đề xuất không đồng thời là người duyệt)."
    ),
    Reason.OWN_REQUEST: (
        "Bạn không được quyết định đề nghị do chính mình gửi: để người khác xem xét."
    ),
    Reason.JUDGED_BY_OFFICE: (
        "Nhiệm vụ do cơ quan thường trực chủ trì hoặc đồng chủ trì: "
        "Văn phòng UBND tỉnh xem xét, không phải cơ quan thường trực."
    ),
    Reason.JUDGED_BY_CHAIRMAN: (
        "Nhiệm vụ do cơ quan thường trực và Văn phòng UBND tỉnh cùng chủ trì: "
        "Chủ tịch UBND tỉnh xem xét."
    ),
    Reason.JUDGED_BY_STANDING_AGENCY: "Nhiệm vụ này do cơ quan thường trực xem xét.",
    Reason.APPRAISAL_STARTED: (
        "Báo cáo đã được đưa ra thẩm định nên không thu hồi được nữa. "
        "Đề nghị cơ quan xem xét trả lại nếu cần sửa."
    ),
    Reason.OBJECTION_OPEN: (
        "Đề nghị điều chỉnh của cơ quan chủ trì chưa được trả lời. Trả lời đề nghị đó trước."
    ),
    Reason.NO_OBJECTION: "Không có đề nghị điều chỉnh nào đang chờ trả lời.",
    Reason.HAS_DEADLINE: "Nhiệm vụ đã có hạn. Hạn đã ấn định chỉ thay đổi bằng gia hạn.",
    Reason.MISSING: "Chưa nhập %(field)s.",
    Reason.TOO_LONG: "Phần %(field)s quá dài: rút xuống còn tối đa %(limit)s ký tự.",
    Reason.NOT_A_PERCENT: "Phần trăm hoàn thành phải là số nguyên từ 0 đến 100.",
    Reason.NOT_A_NUMBER: "“%(typed)s” không phải là số. Viết như 4.600 hoặc 2,6.",
    Reason.NOT_WHOLE: "Đơn vị %(unit)s chỉ nhận số nguyên.",
    Reason.OUT_OF_RANGE: "Giá trị ngoài khoảng cho phép: %(limit)s %(unit)s.",
    Reason.YEAR_OF_VALUE: "Năm của số liệu phải từ %(first)s đến %(last)s.",
    Reason.FINAL_TOO_EARLY: (
        "Năm %(year)s chưa kết thúc: nhập số ước hoặc sơ bộ, số chính thức nhập sau."
    ),
    Reason.MORE_THAN_WHOLE: "Phần “trong đó” không thể lớn hơn chỉ tiêu chung (%(whole)s).",
    Reason.LESS_THAN_PART: "Chỉ tiêu chung không thể nhỏ hơn phần “trong đó” (%(part)s).",
    Reason.JUMP: (
        "%(value)s chênh %(percent)s%% so với số đã có (%(before)s). "
        "Nếu đúng, hãy đánh dấu xác nhận rồi lưu lại."
    ),
    Reason.OWN_ENTRY: "Người nhập số liệu không tự xác nhận số liệu đó.",
    Reason.NOTHING_TO_URGE: "Không có nhiệm vụ quá hạn nào chưa báo cáo: không cần đôn đốc.",
    Reason.NOT_CLEARED: "Chưa có người xác nhận bảng kiểm các trường hợp chưa xét khen thưởng.",
    Reason.NO_CAMPAIGN: "Chưa mở đợt xét khen thưởng cho năm %(year)s.",
    Reason.NOBODY_NOMINATED: "Đợt xét chưa có tập thể, cá nhân nào được đề nghị.",
    Reason.COUNTS_DIFFER: (
        "Số lượng không khớp: biên bản Hội đồng ghi %(minutes_groups)s tập thể, "
        "%(minutes_people)s cá nhân; danh sách có %(listed_groups)s tập thể, "
        "%(listed_people)s cá nhân. Rà soát lại trước khi in tờ trình."
    ),
    Reason.FACTS_CHANGED: (
        "%(name)s: số liệu đã thay đổi, không còn đủ điều kiện (%(why)s). "
        "Rút đề nghị hoặc giải trình trước khi in."
    ),
    Reason.OWN_NOMINEE: "Không thẩm định, quyết định khen thưởng cho cơ quan của mình.",
    Reason.OWN_NOMINATION: (
        "Bạn hoặc cơ quan của bạn đã đề nghị, thẩm định hồ sơ này: để người khác xem xét."
    ),
    Reason.ALREADY_NOMINATED: (
        "Đợt xét này đã đề nghị %(name)s: một thành tích không khen nhiều lần. "
        "Rút đề nghị trước nếu cần đề nghị lại."
    ),
    Reason.WRONG_STEP: "Bước này không thực hiện được ở trạng thái hiện tại: %(step)s.",
    Reason.REVIEW_STANDS: "Đã có bản chưa ban hành của báo cáo này.",
    Reason.FIGURES_MOVED: (
        "Đếm lại tại thời điểm chốt không ra bộ số liệu đã chốt, nên không lập văn bản. "
        "Báo cho quản trị hệ thống để kiểm chứng nhật ký."
    ),
    Reason.ALREADY_CONFIRMED: "Số liệu này đã được xác nhận.",
    Reason.DAY_OFF: (
        "%(day)s là ngày nghỉ, không ai trả lời được. Ngày làm việc kế tiếp: %(next)s."
    ),
    Reason.DAY_PASSED: "Phần %(field)s đã qua: chọn từ hôm nay trở đi.",
    Reason.DOCUMENT_IN_FUTURE: "Ngày văn bản ở sau hôm nay: kiểm tra lại ngày ký.",
    Reason.NO_AUTHORIZATION: "Ký TUQ. thì phải ghi giấy ủy quyền (số, ngày).",
    Reason.AUTHORIZATION_EXPIRED: "Giấy ủy quyền đã hết hạn vào ngày ký văn bản.",
    Reason.SECRET_DOCUMENT: (
        "Không tải văn bản có độ mật lên hệ thống này. "
        "Gửi theo đường văn bản mật và chỉ ghi số, ký hiệu, ngày vào báo cáo."
    ),
    Reason.YEAR_OUT_OF_PLAN: "Năm nằm ngoài kế hoạch (%(start)s – %(end)s).",
    Reason.PLAN_NOT_LOADABLE: (
        "Dòng %(line)s: mã cơ quan “%(code)s” đã mang tên “%(known)s”, khác với “%(given)s” "
        "trong tệp. Sửa tên cho khớp hoặc dùng mã khác."
    ),
    Reason.ALREADY_RULED: "Chỗ không khớp này đã có ý kiến xử lý.",
    Reason.KEY_REUSED: (
        "Biểu mẫu này đã gửi một lần với nội dung khác. Mở lại trang rồi nhập lại."
    ),
    Reason.READ_ONLY: (
        "Hệ thống đang chỉ cho đọc: cơ sở dữ liệu cũ hơn niêm phong đã công bố "
        "(thiếu tới %(missing)s). Người quản trị phải khôi phục bản mới hơn hoặc mở kỳ mới."
    ),
    Reason.ACCOUNT_LOCKED: "Tài khoản đang bị khóa.",
    Reason.NOT_LOCKED: "Tài khoản không bị khóa.",
    Reason.LAST_ADMIN: (
        "Đây là người quản trị cuối cùng còn đăng nhập được. "
        "Giao vai trò quản trị cho người khác trước."
    ),
    Reason.NAME_TAKEN: "Tên đăng nhập đã có người dùng. Chọn tên khác.",
    Reason.NOT_A_LOGIN: (
        "Tên đăng nhập chỉ gồm chữ không dấu a–z, số, dấu chấm và gạch nối, ví dụ gd.so-xay-dung."
    ),
    Reason.NOT_AN_ADDRESS: (
        "Địa chỉ thư điện tử chưa đúng: viết như an.nguyen@so-xay-dung.gov.vn, không dấu."
    ),
    Reason.WEAK_PASSWORD: "Mật khẩu mới chưa đủ mạnh: %(why)s",
    Reason.WRONG_PASSWORD: "Mật khẩu đang dùng chưa đúng.",
    Reason.SAME_PASSWORD: "Mật khẩu mới trùng mật khẩu đang dùng. Chọn mật khẩu khác.",
    Reason.MEMBERSHIP_OVERLAPS: (
        "Người này đã có vai trò đó ở cơ quan này trong khoảng thời gian đã chọn."
    ),
    Reason.ENDS_BEFORE_IT_BEGINS: "Ngày cuối ở trước ngày đầu: kiểm tra lại hai ngày.",
    Reason.NOT_EMPTY: "Cơ sở dữ liệu đã có dữ liệu khác nên không nạp được.",
    Reason.ORDINARY_WORKING_DAY: (
        "Ngày này vốn là ngày làm việc: chỉ thứ Bảy, Chủ nhật mới ghi là làm bù."
    ),
    Reason.OUTAGE_NOT_OVER: "Đợt gián đoạn chưa kết thúc: ghi khi hệ thống đã hoạt động lại.",
    Reason.DEADLINE_PASSED: (
        "Đã quá hạn nên không đề nghị gia hạn được nữa. "
        "Chỉ UBND tỉnh mới gia hạn muộn, và dấu quá hạn vẫn giữ."
    ),
    Reason.DEADLINE_NOT_PASSED: "Chưa quá hạn: dùng đề nghị gia hạn thông thường.",
    Reason.NOT_LATER: "Hạn mới phải sau hạn hiện tại.",
    Reason.NO_DEADLINE: "Nhiệm vụ không có hạn.",
    Reason.EXTENSION_OPEN: "Đã có một đề nghị gia hạn đang chờ quyết định.",
    Reason.NO_EXTENSION: "Không có đề nghị gia hạn nào đang chờ quyết định.",
    Reason.LEVEL_TOO_HIGH: "Vai trò của bạn không đôn đốc được ở mức này.",
    Reason.EXPLANATION_OPEN: "Đã có một yêu cầu giải trình đang chờ trả lời.",
    Reason.NO_EXPLANATION: "Không có yêu cầu giải trình nào đang chờ trả lời.",
    Reason.NOT_FLAGGED: "Nhiệm vụ không có dấu này.",
    Reason.ALREADY_FLAGGED: "Nhiệm vụ đã có dấu này.",
    Reason.NOT_SUPPORTING: "Cơ quan này không phối hợp trong nhiệm vụ.",
    Reason.ENOUGH_VIEWS: (
        "Danh sách này đã có %(limit)s cách xem của bạn: bỏ một cách xem không dùng rồi lưu lại."
    ),
    Reason.ANSWER_NOT_DUE: "Chưa đến ngày hẹn trả lời (%(day)s): ghi nhận sau ngày đó.",
    Reason.ANSWER_AFTER_DEADLINE: "Ngày trả lời phải không muộn hơn hạn báo cáo %(day)s.",
    Reason.NOT_A_LADDER: "Thang nhắc hạn chưa đúng, bậc %(rung)s: %(why)s",
    Reason.ALREADY_ASKED: "Đã đề nghị cơ quan này đúng nội dung và ngày đó, đang chờ trả lời.",
}

# A rung by its day.
RUNGS: dict[str, str] = {
    "before": "trước hạn %(days)s ngày làm việc",
    "due": "ngày làm việc cuối cùng",
    "after": "quá hạn %(days)s ngày",
}
LADDER_FAULTS: dict[str, str] = {
    "order": "hai bậc cùng một ngày.",
    "nobody": "chưa chọn người nhận.",
    "silent": "chưa có nội dung nhắc.",
    "days": "số ngày phải từ 1 đến 400; bậc đến hạn không có số ngày.",
    "open_word": "chỗ trống {%(word)s} không có; chỉ dùng {days} và {due}.",
}

WEAKNESSES: dict[str, str] = {
    "too_short": "cần ít nhất %(limit)s ký tự, ví dụ bốn từ không liên quan viết liền.",
    "too_long": "tối đa 200 ký tự.",
    "common": "nhiều người dùng mật khẩu này hoặc nó quá dễ đoán. Chọn cụm từ khác.",
    "login": "không dùng lại tên đăng nhập.",
}

# Refusals that speak of one field of a form: the form is shown again instead of a page.
ABOUT_FIELDS = frozenset(
    {
        Reason.MISSING,
        Reason.TOO_LONG,
        Reason.NOT_A_PERCENT,
        Reason.DAY_OFF,
        Reason.DAY_PASSED,
        Reason.DOCUMENT_IN_FUTURE,
        Reason.NO_AUTHORIZATION,
        Reason.AUTHORIZATION_EXPIRED,
        Reason.NAME_TAKEN,
        Reason.NOT_A_LOGIN,
        Reason.NOT_AN_ADDRESS,
        Reason.WEAK_PASSWORD,
        Reason.WRONG_PASSWORD,
        Reason.SAME_PASSWORD,
        Reason.ENDS_BEFORE_IT_BEGINS,
        Reason.NOT_LATER,
        Reason.ANSWER_NOT_DUE,
        Reason.ANSWER_AFTER_DEADLINE,
        Reason.ALREADY_ASKED,
        Reason.NOT_A_LADDER,
        Reason.ORDINARY_WORKING_DAY,
        Reason.OUTAGE_NOT_OVER,
        Reason.NOT_A_NUMBER,
        Reason.NOT_WHOLE,
        Reason.OUT_OF_RANGE,
        Reason.YEAR_OF_VALUE,
        Reason.FINAL_TOO_EARLY,
        Reason.MORE_THAN_WHOLE,
        Reason.LESS_THAN_PART,
        Reason.JUMP,
    }
)
# The field of a refusal that does not name it.
_FIELD_OF: dict[Reason, str] = {
    Reason.NOT_A_PERCENT: "percent",
    Reason.DOCUMENT_IN_FUTURE: "issued_on",
    Reason.NO_AUTHORIZATION: "authorization",
    Reason.AUTHORIZATION_EXPIRED: "authorization_until",
    Reason.WRONG_PASSWORD: "current_password",
    Reason.NOT_LATER: "due_on",
    Reason.ANSWER_NOT_DUE: "agency_code",
    Reason.ANSWER_AFTER_DEADLINE: "answer_by",
    Reason.ALREADY_ASKED: "text",
    Reason.NOT_A_LADDER: "rungs",
    Reason.ORDINARY_WORKING_DAY: "kind",
    Reason.OUTAGE_NOT_OVER: "ends_at",
    Reason.NOT_A_NUMBER: "value",
    Reason.NOT_WHOLE: "value",
    Reason.OUT_OF_RANGE: "value",
    Reason.YEAR_OF_VALUE: "year",
    Reason.FINAL_TOO_EARLY: "kind",
    Reason.MORE_THAN_WHOLE: "value",
    Reason.LESS_THAN_PART: "value",
    Reason.JUMP: "value",
}


def field_of(refusal: Refusal) -> str | None:
    """The field of the form this refusal speaks of."""
    return refusal.detail.get("field") or _FIELD_OF.get(refusal.reason)


def sentence(refusal: Refusal, translate: Translate = as_written, own: Own = as_written) -> str:
    """One refusal as a sentence."""
    detail = {
        name: own(told) if isinstance(told, str) and not told.isascii() else told
        for name, told in refusal.detail.items()
    }
    if field := detail.get("field"):
        detail["field"] = translate(FIELDS[field])
    if command := detail.get("command"):
        detail["command"] = translate(COMMANDS[Command(command)])
    if state := detail.get("state"):
        detail["state"] = translate(LABELS[CycleState(state)])
    if refusal.reason is Reason.NOT_A_LADDER:
        detail["rung"] = translate(RUNGS[detail["anchor"]]) % detail
        detail["why"] = translate(LADDER_FAULTS[detail["fault"]]) % detail
    if refusal.reason is Reason.WEAK_PASSWORD:
        detail["why"] = translate(WEAKNESSES[detail["why"]]) % detail
    return translate(SENTENCES[refusal.reason]) % detail


def sentences(
    refused: Refused, translate: Translate = as_written, own: Own = as_written
) -> list[str]:
    """Every refusal, each once."""
    return list(dict.fromkeys(sentence(r, translate, own) for r in refused.refusals))


def post_name(name: str, translate: Translate = as_written) -> str:
    """A post towards a cycle or a role, as it is called on pages."""
    if name in set(Post):
        return translate(POST_LABELS[Post(name)])
    return translate(LABELS[Role(name)])


def who_can(refused: Refused, translate: Translate = as_written) -> str | None:
    """Who could do it, when one of the refusals says so."""
    names: dict[str, None] = {}
    for refusal in refused.refusals:
        for name in refusal.detail.get("who", "").split():
            names.setdefault(post_name(name, translate))
        if refusal.reason is Reason.JUDGED_BY_OFFICE:
            names.setdefault(post_name(Post.OFFICE, translate))
        if refusal.reason is Reason.JUDGED_BY_CHAIRMAN:
            names.setdefault(post_name(Post.CHAIRMAN, translate))
        if refusal.reason is Reason.JUDGED_BY_STANDING_AGENCY:
            names.setdefault(post_name(Post.STANDING_HEAD, translate))
    return ", ".join(names) or None
