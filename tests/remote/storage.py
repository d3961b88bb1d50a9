"""The test's own way to the server: what lies there, and how often it was asked for what."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.remote import objects

READING = {"GetObject", "HeadObject", "ListObjectsV2"}


@contextmanager
def serving() -> Iterator[str]:
    """A server on a free port of this machine."""
    import logging

    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@dataclass(frozen=True)
class Storage:
    """A bucket, by a client that is not the one under test."""

    client: Any
    bucket: str

    @classmethod
    def made(cls, url: str) -> Storage:
        import boto3

        client = boto3.client("s3", endpoint_url=url, aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
        bucket = f"practice-{uuid.uuid4().hex[:10]}"
        client.create_bucket(Bucket=bucket)
        return cls(client, bucket)

    def put(self, key: str, data: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=data)

    def get(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def upload(self, folder: Path, prefix: str) -> None:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def etags(self, prefix: str = "") -> dict[str, str]:
        """ETag by key of all that lies there."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return {one["Key"]: one["ETag"] for page in pages for one in page.get("Contents", ())}

    def pointer(self, prefix: str = "store") -> dict[str, Any]:
        return json.loads(self.get(f"{prefix}/reports/current.json"))

    def files(self, prefix: str = "store") -> dict[str, bytes]:
        """Every file of the store as a reader finds it, by path: through pointer and index."""
        from flows.remote.index import key_of, parse

        whole = parse(self.get(f"{prefix}/{self.pointer(prefix)['index']}"), "")
        return {path: self.get(f"{prefix}/{key_of(path, one)}") for path, one in whole.entries.items()}

    def remove(self) -> None:
        for key in self.etags():
            self.client.delete_object(Bucket=self.bucket, Key=key)
        self.client.delete_bucket(Bucket=self.bucket)


@contextmanager
def counted() -> Iterator[Counter]:
    """How often the client under test calls what, and the bytes of bodies it is sent ("fetched") and sends ("sent")."""
    calls: Counter = Counter()
    client = objects._client()

    def called(model: Any, parsed: dict, **_: Any) -> None:
        calls[model.name] += 1
        calls["reads" if model.name in READING else "writes"] += 1
        if model.name in READING:
            calls["fetched"] += int(parsed["ResponseMetadata"].get("HTTPHeaders", {}).get("content-length", 0))

    def sending(request: Any, **_: Any) -> None:
        calls["sent"] += int(request.headers.get("Content-Length", 0))

    client.meta.events.register("after-call.s3", called, unique_id="count")
    client.meta.events.register("before-send.s3", sending, unique_id="bytes")
    try:
        yield calls
    finally:
        client.meta.events.unregister("after-call.s3", unique_id="count")
        client.meta.events.unregister("before-send.s3", unique_id="bytes")
