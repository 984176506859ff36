"""Cases of vectors/confirm: tickets, batches, documents and logs."""
from __future__ import annotations

import json
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import ed25519
from cases_tokens import document as schema_document, test_key
from cases_confirm import FIVE
from confirm import batch_digest, commitment, merkle, purpose_hash, record_digest, rule_of, sha, signing_seed, token_digest
from confirm_files import BACKEND, Document, document, fingerprint, log_line, read_log
from schema import load
from tokens import Run, expand, mac

Case = Dict[str, Any]

LEFT, RIGHT = "Registry", "市役所 № 7"
SCHEMA = load(json.dumps(schema_document("confirm", "hardened", FIVE)))
LINKAGE_KEY = test_key("confirm: linkage key")
RUN = Run("link", "学齢簿", "2027-04")
POLICY = {"openings": 64, "perCustodian": 64, "perRecord": 4}


def made(label: str, length: int = 32) -> bytes:
    """Reproducible bytes."""
    data, number = b"", 0
    while len(data) < length:
        data += sha(("mizuhiki test bytes: %s %d" % (label, number)).encode())
        number += 1
    return data[:length]


UNIT_SEED, AUTHORITY_SEED = made("linkage unit"), made("authority")
SEEDS = {name: signing_seed(LINKAGE_KEY, SCHEMA, RUN, name) for name in (LEFT, RIGHT)}
PUBLIC_KEY = document(
    1, AUTHORITY_SEED, made("public key", 96), backend=BACKEND, evaluation=sha(made("evaluation key", 64)).hex(), policy=POLICY
)
KEY_ID = PUBLIC_KEY.key_id


# Tickets ------------------------------------------------------------------------------------------


def salt_of(custodian: str) -> bytes:
    """Of a custodian's token file."""
    return sha(("token file of " + custodian).encode())


def tickets(count: int, label: str = "tickets", records: int = 5) -> List[bytes]:
    """In the order of their nonces; records repeat."""
    found = []
    for i in range(count):
        sides = b""
        for custodian, number in ((LEFT, i % records), (RIGHT, i)):
            row = made("%s row %d of %s" % (label, number, custodian))
            record = record_digest(KEY_ID, salt_of(custodian), custodian, [row])
            sides += record + commitment(record, row)
        found.append(made("%s nonce %d" % (label, i), 16) + sides)
    assert all(len(t) == 144 for t in found)
    return sorted(found)


def batch_of(found: Sequence[bytes], left: str = LEFT, right: str = RIGHT, expires: int = 1893456000) -> Case:
    rule = rule_of(SCHEMA)
    assert rule is not None
    return {
        "expires": expires,
        "keyId": KEY_ID.hex(),
        "left": left,
        "linkageUnit": ed25519.public(UNIT_SEED).hex(),
        "right": right,
        "root": merkle(found).hex(),
        "rule": rule.digest.hex(),
        "run": made("run %d" % len(found), 16).hex(),
        "schema": SCHEMA.digest.hex(),
        "tickets": len(found),
    }


