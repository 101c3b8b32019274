"""Numbers that name people and firms: read, normalise, mask. No error repeats a digit."""

import re
import unicodedata
from datetime import date


class BadIdentity(ValueError):
    """A number is not what it should be. The text is Chinese and free of digits of it.

    Attributes:
        code: ``blank``, ``not_text``, ``two_numbers``, ``landline``, ``not_mobile``,
            ``wrong_length``, ``wrong_character``, ``wrong_birth_date``, ``wrong_check_digit``.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def read_phone(text: str) -> str:
    """Read a mainland mobile number.

    Args:
        text: as a register has it: full width, spaces, dashes, +86, 0086 or 86 in front.

    Returns:
        Eleven ASCII digits.

    Raises:
        BadIdentity: anything else, told apart so that staff know what to mend.

    Source:
        工信部《电信网编号计划》: 13 to 19 open mobile numbers; which operator, real or
        virtual (162, 165, 167, 170, 171), makes no difference to a text.
    """
    cell = unicodedata.normalize("NFKC", text).strip()
    if not cell:
        raise BadIdentity("blank", "手机号为空")
    if _FLOAT.fullmatch(cell.replace(" ", "")):
        raise BadIdentity(
            "not_text", "手机号被表格软件改成了数值，请把该列设为“文本”格式后重新填写"
        )
    parts = [p for p in re.split(r"[,，、;；/|\\\n]|(?<=1\d{10})\s+(?=\+?\d)", cell) if p.strip()]
    if len(parts) > 1:
        raise BadIdentity("two_numbers", "一格只能填一个手机号")
    digits = re.sub(r"[\s\-‐‑‒–—―−().·]", "", parts[0] if parts else "")
    digits = re.sub(r"^(?:\+86|0086|86(?=1\d{10}$))", "", digits, flags=re.ASCII)
    if _MOBILE.fullmatch(digits):
        return digits
    raise _why_not_mobile(digits)


def read_uscc(text: str) -> str:
    """Read a 统一社会信用代码 (GB 32100-2015) and check its last character.

    Returns:
        Eighteen characters, capitals.

    Raises:
        BadIdentity: length, a letter outside the set (no I, O, S, V, Z), or the check.
    """
    code = _squeezed(text).upper()
    if not code:
        raise BadIdentity("blank", "统一社会信用代码为空")
    if len(code) != 18:
        raise BadIdentity("wrong_length", "统一社会信用代码应为18位")
    if any(letter not in _USCC_LETTERS for letter in code):
        raise BadIdentity(
            "wrong_character", "统一社会信用代码只含数字和大写字母，且没有 I、O、S、V、Z"
        )
    total = sum(_USCC_LETTERS.index(c) * 3**n % 31 for n, c in enumerate(code[:17]))
    if _USCC_LETTERS[-total % 31] != code[17]:
        raise BadIdentity("wrong_check_digit", "统一社会信用代码校验位不符，请核对是否抄错")
    return code


def read_resident_number(text: str) -> str:
    """Read a resident identity number (GB 11643-1999): a real birth day and check digit.

    Returns:
        Seventeen digits and a digit or capital X.

    Raises:
        BadIdentity: length, characters, birth day or check.
    """
    number = _squeezed(text).upper()
    if not number:
        raise BadIdentity("blank", "身份证号为空")
    if _FLOAT.fullmatch(number):
        raise BadIdentity("not_text", "身份证号被表格软件改成了数值，请把该列设为“文本”格式")
    if len(number) != 18:
        raise BadIdentity("wrong_length", "身份证号应为18位")
    if not _RESIDENT.fullmatch(number):
        raise BadIdentity("wrong_character", "身份证号前17位应为数字，末位为数字或X")
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise BadIdentity("wrong_birth_date", "身份证号中的出生日期不存在") from None
    # GB 11643: the weights are powers of two modulo 11, the last place weighing 1.
    total = sum(int(c) * 2 ** (17 - n) for n, c in enumerate(number[:17]))
    if _RESIDENT_CHECKS[total % 11] != number[17]:
        raise BadIdentity("wrong_check_digit", "身份证号校验位不符，请核对是否抄错")
    return number


def birth_date_of(number: str) -> date:
    """The birth day inside a resident number that `read_resident_number` returned."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex_of(number: str) -> str:
    """``male`` or ``female``, by the seventeenth digit: odd is male."""
    return "male" if int(number[16]) % 2 else "female"


def masked_phone(phone: str) -> str:
    """199****0001: enough for staff to recognise, not to dial. Short input is all stars."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else "*" * len(phone)


def masked_name(name: str) -> str:
    """王*, 王*明, 欧***: the first character and, from three on, the last."""
    if len(name) < 2:
        return "*" * len(name)
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def masked_number(number: str) -> str:
    """3701**********1234: four in front, four behind; less than twelve is all stars."""
    if len(number) < 12:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 8) + number[-4:]


def masked_text(text: str) -> str:
    """*text* without the middle of anything that looks like a person's number."""
    return _PERSONAL.sub(lambda m: m[0][:3] + "****" if m["phone"] else "****", text)


def without_numbers(text: str) -> str:
    """*text* as somebody typed it, without any number that could be a person's.

    Stricter than `masked_text`: of a phone nothing is left, and whatever has ten digits or more,
    full width or with blanks and dashes between them, counts as a number of somebody.
    """
    even = text.translate(_NARROW)
    return _LONG_NUMBER.sub("****", _PERSONAL.sub("****", even))


_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_RESIDENT = re.compile(r"\d{17}[\dX]", re.ASCII)
_RESIDENT_CHECKS = "10X98765432"
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
# What a spreadsheet makes of a long number; the point and the exponent give it away.
_FLOAT = re.compile(r"\d+(?:\.\d+)?E\+?\d+|\d{8,}\.0*", re.ASCII | re.IGNORECASE)
# Mobile, resident and credit numbers, e-mail addresses. Years, ids in hex and ports are shorter or
# have letters beside them.
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86)?1[3-9]\d(?P<phone>[ -]?\d{4}[ -]?\d{4})(?!\d)"
    r"|(?<![0-9A-Za-z])\d{6}(?:19|20)\d{9}[\dXx](?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])(?=[0-9A-Z]*\d{6})[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+",
    re.ASCII,
)
_LONG_NUMBER = re.compile(r"\d(?:[ ·.\-—]{0,2}\d){9,}(?:[ -]?[Xx])?", re.ASCII)
_NARROW = str.maketrans("０１２３４５６７８９Ｘｘ－　", "0123456789Xx- ")
# Landlines, 400 and 800 numbers, the 95, 96 and 106 of services, short numbers such as 12345.
_LANDLINE = re.compile(
    r"0\d{9,11}|[2-9]\d{6,7}|[48]00\d{7}|9[56]\d{3,}|106\d{2,}|1[0-2]\d{1,8}", re.ASCII
)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\-‐‑–—]", "", unicodedata.normalize("NFKC", text))


def _why_not_mobile(digits: str) -> BadIdentity:
    if not (digits.isascii() and digits.isdigit()):
        return BadIdentity("wrong_character", "手机号只能是数字")
    if len(digits) == 22 and _MOBILE.fullmatch(digits[:11]) and _MOBILE.fullmatch(digits[11:]):
        return BadIdentity("two_numbers", "一格只能填一个手机号")
    if _LANDLINE.fullmatch(digits):
        return BadIdentity("landline", "固定电话或服务号码不能接收短信，请填手机号")
    if len(digits) != 11:
        return BadIdentity("wrong_length", "手机号应为11位")
    return BadIdentity("not_mobile", "不是境内手机号，不能接收短信")
