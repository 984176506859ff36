"""US-like people in households, as recorded by a registry and an insurer, and links between the two with
planted errors.

Names are the most common in the United States, with their public frequencies; invented surnames stand for the
rest. Everything follows from the seed. Nothing here describes a real person.
"""
from __future__ import annotations

import csv
import datetime as dt
from bisect import bisect
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Callable, Dict, Iterable, List, Optional, Sequence, Tuple

# People per 100,000 (census of 2010), then the share of the tail.
SURNAMES = """smith 828 johnson 655 williams 551 brown 487 jones 483 garcia 395 miller 393 davis 378 rodriguez 371 martinez 359
hernandez 353 lopez 296 gonzalez 285 wilson 272 anderson 266 thomas 256 taylor 255 moore 246 jackson 240 martin 238 lee 235
perez 231 thompson 225 white 224 harris 212 sanchez 208 clark 191 ramirez 189 lewis 180 robinson 179 walker 177 young 164
allen 164 king 158 wright 156 scott 149 torres 148 nguyen 148 hill 147 flores 146 green 146 adams 145 nelson 144 baker 142
hall 138 rivera 132 campbell 131 mitchell 130 carter 128 roberts 127 gomez 124 phillips 122 evans 121 turner 118 diaz 117
parker 115 cruz 114 edwards 113 collins 112 reyes 111 stewart 110 morris 108 morales 107 murphy 105 cook 104 rogers 103
gutierrez 100 ortiz 97 morgan 97 cooper 95 peterson 94 bailey 93 reed 93 kelly 92 howard 91 ramos 90 kim 89 cox 88 ward 88
richardson 87 watson 85 brooks 85 chavez 84 wood 83 james 83 bennett 82 gray 81 mendoza 80 ruiz 80 hughes 79 price 79
alvarez 78 castillo 77 sanders 76 patel 76 myers 75 long 74 ross 73 foster 73 jimenez 72 powell 71 jenkins 70 perry 69
russell 69 sullivan 68 bell 68 coleman 67 butler 67 henderson 66 barnes 65 fisher 64 vasquez 63 simmons 63 graham 62
murray 61 ford 61 castro 60 marshall 59 owens 58 harrison 57 fernandez 57 mcdonald 56 woods 55 washington 55 kennedy 54
wells 54 vargas 53 henry 53 freeman 52 webb 51 tucker 51 guzman 50 burns 49 crawford 49 olson 48 simpson 48 porter 47
hunter 47 gordon 46 mendez 46 silva 45 shaw 45 snyder 44 mason 44 dixon 43 munoz 43 hunt 42 hicks 42 holmes 41 palmer 41
wagner 40 black 40 robertson 39 boyd 39 stone 38 salazar 38 fox 37 warren 37 mills 36 meyer 36 rice 35 schmidt 35"""
HEADS = "al bar ber brad car col crow dal den dor ed el fair far gar gil hal har hen hol jar ken kir lan lar lin mar mer nor oak pem pres quin ral ros sel shel stan tal thorn tor val wal wen whit wil yar zim".split()
MIDDLES = "a de di en er i in ker la ler lo ming o ra rin ster ta ver".split()
TAILS = "berg bury by croft dale den field ford ger ham ick kins land ley man mont more ner ski son stein ston ton ville well wick worth".split()
MALE = """james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald
steven paul andrew joshua kenneth kevin brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan
stephen larry justin scott brandon benjamin samuel gregory alexander frank patrick raymond jack dennis jerry tyler aaron jose
adam nathan henry douglas zachary peter kyle ethan walter noah jeremy christian keith roger terry austin sean gerald carl dylan
harold jordan jesse bryan lawrence arthur gabriel bruce logan billy joe alan juan elijah willie albert wayne randy vincent mason
roy ralph bobby russell bradley philip eugene louis luis carlos miguel hector omar derek seth grant wesley leon clyde marvin"""
FEMALE = """mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley
kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia dorothy amy kathleen angela
shirley emma brenda pamela nicole anna samantha katherine christine debra rachel carolyn janet maria olivia heather helen
catherine diane julie victoria joyce lauren kelly christina ruth joan virginia judith evelyn hannah andrea megan cheryl
jacqueline madison teresa abigail sophia martha sara gloria janice kathryn ann isabella judy charlotte julia grace amber alice
jean denise frances danielle marilyn natalie beverly diana brittany theresa kayla alexis doris lori tiffany rosa carmen claire"""
NICKNAMES = {
    "james": "jim", "john": "jack", "robert": "bob", "michael": "mike", "william": "bill", "david": "dave", "richard": "rick",
    "joseph": "joe", "thomas": "tom", "christopher": "chris", "daniel": "dan", "matthew": "matt", "anthony": "tony",
    "steven": "steve", "andrew": "andy", "joshua": "josh", "kenneth": "ken", "timothy": "tim", "edward": "ed", "nicholas": "nick",
    "benjamin": "ben", "samuel": "sam", "patricia": "pat", "jennifer": "jenny", "elizabeth": "liz", "barbara": "barb",
    "susan": "sue", "margaret": "peggy", "kimberly": "kim", "deborah": "debbie", "rebecca": "becky", "katherine": "kate",
    "christine": "chris", "victoria": "vicky", "pamela": "pam", "catherine": "cathy", "jacqueline": "jackie", "teresa": "terry",
}  # fmt: skip
TOWNS = """springfield franklin clinton greenville bristol fairview salem madison georgetown arlington ashland dover oxford jackson
burlington manchester milton newport auburn centerville clayton dayton lexington milford winchester cleveland hudson kingston
riverside dallas mount_vernon oakland hamilton marion union monroe lebanon florence chester troy concord glendale lancaster
medford plymouth richmond sheridan windsor woodstock camden brookfield cambridge danville essex fairfield garfield harrison
lincoln melrose norwood pittsfield quincy raymond somerset tipton vienna waverly weston york ely""".split()