def ticket_cases() -> List[Case]:
    cases = []
    a, b, c = (made("row %s" % n) for n in "abc")
    table: List[Tuple[str, str, List[bytes], int]] = [
        ("one row", LEFT, [a], 0),
        ("three rows, the first", LEFT, [a, b, c], 0),
        ("three rows, the last", LEFT, [a, b, c], 2),
        ("three rows in another order", LEFT, [c, a, b], 1),
        ("equal rows count once", LEFT, [b, a, b, b], 3),
        ("all rows equal", LEFT, [a, a], 1),
        ("another custodian", RIGHT, [a, b, c], 0),
        ("custodian of two bytes a character", "Łódź", [b], 0),
        ("custodian outside the basic plane", "𠮷野家", [b, a], 0),
        ("decomposed and composed names are two: decomposed", "Zoe\u0308", [a], 0),
        ("decomposed and composed names are two: composed", "Zoë", [a], 0),
        ("custodian without a name", "", [a, c], 1),
        ("custodian of 300 bytes", "é" * 150, [a], 0),
    ]
    for i, (name, custodian, rows, at) in enumerate(table):
        key_id = made("key id", 16) if i == 1 else KEY_ID
        record = record_digest(key_id, salt_of(custodian), custodian, rows)
        cases.append(
            {
                "name": name,
                "key_id": key_id.hex(),
                "custodian": custodian,
                "salt": salt_of(custodian).hex(),
                "rows": [r.hex() for r in rows],
                "row": at,
                "record": record.hex(),
                "commitment": commitment(record, rows[at]).hex(),
            }
        )
    for size, count in ((8, 1), (8, 64), (4, 12), (5, 20)):
        symbols = sorted(made("symbol %d of %d bytes" % (i, size))[:size] for i in range(count))
        row = token_digest(symbols)
        record = record_digest(KEY_ID, salt_of(RIGHT), RIGHT, [row])
        cases.append(
            {
                "name": "token of %d symbols of %d bytes" % (count, size),
                "key_id": KEY_ID.hex(),
                "custodian": RIGHT,
                "salt": salt_of(RIGHT).hex(),
                "token": b"".join(symbols).hex(),
                "rows": [row.hex()],
                "row": 0,
                "record": record.hex(),
                "commitment": commitment(record, row).hex(),
            }
        )
    for count in (0, 1, 2, 3, 5, 8, 13):
        names = (LEFT, RIGHT) if count % 2 else ('quote " and \\', "tab\tand\u001fé")
        found = tickets(count)
        batch = batch_of(found, *names, expires=1893456000 + count)
        title = "batch of %d" % count
        cases.append({"name": title, "tickets": [t.hex() for t in found], "batch": batch, "root": batch["root"], "digest": batch_digest(batch).hex()})
    return cases


# Documents ----------------------------------------------------------------------------------------


def nonces(found: Sequence[bytes], label: str, length: int) -> bytes:
    return b"".join(t[:16] + made("%s %d" % (label, i), length) for i, t in enumerate(found))


def with_id(ticket: bytes, record: str, symbol: bytes) -> bytes:
    """The symbol is empty in profiles without symbols."""
    data = record.encode()
    return ticket + bytes([len(data)]) + data.ljust(128, b"\0") + symbol.ljust(8, b"\0")


def approval(found: Sequence[bytes], batch: Case, side: str, declined: Sequence[int] = ()) -> Document:
    custodian = batch[side]
    lists = {"declined": list(declined)} if declined else {}
    return document(
        6,
        SEEDS[custodian],
        nonces(found, side, 24),
        backend=BACKEND,
        batch=batch_digest(batch).hex(),
        custodian=custodian,
        keyId=KEY_ID.hex(),
        side=side,
        tickets=len(found),
        **lists,
    )


def sealed_answers(found: Sequence[bytes], batch: Case, length: int) -> Document:
    return document(
        7,
        UNIT_SEED,
        nonces(found, "answer", length),
        backend=BACKEND,
        batch=batch_digest(batch).hex(),
        keyId=KEY_ID.hex(),
        left=approval(found, batch, "left").seal,
        right=approval(found, batch, "right").seal,
        tickets=len(found),
    )


def opened_answers(found: Sequence[bytes], batch: Case, sealed: Document, log: str) -> Document:
    return document(
        8,
        AUTHORITY_SEED,
        b"".join(t[:16] + bytes([made("bit %d" % i)[0] & 1]) for i, t in enumerate(found)),
        batch=batch_digest(batch).hex(),
        keyId=KEY_ID.hex(),
        log=log,
        sealed=sealed.digest.hex(),
        tickets=len(found),
    )


