"""Identity tokens, against tokens made here with nothing but the standard library."""

import base64
import hmac
import json
import string
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medea.kernel.auth.crypto import KeyRing
from medea.kernel.auth.identity_token import (
    MAX_TOKEN,
    IdentityRefusedError,
    new_identity_secret,
    read_subject,
    visitor_of,
)
from medea.kernel.ids import TenantId

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "ids_" + "s" * 43
RING = KeyRing("a secret of the tests, long enough for a key")


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(claims: Any, secret: str = SECRET, *, digest: str = "sha256", **header: Any) -> str:
    head = json.dumps({"alg": "HS256", "typ": "JWT", **header}).encode()
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    signed = f"{encode(head)}.{encode(body)}"
    return f"{signed}.{encode(hmac.digest(secret.encode(), signed.encode(), digest))}"


def refusal(token: str, secret: str = SECRET) -> str:
    with pytest.raises(IdentityRefusedError) as caught:
        read_subject(token, secret, NOW)
    return caught.value.code


def at(seconds: int) -> int:
    return int(NOW.timestamp()) + seconds


@pytest.mark.parametrize("subject", ["7", "user-42", "a" * 200, "ünï@example.com", "名", " "])
def test_a_signed_token_names_its_subject(subject: str) -> None:
    assert read_subject(sign({"sub": subject}), SECRET, NOW) == subject
    everything = {"sub": subject, "exp": at(60), "nbf": at(0), "iat": at(0), "name": "Ann", "email": 7, "aud": "x"}
    assert read_subject(sign(everything), SECRET, NOW) == subject


@pytest.mark.parametrize(
    "token",
    [
        sign({"sub": "a"}, "ids_" + "t" * 43),
        sign({"sub": "a"}, ""),
        sign({"sub": "a"}, alg="HS512", digest="sha512"),
        sign({"sub": "a"}, alg="HS384", digest="sha384"),
        sign({"sub": "a"}, alg="RS256"),
        sign({"sub": "a"}, alg="none"),
        sign({"sub": "a"}, alg="none").rpartition(".")[0] + ".",
        sign({"sub": "a"}, alg=None),
        sign({"sub": "a"}, alg=["HS256"]),
        sign({"sub": "a"}, crit=5),
        sign({"sub": "a"}, crit=["x"]),
        sign({"sub": "a"}, b64=False, crit=["b64"]),
        sign({"sub": "a"})[:-4],
        sign({"sub": "a"}).replace(".", ".."),
        sign([]),
        sign("sub"),
        sign(b"\xff\xfe"),
        sign(b"[" * 2_000),
        "",
        ".",
        "..",
        "a.b.c",
        "a.b.c.d.e",
        "é.é.é",
    ],
)
def test_what_is_not_signed_with_the_secret_proves_nothing(token: str) -> None:
    assert refusal(token) == "signature"


@pytest.mark.parametrize("claims", [{}, {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": ["a"]}, {"sub": "a" * 201}])
def test_a_token_must_name_somebody(claims: dict[str, Any]) -> None:
    assert refusal(sign(claims)) == "subject"


def test_a_token_that_is_too_long_is_not_even_looked_at() -> None:
    assert refusal(sign({"sub": "a", "name": "n" * MAX_TOKEN})) == "too_long"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": at(-31)}, "expired"),
        ({"exp": at(-29)}, None),
        ({"exp": at(1)}, None),
        ({"exp": 0}, "expired"),
        ({"exp": "tomorrow"}, "time"),
        ({"exp": None}, "time"),
        ({"nbf": at(31)}, "time"),
        ({"nbf": at(29)}, None),
        ({"iat": at(3600)}, "time"),
        ({"iat": at(-(10**6))}, None),
    ],
)
def test_its_times_are_kept(claims: dict[str, Any], code: str | None) -> None:
    token = sign({"sub": "a", **claims})
    if code is None:
        assert read_subject(token, SECRET, NOW) == "a"
    else:
        assert refusal(token) == code


@given(st.text(string.ascii_letters + string.digits + "._-=é\n ", max_size=80), st.integers(0, 200))
def test_nothing_but_a_refusal_comes_of_garbage(text: str, where: int) -> None:
    whole = sign({"sub": "a"})
    for token in (text, whole[:where] + text + whole[where + len(text) :]):
        if token != whole:
            assert refusal(token) == "signature"


def test_a_refusal_does_not_tell_the_secret_or_the_subject() -> None:
    for token in (sign({"sub": "ann"}, "other" * 9), sign({"sub": "ann", "exp": 1}), sign({"sub": "ann" * 99})):
        with pytest.raises(IdentityRefusedError) as caught:
            read_subject(token, SECRET, NOW)
        assert SECRET not in str(caught.value)
        assert "ann" not in str(caught.value)


def test_a_user_is_the_same_visitor_always_and_no_one_elses() -> None:
    here, there = TenantId.new(), TenantId.new()
    ann = visitor_of(RING, here, "ann")
    assert ann == visitor_of(RING, here, "ann")
    assert type(ann).parse(str(ann)) == ann
    assert (ann.version, ann.variant) == (8, uuid.RFC_4122)
    others = [
        visitor_of(RING, there, "ann"),
        visitor_of(KeyRing("another secret of the tests, long enough"), here, "ann"),
        *(visitor_of(RING, here, subject) for subject in ("Ann", "ann ", "an", "bob", "\ud800", "\udfff", "?")),
    ]
    assert len({ann, *others}) == len(others) + 1


def test_secrets_are_random() -> None:
    assert len({new_identity_secret() for _ in range(100)}) == 100
