"""Cases of vectors/tokens/pair-*.json."""
from __future__ import annotations

from typing import List, Tuple

from audit_schema import load_audit
from cases_audit_schemas import audit_document, compare, digits_en, first_only, mixed_kinds, people_en, people_kana, people_kanji, rare_kana, rare_kanji
from cases_tokens import Case, test_key
from pair import Link, PairEncoder


LONG = "東京都千代田区一番町１番地　" + "第二山田ハイツ壱番館南棟" * 14
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff" * 5


def row_table() -> List[Tuple[str, str, Case]]:
    en, kanji, kana, first, mixed, digits = people_en(), people_kanji(), people_kana(), first_only(), mixed_kinds(), digits_en()
    anna = {"given_name": "Anna", "surname": "Smith", "born": "1985-04-12", "postcode": "SW1A 1AA", "sex": "F"}
    taro = {"name": "髙橋　太郎", "birth_date": "S60.4.1", "sex": "男", "address": "東京都千代田区一番町１番地　コーポ山田２０１"}
    hanako = {"kana": "ﾀｶﾊｼ ﾊﾅｺ", "born": "昭和60年12月11日"}

    def born(day: str, record: Case = anna, column: str = "born") -> Case:
        return {**record, column: day}

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
        ("kinds by column", mixed, {"ymd": "19850401", "receipt": "3600402", "pension": "5600401", "phone": "03-1234-5678", "note": "Aa é", "kanji": "髙橋　太郎", "kana": "ﾀｶﾊｼ ﾀﾛｳ"}),
        ("kinds by column, some of them invalid", mixed, {"ymd": "3600401", "receipt": "3600431", "pension": "7010203", "phone": "03-1234-5678 内線12", "note": "－"}),
        ("the last column alone", mixed, {"pension": "7020228", "phone": "x", "note": "?"}),
        *rarity_table(),
    ]


def rarity_table() -> List[Tuple[str, str, Case]]:
    kanji, kana = rare_kanji(), rare_kana()
    return [
        ("rarity: a common name, its variant, and kana as a third name", kanji, {"name": "髙橋　昭男", "alias": "小鳥遊　昭男", "former": "カネコ", "born": "1985-04-12"}),
        ("rarity: 30,000 people, and two lines that are one name", kanji, {"name": "門脇　総一朗", "alias": "嶋　一", "former": "ヨネザワ", "born": "1985-04-12"}),
        ("rarity: a spelling of a reading that is popular for the other sex", kanji, {"name": "手嶋　具視", "alias": "仲里　一", "born": "1985-04"}),
        ("rarity: names in no list, not parted, with a wildcard", kanji, {"name": "佐藤昭男", "alias": "佐●　昭男", "former": "佐藤"}),
        ("rarity: common readings in small kana", kana, {"kana": "ｻﾄｳ ｼﾖｳﾀ", "kanji": "兼子　昭男"}),
        ("rarity: readings of a rare name", kana, {"kana": "アビル アアス", "kanji": "小鳥遊　総一朗"}),
    ]


def row_cases() -> List[Case]:
    cases = []
    for i, (name, schema, record) in enumerate(row_table()):
        handle = ["00017", "h", "札幌-42", "9" * 100][i % 4]
        decoy, key, custodian = i % 7 == 6, test_key("pair rows: " + name), "registry"
        encoder = PairEncoder(load_audit(schema), key, custodian)
        row = encoder.row(encoder.key_of(handle, decoy), record)
        cases.append(
            {
                "name": name,
                "schema": schema,
                "linkage_key": key.hex(),
                "custodian": custodian,
                "handle": handle,
                "decoy": decoy,
                "columns": record,
                "expected": {comparison: part.hex() for comparison, part in row.items()},
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
    table: List[Tuple[str, str, str, List[str], List[str]]] = [
        # title, schema, custodian, handles, ids of records
        ("twelve links, reach 3, two comparisons", file_schema(3, [family, born]), "insurer", [str(h) for h in (104, 9, 11, 23, 5, 1000, 77, 8, 10, 99999, 3, 100)], plain),
        ("the same links at another custodian", file_schema(3, [family, born]), "registry", [str(h) for h in (104, 9, 11, 23, 5, 1000, 77, 8, 10, 99999, 3, 100)], plain),
        ("reach 0", file_schema(0, [family]), "a", ["b", "a", "c"], plain),
        ("reach 1, four comparisons", file_schema(1, [area, loose, born, family]), "a", ["b10", "b9", "b1", "B2", "a"], plain),
        ("no comparisons of neighbours", file_schema(2, []), "a", ["x1", "x2"], plain),
        ("one link", file_schema(8, [born]), "a", ["x1"], plain),
        ("two links, reach 8", file_schema(8, [born]), "保険者", ["x1", "x2"], plain),
        ("two handles of one record", file_schema(1, [born]), "a", ["7", "12", "3", "40"], ["p", "q", "p", "r"]),
        ("three handles of one record, two of another", file_schema(3, [family]), "b", ["k1", "k2", "k3", "k4", "k5", "k6"], ["é", "x", "é", "y", "é", "x"]),
        ("handles beyond ASCII, shorter in characters than in bytes", file_schema(1, [family, area]), "a", ["é", "z", "abc", "zz", "山", "éa", "𠮷", "abcd"], plain),
    ]
    cases = []
    for name, schema, custodian, handles, ids in table:
        key = test_key("pair files")
        encoder = PairEncoder(load_audit(schema), key, custodian)
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
                "custodian": custodian,
                "rows": [l._asdict() for l in given],
                "expected": {"rows": rows, "decoys": decoys},
            }
        )
    return cases


FILES = {"tokens/pair-rows.json": row_cases, "tokens/pair-files.json": file_cases}