def binding(found: Sequence[bytes], batch: Case) -> str:
    approvals = [approval(found, batch, side).digest for side in ("left", "right")]
    return purpose_hash("answers", batch_digest(batch), KEY_ID, *approvals).hex()


def masks(found: Sequence[bytes], batch: Case) -> Document:
    return document(
        9,
        UNIT_SEED,
        b"".join(t[:16] + bytes([made("mask %d" % i)[0] & 1]) for i, t in enumerate(found)),
        batch=batch_digest(batch).hex(),
        binding=binding(found, batch),
        keyId=KEY_ID.hex(),
        tickets=len(found),
    )


def checked_answers(found: Sequence[bytes], batch: Case, side: str, length: int) -> Document:
    custodian = batch[side]
    return document(
        10,
        SEEDS[custodian],
        nonces(found, "checked answer", length),
        backend=BACKEND,
        batch=batch_digest(batch).hex(),
        custodian=custodian,
        keyId=KEY_ID.hex(),
        left=approval(found, batch, "left").seal,
        right=approval(found, batch, "right").seal,
        side=side,
        tickets=len(found),
    )


def document_cases() -> List[Case]:
    three, one = tickets(3), tickets(1, "one")
    batch, small = batch_of(three), batch_of(one)
    sealed, whole = sealed_answers(three, batch, 40), sealed_answers(one, small, 8196)
    ids = ["r-0001", "記録 12/ü", "𠮷" * 32]
    symbols = [made("common symbol %d" % i, 8) for i in range(3)]
    short = [made("common symbol %d" % i)[:4] for i in range(3)]
    assert len(ids[2].encode()) == 128
    log = made("last line").hex()
    strict = {"openings": 10, "perCustodian": 5, "perRecord": 1}
    other = made("another authority")
    found: List[Tuple[str, bytes, Document]] = [
        ("public key", AUTHORITY_SEED, PUBLIC_KEY),
        ("public key, another policy", other, document(1, other, made("public key 2", 33), backend=BACKEND, evaluation=sha(b"").hex(), policy=strict)),
        ("public key, no body", other, document(1, other, b"", backend=BACKEND, evaluation=sha(b"").hex(), policy=POLICY)),
        ("tickets of the left", UNIT_SEED, document(4, UNIT_SEED, b"".join(map(with_id, three, ids, symbols)), batch=batch, side="left")),
        ("tickets of the right", UNIT_SEED, document(4, UNIT_SEED, b"".join(map(with_id, three, reversed(ids), symbols)), batch=batch, side="right")),
        ("tickets of the left, symbols of 32 bits", UNIT_SEED, document(4, UNIT_SEED, b"".join(map(with_id, three, ids, short)), batch=batch, side="left")),
        ("tickets of the right, no symbols", UNIT_SEED, document(4, UNIT_SEED, b"".join(map(with_id, three, ids, [b""] * 3)), batch=batch, side="right")),
        ("tickets of the authority", UNIT_SEED, document(4, UNIT_SEED, b"".join(three), batch=batch, side=None)),
        ("ciphertexts of the left", SEEDS[LEFT], approval(three, batch, "left")),
        ("ciphertexts of the right", SEEDS[RIGHT], approval(three, batch, "right")),
        ("ciphertexts of the right, two tickets declined", SEEDS[RIGHT], approval(three, batch, "right", [1, 3])),
        ("sealed answers", UNIT_SEED, sealed),
        ("sealed answers, one of full length", UNIT_SEED, whole),
        ("opened answers", AUTHORITY_SEED, opened_answers(three, batch, sealed, log)),
        ("masks", UNIT_SEED, masks(three, batch)),
        ("checked answers of the left", SEEDS[LEFT], checked_answers(three, batch, "left", 40)),
        ("checked answers of the right, one of full length", SEEDS[RIGHT], checked_answers(one, small, "right", 8196)),
        ("opened answers, one", AUTHORITY_SEED, opened_answers(one, small, whole, sha(b"").hex())),
    ]
    cases = []
    for name, seed, d in found:
        key = ed25519.public(seed)
        case = {
            "name": name,
            "kind": d.kind,
            "seed": seed.hex(),
            "signer": key.hex(),
            "fingerprint": fingerprint(key).hex(),
            "header": d.header,
            "body": d.body.hex(),
            "document": d.written.hex(),
            "digest": d.digest.hex(),
        }
        if d.kind == 1:
            case["key_id"] = d.key_id.hex()
        if d.kind in (7, 10):
            case["binding"] = binding(*((three, batch) if d.header.endswith('"tickets":3}') else (one, small)))
        cases.append(case)
    return cases


