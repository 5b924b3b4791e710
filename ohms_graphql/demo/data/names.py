"""Names from several cultures, put together by chance: nobody who is meant."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Culture:
    """``language`` is the BCP 47 tag of what is spoken at home, ``share`` the weight among the patients."""

    language: str
    share: int
    female: list[str]
    male: list[str]
    families: list[str]


def _culture(language: str, share: int, female: str, male: str, families: str) -> Culture:
    return Culture(language, share, female.split(), male.split(), families.split())


CULTURES: tuple[Culture, ...] = (
    _culture(
        "en",
        30,
        "Grace Hannah Abigail Charlotte Eleanor Harriet Imogen Josephine Lydia Margaret Nora Ruth Violet Beatrice Keisha",
        "George Henry Arthur Caleb Dennis Everett Franklin Gideon Isaac Jerome Leonard Marcus Nathan Otis Theodore",
        "Ashworth Bellamy Carver Dunmore Ellery Fairbanks Greenlee Hollister Ingram Jessup Kirkland Lockhart Merriweather "
        "Norcross Oakley Pemberton Radcliffe Standish Thornbury Whitlock",
    ),
    _culture(
        "es",
        20,
        "Lucía Beatriz Camila Inés Marisol Rocío Valentina Ximena Yolanda Araceli",
        "José Andrés Joaquín Mateo Óscar Ramón Santiago Tomás Félix Adrián",
        "Núñez Ibáñez Castañeda Quiñones Zúñiga Villaseñor Arizmendi Bermúdez Echeverría Montalvo",
    ),
    _culture(
        "zh",
        8,
        "Mei Xiulan Jia Lihua Qing Yuyan Shufen",
        "Wei Jun Haoran Zhiming Bo Guang Tao",
        "Ouyang Shangguan Feng Xue Qiao Lü Gong",
    ),
    _culture("vi", 7, "Ánh Hằng Thảo Yến Ngọc", "Đức Hiếu Quân Trọng Vinh", "Đoàn Lưu Phùng Tạ Đinh"),
    _culture(
        "hi",
        8,
        "Priya Ananya Kavita Meera Sunita Divya",
        "Arjun Rohan Vikram Sanjay Nikhil Anil",
        "Bhattar Chaudhri Deshpande Joglekar Kulkarni Raghunath",
    ),
    _culture(
        "ar",
        7,
        "Amal Fatima Layla Nadia Samira Huda",
        "Yusuf Karim Omar Tariq Bilal Samir",
        "Al-Masri Haddadin Khoury Mansouri Najjar Sabbagh",
    ),
    _culture(
        "en",
        7,
        "Adaeze Chiamaka Folake Ngozi Zainab",
        "Chinedu Emeka Kwame Olumide Tunde",
        "Adéyẹmí Okonjo Nwankwo Asante Oyelaran",
    ),
    _culture(
        "pl",
        5,
        "Agnieszka Małgorzata Zofia Bożena",
        "Łukasz Paweł Wojciech Stanisław",
        "Wójcikowski Gołębiewska Szczepaniak Dąbek",
    ),
    _culture(
        "en",
        6,
        "Zoë Åsa Björk Ingrid Liesl Maëlle",
        "Søren Jürgen Björn Håkon Loïc Matthias",
        "Ødegård Sjöstrøm Grünfelder Lindqvist Müllner Desrosières",
    ),
    _culture(
        "fr",
        5,
        "Chloé Hélène Mirlande Océane",
        "Étienne François Jean-Baptiste Wilner",
        "Toussaint-Bélair Desjardins Lafrenière Beauséjour",
    ),
    _culture("ko", 4, "Ji-woo Soo-ah Min-seo", "Do-yun Hyun-woo Sung-ho", "Namgung Seonwoo Hwangbo"),
)
