"""Cases of vectors/tokens/pair-*.json."""
from __future__ import annotations

from typing import List, Sequence, Tuple

from audit_schema import load_audit
from cases_audit_schemas import audit_document, compare, digits_en, first_only, lodgers, mixed_kinds, on_record, people_en, people_kana, people_kanji
from cases_tokens import Case, test_key
from pair import SIDES, Link, PairEncoder
from tokens import Run


TOWN = "東京都千代田区一番町"
LONG = TOWN + "１番地　" + "第二山田ハイツ壱番館南棟" * 14
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff" * 5


def row_table() -> List[Tuple[str, str, Case]]:
    en, kanji, kana, first, mixed, digits, homes = people_en(), people_kanji(), people_kana(), first_only(), mixed_kinds(), digits_en(), lodgers()
    anna = {"given_name": "Anna", "surname": "Smith", "born": "1985-04-12", "postcode": "SW1A 1AA", "sex": "F"}
    taro = {"name": "髙橋　太郎", "birth_date": "S60.4.1", "sex": "男", "address": "東京都千代田区一番町１番地　コーポ山田２０１"}
    hanako = {"kana": "ﾀｶﾊｼ ﾊﾅｺ", "born": "昭和60年12月11日"}

    def born(day: str, record: Case = anna, column: str = "born") -> Case:
        return {**record, column: day}

    def rooms(*buildings: str) -> Case:
        return {column: TOWN + "１番地　" + b for column, b in zip(("address", "previous", "post", "work"), buildings)}

    known = {"holder": "カ)ヤマダ", "name": "髙橋　太郎", "alias": "太郎　髙橋"}

    def lives(address: str, **further: str) -> Case:
        return {**taro, "address": address, **further}

    return [
        ("en: a record with one value each", en, anna),
        ("en: nothing at all", en, {}),
        ("en: everything is empty, blank or a placeholder", en, {"given_name": "", "surname": "  ", "maiden_name": "N/A", "born": "1900-01-01", "postcode": "0000", "sex": "U"}),
        ("en: invalid values", en, {"given_name": "An\u0001na", "surname": "Smith\u0000", "born": "31/02/1990", "postcode": "12345678901", "sex": "woman?"}),
        ("en: three surnames", en, {**anna, "maiden_name": "O'Brien", "alias": "Jones-Smith"}),
        ("en: the same surname in three columns, once in capitals", en, {**anna, "maiden_name": "SMITH", "alias": "Smith"}),
        ("en: the first column is empty", en, {**anna, "surname": "", "alias": "Jones"}),
        ("en: surnames that the comparison calls missing", en, {**anna, "surname": "NIL", "maiden_name": " nil known", "alias": "Nil"}),
        ("en: an invalid surname is passed over", en, {**anna, "surname": "Sm\u0001th", "maiden_name": "Jones"}),
        ("en: names with a wildcard", en, {**anna, "given_name": "Ann?", "surname": "Sm?th", "maiden_name": "?mith"}),
        ("en: names of one character", en, {**anna, "given_name": "A", "surname": "Ø"}),
        ("en: a name of more features than bits", en, {**anna, "given_name": LONG_NAME, "surname": LONG_NAME}),
        ("en: 13 April is no 4th of a month", en, born("1985-04-13")),
        ("en: 5 May, day and month alike", en, born("1985-05-05")),
        ("en: 30 April", en, born("30 April 1985")),
        ("en: 31 December", en, born("1999-12-31")),
        ("en: 28 February of a leap year", en, born("2000-02-28")),
        ("en: 28 February of another year", en, born("1999-02-28")),
        ("en: 29 February", en, born("2000-02-29")),
        ("en: a date without day", en, born("1985-04")),
        ("en: a date without decade", en, born("198?-04-12")),
        ("en: a year alone", en, born("1985")),
        ("en: digits of a date that cannot be", digits, {"born": "19851304", "place": "St. Kilda", "code": "2134", "given": "Bob"}),
        ("en: a date of three levels", digits, {"born": "12/11/1985", "place": "St. Kilda?", "code": "02134-5678", "given": "Zoë Anne-Marie"}),
        ("en: unknown parts", digits, {"born": "1985-11-??", "place": "?", "code": "021??", "given": "Zo?"}),
        ("kanji: a record with one value each", kanji, taro),
        ("kanji: an alias, and the address before", kanji, {**taro, "alias": "斎藤　太郎", "previous_address": "大阪府大阪市北区梅田三丁目1番1号"}),
        ("kanji: a family name in both columns", kanji, {**taro, "alias": "髙橋　次郎", "previous_address": "東京都千代田区一番町１番地　コーポ山田２０１"}),
        ("kanji: a name not parted", kanji, {**taro, "name": "髙橋太郎"}),
        ("kanji: family and given name alike", kanji, {**taro, "name": "齋藤　齊藤", "alias": "斎藤 斎藤"}),
        ("kanji: a wildcard in the family name", kanji, {**taro, "name": "渡●　健"}),
        ("kanji: a wildcard in the given name", kanji, {**taro, "name": "渡邉　健●", "alias": "●●　●"}),
        ("kanji: names of one character", kanji, {**taro, "name": "林　一"}),
        ("kanji: names called missing", kanji, {**taro, "name": "　該当　なし", "alias": "該当 なし"}),
        ("kanji: an unknown given name", kanji, {**taro, "name": "山田　不明", "sex": "9"}),
        ("kanji: day unknown", kanji, born("昭和25年7月日不詳", taro, "birth_date")),
        ("kanji: year alone", kanji, born("1950年", taro, "birth_date")),
        ("kanji: code of receipts, 29 February", kanji, born("4120229", taro, "birth_date")),
        ("kanji: last day of an era", kanji, born("昭和64年1月7日", taro, "birth_date")),
        ("kanji: an address without house", kanji, lives("東京都千代田区一番町")),
        ("kanji: an address of a municipality", kanji, lives("東京都千代田区", previous_address="東京都")),
        ("kanji: an address without building", kanji, lives("北海道札幌市北区北８条西５丁目")),
        ("kanji: a wildcard in the building", kanji, lives("東京都千代田区一番町１番地　コーポ●")),
        ("kanji: a wildcard in the town", kanji, lives("東京都千代田区●番町１番地")),
        ("kanji: a long address", kanji, lives(LONG, previous_address="東京都千代田区" + "一二三四五六七八九十甲乙丙丁" * 14 + "１")),
        ("kana: from a bank", kana, hanako),
        ("kana: readings of kanji", kana, {"kanji": "小鳥遊　蓮", "born": "1985-05-06"}),
        ("kana: kana, and readings of kanji", kana, {**hanako, "kanji": "高橋　花子"}),
        ("kana: a wildcard, and kanji without a reading", kana, {**hanako, "kana": "ﾀｶ●ｼ ﾊﾅｺ", "kanji": "渡●　健"}),
        ("kana: a kanji name not parted", kana, {"kanji": "高橋花子"}),
        ("kana: a family name without a given name", kana, {"kanji": "山田　不明"}),
        ("kana: Latin letters", kana, {"kanji": "NGUYEN VAN AN"}),
        ("kana: small and long kana", kana, {"kana": "オオノ ショーコ", "born": "平成元年1月8日"}),
        ("kana: a date before eras are compared", kana, {"kana": "ヤマザキ ヅ", "born": "1865年"}),
        ("kana: kana come first", first, {"kana": "ヤマダ　タロウ", "kanji": "山田　太郎", "address": "東京都千代田区一番町１番地"}),
        ("kana: sixteen readings at most", first, {"kanji": "小鳥遊　翔", "address": "東京都千代田区一番町"}),
        ("kana: the first value is called missing", first, {"kana": " ナシ ", "kanji": "山田　太郎", "address": LONG}),
        ("on record: kana alone", on_record(), {"kana": "ヤマダ　タロウ", "born": "1985-04-12"}),
        ("on record: kana, and kanji that are not read", on_record(), {"kana": "ヤマダ　タロウ", "kanji": "小鳥遊　翔", "dob": "1985-04-12"}),
        ("on record: kanji that are read, and an alias", on_record(), {"kana": " 　", "kanji": "小鳥遊　翔", "alias": "山田　蓮", "born": "1985-04-12", "dob": "1985-04-13"}),
        ("on record: kana that are no kana, and kanji that are not read", on_record(), {"kana": "?", "kanji": "小鳥遊　翔", "alias": "山田　蓮"}),
        ("kinds by column", mixed, {"ymd": "19850401", "receipt": "3600402", "pension": "5600401", "phone": "03-1234-5678", "note": "Aa é", "kanji": "髙橋　太郎", "kana": "ﾀｶﾊｼ ﾀﾛｳ"}),
        ("kinds by column, some of them invalid", mixed, {"ymd": "3600401", "receipt": "3600431", "pension": "7010203", "phone": "03-1234-5678 内線12", "note": "－"}),
        ("the last column alone", mixed, {"pension": "7020228", "phone": "x", "note": "?"}),
        ("lodgers: four addresses of one house, less and less complete", homes, {**rooms("コーポ山田２０１", "コーポ山田", "", "コーポ佐藤"), **known}),
        ("lodgers: the complete address comes last", homes, {"address": "東京都千代田区", "previous": TOWN, "post": TOWN + "１番地", "work": TOWN + "１番地　コーポ山田２０１", "holder": "ヤマダ タロウ", "name": "山田　太郎"}),
        ("lodgers: one town, several houses", homes, {"address": TOWN + "１番地", "previous": TOWN + "２番地", "post": "大阪府大阪市北区梅田三丁目1番1号", "work": TOWN + "３番地", **known}),
        ("lodgers: a wildcard in some addresses", homes, {"address": TOWN + "１番地　コーポ●", "previous": TOWN + "１番地　コーポ山田２０１", "post": "東京都●区一番町１番地", "work": TOWN + "１番地", "alias": "●田　太郎", "name": "山●　太郎"}),
        ("lodgers: areas alone", homes, {"address": TOWN, "previous": "東京都千代田区", "post": "東京都", "work": "大阪府大阪市北区", "holder": "?"}),
        ("lodgers: municipalities of two prefectures", homes, {"address": "府中市", "previous": "東京都府中市", "post": "広島県府中市", "holder": "ヤマダ?"}),
        ("lodgers: five names, two of them alike but for variants", homes, {**known, "former": "高橋　太郎", "maiden": "斎藤　太郎", "artist": "齋藤　太郎"}),
        ("lodgers: nothing but wildcards, and features of a later name", homes, {"name": "●●　太郎", "alias": "渡●　健", "holder": "ヤマダ ヤマダ"}),
        ("lodgers: a name of wildcards, and features of a name beyond the filters", homes, {"name": "●●　●", "alias": "渡●　●", "since": "1950年"}),
        ("lodgers: no value at the level of the filter", homes, {"since": "1860-04-01", "address": "大阪府大阪市北区梅田三丁目1番1号"}),
        ("lodgers: wildcards alone, family and given name", homes, {"name": "●●　●", "alias": "●　●●", "former": "●●●　●"}),
    ]