# Logs ---------------------------------------------------------------------------------------------


def chained(*events: Case, time: int = 1767225600) -> List[str]:
    lines: List[str] = []
    for i, event in enumerate(events):
        lines.append(log_line(lines[-1] if lines else None, time + 61 * i, **event))
    return lines


def pin(custodian: str, seed: bytes) -> Case:
    return {"pin": {"custodian": custodian, "signer": ed25519.public(seed).hex()}}


def batch_event(found: Sequence[bytes], left: str = LEFT, right: str = RIGHT) -> Case:
    batch = batch_of(found, left, right)
    return {
        "batch": {
            "batch": batch_digest(batch).hex(),
            "checked": made("checked %d" % len(found)).hex(),
            "left": left,
            "right": right,
            "sealed": made("sealed %d" % len(found)).hex(),
            "tickets": [[t[:16].hex(), t[16:48].hex(), t[80:112].hex()] for t in found],
        }
    }


def opened(found: Sequence[bytes]) -> Case:
    return {"opened": {"batch": batch_digest(batch_of(found)).hex()}}


def differed(found: Sequence[bytes]) -> Case:
    return {"differed": {"batch": batch_digest(batch_of(found)).hex()}}


def log_cases() -> List[Case]:
    key: Case = {"key": {"keyId": KEY_ID.hex(), "policy": POLICY}}
    first, second = tickets(3), tickets(2, "second")
    pins = [pin("Bank", UNIT_SEED), pin(LEFT, SEEDS[LEFT]), pin(RIGHT, SEEDS[RIGHT])]
    run = chained(key, *pins, batch_event(first), opened(first))
    long = chained(key, *pins, batch_event(first), opened(first), batch_event(second), opened(second))
    other = chained({"key": {"keyId": made("another key", 16).hex(), "policy": POLICY}}, *pins)
    strict = chained({"key": {"keyId": KEY_ID.hex(), "policy": {"openings": 10, "perCustodian": 5, "perRecord": 1}}})

    def text(lines: Sequence[str]) -> str:
        return "".join(line + "\n" for line in lines)

    def turned(at: int, old: str, new: str) -> str:
        line = long[at].replace(old, new, 1)
        assert line != long[at] and len(line) == len(long[at])
        return text(long[:at] + [line] + long[at + 1 :])

    def exchanged(i: int, j: int) -> str:
        lines = list(long)
        lines[i], lines[j] = lines[j], lines[i]
        return text(lines)

    table: List[Tuple[str, str, Optional[int]]] = [
        ("fresh", text(run[:1]), None),
        ("fresh, another policy", text(strict), None),
        ("pins", text(run[:4]), None),
        ("a batch that is not opened", text(run[:5]), None),
        ("a batch that is opened", text(run), None),
        ("two batches, two parties pinned already", text(long), None),
        ("a batch whose answers differed", text(chained(key, *pins, batch_event(first), differed(first))), None),
        ("last line without its end", text(run[:5]) + run[5], None),
        ("a batch without a line end", text(run[:4]) + run[4], None),
        ("part of a line at the end", text(run[:4]) + run[4][:100], None),
        ("an unfinished line that does not follow", text(run[:4]) + run[5], None),
        ("a byte is changed in the first line", turned(0, '"time":17', '"time":16'), 2),
        ("a byte is changed in a pin", turned(2, LEFT, "registry"), 4),
        ("a byte is changed in a batch", turned(4, first[1][:16].hex(), "00" + first[1][1:16].hex()), 6),
        ("a byte is changed in a time", turned(5, '"time":17', '"time":18'), 7),
        ("a byte is changed in the last line, which nothing follows", turned(7, '"time":17', '"time":18'), None),
        ("`previous` is changed", turned(3, '"previous":"' + json.loads(long[3])["previous"][:8], '"previous":"00000000'), 4),
        ("the first line is taken out", text(long[1:]), 1),
        ("a pin is taken out", text(long[:2] + long[3:]), 3),
        ("a batch is taken out", text(long[:6] + long[7:]), 7),
        ("the last line is taken out, which does not show", text(long[:-1]), None),
        ("a line stands twice", text(long[:3] + long[2:]), 4),
        ("two lines are exchanged", exchanged(2, 3), 3),
        ("lines far apart are exchanged", exchanged(1, 6), 2),
        ("first line of another key", text(other), None),
    ]
    cases = []
    for name, log, bad in table:
        read = read_log(log, KEY_ID)
        assert read.bad_line == bad, (name, read)
        cases.append(
            {
                "name": name,
                "key_id": KEY_ID.hex(),
                "log": log,
                "good": bad is None and read.of_key,
                "bad_line": bad,
                "lines": read.lines,
                "openings": read.openings,
                "head": read.head,
            }
        )
    assert [c["name"] for c in cases if not c["good"] and c["bad_line"] is None] == ["first line of another key"]
    return cases


