"""What a password must be, as data: the profile of graded protection (等保 2.0), and that of OWASP ASVS.

A profile is chosen for a site. Both refuse what everybody tries first: sequences, the words of this work, and
the person's own names in letters or pinyin.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_SEQUENCES = (
    "01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb", "qazwsxedcrfvtgb",
)  # fmt: skip
# What is left of a password without its digits and signs must not be made of these alone.
_COMMON_WORDS = """
    a aa aaa abc abcd admin administrator asdf root test guest user demo public default temp system
    password passw passwd pass pwd login welcome hello iloveyou woaini letmein changeme secret master super
    qwer qwert qwerty zxcv qaz wsx edc rfv tgb mima nihao zhongguo china beijing
    cun cunwei cunweihui cunbu cunmin xiang xiangzhen zhen zhenzhengfu zhenfu jiedao shequ juwei juweihui xian
    xianwei shi sheng nongcun nongye nongyeju fupin fupinban tuopin tuopingongjian xiangcunzhenxing zhenxing
    zhenxingju fangfanpin fanpin jiance jiancexitong bangfu zhucun gongzuodui zhucungongzuodui shuji zhuren
    ganbu nonghu pinkun shouwang guanliyuan xitong shenji anquan
"""
_WORDS = frozenset(_COMMON_WORDS.split())
# P@ssw0rd is password.
_WRITTEN_FOR = str.maketrans("@01345$", "aoleass")
_KINDS = (str.isupper, str.islower, str.isdigit, lambda sign: not sign.isalnum())
_FEWEST_LETTERS_OF_A_NAME = 3
_LONGEST = 128
# Nobody answers for what "admin" or "村委会" did.
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,39}")
_SHARED = """
    admin administrator root system sys superuser super test tester guest user users demo public default share
    shared common temp tmp office cunwei cunweihui xiangzhen zhen gongyong gonggong guanliyuan operator
    manager shenji anquan xitong auditor security sysadmin secadmin audadmin sa dba
"""
_SHARED_LOGINS = frozenset(_SHARED.split())
_SHARED_NAMES = ("管理员", "公用", "公共", "共用", "临时", "村委会", "居委会", "办公室", "工作站", "账号")


@dataclass(frozen=True)
class PasswordProfile:
    """One set of rules; `kinds` of four (upper, lower, digit, other) must occur."""

    name: str
    label: str
    fewest_signs: int
    kinds: int


PROFILES = {
    each.name: each
    for each in (
        # GB/T 22239-2019 8.1.4.1 a): complex, and changed at set times.
        PasswordProfile("mlps3", "等保三级", 10, 3),
        # OWASP ASVS 5.0 6.2.1, 6.2.5: length, and no rules on composition.
        PasswordProfile("asvs", "OWASP ASVS", 12, 1),
    )
}


def password_problems(
    password: str, profile: PasswordProfile, *, login: str = "", names: Iterable[str] = ()
) -> list[str]:
    """Return all that stands against a password (Chinese); none if it may be used.

    `names` are the person's and the place's names, as written and in pinyin.
    """
    found = []
    if len(password) < profile.fewest_signs:
        found.append(f"密码至少 {profile.fewest_signs} 位")
    if len(password) > _LONGEST:
        found.append(f"密码最多 {_LONGEST} 位")
    if any(unicodedata.category(sign) == "Cc" for sign in password):
        found.append("密码中有不可见的控制字符，请重新输入")
    if sum(any(kind(sign) for sign in password) for kind in _KINDS) < profile.kinds:
        found.append(f"密码应含大写字母、小写字母、数字、符号中的至少 {profile.kinds} 种")
    if _is_common(password):
        found.append("密码过于常见，容易被猜中，请换一个")
    if _holds_name(password, [login, *names]):
        found.append("密码中不能有账号、姓名、单位或地名（包括其拼音）")
    return found


def login_problem(login: str, display_name: str) -> str | None:
    """Return why an account cannot be called so (Chinese): one account is one person; None if it can."""
    if not _LOGIN.fullmatch(login):
        return "账号用小写字母开头，由 3 至 40 个小写字母、数字、点或横线组成"
    if login.rstrip("0123456789._-") in _SHARED_LOGINS:
        return "不能用默认或多人共用的账号名，请按本人姓名拼音另取"
    if not display_name.strip():
        return "请填写使用人姓名，账号须对应到人"
    if any(word in display_name for word in _SHARED_NAMES):
        return "账号须对应到人，姓名处请填使用人本人姓名，不能填单位或公用名称"
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _is_common(password: str) -> bool:
    text = _plain(password)
    if len(set(text)) <= 3 or _is_sequence(text):
        return True
    if not text.isascii():
        return False
    middle = re.sub(r"^[^a-z]+|[^a-z]+$", "", text)
    read = (re.sub(r"[^a-z]", "", each) for each in (text, middle.translate(_WRITTEN_FOR)))
    return any(not letters or _is_made_of_words(letters) for letters in read)


def _is_sequence(text: str) -> bool:
    """Tell whether a text is two or fewer runs along a keyboard, the digits or the alphabet."""
    runs, start = 0, 0
    while start < len(text):
        ends = range(start + 1, len(text) + 1)
        along = (end for end in ends if any(text[start:end] in row for row in _SEQUENCES))
        runs, start = runs + 1, max(along, default=start + 1)
    return len(text) >= 6 and runs <= 2


def _is_made_of_words(letters: str) -> bool:
    """Tell whether letters can be cut into common words without a rest."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(letters[start:end] in _WORDS for start in reached):
            reached.add(end)
    return len(letters) in reached


def _holds_name(password: str, names: Iterable[str]) -> bool:
    text = _plain(password)
    for name in names:
        plain = re.sub(r"\s", "", _plain(name))
        is_letters = plain.isascii()
        fewest = _FEWEST_LETTERS_OF_A_NAME if is_letters else 2
        if len(plain) >= fewest and (plain in text or (is_letters and plain[::-1] in text)):
            return True
    return False
