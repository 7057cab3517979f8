"""Writes workflow/data/common-passwords.txt: what people here try first, one a line.

Compared without case, marks, blanks, digits at the ends and letter-like digits (0 for o), so each
line stands for hundreds of passwords. Run it again after adding words; a test compares the two.
"""

from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "workflow" / "data" / "common-passwords.txt"

# The heads of published lists of leaked passwords, without their digits.
LEAKED = """
password passwort passw pass passpass passwd mypassword password admin administrator root toor
user guest test tester testing demo default changeme letmein welcome login master manager system
server secret private qwerty qwertyuiop qwertyui qwer qwertz azerty asdf asdfgh asdfghjkl zxcvbn
zxcvbnm zxcvbnmasdfghjklqwertyuiop qazwsx qazwsxedc qazwsxedcrfv zaqxsw abcd abcdef abcdefgh
abcdefghijkl abcabc aaaaaa iloveyou loveyou love lovely lover forever princess prince queen king
sunshine moonlight starlight star dragon monkey tiger lion panda eagle phoenix falcon wolf shadow
superman batman spiderman ironman hulk pokemon pikachu naruto sasuke onepiece doraemon conan
football baseball basketball soccer hockey tennis golf swimming liverpool chelsea arsenal barcelona
realmadrid manchester manutd juventus ronaldo messi neymar beckham jordan michael jennifer jessica
ashley amanda nicole daniel andrew joshua matthew robert thomas william charles george richard
joseph david james john peter paul mark anthony steven jason justin brandon ryan eric kevin alex
alexander maria anna julia sophia emma olivia charlotte victoria summer winter spring autumn
january february march april may june july august september october november december monday
tuesday wednesday thursday friday saturday sunday morning evening goodmorning goodnight hello
helloworld hithere whatever nothing something anything everything computer internet windows
microsoft google facebook youtube twitter instagram tiktok amazon apple iphone samsung nokia sony
android linux ubuntu oracle mysql postgres database network wireless router cisco hacker matrix
trustno trustme access accesscode computer killer cheese cookie chocolate coffee orange banana
cherry peach mango flower rose lily daisy angel heaven freedom peace happy smile crazy lucky
success winner champion diamond gold silver money million dollar business company office work
school student teacher university college family mother father brother sister baby babygirl babyboy
mustang ferrari porsche mercedes honda yamaha toyota ford corvette harley jaguar bigdog buster
charlie maggie rocky max pepper ginger snoopy snoopdog blahblah asdasd qweqwe zxczxc qweasd
qweasdzxc wsxedc poiuytrewq lkjhgfdsa mnbvcxz
"""

VIETNAMESE = """
matkhau matkhaumoi matkhaucu matkhaucuatoi matkhaumail matkhauwifi khongbiet khongco khongnho
quenmatkhau nhomatkhau doimatkhau dangnhap taikhoan nguoidung quantri quantrivien hethong congvan
vanphong vanphongdientu vanban vanthu chuyenvien giamdoc phogiamdoc truongphong phophong chutich
phochutich bithu canbo congchuc vienchuc nhanvien kehoach nhiemvu baocao thanhtra noivu taichinh
xaydung giaoduc yte tuphap congthuong nongnghiep laodong thuongbinh xahoi vanhoa thethao dulich
moitruong tainguyen giaothong vantai thongtin truyenthong khoahoc congnghe dautu quyhoach
ubnd ubndtinh ubndhuyen ubndxa soxaydung sonoivu soyte sotaichinh sotuphap soldtbxh uybannhandan
tinhuy huyenuy dangcongsan dangbo chibo doanthanhnien congdoan hoiphunu matran quochoi chinhphu
thutuong bacho hochiminh bachomuonnam vietnam vietnammuonnam vietnamvodich toiyeuvietnam
nuocvietnam conghoaxahoichunghia doclaptudohanhphuc tudo hanhphuc doclap hoabinh thongnhat
cachmang giaiphong quockhanh tetnguyendan chucmungnammoi annhien binhan maymanmayman phattai
phatloc tailoc locphat vankhang thinhvuong thanhcong chienthang hoangsatruongsa
anhyeuem emyeuanh toiyeuem yeuem yeuanh yeunhau mainho maimai maimaiyeuem nhoem nhoanh
anhnhoem emnhoanh tinhyeu tinhban tinhdau vochong giadinh giadinhtoi conyeu conyeume meyeucon
bomeyeucon bomecon concon becon beyeu cucung cucyeu congchua hoangtu thienthan thienthannho
anhhung nguoivietnam congaivietnam chaoem chaoanh chaoban xinchao xinchaovietnam xinchaocacban
camon camonban tambiet hengaplai ngaymai homnay homqua muathu muaxuan muahe muadong
troidep troimua nangmua bienxanh bientroi nuisong songbien hoasen hoahong hoamai hoadao hoaphuong
caphe cafesua trasua phobo banhmi comtam buncha nuocmam thanhlong nuocmia bongda
"""

PLACES = """
vietnam hanoi saigon hochiminh haiphong danang cantho hue nhatrang dalat vungtau bienhoa thuduc
binhthuan phanthiet lagi phuquy hamthuan hamthuanbac hamthuannam hamtan tuyphong bacbinh ducinh
duclinh tanhlinh muine ninhthuan lamdong khanhhoa phuyen binhdinh quangngai quangnam quangtri
quangbinh hatinh nghean thanhhoa ninhbinh namdinh thaibinh hungyen haiduong bacninh bacgiang
vinhphuc phutho yenbai laocai hagiang caobang langson quangninh hoabinh sonla dienbien laichau
thainguyen backan tuyenquang gialai kontum daklak daknong dongnai binhduong binhphuoc tayninh
longan tiengiang bentre travinh vinhlong dongthap angiang kiengiang haugiang soctrang baclieu camau
"""

FAMILY = """
nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly
"""

GIVEN = """
an anh bao binh chau chi cuong dat dung duc duy giang ha hai hang hanh hao hien hieu hoa hoai hong
hung huong huy khanh khoa kiet kim lam lan linh loan loc long ly mai manh minh my nam nga ngan nghia
ngoc nhan nhi nhung phat phong phu phuc phuong quan quang quoc quyen quynh sang son tam tan thanh
thao thi thien thinh thu thuy tien tin toan trang tri trinh trung truong tu tuan tung tuyet uyen van
viet vinh vy xuan yen
"""

MIDDLE = ("van", "thi", "duc", "minh", "ngoc", "thanh", "quoc", "huu")
HUNG_ON = ("", "matkhau", "password", "pass", "admin", "vietnam", "oi", "yeu")


def words() -> list[str]:
    """Single words, names as people write them in full, and the commonest pairs."""
    found = dict.fromkeys((LEAKED + VIETNAMESE + PLACES).split())
    for family in FAMILY.split():
        for given in GIVEN.split():
            found.setdefault(family + given)
            for middle in MIDDLE[:2]:
                found.setdefault(family + middle + given)
    for given in GIVEN.split():
        for middle in MIDDLE:
            found.setdefault(middle + given)
    for place in PLACES.split():
        for word in HUNG_ON[1:]:
            found.setdefault(word + place)
            found.setdefault(place + word)
    return sorted(
        word + again for word in found for again in ("", word) if len(word) <= 12 or not again
    )


if __name__ == "__main__":
    TARGET.write_text("\n".join(dict.fromkeys(words())) + "\n", encoding="ascii")
