"""Sealed cells know their place, keys stay private, and the database holds nothing in clear."""

import os
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.columns import new_id
from profiles.dossier import contact_index, name_index, number_index, read_dossier
from profiles.model import Channel, ProfileKind
from profiles.roster import Register, import_roster
from profiles.sealing import (
    SM4,
    BadKeyFile,
    Keys,
    SealBroken,
    Sealer,
    Sm4Gcm,
    hmac_sm3,
    make_keys,
    read_keys,
)
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.people import make_person, resident_number

SEALER = Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32))


@given(st.text())
def test_what_was_sealed_opens_in_its_own_place(text: str) -> None:
    row = new_id()

    blob = SEALER.seal_text(text, place="profile.name_sealed", row=row)

    assert SEALER.open_text(blob, place="profile.name_sealed", row=row) == text


def test_a_cell_copied_to_another_row_does_not_open() -> None:
    blob = SEALER.seal(b"x", place="profile.name_sealed", row=uuid4())

    with pytest.raises(SealBroken):
        SEALER.open(blob, place="profile.name_sealed", row=uuid4())


def test_a_cell_copied_to_another_column_does_not_open() -> None:
    row = uuid4()
    blob = SEALER.seal(b"x", place="profile.name_sealed", row=row)

    with pytest.raises(SealBroken):
        SEALER.open(blob, place="profile.number_sealed", row=row)


@given(st.integers(min_value=0, max_value=200), st.integers(min_value=1, max_value=255))
def test_a_changed_byte_anywhere_breaks_the_seal(where: int, flip: int) -> None:
    row = uuid4()
    blob = bytearray(SEALER.seal(b"a fact", place="profile.facts_sealed", row=row))
    blob[where % len(blob)] ^= flip

    with pytest.raises(SealBroken):
        SEALER.open(bytes(blob), place="profile.facts_sealed", row=row)


@given(st.integers(min_value=0, max_value=33))
def test_a_seal_cut_short_is_broken(kept: int) -> None:
    row = uuid4()
    blob = SEALER.seal(b"a fact", place="profile.facts_sealed", row=row)

    with pytest.raises(SealBroken):
        SEALER.open(blob[:kept], place="profile.facts_sealed", row=row)


def test_the_same_text_seals_differently_each_time() -> None:
    row = uuid4()

    assert SEALER.seal(b"x", place="a.b", row=row) != SEALER.seal(b"x", place="a.b", row=row)


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    row = uuid4()
    old = SEALER.seal(b"x", place="a.b", row=row)
    both = Sealer(Keys({1: b"s" * 32, 2: b"t" * 32}, b"i" * 32, b"g" * 32))

    assert both.open(old, place="a.b", row=row) == b"x"
    with pytest.raises(SealBroken):
        SEALER.open(both.seal(b"x", place="a.b", row=row), place="a.b", row=row)


def test_one_text_has_another_index_for_each_purpose() -> None:
    text = "19900000001"

    indexes = {
        name_index(SEALER, text),
        number_index(SEALER, text),
        *(contact_index(SEALER, channel, text) for channel in Channel),
    }

    assert len(indexes) == 2 + len(Channel)
    assert all(len(index) == 64 for index in indexes)


def test_an_index_under_another_key_is_another() -> None:
    other = Sealer(Keys({1: b"s" * 32}, b"j" * 32, b"g" * 32))

    assert name_index(SEALER, "王样例") != name_index(other, "王样例")


def test_a_key_file_is_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"

    made = make_keys(file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert read_keys(file) == made
    with pytest.raises(FileExistsError):
        make_keys(file)


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    make_keys(file)
    file.chmod(0o640)

    with pytest.raises(BadKeyFile, match="chmod 600"):
        read_keys(file)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sealing": {"1": "x"}}', '{"sealing": 1}'])
def test_a_damaged_key_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(text)
    file.chmod(0o600)

    with pytest.raises(BadKeyFile, match="已损坏"):
        read_keys(file)


def test_a_missing_key_file_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(BadKeyFile, match="pusher init"):
        read_keys(tmp_path / "none.json")


def test_keys_do_not_show_in_a_traceback() -> None:
    assert "sss" not in repr(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32))


