"""What the checking program found, in words of the screen.

The program stands alone and speaks Vietnamese; who reads another language gets what each of its
codes means, and its own sentence after it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.service import NOT_VERIFIED
from web import languages
from web.languages import speak, vi

FINDINGS: dict[str, str] = {
    "attachments.differ": "tệp đính kèm đã bị thay đổi",
    "attachments.gone": "tệp đính kèm không còn",
    "bundle.malformed": "gói có dòng viết không đúng dạng",
    "bundle.missing": "gói thiếu phần",
    "canonical.differs": "nội dung mục không viết theo dạng chuẩn",
    "canonical.shape": "nội dung mục có phần sai dạng",
    "canonical.text": "nội dung mục có ký tự hỏng",
    "checkpoints.columns": "các cột của niêm phong khác với văn bản đã ký",
    "checkpoints.lost": "phần đã mất khi mở kỳ mới, chưa nói là chấp nhận",
    "checkpoints.missing": "thiếu mục đã niêm phong",
    "checkpoints.no_key": "không có khóa công khai để kiểm chữ ký",
    "checkpoints.none": "có mục mà không có niêm phong nào",
    "checkpoints.origin": "niêm phong của nhật ký khác",
    "checkpoints.root": "mục đã niêm phong bị sửa",
    "checkpoints.signature": "chữ ký của niêm phong không đúng",
    "checkpoints.tile": "mã băm lưu theo khối khác với nội dung",
    "checkpoints.twice": "hai niêm phong cùng kích thước",
    "checkpoints.unsigned": "mục có số nhưng không có niêm phong",
    "columns.differ": "cột tra cứu khác với nội dung đã băm",
    "leaf_hash.differs": "mã băm không phải của nội dung",
    "no_key": "không có khóa công khai",
    "not_a_bundle": "không phải gói kiểm chứng",
    "not_a_checkpoint": "không phải niêm phong",
    "not_a_key": "không phải khóa công khai",
    "not_a_receipt": "không phải biên nhận",
    "not_base64": "có dòng viết sai dạng base64",
    "numbering.gap": "thiếu mục",
    "numbering.no_entry": "số không có mục",
    "numbering.repeated": "mục lặp lại mục trước",
    "numbering.twice": "hai mục cùng số",
    "proof": "nội dung không nằm trong nhật ký đã niêm phong",
    "signature": "niêm phong không do khóa đã cho ký",
    "state.before": "giá trị trước khi đổi không phải như ghi",
    "state.epoch": "mở kỳ mới không đúng",
    "state.gone": "dòng, cột hoặc bảng dữ liệu đã mất",
    "state.illegal": "bước chuyển trạng thái không có trong luật",
    "state.no_entry": "dữ liệu không có mục nào tạo ra",
    "state.rotation": "đổi khóa không đúng",
    "state.row": "dữ liệu khác với các mục",
    "state.twice": "dòng dữ liệu được tạo hai lần",
    "state.unborn": "dòng dữ liệu bị đổi khi chưa có",
    "state.version": "phiên bản trước không phải như ghi",
    "state.walk": "trạng thái không phải như ghi",
    "unknown": "không phải biên nhận hay gói kiểm chứng",
}


# Why the sealer signs nothing, by its codes.
OBSTACLES: dict[str, str] = {
    "behind": "cơ sở dữ liệu cũ hơn niêm phong đã ký",
    "changed": "mục đang niêm phong dở đã bị sửa",
    "columns": "các cột của niêm phong khác với văn bản đã ký",
    "failed": "lỗi khi niêm phong",
    "fork": "hai niêm phong khác nhau ở cùng một kích thước",
    "inconsistent": "lịch sử không nối tiếp niêm phong đã ký",
    "key": "không dùng được khóa niêm phong",
    "old_key": "tệp khóa không phải khóa mới nhất của nhật ký",
    "other_key": "niêm phong mới nhất không do khóa này ký",
    "places": "số mục được đánh số khác với số mục đã ký",
    "root": "gốc cây băm tính lại khác gốc đã ký",
    "rotating": "đang đổi khóa dở",
    "tree_broken": "cây băm trong cơ sở dữ liệu thiếu phần",
}


def obstacle(code: str, why: str) -> str:
    """What holds the sealer up, to the reader: its sentence, explained in other languages."""
    if languages.current() == languages.LANGUAGES[0]:
        return why
    return speak(OBSTACLES[code]) + " (" + vi(why) + ")"


def is_unverified(findings: Sequence[Mapping[str, Any]]) -> bool:
    """The look could not be made, so that nothing is known of the log."""
    return any(found["code"] == NOT_VERIFIED for found in findings)


def said(code: str, message: str) -> str:
    """A finding to the reader: the program's sentence, explained in other languages."""
    if languages.current() == languages.LANGUAGES[0]:
        return message
    return speak(FINDINGS[code]) + " (" + vi(message) + ")"


def line(check: Mapping[str, Any]) -> str:
    """What is said beside one of the seven checks: nothing when all is well."""
    if check["code"] is not None:
        return said(check["code"], check["message"])
    return str(vi(check["message"])) if check["skipped"] else ""
