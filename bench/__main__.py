"""`python -m bench [name …]`: measure, print a table, keep the figures in bench/results/."""

import importlib
import sys

NAMES = {
    "door": "lệnh qua cửa so với năm câu SQL trần",
    "pages": "trang danh sách và chi tiết ở 40.000 kỳ",
    "access": "axe, cửa sổ hẹp và sức nặng của mọi trang, mọi vai",
    "paint": "khi nào trang hiện và có nhảy không, trên 4G chậm",
    "sweep": "nhịp sáng trên 1.000.000 kỳ đang mở",
    "mail": "5.000 thư, máy chủ thư mất sáu giờ rồi trái tính",
    "life": "cả đời kế hoạch, từng ngày, trên hai cơ sở dữ liệu",
    "ledger": "kiểm chứng 1.000.000 mục; niêm phong sau, so với không băm và với một đầu chung",
    "receipts": "10.000 biên nhận bị sửa, hai trình kiểm chứng",
    "bundles": "3.700 gói bị sửa, hai trình kiểm chứng",
    "seal": "cắt ngang một lần niêm phong ở từng lời gọi hệ thống",
    "walk": "đời ngẫu nhiên qua HTTP, cộng dồn nhật ký sau mỗi yêu cầu",
    "hostile": "dữ liệu xấu vào mọi trường, tham số, tiêu đề của mọi trang, mọi vai",
    "tamper": "14 cách sửa trộm nhật ký, 10.010 lần",
    "papers": "báo cáo năm với phụ lục 2.000 nhiệm vụ",
    "sheets": "10.000 bảng tính bị xáo trộn, bom nén và macro",
    "races": "64 người cùng lúc",
    "crash": "SIGKILL khi đang ghi",
}


def main(arguments: list[str]) -> int:
    unknown = [a for a in arguments if a not in NAMES]
    if unknown or "--help" in arguments:
        print("bench [tên …]: " + "; ".join(f"{n} ({what})" for n, what in NAMES.items()))
        return 2
    for name in arguments or list(NAMES):
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
