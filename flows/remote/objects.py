"""Objects by key, through boto3: pyarrow and fsspec cannot write on condition that nobody wrote before.

Credentials, region and endpoint are AWS's own variables (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION,
AWS_ENDPOINT_URL ...) or the machine's role; none of them is kept, told or logged. Every error becomes a Failure that names
the address and the next step.
"""

from __future__ import annotations

import errno
import ipaddress
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.errors import BadUsage, SystemRefused
from flows.remote.address import Address

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
REFUSED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "AuthorizationHeaderMalformed",
           "AllAccessDisabled", "AccountProblem", "403", "401"}  # fmt: skip
AT_ONCE = 8  # transfers; most of a small object is waiting
DELETED_AT_ONCE = 1000  # of the protocol


class Outrun(Exception):
    """Somebody else wrote the object since it was read."""


@dataclass(frozen=True)
class Object:
    """One object of a listing: its key below the address, and when it was written by the storage's clock."""

    path: str
    byte_count: int
    etag: str
    written: datetime


def endpoint() -> str:
    """The endpoint named in the environment; empty is AWS itself. Raises BadUsage where patient data would travel in clear."""
    url = next((os.environ[name] for name in ENDPOINTS if os.environ.get(name)), "")
    parts = urlsplit(url)
    if url and parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname or "")):
        raise BadUsage("the endpoint of the object storage is not https", next_step="Set AWS_ENDPOINT_URL to an https address.")
    return url


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@cache
def _client() -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        step = 'Install it: .venv/bin/python -m pip install "boto3>=1.36"'
        raise BadUsage("object storage needs the package boto3", next_step=step) from None
    # Both ends of a transfer are checked here by sha256; not every compatible server knows the newer checksums.
    calm = Config(
        connect_timeout=10, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 4}, max_pool_connections=AT_ONCE,
        request_checksum_calculation="when_required", response_checksum_validation="when_required",
    )  # fmt: skip
    return boto3.Session().client("s3", config=calm, endpoint_url=endpoint() or None)


@contextmanager
def _plainly(at: Address) -> Iterator[Any]:
    """The client; what it says comes out as a Failure."""
    client = _client_of(at)
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

    try:
        yield client
    except (NoCredentialsError, PartialCredentialsError):
        step = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or give the machine a role."
        raise BadUsage("there are no credentials for the object storage", str(at), step) from None
    except ClientError as why:
        raise _refusal(why, at) from None
    except (BotoCoreError, OSError) as why:
        if isinstance(why, OSError) and why.errno:
            raise  # of this machine's disk
        step = "Check AWS_ENDPOINT_URL and the network, then run the command again; what is published stays."
        raise SystemRefused("the object storage cannot be reached", str(at), step, errno.EHOSTUNREACH) from None


def _client_of(at: Address) -> Any:
    try:
        return _client()
    except BadUsage as why:
        raise BadUsage(why.cause, str(at), why.next_step) from None
    except Exception as why:  # a region, profile or endpoint that cannot be meant; its text may hold a secret
        raise BadUsage(
            f"the object storage's settings cannot be used ({type(why).__name__})", str(at), "Check the AWS_ variables of the environment."
        ) from None


def _refusal(why: Any, at: Address) -> Exception:
    """What the server said, by its code; its own text may repeat a key."""
    code, status = why.response["Error"].get("Code", ""), why.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status == 412 or code in ("PreconditionFailed", "ConditionalRequestConflict"):
        return Outrun()
    if code == "NoSuchBucket":
        return BadUsage("there is no such bucket", str(at), "Check the address and AWS_ENDPOINT_URL, or make the bucket.")
    if code in REFUSED or status in (401, 403):
        step = "Check the credentials and their rights: read and write objects below the prefix, and list them."
        return BadUsage(f"the object storage refuses ({code})", str(at), step)
    step = "Run the command again; what is published stays."
    return SystemRefused(f"the object storage failed ({code or status})", str(at), step, errno.EREMOTEIO if status >= 500 else None)


def read(at: Address, path: str) -> tuple[bytes, str] | None:
    """An object's bytes and ETag; None where there is none. Raises BadUsage without a bucket or rights."""
    with _plainly(at) as client:
        try:
            found = client.get_object(Bucket=at.bucket, Key=at.key(path))
        except client.exceptions.NoSuchKey:
            return None
        return found["Body"].read(), found["ETag"]


def fetch(at: Address, path: str, target: Path, etag: str = "") -> bool:
    """Write an object's bytes to a file; False where there is no such object, or it is no longer the one of the ETag given."""
    with _plainly(at) as client:
        try:
            found = client.get_object(Bucket=at.bucket, Key=at.key(path), **({"IfMatch": etag} if etag else {}))
        except client.exceptions.NoSuchKey:
            return False
        except client.exceptions.ClientError as why:
            if why.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 412:
                return False
            raise
        with target.open("wb") as out:
            for part in found["Body"].iter_chunks(1 << 20):
                out.write(part)
    return True


def send(at: Address, path: str, source: Path) -> None:
    """Write a file as an object. Keys name their content, so writing one again changes nothing."""
    with _plainly(at) as client, source.open("rb") as data:
        client.upload_fileobj(data, at.bucket, at.key(path))


def write(at: Address, path: str, data: bytes) -> None:
    """Write a few bytes as an object."""
    with _plainly(at) as client:
        client.put_object(Bucket=at.bucket, Key=at.key(path), Body=data)


def write_if_unchanged(at: Address, path: str, data: bytes, etag: str | None) -> str:
    """Write an object if it still has this ETag, or None: is not there. Returns the new ETag. Raises Outrun where it is otherwise."""
    condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
    with _plainly(at) as client:
        try:
            return client.put_object(Bucket=at.bucket, Key=at.key(path), Body=data, ContentType="application/json", **condition)["ETag"]
        except client.exceptions.NoSuchKey:
            raise Outrun from None


def listed(at: Address, folder: str = "") -> Iterator[Object]:
    """Every object below the address, by path below it."""
    start = at.key(folder)
    with _plainly(at) as client:
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=at.bucket, Prefix=start):
            for one in page.get("Contents", ()):
                path = one["Key"][len(at.prefix) + 1 :] if at.prefix else one["Key"]
                yield Object(path, one["Size"], one["ETag"], one["LastModified"])


def delete(at: Address, paths: Sequence[str]) -> None:
    """Remove objects; one that is gone already is no error."""
    with _plainly(at) as client:
        for first in range(0, len(paths), DELETED_AT_ONCE):
            some = [{"Key": at.key(path)} for path in paths[first : first + DELETED_AT_ONCE]]
            client.delete_objects(Bucket=at.bucket, Delete={"Objects": some, "Quiet": True})