def ledger_cases() -> List[Case]:
    """A custodian's own ledgers: marks of records, and lines."""

    def marks(custodian: str, ids: Sequence[str]) -> List[str]:
        key = expand(mac(b"mizuhiki/v1/confirm/ledger", LINKAGE_KEY), custodian.encode(), 32)
        return [mac(key, i.encode()).hex() for i in ids]

    def event(found: Sequence[bytes], custodian: str, ids: Sequence[str]) -> Case:
        batch = batch_of(found)
        return {
            "encrypted": {
                "authority": ed25519.public(AUTHORITY_SEED).hex(),
                "batch": batch_digest(batch).hex(),
                "keyId": KEY_ID.hex(),
                "linkageUnit": ed25519.public(UNIT_SEED).hex(),
                "records": marks(custodian, ids),
            }
        }

    three, two = ["r-0001", "r-0002", "r-0001"], ["記録 12/ü", "17"]
    both = chained(event(tickets(3), LEFT, three), event(tickets(2, "second"), LEFT, two))
    table: List[Tuple[str, str, List[str], str, int, bool]] = [
        ("nothing yet", LEFT, [], "", 0, True),
        ("a batch", LEFT, three, both[0] + "\n", 3, True),
        ("two batches, one of row numbers and other letters", LEFT, three + two, "\n".join(both) + "\n", 5, True),
        ("a line that was not written whole", LEFT, three, both[0] + "\n" + both[1], 3, True),
        ("the same records of another custodian", RIGHT, three, chained(event(tickets(3), RIGHT, three))[0] + "\n", 3, True),
        ("the first line is taken out", LEFT, two, both[1] + "\n", 0, False),
    ]
    return [
        {"name": name, "linkage_key": LINKAGE_KEY.hex(), "custodian": custodian, "ids": ids, "marks": marks(custodian, ids), "log": log, "approved": approved, "good": good}
        for name, custodian, ids, log, approved, good in table
    ]


FILES: Dict[str, Callable[[], List[Case]]] = {
    "confirm/tickets.json": ticket_cases,
    "confirm/documents.json": document_cases,
    "confirm/logs.json": log_cases,
    "confirm/ledgers.json": ledger_cases,
}
