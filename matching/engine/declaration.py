"""What a linkage model consists of: comparisons, blocking rules, and what a cluster may hold.

Belongs here: the declaration and what follows from it alone. Does not: applying it to tables (`model`, `linkage`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from matching.engine.blocking import BlockingRule
from matching.engine.options import Options
from matching.engine.parameters import Parameters, Shares
from matching.engine.patterns import Comparison, Rival

LinkType = Literal["dedupe", "link", "link_and_dedupe"]


@dataclass(frozen=True, eq=False)
class Declaration:
    """What is compared, which pairs are compared, and what a cluster may hold.

    Attributes:
        name: of the model.
        comparisons: in the order in which an explanation lists them.
        blocking: blocking rules, the most selective first. Rules that comparisons bring follow.
        link_type: `dedupe` within one table, `link` between tables only, `link_and_dedupe` both.
        limits: how many records of a table a cluster may hold at most, by the name of the table.
        rivals: classes of pairs that agree in much and do not match.
        options: of training.

    Raises:
        ValueError: the link type is unknown, there is no comparison, two have one name, or rivals name a comparison
            that the model does not have.
    """

    name: str
    comparisons: tuple[Comparison, ...]
    blocking: tuple[BlockingRule, ...] = ()
    link_type: LinkType = "dedupe"
    limits: Mapping[str, int] = field(default_factory=dict)
    rivals: tuple[Rival, ...] = ()
    options: Options = field(default_factory=Options)

    def __post_init__(self) -> None:
        if self.link_type not in get_args(LinkType):
            raise ValueError(f"link type {self.link_type!r} of model {self.name!r} is none of {get_args(LinkType)}")
        names = [comparison.name for comparison in self.comparisons]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"model {self.name!r} needs comparisons, each with a name of its own, not {names}")
        named = {name for rival in self.rivals for name in rival.same | rival.shared}
        if unknown := sorted(named - set(names)):
            raise ValueError(
                f"rivals of model {self.name!r} name comparisons that it does not have: {', '.join(unknown)}"
            )

    def declared(self) -> Parameters:
        """The parameters as declared, for a model that is used without training.

        Raises:
            ValueError: a comparison declares no shares.
        """
        if missing := [entry.name for entry in self.comparisons if entry.declared is None]:
            raise ValueError(f"model {self.name!r} declares no shares for {', '.join(missing)}: train it")
        shares = tuple(
            Shares(
                name=entry.name,
                levels=entry.levels,
                m=(0.0, *(m for m, _ in entry.declared or ())),
                u=(0.0, *(u for _, u in entry.declared or ())),
            )
            for entry in self.comparisons
        )
        return Parameters(model=self.name, prior=0.5, records=0, shares=shares, trained_on="nothing: as declared")

    @property
    def rules(self) -> tuple[BlockingRule, ...]:
        """All blocking rules."""
        return (*self.blocking, *(rule for comparison in self.comparisons for rule in comparison.blocking))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that comparisons and rules read."""
        compared = {column for comparison in self.comparisons for column in comparison.read}
        return tuple(sorted(compared | {column for rule in self.rules for column in rule.columns}))
