"""The key ring: several keys open, one encrypts, and nothing opens elsewhere."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medea.apps.cli.main import foreseen
from medea.kernel.auth.crypto import (
    DecryptionError,
    KeyRing,
    KeyUnusable,
    load_or_create_secret,
    name_of,
    prefix_of,
)

SECRET, FIRST, SECOND = (f"{word} of the tests, long enough for a key" for word in ("a secret", "a key", "another key"))


@given(st.binary(max_size=2000), st.text(max_size=50))
def test_what_was_encrypted_opens_for_its_owner_alone(plain: bytes, owner: str) -> None:
    for ring in (KeyRing(SECRET), KeyRing(SECRET, FIRST)):
        sealed = ring.encrypt(plain, owner)
        assert ring.decrypt(sealed, owner) == plain
        with pytest.raises(DecryptionError):
            ring.decrypt(sealed, owner + "x")


def test_a_new_key_encrypts_and_older_ones_still_open() -> None:
    by_secret = KeyRing(SECRET).encrypt(b"one", "o")
    by_first = KeyRing(SECRET, FIRST).encrypt(b"two", "o")
    ring = KeyRing(SECRET, SECOND, [FIRST])
    assert (ring.decrypt(by_secret, "o"), ring.decrypt(by_first, "o")) == (b"one", b"two")
    fresh = ring.encrypt(b"three", "o")
    assert fresh.startswith(ring.prefix)
    assert len({prefix_of(blob) for blob in (by_secret, by_first, fresh)}) == 3
    assert [name_of(prefix_of(blob)) for blob in (fresh, by_first, by_secret)] == [
        ring.names[0],
        ring.names[1],
        "secret",
    ]


def test_a_key_that_was_taken_out_opens_nothing() -> None:
    sealed = KeyRing(SECRET, FIRST).encrypt(b"two", "o")
    with pytest.raises(DecryptionError, match="lacks"):
        KeyRing(SECRET, SECOND).decrypt(sealed, "o")


def test_the_secret_itself_can_be_replaced() -> None:
    sealed = KeyRing(SECRET).encrypt(b"one", "o")
    assert KeyRing(SECOND, FIRST, [SECRET]).decrypt(sealed, "o") == b"one"
    with pytest.raises(DecryptionError):
        KeyRing(SECOND, FIRST).decrypt(sealed, "o")


def test_hashes_and_signatures_stay_with_the_secret() -> None:
    old, new = KeyRing(SECRET), KeyRing(SECRET, FIRST)
    assert old.hash_credential("sk_1") == new.hash_credential("sk_1")
    assert old.signing_key("mail") == new.signing_key("mail")


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x02abcd", b"\x02ab", b"\x03" + b"x" * 40, b"\x01" + b"x" * 40])
def test_damage_is_told(blob: bytes) -> None:
    with pytest.raises(DecryptionError):
        KeyRing(SECRET, FIRST).decrypt(blob, "o")


@pytest.mark.parametrize(("secret", "key", "older"), [("x", None, []), (SECRET, "x", []), (SECRET, None, ["x"])])
def test_short_keys_are_refused(secret: str, key: str | None, older: list[str]) -> None:
    with pytest.raises(KeyUnusable, match="32 characters") as caught:
        KeyRing(secret, key, older)
    assert foreseen(caught.value) == str(caught.value), "told in a sentence, without a traceback"


def test_all_who_start_at_once_have_the_same_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    with ThreadPoolExecutor(16) as threads:
        found = set(threads.map(lambda _: load_or_create_secret(path), range(64)))
    assert found == {path.read_text().strip()}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_secret_that_was_never_written_is_told_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.touch()
    with pytest.raises(KeyUnusable, match=r"secret\.key is empty"):
        load_or_create_secret(path)
    path.write_text("a secret of the operator\n")
    assert load_or_create_secret(path) == "a secret of the operator"
