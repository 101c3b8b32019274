"""Aliyun's codes and what each means for a parcel; a table, nothing else.

Sources: the vendor's error code pages and the SDK; where the vendor says "retry" but
drops no repeats, the code is left out on purpose: what is not listed is UNSURE.
"""

from __future__ import annotations

from typing import Final

from pusher.gateways.base import Result, Why

Verdict = tuple[Result, Why]

_CONTENT: Final = (Result.REFUSED, Why.CONTENT)
_RECIPIENT: Final = (Result.REFUSED, Why.RECIPIENT)
_MISUSE: Final = (Result.REFUSED, Why.MISUSE)
_AUTH: Final = (Result.NOT_SENT, Why.AUTH)
_QUOTA: Final = (Result.NOT_SENT, Why.QUOTA)
_THROTTLED: Final = (Result.NOT_SENT, Why.THROTTLED)

SEND: Final[dict[str, Verdict]] = {
    "isv.BUSINESS_LIMIT_CONTROL": _THROTTLED,  # how long, its message tells
    "isv.DAY_LIMIT_CONTROL": _QUOTA,
    "isv.MONTH_LIMIT_CONTROL": _QUOTA,
    "isv.AMOUNT_NOT_ENOUGH": _QUOTA,
    "isv.OUT_OF_SERVICE": _QUOTA,
    "isv.MOBILE_NUMBER_ILLEGAL": _RECIPIENT,
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": _RECIPIENT,
    "isv.MOBILE_COUNT_OVER_LIMIT": _MISUSE,
    "isv.CUSTOMER_REFUSED": (Result.REFUSED, Why.OPT_OUT),
    "isv.SMS_TEMPLATE_ILLEGAL": _CONTENT,
    "isv.SMS_SIGNATURE_ILLEGAL": _CONTENT,
    "isv.SMS_SIGN_ILLEGAL": _CONTENT,
    "isv.SIGN_STATE_ILLEGAL": _CONTENT,
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": _CONTENT,
    "isv.EXTEND_CODE_ERROR": _CONTENT,
    "isv.TEMPLATE_MISSING_PARAMETERS": _CONTENT,
    "isv.TEMPLATE_PARAMS_ILLEGAL": _CONTENT,
    "isv.INVALID_PARAMETERS": _CONTENT,
    "isv.INVALID_JSON_PARAM": _CONTENT,
    "isv.PARAM_LENGTH_LIMIT": _CONTENT,
    "isv.PARAM_NOT_SUPPORT_URL": _CONTENT,
    "isv.BLACK_KEY_CONTROL_LIMIT": _CONTENT,
    "isv.SMS_CONTENT_ILLEGAL": _CONTENT,
    "isv.ACCOUNT_NOT_EXISTS": _AUTH,
    "isv.ACCOUNT_ABNORMAL": _AUTH,
    "isv.PRODUCT_UN_SUBSCRIPT": _AUTH,
    "isv.PRODUCT_UNSUBSCRIBE": _AUTH,
    "isp.RAM_PERMISSION_DENY": _AUTH,
    "isv.DENY_IP_RANGE": _AUTH,
    "SignatureDoesNotMatch": _AUTH,
    "IncompleteSignature": _AUTH,
    "InvalidTimeStamp.Expired": _AUTH,
    "InvalidAccessKeyId.NotFound": _AUTH,
    "InvalidAccessKeyId.Inactive": _AUTH,
    # SignatureNonceUsed is left out: our nonces are never used twice, so somebody on the
    # way sent a copy, and the copy may have been taken.
}

SEND_FAMILIES: Final[dict[str, Verdict]] = {
    "Throttling": _THROTTLED,
    "Missing": _MISUSE,
    "InvalidParameter": _MISUSE,
    "InvalidAction": _MISUSE,
    "InvalidVersion": _MISUSE,
}
"""By the beginning of the code, for codes of the vendor's front gate."""

RECEIPT: Final[dict[str, Why]] = {
    "DELIVERED": Why.NONE,
    "MOBILE_IN_BLACK": Why.OPT_OUT,
    "USER_REJECT": Why.OPT_OUT,
    "MOBILE_NOT_ON_SERVICE": Why.RECIPIENT,
    "INVALID_NUMBER": Why.RECIPIENT,
    "MOBILE_ACCOUNT_ABNORMAL": Why.RECIPIENT,
    "MOBILE_SEND_LIMIT": Why.THROTTLED,
    "CONTENT_KEYWORD": Why.CONTENT,
    "CONTENT_ERROR": Why.CONTENT,
    "PORT_NOT_REGISTERED": Why.CONTENT,  # the signature's real-name filing with the carriers
    "EXPIRED": Why.TRANSIENT,  # switched off or out of reach (CMPP)
}
"""Carriers' own codes (``UNDELIV``, ``MK:0001``) pass through and are UNKNOWN."""
