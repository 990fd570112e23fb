"""Publish to a store that speaks S3: Amazon's, MinIO, Ceph, R2, OSS, COS.

In: files, and from the environment alone: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
AWS_ENDPOINT_URL, AWS_REGION. Out: objects, each looked at again after it was stored. A store may tell the SHA-256 and
the MD5 of what it holds; where both are right they are believed, else the object itself is read.

>>> with S3Target("bucket", "fazhi") as target: target.held()
{}
"""

import base64
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, BinaryIO, Self

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from flows.errors import ExitCode, FazhiError
from flows.publish_target import A_MINUTE, FOR_EVER, Document, Held, Outgoing, Target, media_type, side_by_side
from flows.writers.checksums import NAME as CHECKSUMS

LARGEST_PUT = 5 * 1024**3
CHUNK = 1024 * 1024
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 10, 60, 5
DENIED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "403"}
TAKEN = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
ABSENT = {"NoSuchKey", "404"}
UNKNOWN_TO_STORE = {"NotImplemented", "501"}
LATEST = "latest/"


class S3Target(Target):
    """A bucket, or what is under a prefix in it.

    Two may publish at once where the store has conditional writes; `read_seconds` and `attempts` bound the waiting.
    """

    def __init__(self, bucket: str, prefix: str, read_seconds: float = READ_SECONDS, attempts: int = ATTEMPTS) -> None:
        self.name = f"s3://{bucket}/{prefix}".rstrip("/")
        self._bucket, self._prefix = bucket, f"{prefix}/" if prefix else ""
        self._client = _client(read_seconds, attempts)
        self._has_conditions = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def held(self) -> dict[str, Held]:
        """Return the objects of versions that are there, by path."""
        return self._list("v")

    def holds(self, outgoing: Outgoing, held: Held) -> bool:
        """Tell whether what is held has the content of `outgoing`, by the store's MD5 of it or by reading it."""
        if held.n_bytes != outgoing.n_bytes:
            return False
        if held.tag.strip('"') == outgoing.md5:
            return True
        with self._told(outgoing.path):
            return self._sha256(outgoing.path) == outgoing.sha256

    def was_spoilt(self, outgoing: Outgoing, held: Held) -> bool:
        """Tell whether what is held was sent as `outgoing`, as its mark says, and is something else."""
        if self.holds(outgoing, held):
            return False
        with self._told(outgoing.path):
            return self._mark(outgoing.path) == outgoing.sha256

    def send(self, outgoing: Outgoing, held: Held | None) -> None:
        """Store an object and see what was stored; mend one of the same version that was stored wrongly."""
        with self._told(outgoing.path):
            if held is not None and not self.was_spoilt(outgoing, held):
                raise self._refusal(outgoing.path)
            try:
                is_stored = self._put(outgoing, {"IfNoneMatch": "*"} if held is None else {"IfMatch": held.tag})
            except ClientError as error:
                if _code(error) not in TAKEN:
                    raise
                if self._sha256(outgoing.path) != outgoing.sha256:
                    raise self._refusal(outgoing.path) from error
                return
            if not is_stored:
                raise FazhiError(f"{self.name}/{outgoing.path} was not stored as it was sent: its digest is not "
                                 f"{outgoing.sha256}; the version is not published. Publish again; if it stays so, the "
                                 "store is at fault")

    def read(self, path: str) -> Document | None:
        """Return a document, or None where there is none."""
        with self._told(path):
            try:
                found = self._client.get_object(**self._at(path))
            except ClientError as error:
                if _code(error) in ABSENT:
                    return None
                raise
            return Document(found["Body"].read(), found["ETag"])

    def replace(self, path: str, content: bytes, seen: Document | None) -> bool:
        """Put a document in the place of the one seen; return False if another is there by now."""
        condition = {"IfNoneMatch": "*"} if seen is None else {"IfMatch": seen.tag}
        digest = hashlib.sha256(content).hexdigest()
        with self._told(path):
            try:
                self._put_if(condition, content, **self._at(path), ChecksumSHA256=_base64(digest),
                             **_headers(path, digest, A_MINUTE))
            except ClientError as error:
                if _code(error) in TAKEN | ABSENT:
                    return False
                raise
            there = self.read(path)
            return there is not None and there.content == content

    def point_latest_at(self, version: str, digests: Mapping[str, str]) -> None:
        """Copy the files of a version to `latest/`, its list of digests last, and take out what it has not."""
        held, whole = self._list(LATEST), self._list(f"{version}/")
        moving = [path for path in digests if not self._is_copied(path, version, held, whole)]

        def copy(path: str) -> None:
            self._copy_to_latest(path, version, digests[path], whole[f"{version}/{path}"])

        side_by_side(copy, (path for path in moving if path != CHECKSUMS))
        for gone in held.keys() - {f"{LATEST}{path}" for path in digests}:
            with self._told(gone):
                self._client.delete_object(**self._at(gone))
        if CHECKSUMS in moving:
            copy(CHECKSUMS)

    def shows_latest(self, version: str, digests: Mapping[str, str]) -> bool:
        """Tell whether `latest/` holds copies of the files of a version, and nothing else."""
        held, whole = self._list(LATEST), self._list(f"{version}/")
        return held.keys() == {f"{LATEST}{path}" for path in digests} and all(
            self._is_copied(path, version, held, whole) for path in digests)

    def _list(self, under: str) -> dict[str, Held]:
        with self._told(under):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=f"{self._prefix}{under}")
            return {found["Key"].removeprefix(self._prefix): Held(found["Size"], found["ETag"])
                    for page in pages for found in page.get("Contents", ())}

    def _is_copied(self, path: str, version: str, held: Mapping[str, Held], whole: Mapping[str, Held]) -> bool:
        """Tell whether `latest/` has a copy of a file: with the same tag, or marked alike where tags tell nothing."""
        copy, source = held.get(f"{LATEST}{path}"), whole.get(f"{version}/{path}")
        if copy is None or source is None or copy.n_bytes != source.n_bytes:
            return False
        with self._told(f"{LATEST}{path}"):
            return copy == source or self._mark(f"{LATEST}{path}") == self._mark(f"{version}/{path}")

    def _copy_to_latest(self, path: str, version: str, sha256: str, source: Held) -> None:
        """Copy a file and see what was stored; another publisher may replace it at the same moment."""
        copy = f"{LATEST}{path}"
        arguments = {"MetadataDirective": "REPLACE", **_headers(path, sha256, A_MINUTE)}
        with self._told(copy):
            if source.n_bytes > LARGEST_PUT:
                self._client.copy(self._at(f"{version}/{path}"), **self._at(copy), ExtraArgs=arguments)
                tag = None
            else:
                source_at = self._at(f"{version}/{path}")
                copied = self._client.copy_object(CopySource=source_at, **self._at(copy), **arguments)
                tag = copied["CopyObjectResult"]["ETag"]
            if tag != source.tag and self._sha256(copy) != sha256 and self._mark(copy) == sha256:
                raise FazhiError(f"{self.name}/{copy} was not copied as it was; publish again")

    def _put(self, outgoing: Outgoing, condition: Mapping[str, str]) -> bool:
        """Put an object, and tell whether the store has it: two right digests are believed, else it is read."""
        headers = _headers(outgoing.path, outgoing.sha256, FOR_EVER)
        if outgoing.n_bytes > LARGEST_PUT:
            self._client.upload_file(str(outgoing.file), **self._at(outgoing.path), ExtraArgs=headers)
        else:
            with outgoing.file.open("rb") as body:
                put = self._put_if(condition, body, **self._at(outgoing.path),
                                   ChecksumSHA256=_base64(outgoing.sha256), **headers)
            if (put.get("ChecksumSHA256"), put["ETag"].strip('"')) == (_base64(outgoing.sha256), outgoing.md5):
                return True
        return self._sha256(outgoing.path) == outgoing.sha256

    def _put_if(self, condition: Mapping[str, str], body: bytes | BinaryIO, **arguments: Any) -> dict[str, Any]:
        """Put an object on a condition; a store that knows of none is written to without."""
        if self._has_conditions:
            try:
                return dict(self._client.put_object(Body=body, **arguments, **condition))
            except ClientError as error:
                if _code(error) not in UNKNOWN_TO_STORE:
                    raise
                self._has_conditions = False
                if not isinstance(body, bytes):
                    body.seek(0)
        return dict(self._client.put_object(Body=body, **arguments))

    def _sha256(self, path: str) -> str | None:
        """Return the SHA-256 of an object, from reading it; None if it is not there."""
        digest = hashlib.sha256()
        try:
            for chunk in self._client.get_object(**self._at(path))["Body"].iter_chunks(CHUNK):
                digest.update(chunk)
        except ClientError as error:
            if _code(error) in ABSENT:
                return None
            raise
        return digest.hexdigest()

    def _mark(self, path: str) -> str | None:
        """Return the SHA-256 that an object was marked with when it was sent or copied."""
        try:
            marked: str | None = self._client.head_object(**self._at(path))["Metadata"].get("sha256")
        except ClientError as error:
            if _code(error) in ABSENT:
                return None
            raise
        return marked

    def _at(self, path: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{path}"}

    def _refusal(self, path: str) -> FazhiError:
        return FazhiError(f"{self.name}/{path} has other content; a published version is never changed")

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Turn an error of the store or the network into one line that names the object and the remedy."""
        where = f"{self.name}/{path}"
        try:
            yield
        except ClientError as error:
            code, said = _code(error), error.response.get("Error", {}).get("Message", "")
            if code == "NoSuchBucket":
                raise FazhiError(f"{self.name}: there is no bucket {self._bucket}; make it, or give another") from None
            if code in DENIED:
                raise FazhiError(f"{where}: the store denies access ({code}); check the keys in the environment, and "
                                 "that they may list, read and write, and delete under latest/") from None
            raise FazhiError(f"{where}: the store answered {code} ({said[:200]}); publish again to go on") from None
        except (BotoCoreError, Boto3Error) as error:
            raise FazhiError(f"{where}: the store cannot be reached, or broke off ({type(error).__name__}); publish "
                             "again to go on") from None


def _client(read_seconds: float, attempts: int) -> Any:
    """Return a client with the keys of the environment; no file and no service of the machine is asked for keys."""
    keys = {name: os.environ.get(f"AWS_{name.upper()}")
            for name in ("access_key_id", "secret_access_key", "session_token")}
    if not keys["access_key_id"] or not keys["secret_access_key"]:
        raise FazhiError("no keys for the store: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, "
                         "and AWS_ENDPOINT_URL where it is not Amazon's", ExitCode.USAGE)
    hosted = os.environ.get("AWS_VIRTUAL_HOSTING", "").upper()
    style = {"TRUE": "virtual", "FALSE": "path"}.get(hosted, "auto")
    try:
        return boto3.session.Session().client(
            "s3", **{f"aws_{name}": value for name, value in keys.items()},
            region_name=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1",
            config=Config(
                connect_timeout=min(CONNECT_SECONDS, read_seconds), read_timeout=read_seconds,
                retries={"mode": "standard", "total_max_attempts": attempts}, s3={"addressing_style": style},
                # Digests of our own are sent and checked; others are unknown to many stores.
                request_checksum_calculation="when_required", response_checksum_validation="when_required",
                max_pool_connections=16,
            ),
        )
    except (BotoCoreError, ValueError) as error:
        raise FazhiError(f"the settings of the store do not hold ({error}); check AWS_ENDPOINT_URL and AWS_PROFILE",
                         ExitCode.USAGE) from None


def _headers(path: str, sha256: str, cache: str) -> dict[str, Any]:
    return {"ContentType": media_type(path), "CacheControl": cache, "Metadata": {"sha256": sha256}}


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "?"))


def _base64(hexadecimal: str) -> str:
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()
