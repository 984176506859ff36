"""Grades, runs of shifted rows and feedback, after protocols/05-audit.md §3, §4, §6 and §8."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from audit_schema import AuditSchema, Comparison
from outcomes import Numbers

FAMILY, READINGS = ("family_name", "family_reading"), ("family_reading", "given_reading")
WRITTEN = ("family_name", "given_name", "full_name")
UNLIKE = {  # right hypotheses: roles that compare as for different people
    "same": (),
    "other_family_name": FAMILY,
    "other_name": WRITTEN + READINGS,
    "other_writing": WRITTEN,
    "moved": ("address",),
    "moved_other_family_name": FAMILY + ("address",),
}
LIKE = {  # wrong hypotheses: roles that compare as for one person
    "household": FAMILY + ("address",),
    "household_other_name": ("address",),
    "twin": FAMILY + ("address", "birth_date"),
    "homonym": (),
    "namesake": WRITTEN + READINGS,
    "unrelated": (),
}
HOMONYM = {"family_name": 0.7, "given_name": 0.3}
RIGHT, WRONG = tuple(UNLIKE), tuple(LIKE)
HYPOTHESES = RIGHT + WRONG
PRIORS = dict(zip(HYPOTHESES, (0.9404, 0.005, 0.002, 5e-4, 0.05, 0.002, 3e-5, 5e-6, 2e-6, 3e-5, 3e-5, 3.3e-5)))
PRIOR_LINKS = 5_000
PARTS = (FAMILY, ("given_name", "given_reading"), ("full_name",))  # of a name

HINTS = ("shared_left", "shared_right", "near_number")
HINT_PRIORS = {
    ("household", "shared_left"): 0.5,
    ("household_other_name", "shared_left"): 0.5,
    ("unrelated", "shared_left"): 0.2,
    ("unrelated", "near_number"): 0.25,
    **{(h, "shared_right"): 0.25 for h in WRONG if h != "homonym"},
}
LEAST = 1e-7
MOST_ROUNDS, LEAST_GAIN = 200, 1e-9  # bits per link

CLASSES = {  # of wrong links, in the order in which ties are broken
    None: ("unrelated",),
    "homonym": ("homonym", "namesake"),
    "same_household_other": ("household", "household_other_name"),
    "twin": ("twin",),
}
SUFFICIENT = 10  # bits
SUSPECTED = 0.1
AS_WRITTEN = {"family_reading": "family_name", "given_reading": "given_name"}


@dataclass(frozen=True)
class Links:
    """Links with equal outcomes; decoys have no hints; an open hint is None."""

    outcomes: Tuple[int, ...]
    hints: Tuple[Optional[bool], ...]
    count: int


class Parameters(NamedTuple):
    m: List[Dict[int, float]]  # of each comparison; every outcome has one
    u: List[Dict[int, float]]
    shares: Dict[str, float]
    hints: Dict[str, Tuple[float, ...]]


class Grade(NamedTuple):
    probability: float
    weight_bits: float
    class_: str
    class_probability: float
    right: str
    wrong: str
    evidence: List[float]
    hint_bits: float


class Fit(NamedTuple):
    parameters: Parameters
    rounds: int
    gains: List[float]  # bits per link, of each round but the first


def size(c: Comparison) -> int:
    """Number of outcomes, including `missing`."""
    return Numbers(c).last("different")[1] + 1


def alike(c: Comparison) -> range:
    """Outcomes `agree` and `partial`."""
    return range(Numbers(c).agree(0, 0)[1], Numbers(c).partial(len(c.levels) - 1)[1] + 1)


def leaning(schema: AuditSchema, hypothesis: str, c: Comparison) -> float:
    """λ: 1 as for one person, 0 as for different people."""
    if hypothesis in UNLIKE:
        return float(c.role not in UNLIKE[hypothesis])
    if hypothesis == "homonym":
        return 1.0 if c.name in schema.searched else HOMONYM.get(c.role, 0.0)
    return float(c.role in LIKE[hypothesis])


class Model:
    def __init__(self, schema: AuditSchema, links: Sequence[Links], strangers: Sequence[Links]) -> None:
        self.schema, self.links, self.strangers = schema, links, strangers
        self.comparisons = schema.comparisons
        self.total = sum(l.count for l in links)
        self.leaning = {h: [leaning(schema, h, c) for c in self.comparisons] for h in HYPOTHESES}
        self.outside = [c.name not in schema.searched for c in self.comparisons]
        self.names = [c.role in WRITTEN + READINGS for c in self.comparisons]
        self.beside = [not name and c.role != "address" for c, name in zip(self.comparisons, self.names)]

    # Likelihoods (§3)

    def chance(self, p: Parameters, hypothesis: str, at: int, outcome: int) -> float:
        """P(o | H)."""
        of = self.leaning[hypothesis][at]
        return of * p.m[at][outcome] + (1 - of) * p.u[at][outcome] if outcome else 1.0

    def compared_outside(self, link: Links) -> bool:
        return any(o and outside for o, outside in zip(link.outcomes, self.outside))

    def namesakes_told(self, link: Links) -> bool:
        """A name was compared and does not differ, and something other than names and addresses was
        compared."""
        for part in PARTS:
            off = [o >= Numbers(c).last("similar(2)")[1] for c, o in zip(self.comparisons, link.outcomes) if o and c.role in part]
            if off and all(off):
                return False
        return all(any(o and there for o, there in zip(link.outcomes, of)) for of in (self.names, self.beside))

    def joint(self, p: Parameters, link: Links) -> Dict[str, float]:
        """Share times likelihood."""
        found: Dict[str, float] = {}
        for h in HYPOTHESES:
            chances = [self.chance(p, h, at, o) for at, o in enumerate(link.outcomes)]
            hints = [q if hint else 1 - q for q, hint in zip(p.hints[h], link.hints) if hint is not None]
            found[h] = p.shares[h] * math.prod(chances) * math.prod(hints)
        if not self.compared_outside(link):
            found["homonym"] = 0.0
        if not self.namesakes_told(link):
            found["namesake"] = 0.0
        return found

    def posteriors(self, p: Parameters, link: Links) -> Dict[str, float]:
        joint = self.joint(p, link)
        total = sum(joint.values())
        return {h: x / total for h, x in joint.items()}

    def log_likelihood(self, p: Parameters) -> float:
        return math.fsum(l.count * math.log2(sum(self.joint(p, l).values())) for l in self.links)

    # Parameters (§3.1)

    def counts(self, at: int, weights: Iterable[Tuple[Links, float]]) -> Dict[int, float]:
        found = dict.fromkeys(range(1, size(self.comparisons[at])), 0.0)
        for link, weight in weights:
            if link.outcomes[at]:
                found[link.outcomes[at]] += weight
        return found

    def priors(self, u: List[Dict[int, float]]) -> Dict[str, float]:
        strangers = 1.0  # chance that they have the same name
        for part in PARTS:
            agree = []
            for c, of in zip(self.comparisons, u):
                if c.role in part:
                    agree.append(sum(of[o] for o in alike(c)))
            strangers *= min(agree, default=1.0)
        namesake = PRIORS["namesake"] * (1 - math.exp(-self.total * strangers))
        return {**PRIORS, "same": PRIORS["same"] - namesake, "namesake": namesake}

    def maximised(self, posteriors: Sequence[Dict[str, float]]) -> Parameters:
        expected = [(l, {h: l.count * q for h, q in of.items()}) for l, of in zip(self.links, posteriors)]
        m, u = [], []
        for at in range(len(self.comparisons)):
            like = [h for h in RIGHT if self.leaning[h][at] == 1]
            n_m = self.counts(at, ((l, sum(e[h] for h in like)) for l, e in expected))
            n_u = self.counts(at, ((l, float(l.count)) for l in self.strangers))
            total_m, total_u = sum(n_m.values()), sum(n_u.values())
            s = {o: ((n_m[o] / total_m if total_m else 0) + (n_u[o] / total_u if total_u else 0)) / 2 for o in n_m}
            m.append({o: (n_m[o] + s[o]) / (total_m + 1) + LEAST for o in s})
            u.append({o: (n_u[o] + s[o]) / (total_u + 1) + LEAST for o in s})
        of = {h: math.fsum(e[h] for _, e in expected) for h in HYPOTHESES}
        priors = self.priors(u)
        shares = {h: (of[h] + PRIOR_LINKS * priors[h]) / (self.total + PRIOR_LINKS) for h in HYPOTHESES}
        hints: Dict[str, List[float]] = {h: [] for h in HYPOTHESES}
        for i, hint in enumerate(HINTS):
            with_hint = {h: math.fsum(e[h] for l, e in expected if l.hints[i]) for h in HYPOTHESES}
            told = {h: math.fsum(e[h] for l, e in expected if l.hints[i] is not None) for h in HYPOTHESES}
            right = (sum(with_hint[h] for h in RIGHT) + 0.5) / (sum(told[h] for h in RIGHT) + 1000)
            for h in HYPOTHESES:
                prior = HINT_PRIORS.get((h, hint), right)
                q = right if h in RIGHT else (with_hint[h] + 4 * prior) / (told[h] + 4)
                hints[h].append(min(max(q, LEAST), 1 - LEAST))
        return Parameters(m, u, shares, {h: tuple(q) for h, q in hints.items()})

    def fit(self) -> Fit:
        p = self.maximised([{h: float(h == "same") for h in HYPOTHESES}] * len(self.links))
        last: Optional[float] = None
        gains: List[float] = []
        for rounds in range(1, MOST_ROUNDS + 1):
            now = self.log_likelihood(p)
            p = self.maximised([self.posteriors(p, l) for l in self.links])
            if last is not None:
                gains.append((now - last) / self.total)
                if gains[-1] < LEAST_GAIN:
                    break
            last = now
        return Fit(p, rounds, gains)

    # Grades (§4)

    def bits(self, p: Parameters, link: Links, a: str, b: str) -> List[float]:
        return [math.log2(self.chance(p, a, at, o) / self.chance(p, b, at, o)) for at, o in enumerate(link.outcomes)]

    def differs(self, link: Links) -> bool:
        """An error or difference for which an entry must be corrected."""
        compared, off = set(), set()
        for c, o in zip(self.comparisons, link.outcomes):
            if o:
                compared.add(c.role)
                first_slip, wild = Numbers(c).slip(0, "")[1], Numbers(c).last("wild")[1]
                if o >= first_slip and o != wild:
                    off.add(c.role)
        excused = {reading for reading, name in AS_WRITTEN.items() if name in compared - off} | {"address"}
        return bool(off - excused)

    def sufficient(self, p: Parameters, link: Links, right: str) -> float:
        return sum(self.bits(p, link, right, "unrelated")) if self.compared_outside(link) else -math.inf

    def stranger(self, link: Links) -> str:
        _, shared_right, near_number = link.hints
        if near_number or not shared_right:
            return "digit_typo" if near_number else "unrelated"
        family = ((c, o) for c, o in zip(self.comparisons, link.outcomes) if c.role in FAMILY)
        relative = any(o in alike(c) or o == Numbers(c).last("wild")[1] for c, o in family)
        return "same_household_other" if relative else "prior_holder"

    def right_and_wrong(self, of: Dict[str, float]) -> Tuple[str, str]:
        right, wrong = RIGHT[0], WRONG[-1]
        for h in RIGHT:
            right = h if of[h] > of[right] else right
        for h in WRONG:
            wrong = h if of[h] > of[wrong] else wrong
        return right, wrong

    def grade(self, p: Parameters, link: Links) -> Grade:
        of = self.posteriors(p, link)
        right, wrong = self.right_and_wrong(of)
        probability = sum(of[h] for h in WRONG)
        hint_bits = 0.0
        for hint, a, b in zip(link.hints, p.hints[right], p.hints[wrong]):
            if hint is not None:
                hint_bits += math.log2(a / b if hint else (1 - a) / (1 - b))
        evidence = self.bits(p, link, right, wrong)
        if probability >= SUSPECTED:
            by_class = {name: sum(of[h] for h in members) for name, members in CLASSES.items()}
            name = max(by_class, key=lambda n: by_class[n])
            class_probability = by_class[name]
            class_ = name or self.stranger(link)
        else:
            class_probability = sum(of[h] for h in RIGHT)
            if self.sufficient(p, link, right) < SUFFICIENT:
                class_ = "insufficient"
            else:
                class_ = "entry_variant" if self.differs(link) else "match"
        return Grade(probability, sum(evidence) + hint_bits, class_, class_probability, right, wrong, evidence, hint_bits)


# Shifted rows (§6) ------------------------------------------------------------------------------

LEAST_RUN, BITS_OF_ROW = 40.0, 2.0
LONGEST_GAP = 12  # rows


class Run(NamedTuple):
    first: int
    last: int
    hits: int


def runs(hits: Sequence[Tuple[int, float]]) -> List[Run]:
    """For the hits at one offset, in the order of rows."""
    series: List[List[Tuple[int, float]]] = []
    for hit in hits:
        if series and hit[0] - series[-1][-1][0] <= LONGEST_GAP:
            series[-1].append(hit)
        else:
            series.append([hit])
    found: List[Run] = []
    for of in series:
        first, last = of[0][0], of[-1][0]
        others = last - first + 1 - len(of)
        if sum(score for _, score in of) - BITS_OF_ROW * others >= LEAST_RUN:
            found.append(Run(first, last, len(of)))
    return found


# Feedback (§8) ----------------------------------------------------------------------------------

HELD = 1e-3  # of verdicts
LEAST_SLOPE = 0.25


def logit(p: float) -> float:
    held = min(max(p, HELD), 1 - HELD)
    return math.log(held / (1 - held))


def correction(verdicts: Sequence[Tuple[float, bool]]) -> Tuple[float, float]:
    """a and b, by Newton's method; steps that do not help are halved."""
    points = [(logit(p), wrong) for p, wrong in verdicts]

    def objective(a: float, b: float) -> float:
        margins = [(a + b * x) * (1 if wrong else -1) for x, wrong in points]
        fits = -sum(max(-z, 0.0) + math.log1p(math.exp(-abs(z))) for z in margins)
        return fits - a * a / 8 - 10 * (b - 1) ** 2

    a, b = 0.0, 1.0
    for _ in range(100):
        q = [1 / (1 + math.exp(-(a + b * x))) for x, _ in points]
        slope_a = sum(wrong - p for p, (_, wrong) in zip(q, points)) - a / 4
        slope_b = sum((wrong - p) * x for p, (x, wrong) in zip(q, points)) - 20 * (b - 1)
        aa = sum(p * (1 - p) for p in q) + 1 / 4
        ab = sum(p * (1 - p) * x for p, (x, _) in zip(q, points))
        bb = sum(p * (1 - p) * x * x for p, (x, _) in zip(q, points)) + 20
        determinant = aa * bb - ab * ab
        step_a, step_b = (bb * slope_a - ab * slope_b) / determinant, (aa * slope_b - ab * slope_a) / determinant
        before = objective(a, b)
        while abs(step_a) + abs(step_b) > 1e-9 and objective(a + step_a, b + step_b) < before:
            step_a, step_b = step_a / 2, step_b / 2
        a, b = a + step_a, b + step_b
        if abs(step_a) + abs(step_b) < 1e-13:
            break
    return a, max(b, LEAST_SLOPE)