COLUMNS = ["record_id", "given_name", "surname", "date_of_birth", "suburb", "postcode"]
TODAY = dt.date(2024, 6, 1)

# Harmless differences, with their probability per link: about 1 % each, but more people have moved since a
# year-old file. Nicknames affect 2 % of those who have one, and other surnames 2 % of adult women; a middle
# name is recorded as the given name.
TYPED_SURNAME, TYPED_GIVEN, NICKNAME, MIDDLE, MARRIED, MOVED, DATE, BLANK = 0.01, 0.01, 0.02, 0.005, 0.02, 0.08, 0.01, 0.01
# Share of wrong dates that are random.
ANY_DATE = 0.05
# Share of links that are a person's second: two policies, both correct.
SECOND = 0.01
# People in the registry per link.
REGISTERED = 1.8


@dataclass
class Person:
    """A person in the registry; `home` is the number of the household."""

    male: bool
    given: str
    surname: str
    born: dt.date
    home: int
    town: str = ""
    zip: str = ""

    def row(self, record: str) -> List[str]:
        return [record, self.given, self.surname, self.born.isoformat(), self.town, self.zip]

    def names(self) -> Tuple[str, str]:
        return self.given, self.surname


@dataclass
class Weighted:
    """Weighted draws."""

    items: Sequence[str]
    weights: Iterable[float]
    sums: List[float] = field(init=False)

    def __post_init__(self) -> None:
        self.sums = list(accumulate(self.weights))

    def draw(self, random: Random) -> str:
        return self.items[min(bisect(self.sums, random.random() * self.sums[-1]), len(self.items) - 1)]


