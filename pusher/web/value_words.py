"""What `_value_fields.html` is made with, on whichever page a condition is filled in."""

from collections.abc import Mapping
from typing import Any

from pusher.web import rule_values, value_fields

VALUE_WORDS: Mapping[str, Any] = {
    "operators_for": rule_values.operators_for,
    "hint": rule_values.hint,
    "field_of": value_fields.field_of,
    "fields_for": value_fields.fields_for,
    "ends": value_fields.ends,
    "choices": value_fields.choices,
    "near_areas": value_fields.near_areas,
    "sections": value_fields.sections,
    "others": value_fields.others,
    "industry_names": value_fields.industry_names(),
}
