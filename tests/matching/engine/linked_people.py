"""A small synthetic table of people, each met one to three times, and a model linked to it."""

from functools import cache
from random import Random

import numpy as np
import polars as pl

from matching.engine.blocking import BlockingRule
from matching.engine.comparators.base import Exact
from matching.engine.comparators.text import Edits, JaroWinkler
from matching.engine.linkage import Linkage
from matching.engine.model import LinkageModel
from matching.engine.patterns import Comparison, Rival
from matching.engine.scores import Scores

FORENAMES = ("ann", "bela", "cora", "dora", "emma", "finn", "gwen", "hugo", "ivan", "jane", "karl", "lena")
SURNAMES = ("smith", "jones", "nagy", "tran", "kovacs", "okafor", "brown", "adams", "hill", "stone")
TOWNS = tuple(f"town {number}" for number in range(30))

MODEL = LinkageModel(
    "people",
    (
        Comparison("forename", ("forename",), JaroWinkler(), term="forename"),
        Comparison("surname", ("surname",), JaroWinkler(), term="surname"),
        Comparison("born", ("born",), Edits()),
        Comparison("town", ("town",), Exact()),
    ),
    (
        BlockingRule("born", (pl.col("born"),)),
        BlockingRule("names", (pl.col("forename"), pl.col("surname"))),
        BlockingRule("surname and town", (pl.col("surname"), pl.col("town"))),
    ),
    rivals=(Rival("a relative", shared=frozenset({"surname", "town"})),),
)


def write_people(entities: int = 600, seed: int = 3) -> pl.DataFrame:
    """Records with `record_id` (`entity-copy`); a tenth of each name cut, a tenth unborn, a fifth moved."""
    chance = Random(seed)
    rows = []
    for entity in range(entities):
        forename, surname, town = chance.choice(FORENAMES), chance.choice(SURNAMES), chance.choice(TOWNS)
        born = f"19{chance.randint(50, 99)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        for copy in range(chance.choice((1, 2, 2, 3))):
            record = (
                forename[1:] if chance.random() < 0.1 else forename,
                surname[:-1] if chance.random() < 0.1 else surname,
                None if chance.random() < 0.1 else born,
                chance.choice(TOWNS) if chance.random() < 0.2 else town,
            )
            rows.append((f"{entity}-{copy}", *record))
    return pl.DataFrame(rows, schema=["record_id", "forename", "surname", "born", "town"], orient="row")


@cache
def link_people() -> tuple[Linkage, Scores]:
    linkage = MODEL.on(write_people())
    return linkage, linkage.score(linkage.train())


def is_one(linkage: Linkage) -> np.ndarray:
    """The truth about each candidate pair."""
    entity = linkage.keys.str.split("-").list.first().to_numpy()
    return entity[linkage.left] == entity[linkage.right]