def test_facts_copied_to_another_profile_do_not_open(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        one, other = (make_person(session, office) for _ in range(2))
        other.facts_sealed = one.facts_sealed

        with pytest.raises(SealBroken):
            read_dossier(session, other)


def test_no_name_number_or_phone_stands_in_clear_in_the_database_file(
    sqlite_template: Path, tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "office.db"
    file.write_bytes(sqlite_template.read_bytes())
    number = resident_number(NOW.date().replace(year=1940), 7)
    content = (
        f"姓名,证件号码,手机号,微信openid,独生\n欧阳样例,{number},19900004321,oPenIdSample77,x\n"
    )
    store = Store(f"sqlite:///{file}", sealer=SEALER)

    with store.writing() as session:
        office = make_office(session)
        register = Register(content.encode(), "样例.csv", ProfileKind.RESIDENT, office, "0001", now)
        report = import_roster(session, register)
    written = b"".join(f.read_bytes() for f in tmp_path.iterdir() if f.name.startswith("office"))
    store.close()

    assert report.added == 1
    for clear in ("欧阳样例", "欧阳", number, number[6:14], "19900004321", "oPenIdSample77"):
        assert clear.encode() not in written
        assert clear.encode("utf-16-le") not in written
    assert os.fsencode("样例.csv") in written  # the scan sees what does stand in clear


def test_the_national_cipher_matches_its_published_vector() -> None:
    """RFC 8998, appendix A.1: SM4-GCM."""
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    plain = b"".join(bytes([byte]) * 8 for byte in b"\xaa\xbb\xcc\xdd\xee\xff\xee\xaa")
    said = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    nonce = bytes.fromhex("00001234567800000000ABCD")

    box = Sm4Gcm(key).encrypt(nonce, plain, said)

    assert box.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert Sm4Gcm(key).decrypt(nonce, box, said) == plain


def test_the_national_digest_matches_its_published_vector() -> None:
    """GM/T 0042-2015, appendix D.3: HMAC-SM3."""
    text = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2

    assert hmac_sm3(bytes(range(1, 33)), text).hex() == (
        "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"
    )


@given(st.binary(max_size=200), st.integers(0, 300), st.integers(1, 255))
def test_the_national_seal_knows_its_place_too(plain: bytes, where: int, flip: int) -> None:
    sealer = Sealer(Keys({1: b"s" * 32, 2: b"4" * 16}, b"i" * 32, b"g" * 32, "sm3"))
    row = uuid4()

    blob = sealer.seal(plain, place="a.b", row=row)
    changed = bytearray(blob)
    changed[where % len(blob)] ^= flip

    assert blob[1] == 2
    assert sealer.open(blob, place="a.b", row=row) == plain
    for wrong in ({"place": "a.c", "row": row}, {"place": "a.b", "row": uuid4()}):
        with pytest.raises(SealBroken):
            sealer.open(blob, **wrong)  # type: ignore[arg-type]
    with pytest.raises(SealBroken):
        sealer.open(bytes(changed), place="a.b", row=row)


def test_an_office_may_choose_the_national_algorithms(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"

    made = make_keys(file, kind=SM4)

    assert made.digest == "sm3"
    assert {len(key) for key in made.sealing.values()} == {16}
    assert read_keys(file) == made
    sealer = Sealer(made)
    assert sealer.index("19900000001", purpose="contact.sms") == (
        hmac_sm3(made.indexing, b"contact.sms\x0019900000001").hex()
    )


def test_no_two_seals_share_a_nonce() -> None:
    row = uuid4()

    nonces = {SEALER.seal(b"x", place="a.b", row=row)[2:14] for _ in range(2_000)}

    assert len(nonces) == 2_000
