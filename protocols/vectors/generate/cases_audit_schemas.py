"""Audit documents used by several cases."""
from __future__ import annotations

import json
from typing import Any, List

from cases_tokens import EXACT, Case, gram
from schema import canonical, parse


def audit_document(name: str, pack: str, comparisons: List[Case], **members: Any) -> str:
    document = {
        "format": "mizuhiki-audit-schema",
        "version": 2,
        "name": name,
        "locale": {"pack": pack},
        "comparisons": comparisons,
        **members,
    }
    return canonical(parse(json.dumps(document)))


LEVELS = {
    "kanji_family": ["eq", "itaiji", "itaiji_loose"],
    "given_name": ["exact", "folded", "latin", "sorted", "nickname", "nysiis"],
    "place": ["exact", "folded"],
    "zip": ["full", "five", "area"],
    "sex": ["code"],
    "idstring": ["eq"],
    "date_receipt": ["day", "in_era"],
    **{kind: ["eq", "zengin", "phon", "longv", "dakuten"] for kind in ("kana", "kana_family", "kana_given")},
}


def compare(name: str, role: str, kind: str, **members: Any) -> Case:
    return {"name": name, "role": role, "kind": kind, "levels": members.pop("levels", LEVELS.get(kind)), **members}


def filter_at(level: str, *features: Case) -> Case:
    return {"level": level, "features": list(features)}


NEAR = {"reach": 1, "comparisons": [{"comparison": "born", "level": "day"}]}
ADDRESS_LEVELS = ["eq", "prefix", "gaz", "area", "municipality"]


def people_en() -> str:
    return audit_document(
        "people-en",
        "en-Latn",
        [
            compare("given", "given_name", "given_name", column="given_name", levels=["exact", "folded", "nickname", "nysiis", "initial"], filter=filter_at("folded", gram())),
            compare("family", "family_name", "surname", input="surname", levels=["folded", "joined", "nysiis"], values=3, filters=2, filter=filter_at("folded", gram(), gram(3)), missing=[" NIL ", "nil known"]),
            compare("born", "birth_date", "date", levels=["day", "digits", "month", "year"], slips=["day_month", "next_day"], filter=filter_at("day", gram(1, positional=True))),
            compare("postcode", "address", "postcode", levels=["full", "outward"]),
            compare("sex", "sex", "sex"),
        ],
        epoch=7,
        inputs=[{"name": "surname", "columns": [{"column": "surname"}, {"column": "maiden_name"}, {"column": "alias"}], "take": "all"}],
        neighbours=NEAR,
    )


def people_kanji() -> str:
    name = {"input": "name", "levels": ["eq", "itaiji", "itaiji_loose"], "slips": ["exchanged"], "values": 2, "missing": ["該当　なし"]}
    return audit_document(
        "people-kanji",
        "ja",
        [
            compare("family", "family_name", "kanji_family", filter=filter_at("itaiji", gram(1), gram()), **name),
            compare("given", "given_name", "kanji_given", **name),
            compare("born", "birth_date", "date_receipt", column="birth_date", slips=["next_day", "day_month"]),
            compare("sex", "sex", "sex", filter=filter_at("code", EXACT)),
            compare("address", "address", "address", input="address", levels=ADDRESS_LEVELS, values=2, filters=2, partial=True, filter=filter_at("gaz", gram())),
        ],
        inputs=[
            {"name": "name", "columns": [{"column": "name"}, {"column": "alias"}], "take": "all"},
            {"name": "address", "columns": [{"column": "address"}, {"column": "previous_address"}], "take": "all"},
        ],
    )


def people_kana() -> str:
    columns = [{"column": "kana"}, {"column": "kanji", "readings": 4, "mass": 0.95}]
    return audit_document(
        "people-kana",
        "ja",
        [
            compare("family", "family_reading", "kana_family", input="name", slips=["exchanged"], values=6, leftValues=4, filters=3, filter=filter_at("phon", gram())),
            compare("given", "given_reading", "kana_given", input="name", slips=["exchanged"], values=6),
            compare("born", "birth_date", "date", levels=["in_era"], slips=["day_month", "next_day"], filter=filter_at("day", gram(positional=True, padded=False))),
        ],
        inputs=[{"name": "name", "columns": columns, "take": "all"}],
        neighbours={"reach": 0},
    )


