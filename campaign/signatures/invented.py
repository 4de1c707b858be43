"""The people whom `generating` invents: names of many scripts, and what they have to say."""

from __future__ import annotations

from typing import NamedTuple


class People(NamedTuple):
    """Parts of names that go together, in the order in which they are written there."""

    country: str
    postcode: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    between: str


def _people(country: str, postcode: str, first: str, second: str, between: str = " ") -> People:
    seconds = tuple(name.replace("_", " ") for name in second.split())
    return People(country, postcode, tuple(first.split()), seconds, between)


PEOPLES = (
    _people(
        "GB",
        "LS6 2AB",
        "Amelia Oliver Grace Noah Isla Femi Priya George Zoë Callum Beth Samir",
        "O’Connor Hughes Patel Clarke Okonkwo Whitfield Shaw Begum Rhys-Jones Marlowe",
    ),
    _people(
        "IE",
        "D02 X285",
        "Aoife Seán Niamh Cillian Róisín Pádraig Ciara Eoin",
        "O'Brien Murphy O'Sullivan Ní_Bhriain Kelly Byrne Doyle",
    ),
    _people(
        "US",
        "97214",
        "Emma Liam Maya Jackson Harper Diego Aaliyah Ethan Nora Mateo",
        "Johnson Rivera Nakamura Washington Cohen Garcia Miller Begay D'Angelo Lee",
    ),
    _people(
        "DE",
        "10967",
        "Jürgen Käthe Anneliese Björn Lukas Mia Sören Ayşe Friederike Jonas",
        "Müller Weiß Schäfer Großmann Yıldız Krüger Vogel Böhm Richter",
    ),
    _people(
        "FR",
        "69003",
        "Chloé François Inès Rémi Zoé Jérôme Maëlle Noël Amélie Loïc",
        "Lefèvre Dupré Benoît Moreau Châtelain Nguyen D’Aubigné Traoré",
    ),
    _people(
        "ES",
        "28012",
        "Lucía Martín Sofía Íñigo Begoña José Núria Álvaro",
        "García Muñoz Peña Ibáñez Ferrán Núñez Serrano",
    ),
    _people(
        "PL",
        "00-545",
        "Małgorzata Łukasz Agnieszka Paweł Żaneta Michał",
        "Wójcik Kowalska Dąbrowski Źrebiec Nowak Śliwa",
    ),
    _people(
        "SE", "118 26", "Åsa Björn Elin Örjan Maja Göran", "Lindström Sjöberg Åkesson Nyström Ek"
    ),
    _people("CZ", "110 00", "Jiří Šárka Tomáš Zdeněk Eliška", "Dvořáková Novák Růžička Černý"),
    _people(
        "TR", "34710", "Ayşe İbrahim Çağla Özgür Gülşen Işıl", "Yılmaz Öztürk Çelik Şahin Doğan"
    ),
    _people(
        "VN", "700000", "Nguyễn Trần Lê Phạm Huỳnh Đặng Vũ", "Thị‑Hoa Văn‑Minh Quốc Ánh Bảo Đức"
    ),
    _people(
        "UA",
        "01001",
        "Олена Тарас Соломія Андрій Ївга Богдан",
        "Шевченко Коваленко Бондар Гнатюк Єрмак",
    ),
    _people("BG", "1000", "Мария Георги Ивана Стоян Цветелина", "Петрова Димитров Йорданова"),
    _people(
        "GR",
        "105 58",
        "Ελένη Γιώργος Αικατερίνη Νίκος Φωτεινή",
        "Παπαδοπούλου Οικονόμου Ζαχαρίας Ξένου",
    ),
    _people("IL", "6688312", "נועה דוד שירה יוסף תמר", "כהן לוי מזרחי פרץ"),
    _people("EG", "11511", "فاطمة محمد ليلى أحمد مريم يوسف", "العربي حسن عبد‌الله منصور شريف"),
    _people("IR", "1193653471", "زهرا علی نرگس رضا پریسا", "محمدی حسینی کریمی می‌خواهی"),
    _people("IN", "110001", "आरव प्रिया क्षितिज श्रेया राहुल ज्योति", "शर्मा वर्मा सिंह कुमारी मिश्र"),
    _people("BD", "1209", "আয়েশা রফিক নুসরাত শ্রাবণ", "রহমান হোসেন চৌধুরী বেগম"),
    _people("TH", "10200", "สมชาย กัญญา ณัฐพล ปิยะ", "ใจดี ศรีสุข วงศ์ไทย"),
    _people("CN", "200040", "李 王 张 刘 陈 欧阳", "伟 芳 秀英 娜 敏 静怡", ""),
    _people("JP", "150-0041", "佐藤 鈴木 髙橋 渡邉 小鳥遊", "陽菜 蓮 さくら ハナ 健一", ""),
    _people("KR", "04524", "김 이 박 최 정", "서연 민준 하은 지호 예린", ""),
    _people("GE", "0105", "ნინო გიორგი თამარ ლევან", "ბერიძე კაპანაძე გელაშვილი"),
    _people("AM", "0010", "Անի Արամ Նարե Տիգրան", "Պետրոսյան Հակոբյան Սարգսյան"),
    _people("ET", "1000", "ሰላም አበበ ሀና ዳዊት", "ተስፋዬ በቀለ ገብረ"),
    _people("NG", "100001", "Adébáyọ̀ Chidi Ngọzi Amina Ọlá", "Adéyẹmí Okafor Eze Bello Ìdòwú"),
    _people("BR", "01310-100", "João Conceição Luísa Antônio", "Gonçalves Araújo Simões Brandão"),
    _people("IS", "", "Þóra Guðrún Ægir Sigríður", "Jónsdóttir Björnsson Þorsteinsdóttir"),
    _people("HK", "", "陳 黃 梁 何", "嘉欣 志明 詠詩", ""),
)

# Reserved for examples (RFC 2606): no mail ever reaches anybody. The first are the most usual.
DOMAINS = (
    "example.org",
    "northmail.example",
    "example.com",
    "post.example",
    "harrowbay.example",
    "example.net",
    "university.example",
    "union.example",
)
# Where people came from, the most usual first; articles about the campaign are added.
SOURCES = ("", "from=share", "utm_source=newsletter&utm_medium=email", "utm_source=social")

COMMENTS = (
    "I have lived here for thirty years and never seen it this bad.",
    "Please listen to us.",
    "For my grandchildren.",
    "My mother waits two hours, every week, in the rain.",
    "It is not much to ask, is it?",
    'They said "next year" – that was in 2019.',
    "First: it costs little.\nSecond: it helps everybody.",
    "I work nights; there is no other way home ;-)",
    "+1 from our whole street",
    "Wir brauchen das, und zwar jetzt!",
    "C’est une question de dignité, tout simplement.",
    "Es de justicia.",
    "Це важливо для всіх нас.",
    "من أجل أطفالنا",
    "למען הדור הבא",
    "यह हम सबके लिए ज़रूरी है।",
    "请尽快采取行动。",
    "子どもたちのために。",
    "우리 모두를 위해 서명합니다.",
    "💚🌍",
)