PROJECTS = ["", "", "手帳と住民票", "P" * 128, "Łódź audit"]
NAMES = ["", "2027-04", "", "№ 7", "r" * 128, "第２回"]


def row_cases() -> List[Case]:
    cases = []
    for i, (name, schema, record) in enumerate(row_table()):
        handle = ["00017", "h", "札幌-42", "9" * 100][i % 4]
        decoy, key = i % 7 == 6, test_key("pair rows: " + name)
        run = Run("audit", PROJECTS[i % len(PROJECTS)], NAMES[i % len(NAMES)])
        for side, custodian in zip(SIDES, (["insurer", "registry"], ["registry", "保険者 № 7"], ["", "é" * 64])[i % 3]):
            encoder = PairEncoder(load_audit(schema), key, run, custodian, side)
            cases.append(
                {
                    "name": "%s, %s" % (name, side),
                    "schema": schema,
                    "linkage_key": key.hex(),
                    "project": run.project,
                    "run": run.name,
                    "custodian": custodian,
                    "side": side,
                    "handle": handle,
                    "decoy": decoy,
                    "columns": record,
                    "expected": {"row": encoder.row(handle, record, decoy)[: encoder.near_at].hex()},
                }
            )
    return cases


def file_schema(reach: int, comparisons: List[Case]) -> str:
    return audit_document(
        "files",
        "ja",
        [
            compare("family", "family_name", "kanji_family", column="name"),
            compare("born", "birth_date", "date", levels=["day", "in_era"]),
            compare("address", "address", "address", levels=["gaz", "area", "municipality"], partial=True),
        ],
        neighbours={"reach": reach, "comparisons": comparisons},
    )


