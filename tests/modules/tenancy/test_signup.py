"""Signing up and logging in."""

from httpx2 import AsyncClient

from tests.support.app import fresh_email, sign_up


async def test_signing_up_makes_person_company_and_session(anonymous: AsyncClient) -> None:
    email = fresh_email()
    me = await sign_up(anonymous, email=email)
    assert me["user"]["email"] == email
    assert me["role"] == "owner"
    assert (await anonymous.get("/v1/auth/me")).json() == me
