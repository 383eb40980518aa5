"""Checks of single values, shared by models and forms."""

import re

from django.core.exceptions import ValidationError
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as StdnumError


def clean_credit_code(value: str) -> str:
    """Return a 统一社会信用代码 in its normal form: half-width, upper case, no spaces.

    Raises:
        ValidationError: it is not 18 characters of the code's alphabet, or its check character is wrong.
    """
    code = re.sub(r"\s", "", value.translate({c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)})).upper()
    try:
        return uscc.validate(code)
    except InvalidChecksum as error:
        raise ValidationError("统一社会信用代码的校验位不对，请核对。") from error
    except StdnumError as error:
        raise ValidationError("统一社会信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z）。") from error


def validate_credit_code(value: str) -> None:
    """Refuse what ``clean_credit_code`` refuses, and what is not in its normal form."""
    if clean_credit_code(value) != value:
        raise ValidationError("统一社会信用代码应写成 18 位半角大写。")


def validate_phone(value: str) -> None:
    """Refuse what is neither a mobile number nor a landline with its area code."""
    if not re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}", value, re.ASCII):
        raise ValidationError("电话应为 11 位手机号，或带区号的固定电话。")
