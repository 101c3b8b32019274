"""Tencent Cloud's codes and what each means for a parcel; a table, nothing else.

Sources: the vendor's error code pages and the SDK's ``sms/v20210111/errorcodes.py``. What is not
listed is UNSURE: above all InternalError.Timeout, .SendAndRecvFail, .OtherError, .UnknownError and
.ParseBackendResponseFail, after which the text may be on its way.
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
    "FailedOperation.ContainSensitiveWord": _CONTENT,
    "FailedOperation.MarketingSendTimeConstraint": _CONTENT,  # registered as advertising
    "FailedOperation.MissingSignature": _CONTENT,
    "FailedOperation.MissingTemplate": _CONTENT,
    "FailedOperation.SignatureIncorrectOrUnapproved": _CONTENT,
    "FailedOperation.TemplateIdNotExist": _CONTENT,
    "FailedOperation.TemplateIncorrectOrUnapproved": _CONTENT,
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": _CONTENT,
    "FailedOperation.TemplateUnapprovedOrNotExist": _CONTENT,
    "InvalidParameter.DirtyWordFound": _CONTENT,
    "InvalidParameterValue.ContentLengthLimit": _CONTENT,
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter": _CONTENT,
    "InvalidParameterValue.TemplateParameterFormatError": _CONTENT,
    "InvalidParameterValue.TemplateParameterLengthLimit": _CONTENT,
    "InvalidParameterValue.TemplateWithDirtyWords": _CONTENT,
    "InvalidParameterValue.UnsupportedTemplateVariable": _CONTENT,
    "FailedOperation.PhoneNumberInBlacklist": (Result.REFUSED, Why.OPT_OUT),
    "FailedOperation.PhoneNumberParseFail": _RECIPIENT,
    "InvalidParameterValue.IncorrectPhoneNumber": _RECIPIENT,
    "FailedOperation.FailResolvePacket": _MISUSE,
    "FailedOperation.JsonParseFail": _MISUSE,
    "InternalError.RestApiInterfaceNotExist": _MISUSE,
    "InternalError.SigFieldMissing": _MISUSE,
    "LimitExceeded.PhoneNumberCountLimit": _MISUSE,
    "InvalidAction": _MISUSE,
    "NoSuchVersion": _MISUSE,
    "UnknownParameter": _MISUSE,
    "InternalError.RequestTimeException": _AUTH,  # clocks more than ten minutes apart
    "InternalError.SigVerificationFail": _AUTH,
    "InvalidParameter.AppidAndBizId": _AUTH,
    "InvalidParameterValue.SdkAppIdNotExist": _AUTH,
    "UnsupportedRegion": _AUTH,  # of our settings, so it is the same for every parcel
    "FailedOperation.InsufficientBalanceInSmsPackage": _QUOTA,
    "LimitExceeded.AppDailyLimit": _QUOTA,
    "LimitExceeded.AppGlobalDailyLimit": _QUOTA,
    "LimitExceeded.AppMainlandChinaDailyLimit": _QUOTA,
    "LimitExceeded.DailyLimit": _QUOTA,
    "UnauthorizedOperation.ServiceSuspendDueToArrears": _QUOTA,
    "LimitExceeded.DeliveryFrequencyLimit": _THROTTLED,
    "LimitExceeded.PhoneNumberDailyLimit": _THROTTLED,
    "LimitExceeded.PhoneNumberOneHourLimit": _THROTTLED,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": _THROTTLED,
    "LimitExceeded.PhoneNumberThirtySecondLimit": _THROTTLED,
}

SEND_FAMILIES: Final[dict[str, Verdict]] = {
    "AuthFailure": _AUTH,
    "UnauthorizedOperation": _AUTH,  # address not on the allow-list, application not ours
    "RequestLimitExceeded": _THROTTLED,
    "MissingParameter": _MISUSE,
    "InvalidParameter": _MISUSE,
    "InvalidParameterValue": _MISUSE,
    "UnsupportedOperation": _RECIPIENT,  # a number from abroad
}
"""By the first word of the code, for what stands in `SEND` with no word of its own."""

UNTIL_TOMORROW: Final = frozenset(
    {"LimitExceeded.PhoneNumberDailyLimit", "LimitExceeded.PhoneNumberSameContentDailyLimit"}
)
"""Limits that end with the vendor's calendar day."""

LIMIT_SECONDS: Final[dict[str, int]] = {
    "LimitExceeded.PhoneNumberThirtySecondLimit": 30,
    "LimitExceeded.PhoneNumberOneHourLimit": 3600,
}

RECEIPT: Final[dict[str, Why]] = {
    "EXPIRED": Why.TRANSIENT,  # switched off or out of reach (CMPP)
}
"""Carriers' own codes (``UNDELIV``, ``MK:0001``, ``REJECTD``) say something else with each carrier:
they pass through and are UNKNOWN."""