class Country:
    """Names and places for a seed."""

    def __init__(self, random: Random) -> None:
        words = SURNAMES.split()
        known, counts = words[::2], [float(count) for count in words[1::2]]
        tail = sorted({head + middle + end for head in HEADS for middle in MIDDLES for end in TAILS})
        random.shuffle(tail)
        rest = 100_000 - sum(counts)
        falling = [1 / (rank + 400) for rank in range(len(tail))]
        self.surnames = Weighted(known + tail, counts + [rest * share / sum(falling) for share in falling])
        self.given = [Weighted(of.split(), [1 / (rank + 30) for rank in range(len(of.split()))]) for of in (FEMALE, MALE)]
        self.towns = Weighted([town.replace("_", " ") for town in TOWNS], [1 / (rank + 4) for rank in range(len(TOWNS))])
        self.zips: Dict[str, List[str]] = {}
        for rank, town in enumerate(self.towns.items):
            first = 10_000 + 137 * rank
            self.zips[town] = [str(first + number) for number in range(1 + 24 // (rank + 2))]

    def place(self, random: Random) -> Tuple[str, str]:
        town = self.towns.draw(random)
        return town, random.choice(self.zips[town])


def born_between(random: Random, least: float, most: float) -> dt.date:
    """A date of birth for an age in years."""
    return TODAY - dt.timedelta(days=int(365.25 * random.uniform(least, most)))


def household(random: Random, country: Country, home: int) -> List[Person]:
    """A household of one to six people."""

    def person(male: bool, surname: str, born: dt.date) -> Person:
        return Person(male, country.given[male].draw(random), surname, born, home)

    surname, age = country.surnames.draw(random), random.triangular(20, 90, 42)
    male = random.random() < 0.5
    people = [person(male, surname, born_between(random, age, age + 1))]
    if random.random() < 0.55:
        # 75 % of couples share a surname.
        other = surname if random.random() < 0.75 else country.surnames.draw(random)
        people.append(person(not male, other, born_between(random, max(18, age - 5), max(19, age + 5))))
    children = random.choices([0, 1, 2, 3, 4], [50, 20, 20, 8, 2])[0] if 24 < age < 62 else 0
    for _ in range(children):
        child = person(random.random() < 0.51, surname, born_between(random, max(0, age - 38), max(1, age - 22)))
        father = next((parent for parent in people[:2] if parent.male), None)
        if child.male and father and random.random() < 0.03:
            child.given = father.given
        people.append(child)
        if random.random() < 0.015:
            people.append(person(random.random() < 0.51, surname, child.born))
    town, code = country.place(random)
    return [replace(of, town=town, zip=code) for of in people]


def people(random: Random, country: Country, count: int) -> List[Person]:
    found: List[Person] = []
    home = 0
    while len(found) < count:
        found.extend(household(random, country, home))
        home += 1
    return found[:count]


def typed(random: Random, word: str) -> str:
    """A typing error: an inserted, deleted or substituted letter, or two exchanged."""
    at, letter = random.randrange(len(word)), random.choice("abcdefghijklmnopqrstuvwxyz")
    kind = random.randrange(4)
    if kind == 0 and len(word) > 2:
        return word[:at] + word[at + 1 :]
    if kind == 1 and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + letter + word[at + (kind == 2) :]


def other_date(random: Random, born: dt.date) -> dt.date:
    """A date with an error: a digit, day and month exchanged, the day before, or a random date."""
    kind = random.random()
    if kind < ANY_DATE:
        return born_between(random, 0, 90)
    if kind < 0.3 and born.day <= 12:
        return born.replace(month=born.day, day=born.month)
    if kind < 0.4:
        return born - dt.timedelta(days=1)
    while True:
        digits = list(born.strftime("%Y%m%d"))
        digits[random.randrange(2, 8)] = random.choice("0123456789")
        try:
            return dt.datetime.strptime("".join(digits), "%Y%m%d").date()
        except ValueError:
            continue


def as_insured(random: Random, country: Country, person: Person) -> List[str]:
    """A person's record at the insurer, without the id."""
    of = replace(person)
    age = (TODAY - of.born).days / 365.25
    if random.random() < TYPED_SURNAME:
        of.surname = typed(random, of.surname)
    if random.random() < NICKNAME and of.given in NICKNAMES:
        of.given = NICKNAMES[of.given]
    if random.random() < MIDDLE:
        of.given = country.given[of.male].draw(random)
    if random.random() < TYPED_GIVEN:
        of.given = typed(random, of.given)
    if not of.male and age > 18 and random.random() < MARRIED:
        of.surname = country.surnames.draw(random)
    if random.random() < MOVED:
        of.town, of.zip = country.place(random)
    if random.random() < DATE:
        of.born = other_date(random, of.born)
    row = of.row("")[1:]
    for at in (2, 3, 4):
        if random.random() < BLANK:
            row[at] = ""
    return row


def numbers(random: Random, count: int) -> List[str]:
    """Distinct numbers of eight digits."""
    return [f"{number:08d}" for number in random.sample(range(10**8), count)]


def one_slip(number: str) -> Iterable[str]:
    for at, digit in enumerate(number):
        for other in "0123456789":
            if other != digit:
                yield number[:at] + other + number[at + 1 :]
        if at + 1 < len(number) and number[at + 1] != digit:
            yield number[:at] + number[at + 1] + digit + number[at + 2 :]


@dataclass
class Ties:
    """Correct links, and errors planted in them."""

    random: Random
    registry: List[Person]
    numbers: List[str]
    insured: List[int]  # people by link, in the order of handles
    tied: List[int] = field(init=False)  # the record of each link
    causes: Dict[int, Tuple[str, str]] = field(default_factory=dict)  # cause and class by link

    def __post_init__(self) -> None:
        self.tied = list(self.insured)

    def plant(self, cause: str, wanted: int, other: Callable[[int], Optional[int]], class_of: Callable[[int, int], str]) -> None:
        """Links randomly chosen people to the record that `other` returns."""
        links = list(range(len(self.insured)))
        self.random.shuffle(links)
        for link in links:
            if wanted == 0:
                return
            record = other(self.insured[link]) if link not in self.causes else None
            if record is not None:
                self.tied[link] = record
                self.causes[link] = (cause, class_of(self.insured[link], record))
                wanted -= 1
        raise SystemExit(f"too few people for {cause}: make more")

    def shift(self, rows: int) -> None:
        """Consecutive rows, each linked to the record of the next."""
        first = self.random.randrange(len(self.insured) - rows - 1)
        for link in range(first, first + rows):
            self.tied[link] = self.insured[link + 1]
            self.causes[link] = ("row_shift", "block_shift")

    def member(self, person: int) -> Optional[int]:
        home = self.registry[person].home
        near = range(max(0, person - 8), min(len(self.registry), person + 9))
        others = [other for other in near if other != person and self.registry[other].home == home]
        return self.random.choice(others) if others else None

    def namesakes(self) -> Callable[[int], Optional[int]]:
        of_name: Dict[Tuple[str, str], List[int]] = {}
        for at, person in enumerate(self.registry):
            of_name.setdefault(person.names(), []).append(at)

        def other(at: int) -> Optional[int]:
            person = self.registry[at]
            others = [i for i in of_name[person.names()] if self.registry[i].born != person.born and self.registry[i].home != person.home]
            return self.random.choice(others) if others else None

        return other

    def mistyped(self) -> Callable[[int], Optional[int]]:
        of_number = {number: at for at, number in enumerate(self.numbers)}

        def other(at: int) -> Optional[int]:
            found = sorted(of_number[number] for number in one_slip(self.numbers[at]) if number in of_number)
            return found[0] if found else None

        return other

    def member_class(self, person: int, record: int) -> str:
        return "twin" if self.registry[person].born == self.registry[record].born else "same_household_other"


def write(path: Path, header: List[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def make(folder: Path, seed: int, links: int, errors: Dict[str, int]) -> None:
    """Two tables, the links and the ground truth, named like those of `mizuhiki synth people`."""
    random = Random(f"us-like {seed}")
    country = Country(random)
    registry = people(random, country, int(REGISTERED * links))
    insured = random.sample(range(len(registry)), links - int(SECOND * links))
    insured += random.sample(insured, links - len(insured))
    random.shuffle(insured)
    ties = Ties(random, registry, numbers(random, len(registry)), insured)
    ties.shift(errors["row_shift"])
    ties.plant("household", errors["household"], ties.member, ties.member_class)
    ties.plant("namesake", errors["namesake"], ties.namesakes(), lambda *_: "homonym")
    ties.plant("number_typo", errors["number_typo"], ties.mistyped(), lambda *_: "digit_typo")
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "registry.csv", [*COLUMNS, "number"], ([*of.row(f"R{at:06d}"), ties.numbers[at]] for at, of in enumerate(registry)))
    write(folder / "insurer.csv", COLUMNS, ([f"I{link:06d}", *as_insured(random, country, registry[at])] for link, at in enumerate(ties.insured)))
    table = ([f"L{link:06d}", f"I{link:06d}", f"R{at:06d}", f"{link // 1000:05d}"] for link, at in enumerate(ties.tied))
    write(folder / "links-insurer-registry.csv", ["handle", "left_id", "right_id", "batch"], table)
    truth = ([f"L{link:06d}", *ties.causes.get(link, ("", "match"))] for link in range(links))
    write(folder / "truth-links-insurer-registry.csv", ["handle", "cause", "class"], truth)
