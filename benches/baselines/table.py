#!/usr/bin/env python3
"""Baselines side by side: every method on every set, on the same fields, in one table.

DATA is what benches/data/sets.py writes. --peers and --splink are the Python interpreters of the two
environments (benches/baselines/README.md). Each method runs in a process of its own; one whose environment is
missing is left out, with a message. Results are kept in WORK, and read again instead of computed if they are
there.

Figures: precision, recall and F1 of pairs. Sets for `link` have one record per person and file, so pairs are
taken best first, each record once; for mizuhiki's own threshold, its own links. `many`: all pairs of the two
files. `dedupe`: pairs within clusters, which are connected components, or mizuhiki's own clusters; with the F1
of B-cubed. "Own" is the threshold that the method states without labels, "best" the threshold with the best F1
against the ground truth (over pairs or clusters, whichever is better).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from case import Case, Found, Json, Scored, read_case, read_found

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "deduplication"))

from figures import Pairs, b_cubed, pairwise  # noqa: E402

EXAMPLES, SCHEMAS = HERE.parents[1] / "protocols" / "schema" / "examples", HERE / "schemas"
FIVE = (EXAMPLES / "people-five-fields-plain.json", EXAMPLES / "people-five-fields.json")
NAMES = (EXAMPLES / "people-names-dob-plain.json", EXAMPLES / "people-names-dob.json")
JAPAN = (SCHEMAS / "people-ja-kanji-plain.json", EXAMPLES / "people-ja-kanji.json")
# Schemas for `plain` and `hardened`: examples where the fields fit, otherwise made from them (README.md).
SETS = {
    "febrl1": FIVE, "febrl2": FIVE, "febrl3": FIVE, "febrl4": FIVE, "febrl4_names": NAMES,
    "rldata500": NAMES, "rldata10000": NAMES,
    "fake_1000": (SCHEMAS / "people-city-email-plain.json", SCHEMAS / "people-city-email.json"), "historical_50k": FIVE,
    "pseudopeople_ssa": NAMES, "pseudopeople_census": (SCHEMAS / "people-address-plain.json", SCHEMAS / "people-address.json"),
    "foreigners_pl": NAMES, "dblp_acm": (SCHEMAS / "publications-plain.json", SCHEMAS / "publications.json"),
    "japan": JAPAN, "japan_many": JAPAN, "japan_many_one": JAPAN,
}  # fmt: skip
METHODS = {
    "clkhash + anonlink": ("peers", "with_clkhash.py", None),
    "recordlinkage": ("peers", "with_recordlinkage.py", None),
    "Splink": ("splink", "with_splink.py", None),
    "mizuhiki plain": ("splink", "with_mizuhiki.py", "plain"),
    "mizuhiki hardened": ("splink", "with_mizuhiki.py", "hardened"),
    "mizuhiki confirmed": ("splink", "with_mizuhiki.py", "confirmed"),
}
PLAINTEXT = ("recordlinkage", "Splink")


class Truth:
    """The ground truth of a set."""

    def __init__(self, case: Case) -> None:
        self.task = case.task
        files = case.files
        self.left = {row["record_id"]: row["entity"] for row in files[0]}
        self.right = {row["record_id"]: row["entity"] for row in files[-1]}
        counts = [Counter(persons.values()) for persons in (self.left, self.right)]
        if self.task == "dedupe":
            self.wanted = pairwise([], self.left).wanted
        else:
            self.wanted = sum(count * counts[1][person] for person, count in counts[0].items())

    def right_pairs(self, pairs: Iterable[tuple[str, ...]]) -> int:
        return sum(self.left[pair[0]] == self.right[pair[1]] for pair in pairs)


def figures(pairs: Pairs) -> Json:
    return {"found": pairs.found, "precision": pairs.precision, "recall": pairs.recall, "f1": pairs.f1}


def one_to_one(pairs: Iterable[Scored]) -> Iterator[Scored]:
    used: set[tuple[int, str]] = set()
    for left, right, score in pairs:
        ends = {(0, left), (1, right)}
        if not used & ends:
            used |= ends
            yield left, right, score


def at_ends(pairs: list[Scored]) -> Iterator[tuple[Scored, bool]]:
    """Each pair, and whether it is the last of its score: equal scores are taken together."""
    for place, each in enumerate(pairs):
        yield each, place + 1 == len(pairs) or pairs[place + 1][2] < each[2]


def best_pairs(pairs: list[Scored], truth: Truth) -> Json:
    best, right = {"f1": 0.0}, 0
    for count, ((one, other, score), ends) in enumerate(at_ends(pairs), 1):
        right += truth.left[one] == truth.right[other]
        if ends and 2 * right > best["f1"] * (count + truth.wanted):
            best = figures(Pairs(count, right, truth.wanted)) | {"threshold": score, "by": "pairs"}
    return best


class Components:
    """Connected components of records, with the number of pairs in them and of correct ones."""

    def __init__(self, persons: dict[str, str]) -> None:
        self.persons = persons
        self.root: dict[str, str] = {}
        self.members: dict[str, list[str]] = {}
        self.of_person: dict[str, Counter[str]] = {}
        self.found = self.right = 0

    def find(self, record: str) -> str:
        root = self.root.get(record)
        if root is None:
            self.root[record] = record
            self.members[record] = [record]
            self.of_person[record] = Counter([self.persons[record]])
            return record
        while self.root[root] != root:
            root = self.root[root]
        self.root[record] = root
        return root

    def join(self, one: str, other: str) -> None:
        large, small = self.find(one), self.find(other)
        if large == small:
            return
        if len(self.members[large]) < len(self.members[small]):
            large, small = small, large
        self.found += len(self.members[large]) * len(self.members[small])
        self.right += sum(count * self.of_person[large][person] for person, count in self.of_person[small].items())
        self.members[large] += self.members.pop(small)
        self.of_person[large] += self.of_person.pop(small)
        self.root[small] = large


def best_clusters(pairs: list[Scored], truth: Truth) -> Json:
    best: Json = {"f1": 0.0}
    parts = Components(truth.left)
    for (one, other, score), ends in at_ends(pairs):
        parts.join(one, other)
        if ends and 2 * parts.right > best["f1"] * (parts.found + truth.wanted):
            best = figures(Pairs(parts.found, parts.right, truth.wanted)) | {"threshold": score, "by": "clusters"}
        # Wrong pairs only grow: from here on, F1 cannot be better.
        if parts.found > 4 * truth.wanted + 10_000:
            break
    return best


def of_clusters(groups: Iterable[Iterable[str]], truth: Truth) -> Json:
    parts = Components(truth.left)
    for group in groups:
        first, *others = group
        for other in others:
            parts.join(first, other)
    joined = list(parts.members.values())
    result = figures(Pairs(parts.found, parts.right, truth.wanted))
    return result | dict(zip(("b_cubed_precision", "b_cubed_recall", "b_cubed_f1"), b_cubed(joined, truth.left)))


def own(found: Found, truth: Truth) -> Json:
    if found.own_clusters is not None:
        return of_clusters(found.own_clusters, truth)
    if found.own_pairs is not None:
        pairs: list[tuple[str, ...]] = list(found.own_pairs)
        return figures(Pairs(len(pairs), truth.right_pairs(pairs), truth.wanted))
    likely = [each for each in found.pairs if each[2] >= (found.own_threshold or 0)]
    if truth.task == "dedupe":
        return of_clusters([each[:2] for each in likely], truth)
    kept = list(one_to_one(likely)) if truth.task == "link" else likely
    return figures(Pairs(len(kept), truth.right_pairs(kept), truth.wanted))


def best(found: Found, truth: Truth, at_own: Json) -> Json | None:
    """None without scores; never below the own answer."""
    if not found.pairs:
        return None
    if truth.task == "link":
        choices = [best_pairs(list(one_to_one(found.pairs)), truth)]
    else:
        choices = [best_pairs(found.pairs, truth)]
        if truth.task == "dedupe":
            choices.append(best_clusters(found.pairs, truth))
    return max(choices + [at_own | {"by": "own"}], key=lambda each: each["f1"] or 0.0)


def run(name: str, method: str, options: argparse.Namespace) -> Json | None:
    environment, module, mode = METHODS[method]
    out = options.work / name / method.replace(" ", "_").replace("+", "and")
    if not (out / "found.json").is_file():
        python = getattr(options, environment)
        if python is None or not python.is_file():
            print(f"{name}: {method}: left out: --{environment} is not given, or no program", file=sys.stderr)
            return None
        command = [str(python), str(HERE / module), str(options.data / name), str(out)]
        if mode is not None:
            schema = SETS[name][mode != "plain"]
            command += ["--mode", mode, "--mizuhiki", str(options.mizuhiki.resolve()), "--schema", str(schema)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            print(f"{name}: {method}: left out: {done.stderr.strip()[-2000:]}", file=sys.stderr, flush=True)
            return None
    found, content = read_found(out)
    truth = Truth(read_case(options.data / name))
    at_own = own(found, truth)
    return {"set": name, "method": method, "task": truth.task, "true_pairs": truth.wanted, "own": at_own, "best": best(found, truth, at_own),
            "seconds": content["seconds"], "versions": content["versions"], "notes": found.notes}  # fmt: skip


def cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def line(each: Json) -> str:
    at = each["own"]
    figures = "  ".join(f"{name} {cell(at.get(name))}" for name in ("precision", "recall", "f1", "b_cubed_f1"))
    return f"{each['set']:<20}{each['method']:<20}{figures}  best F1 {cell((each['best'] or {}).get('f1'))}  {each['seconds']:.0f} s"


def grid(title: str, results: list[Json], show: Callable[[Json], str]) -> str:
    """A row per set, a column per method; sets without a figure are left out."""
    methods = [method for method in METHODS if any(each["method"] == method for each in results)]
    lines = [f"| {title} | {' | '.join(methods)} |", "|---" * (len(methods) + 1) + "|"]
    for name, of in by_set(results).items():
        cells = [show(of[method]) if method in of else "–" for method in methods]
        if any(each != "–" for each in cells):
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def by_set(results: list[Json]) -> dict[str, dict[str, Json]]:
    sets: dict[str, dict[str, Json]] = defaultdict(dict)
    for each in results:
        sets[each["set"]][each["method"]] = each
    return sets


def goals(results: list[Json]) -> str:
    """The price of hardening by set, and the distance from the best plaintext method at any of its thresholds."""
    lines = ["| set | plain − hardened | the same, both at best | plain − confirmed | hardened − best plaintext |", "|---|---|---|---|---|"]
    for name, of in by_set(results).items():
        own_f1 = {method: each["own"]["f1"] for method, each in of.items()}
        best_f1 = {method: each["best"]["f1"] for method, each in of.items() if each["best"]}
        plain, hardened, confirmed = (f"mizuhiki {mode}" for mode in ("plain", "hardened", "confirmed"))
        top = max((best_f1[method] for method in PLAINTEXT if method in best_f1), default=None)
        differences = [
            (own_f1.get(plain), own_f1.get(hardened)), (best_f1.get(plain), best_f1.get(hardened)),
            (own_f1.get(plain), own_f1.get(confirmed)), (own_f1.get(hardened), top),
        ]  # fmt: skip
        lines.append(f"| {name} | " + " | ".join("–" if a is None or b is None else f"{a - b:+.4f}" for a, b in differences) + " |")
    return "\n".join(lines) + "\n"


def tables(results: list[Json]) -> str:
    def f1(each: Json) -> str:
        return f"{cell(each['own']['f1'])} / {cell(each['best']['f1'])}" if each["best"] else cell(each["own"]["f1"])

    return "\n".join([
        grid("F1, own / best", results, f1),
        grid("precision / recall", results, lambda each: f"{cell(each['own']['precision'])} / {cell(each['own']['recall'])}"),
        grid("B³ F1", results, lambda each: cell(each["own"].get("b_cubed_f1"))),
        grid("seconds", results, lambda each: f"{each['seconds']:.0f}"),
        goals(results),
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="folder for what each method finds")
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--peers", type=Path, metavar="PYTHON", help="environment of requirements.txt")
    parser.add_argument("--splink", type=Path, metavar="PYTHON", help="environment of requirements-splink.txt; mizuhiki needs it, too")
    parser.add_argument("--only", nargs="+", choices=SETS, default=list(SETS), metavar="SET")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS), metavar="METHOD")
    parser.add_argument("--five-fields", default="people-five-fields", metavar="NAME", help="example for the sets of five fields; another WORK for another one")
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.add_argument("--markdown", type=Path, metavar="OUT")
    options = parser.parse_args()
    for name in [name for name, schemas in SETS.items() if schemas == FIVE]:
        SETS[name] = (FIVE[0], EXAMPLES / f"{options.five_fields}.json")
    results = []
    for name in options.only:
        if not (options.data / name / "manifest.json").is_file():
            print(f"{name}: left out: not in {options.data}; see benches/data/sets.py", file=sys.stderr)
            continue
        for method in options.methods:
            if method == "mizuhiki confirmed" and read_case(options.data / name).task == "dedupe":
                continue  # A confirmation is between two files.
            result = run(name, method, options)
            if result is not None:
                results.append(result)
                print(line(result), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(tables(results), encoding="utf-8")
    print(f"\n{tables(results)}", end="")


if __name__ == "__main__":
    main()