def on_record() -> str:
    """Readings are guessed if none are on record; an alias counts in addition to either."""
    columns = [{"column": "kana"}, {"column": "kanji", "readings": 4, "mass": 0.999, "fallback": True}, {"column": "alias", "readings": 2}]
    return audit_document(
        "on record",
        "ja",
        [
            compare("given", "given_reading", "kana_given", input="name", levels=["zengin", "dakuten"], values=8, leftValues=4, filters=3, filter=filter_at("zengin", gram(1))),
            compare("born", "birth_date", "date", input="born", levels=["day"]),
        ],
        inputs=[
            {"name": "name", "columns": columns, "take": "all"},
            {"name": "born", "columns": [{"column": "born"}, {"column": "dob", "fallback": True}], "take": "first"},
        ],
    )


def first_only() -> str:
    """The first value present; readings if there is no kana."""
    columns = [{"column": "kana"}, {"column": "kanji", "readings": 16, "mass": 1}]
    return audit_document(
        "first",
        "ja",
        [
            compare("name", "full_name", "kana", input="name", values=16, leftValues=3, slips=["exchanged"], missing=["ナシ"]),
            compare("family", "family_reading", "kana_family", input="name", levels=["dakuten"], filter=filter_at("eq", EXACT, gram(2, positional=True))),
            compare("area", "address", "address", levels=["gaz", "area"], partial=True, filter=filter_at("eq", gram(), gram(1), gram(3), gram(4)), column="address"),
        ],
        inputs=[{"name": "name", "columns": columns, "take": "first"}],
    )


def mixed_kinds() -> str:
    columns = [{"column": "ymd", "kind": "date"}, {"column": "receipt"}, {"column": "pension", "kind": "date_nenkin"}]
    return audit_document(
        "mixed",
        "ja",
        [
            compare("day", "birth_date", "date_receipt", input="born", levels=["day", "in_era"], slips=["next_day"], values=3, leftValues=1),
            compare("phone", "other", "phone", levels=["eq", "prefix"], partial=True),
            compare("note", "other", "text", levels=["folded"], filter=filter_at("exact", gram(1)), missing=["－"]),
            compare("family", "family_name", "kanji_family", input="names", levels=["eq"], slips=["exchanged"], values=2, filters=2, filter=filter_at("eq", gram())),
        ],
        inputs=[
            {"name": "born", "columns": columns, "take": "all"},
            {"name": "names", "columns": [{"column": "kanji"}, {"column": "kana", "kind": "kana_family"}], "take": "all"},
        ],
    )


def digits_en() -> str:
    return audit_document(
        "digits",
        "en-Latn",
        [
            compare("born", "birth_date", "date", levels=["digits", "month", "year"], slips=["day_month", "next_day", "exchanged"]),
            compare("place", "address", "place", filter=filter_at("exact", gram(2, positional=True, padded=False, positions=[0, 1, 2]))),
            compare("code", "other", "zip"),
            compare("given", "given_name", "given_name", slips=["exchanged"]),
        ],
        epoch=4294967295,
    )


def lodgers() -> str:
    """Many values of varying completeness, with error variants and filters."""
    columns = [{"column": name} for name in ("address", "previous", "post", "work")]
    return audit_document(
        "lodgers",
        "ja",
        [
            compare("home", "address", "address", input="address", levels=ADDRESS_LEVELS, values=4, leftValues=4, filters=3, partial=True, filter=filter_at("prefix", gram(), gram(3))),
            compare("area", "address", "address", input="address", levels=["area", "municipality"], values=4, leftValues=3, partial=True),
            compare("holder", "full_name", "zengin_name", levels=["eq"], filter=filter_at("eq", EXACT, gram(), gram())),
            compare("since", "other", "date", levels=["day"], filter=filter_at("in_era", gram(1, positional=True))),
            compare("names", "family_name", "kanji_family", input="names", slips=["exchanged"], values=5, leftValues=4, filter=filter_at("eq", gram(1))),
        ],
        inputs=[
            {"name": "address", "columns": columns, "take": "all"},
            {"name": "names", "columns": [{"column": n} for n in ("name", "alias", "former", "maiden", "artist")], "take": "all"},
        ],
        neighbours={"reach": 2, "comparisons": [{"comparison": "home", "level": "gaz"}]},
    )
