"""Cases of vectors/normalisation/de-latn.json."""
from __future__ import annotations

from typing import Any, Dict, List, Tuple

from de import normalise

# kind, levels, values
TABLE: List[Tuple[str, str, List[str]]] = [
    ("surname", "exact digraph base cologne", [
        "Müller", "Mu\u0308ller", "MUELLER", "Muller", "Weiß", "WEIẞ", "Weis", "Öz", "Herr Dr. Öz", "Frau", "Herr Frau", "* Dipl", "Herr unknown", "Frau unbekannt", "Herr Mr Dr", "Herr ?", "Dipl.-Ing. Meyer", "Maier", "Mayr", "von der Ähe", "Haee", "Aeebel", "Manuel", "Michael", "Naeumann", "Nae", "Unbekannt", "k.A.", "keine Angabe", "N/A", "NA", "",
        "Sm?th", "??", "Breschnew", "Wikipedia", "Schmidt", "Schäfer", "Hoffmann", "H", "Hh", "Ha", "Xaver", "Cx", "Kx", "Axel", "Philipp", "Pfeiffer", "Cäsar", "Christ", "Clara", "Ach", "Sch", "Zcu", "Dzc", "Dts", "Mülhler", "Mhm", "Chh", "Hch", "HC", "Ahca", "Tsc", "657", "067", "6 5", "M657", "山田", "Ёлкин",
        "Groß-Müller", "O’Brien", "ä", "Ü", "ǖ", "Ǘ", "a\u0308\u0301", "Mueueller", "Uebel", "Ue", "A" * 4097, "ä" * 2048, "Jörg\u0000", "\u0001",
    ]),
    ("given_name", "digraph base cologne", ["Jürgen", "Juergen", "Jurgen", "Frau Änne", "Baby", "Nä", "NAE", "Käthe", "Zoë", "Med", "Jr", "entfällt"]),
    ("place", "exact digraph base", ["Köln", "Koeln", "Koln", "Saint Tönis", "St. Tönis", "Herr", "unbekannt", "Großenhain"]),
    ("address", "digraph base", ["Königsstraße 5", "Koenigsstr. 5", "Bahnhofstr. 1", "Frau Ahe 2"]),
    ("date", "day month year", ["1. März 1985", "01.04.1985", "1. April 1985", "12. Dez. 1985", "3. Jänner 1990", "2 MAI 1990", "2mai1990", "29. Feb. 2001", "Mrz 1985", "1.4.85", "Oktober 1985", "Juni", "01.01.1985", "31.12.1849", "unknown", "unbekannt", "13/04/1985", "4. Märzen 1985", "7 JULI 1985", "ma\u0308rz 1985"]),
    ("postcode", "full region", ["10115", "D-10115", "j9999", "D-00000", "A-12345-6789", "D", "AA", "DE 10115", "A-1010", "CH-8001", "1010", "123", "123456", "12345-6789", "SW1A 1AA", "00000", "9999", "1011?", "?????", "10???", "??115", "", "D", "k.A."]),
    ("sex", "code", ["M", "w", "W", "F", "weiblich", "männlich", "Maennlich", "d", "divers", "x", "o", "offen", "", "?", "1", "unbekannt", "Frau", "m w", "Mann\u0000", "M" * 4097]),
    ("email", "exact", ["Jörg@Beispiel.DE", "x"]),
    ("text", "exact folded", ["Grüße", "?"]),
    ("text", "digraph", ["a"]),
    ("phone", "national", ["030"]),
]


def cases() -> List[Dict[str, Any]]:
    result: List[Dict[str, Any]] = []
    for kind, levels, values in TABLE:
        for level in levels.split(" "):
            for value in values:
                outcome = normalise(kind, level, value)
                if outcome.value is not None:
                    assert normalise(kind, level, outcome.value) == outcome, (kind, level, value, outcome)
                result.append({"name": "%s %d" % (kind, len(result)), "kind": kind, "level": level, "value": value, "outcome": outcome.json()})
    return result


FILES = {"normalisation/de-latn.json": cases}