def file_cases() -> List[Case]:
    family, loose, born, area = ({"comparison": c, "level": l} for c, l in (("family", "eq"), ("family", "itaiji_loose"), ("born", "day"), ("address", "area")))
    people = [
        {"name": name, "born": day, "address": address}
        for name, day, address in (
            ("髙橋　太郎", "S60.4.1", "東京都千代田区一番町１番地"), ("佐藤　陽菜", "平成23年12月31日", "東京都千代田区"), ("", "", ""),
            ("渡●　健", "1950年", "北海道札幌市北区北８条西５丁目"), ("齋藤　一", "1985-04-12", ""), ("山田　太郎", "", "沖縄県那覇市泉崎１丁目２－２"),
            ("林　一", "2000-02-29", "東京都"), ("NGUYEN VAN AN", "1990-05-06", "愛知県名古屋市中区三の丸３－１－２"), ("小鳥遊　蓮", "令和2年2月29日", "東京都千代田区一番町"),
        )
    ]
    plain = ["r%d" % i for i in range(12)]
    twelve = [str(h) for h in (104, 9, 11, 23, 5, 1000, 77, 8, 10, 99999, 3, 100)]
    in_order = sorted(twelve, key=int)
    after = dict(zip(in_order, in_order[1:] + in_order[:1]))
    wide = ["é", "z", "abc", "zz", "山", "éa", "𠮷", "abcd"]
    none, spring, other = Run("audit"), Run("audit", "手帳", "2027-04"), Run("audit", "手帳", "2027-10")
    table: List[Tuple[str, str, Run, str, str, List[str], List[str]]] = [
        # title, schema, run, side, custodian, handles, ids of records
        ("twelve links, reach 3, two comparisons", file_schema(3, [family, born]), spring, "left", "insurer", twelve, plain),
        ("twelve links, the right records one row on", file_schema(3, [family, born]), spring, "right", "registry", [after[h] for h in twelve], plain),
        ("the same links at the right", file_schema(3, [family, born]), spring, "right", "registry", twelve, plain),
        ("the same links in another run", file_schema(3, [family, born]), other, "right", "registry", twelve, plain),
        ("the same links in no run", file_schema(3, [family, born]), none, "left", "insurer", twelve, plain),
        ("reach 0", file_schema(0, [family]), none, "left", "a", ["b", "a", "c"], plain),
        ("reach 0, right", file_schema(0, [family]), Run("audit", "", "r"), "right", "b", ["b", "a", "c"], plain),
        ("reach 1, four comparisons", file_schema(1, [area, loose, born, family]), none, "left", "a", ["b10", "b9", "b1", "B2", "a"], plain),
        ("reach 1, four comparisons, right", file_schema(1, [area, loose, born, family]), none, "right", "b", ["b10", "b9", "b1", "B2", "a"], plain),
        ("no comparisons of neighbours", file_schema(2, []), none, "left", "a", ["x1", "x2"], plain),
        ("no comparisons of neighbours, right", file_schema(2, []), none, "right", "b", ["x1", "x2"], plain),
        ("one link", file_schema(8, [born]), Run("audit", "p"), "left", "a", ["x1"], plain),
        ("one link, right", file_schema(8, [born]), Run("audit", "p"), "right", "b", ["x1"], plain),
        ("two links, reach 8", file_schema(8, [born]), none, "left", "保険者", ["x1", "x2"], plain),
        ("two links, reach 8, right", file_schema(8, [born]), none, "right", "市役所", ["x1", "x2"], plain),
        ("two handles of one record", file_schema(1, [born]), spring, "left", "a", ["7", "12", "3", "40"], ["p", "q", "p", "r"]),
        ("three handles of one record, two of another", file_schema(3, [family]), spring, "right", "b", ["k1", "k2", "k3", "k4", "k5", "k6"], ["é", "x", "é", "y", "é", "x"]),
        ("handles beyond ASCII, shorter in characters than in bytes", file_schema(1, [family, area]), none, "left", "a", wide, plain),
        ("handles beyond ASCII, right", file_schema(1, [family, area]), none, "right", "a", wide, plain),
    ]
    cases = []
    for name, schema, run, side, custodian, handles, ids in table:
        key = test_key("pair files")
        encoder = PairEncoder(load_audit(schema), key, run, custodian, side)
        numbers = {id_: i for i, id_ in enumerate(dict.fromkeys(ids))}
        given = [Link(h, r, people[numbers[r] % len(people)]) for h, r in zip(handles, ids)]
        links = encoder.ordered(given)
        rows = []
        for i, link in enumerate(links):
            shared = encoder.shared(links, link)
            rows.append({"handle": link.handle, "neighbours": encoder.neighbours(links, i).hex(), "shared": shared and shared.hex()})
        decoys = [{"handle": handle, "record": link.record} for handle, link in encoder.decoys(links)]
        cases.append(
            {
                "name": name,
                "schema": schema,
                "linkage_key": key.hex(),
                "project": run.project,
                "run": run.name,
                "custodian": custodian,
                "side": side,
                "rows": [l._asdict() for l in given],
                "expected": {"rows": rows, "decoys": decoys},
            }
        )
    check_neighbours([c for c in cases if c["name"].startswith("twelve links")])
    return cases


def check_neighbours(cases: Sequence[Case]) -> None:
    """With right records one row later: left rows agree with the next right row, and with the one k rows
    later if it is the same person."""
    (left, right) = ([bytes.fromhex(row["neighbours"]) for row in c["expected"]["rows"]] for c in cases)
    agreeing = set()
    for place, k in enumerate((-3, -2, -1, 1, 2, 3)):
        agreeing |= {(k, i, j) for i, a in enumerate(left) for j, b in enumerate(right) if a[3 * place :][:3] == b[3 * place :][:3]}
    assert all(j == i + k for k, i, j in agreeing) and sum(k == 1 for k, _, _ in agreeing) > 5, agreeing


FILES = {"tokens/pair-rows.json": row_cases, "tokens/pair-files.json": file_cases}
