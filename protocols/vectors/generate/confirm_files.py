"""Documents and the log of confirmation, after protocols/06-confirm.md §6 and §7."""
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, NamedTuple, Optional

import ed25519
from confirm import compact, purpose_hash, sha

BACKEND = "tfhe-n918-N2048-1"


def fingerprint(key: bytes) -> bytes:
    return purpose_hash("signer", key)[:8]


@dataclass(frozen=True)
class Document:
    kind: int
    header: str
    body: bytes
    signature: bytes

    @property
    def digest(self) -> bytes:
        """The signed bytes."""
        return signed(self.kind, self.header, self.body)

    @property
    def written(self) -> bytes:
        header = self.header.encode()
        return b"MZK1" + bytes([self.kind]) + len(header).to_bytes(4, "big") + header + self.body + self.signature

    @property
    def seal(self) -> Dict[str, str]:
        """The document without its body, as an approval in sealed answers."""
        return {"body": sha(self.body).hex(), "header": self.header, "signature": self.signature.hex()}

    @property
    def key_id(self) -> bytes:
        return purpose_hash("key-id", self.digest)[:16]


def signed(kind: int, header: str, body: bytes) -> bytes:
    return purpose_hash("document", bytes([kind]), sha(header.encode()), sha(body))


def document(kind: int, seed: bytes, body: bytes, **header: Any) -> Document:
    key = ed25519.public(seed)
    text = compact({**header, "signer": key.hex()})
    assert len(text.encode()) <= 65536
    digest = signed(kind, text, body)
    signature = ed25519.sign(seed, digest)
    assert ed25519.verify(key, digest, signature)
    return Document(kind, text, body, signature)


# The log ------------------------------------------------------------------------------------------


def log_line(before: Optional[str], time: int, **event: Any) -> str:
    """A line without its end; before: the previous line, likewise."""
    return compact({"event": event, "previous": sha((before or "").encode()).hex(), "time": time})


class Log(NamedTuple):
    lines: int  # with a line end
    bad_line: Optional[int]  # the first that does not follow, from 1
    of_key: bool
    openings: int  # of the lines that follow
    head: str  # H of the last of the lines that follow


def read_log(text: str, key_id: bytes) -> Log:
    lines = text.split("\n")[:-1]
    before, bad, openings = b"", None, 0
    of_key = False
    for number, line in enumerate(lines, 1):
        entry = json.loads(line)
        if entry["previous"] != sha(before).hex():
            bad = number
            break
        event = entry["event"]
        if number == 1:
            of_key = event.get("key", {}).get("keyId") == key_id.hex()
        openings += len(event.get("batch", {}).get("tickets", ()))
        before = line.encode()
    return Log(len(lines), bad, of_key, openings, sha(before).hex())
