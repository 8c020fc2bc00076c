"""AWS Signature Version 4 for S3, as AWS describes it ("Authenticating Requests: Using the Authorization Header")."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs, and for which region."""

    access_key: str
    secret_key: str
    region: str


def sign(
    credentials: Credentials,
    method: str,
    host: str,
    path: str,
    query: Mapping[str, str],
    *,
    at: datetime,
    content_sha256: str = EMPTY,
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the headers of a signed request.

    Args:
        credentials: who signs.
        method: upper case.
        host: with its port, where that is not the scheme's own.
        path: as it is sent, percent-encoded.
        query: parameters, not encoded.
        at: now, in UTC.
        content_sha256: of the body, in hex.
        extra: further headers that the signature is to cover.
    """
    moment, day = at.strftime("%Y%m%dT%H%M%SZ"), at.strftime("%Y%m%d")
    headers = {"host": host, "x-amz-content-sha256": content_sha256, "x-amz-date": moment}
    headers |= {name.lower(): value.strip() for name, value in (extra or {}).items()}
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        [
            method,
            path,
            encode_query(query),
            *(f"{name}:{headers[name]}" for name in sorted(headers)),
            "",
            names,
            content_sha256,
        ]
    )
    scope = f"{day}/{credentials.region}/s3/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashed}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (day, credentials.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    value = f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope},SignedHeaders={names},Signature={signature}"
    return {**headers, "authorization": value}


def encode_query(query: Mapping[str, str]) -> str:
    """Return a query as it is signed and sent: sorted, with all but unreserved characters encoded."""
    return "&".join(f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query))
