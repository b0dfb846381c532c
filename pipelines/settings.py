"""The settings of an installation: one TOML file, checked before anything runs. It never holds secrets."""

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from assets.sources.contract import Limits
from expectations.bounds import Bounds
from expectations.disclosure import LEAST_THRESHOLD
from expectations.discrepancies import PresenceClock
from pipelines.alert_kinds import AlertSettings
from review.desk_settings import DeskSettings
from warehouse.codes import ORDER_TYPES
from warehouse.delivery_states import DEFAULT_POLICIES, STATES, Policy
from warehouse.sources import SOURCE_NAMES

FILE_NAME = "concord.toml"

PRESENCE_KEYS = (*SOURCE_NAMES, *(f"{source}:{order_type}" for source in SOURCE_NAMES for order_type in ORDER_TYPES))
Days = Annotated[int, Field(ge=0, le=3_660)]


HEADING = re.compile(r"\s*\[([^\]]*)\]")
SETTING = re.compile(r"""\s*(["']?)([^"'=]+?)\1\s*=""")
# `user:password@` after the scheme, or a password among the parameters.
PASSWORD = re.compile(r"//[^/@:]*:[^/@]*@|[?&]password=")


class SettingsError(ValueError):
    """The settings file can't be used; the message names file, line, setting and what was expected."""


def _without_password(url: str) -> str:
    if PASSWORD.search(url):
        raise ValueError("a password does not belong into the file: give the whole URL as CONCORD_LEDGER")
    return url


def _printable(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise ValueError("expected a printable text")
    return text


# Excel's headers and footers hold 255 characters.
Words = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_printable)]


class QualitySettings(BaseModel):
    """How quality is published."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    suppress_below: Annotated[int, Field(ge=LEAST_THRESHOLD, le=1_000)] = 10
    """The smallest count that is shown outside, apart from 0 (`expectations.disclosure`)."""


class StudyInputs(BaseModel):
    """What studies of the register need and no delivery holds."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    covered_from: date | None = None
    """First day from which the sources hold all arrests; defaults to the first arrest that they hold."""
    covered_until: date | None = None
    """Last day up to which they do; defaults to the date of the release."""
    harm_table: Path | None = None
    """CSV of another edition of the harm index (`offence_code`, `harm_days`); its name says which edition."""


def _address_of_a_store(url: str) -> str:
    if "://" not in url or "@" in url or "?" in url:
        raise ValueError("expected a URL such as s3://bucket/folder; credentials come only from the environment")
    return url.rstrip("/")


StoreUrl = Annotated[str, AfterValidator(_address_of_a_store)]


class StorageSettings(BaseModel):
    """Object stores that deliveries come from and releases are mirrored to: [stores](../operate.md#object-stores)."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    landing: StoreUrl | None = None
    """Where deliveries land, `s3://bucket/landing`: a night brings them to the landing folder first."""
    releases: StoreUrl | None = None
    """Where each release is mirrored once it is published here, `s3://bucket/releases`."""


KeptDays = Annotated[int, Field(ge=1, le=36_600)]


class RetentionSettings(BaseModel):
    """Days for which the state of nights is kept, counted back from the night of the release in force.

    A night is followed by the pruning of what is older. What a kept release rests on stays with it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    tables: KeptDays | None = 30
    """Tables between stages; those of the last run stay."""
    archive: KeptDays | None = None
    """Deliveries; those that a kept release rests on stay. Defaults to all being kept."""
    quarantine: KeptDays | None = None
    """Rows set aside. Defaults to all being kept."""
    releases: Annotated[int, Field(ge=62, le=36_600)] | None = None
    """Releases; the one in force and the one before it stay. Nights compare deliveries with those of a month. Defaults
    to all being kept."""
    runs: KeptDays | None = None
    """Records of runs; the last one stays. Defaults to all being kept."""


class SparkSettings(BaseModel):
    """The cluster that compares pairs where `engine` is `spark`: [Spark](../spark.md)."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    master: Words = "local[*]"
    """The cluster: `local[*]` is this machine; else `spark://host:7077`, `yarn`, or `sc://host:15002` for Spark
    Connect."""
    options: Mapping[str, str] = Field(default_factory=dict)
    """Options of Spark, such as `"spark.executor.memory" = "8g"`; no secrets."""


def _presence_key(key: str) -> str:
    if key not in PRESENCE_KEYS:
        sources, types = ", ".join(SOURCE_NAMES), ", ".join(ORDER_TYPES)
        raise ValueError(f"not a source ({sources}), nor a source and an order type ({types}), such as pnc:STRO")
    return key


def _delivery_key(key: str) -> str:
    source, _, state = key.rpartition(":")
    if state not in DEFAULT_POLICIES or (source and source not in SOURCE_NAMES):
        states, sources = ", ".join(DEFAULT_POLICIES), ", ".join(SOURCE_NAMES)
        raise ValueError(f"not a state ({states}), nor a source ({sources}) and a state, such as pnc:implausible")
    return key


def _fitting_policies(policies: Mapping[str, Policy]) -> Mapping[str, Policy]:
    for key, policy in policies.items():
        (state,) = (state for state in STATES if state.name == key.rpartition(":")[2])
        if policy not in state.policies:
            raise ValueError(f"{key} can't be {policy}: expected {' or '.join(state.policies)}")
    return policies


class Settings(BaseModel):
    """All settings, each with a default that works."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    presence_days: Mapping[Annotated[str, AfterValidator(_presence_key)], Days] = Field(default_factory=dict)
    """Days after an order is made within which a source is not yet expected to hold it, by source (`pnc`) or by
    source and order type (`pnc:STRO`): the narrower key counts."""
    deliveries: Annotated[
        Mapping[Annotated[str, AfterValidator(_delivery_key)], Policy], AfterValidator(_fitting_policies)
    ] = Field(default_factory=dict)
    """What is done about a delivery in a bad state, by state (`late`) or by source and state (`pnc:implausible`): the
    narrower key counts."""
    engine: Literal["local", "spark"] = "local"
    """What compares pairs of records: `local`, the threads of this machine, or `spark`, a cluster. The register is the
    same."""
    spark: SparkSettings = SparkSettings()
    """The cluster that compares pairs."""
    storage: StorageSettings = StorageSettings()
    """Object stores that deliveries come from and releases are mirrored to."""
    bounds: Bounds = Bounds()
    """How much may change from night to night."""
    ledger: Annotated[str, AfterValidator(_without_password)] | None = None
    """URL of the ledger of decisions, `postgresql+psycopg://host/name`; defaults to a file of its own."""
    quality: QualitySettings = QualitySettings()
    """How quality is published."""
    study: StudyInputs = StudyInputs()
    """What studies of the register need and no delivery holds."""
    limits: Limits = Limits()
    """How large a delivery may be."""
    marking: Words = "OFFICIAL-SENSITIVE"
    """The protective marking on every page of the desk, and on every sheet and line of packs and exported workbooks."""
    review: DeskSettings = DeskSettings()
    """The settings of the stewards' desk."""
    alerts: AlertSettings = AlertSettings()
    """When alerts are raised, and whose they are."""
    retention: RetentionSettings = RetentionSettings()
    """How long the state of nights is kept."""
    answers_to: Words = "the person who gave you this pack"
    """Where owners send their answers, as it is in a pack."""

    @property
    def clock(self) -> PresenceClock:
        """When an order is due in a source: the default days, with those set."""
        return PresenceClock(days=PresenceClock().days | dict(self.presence_days))

    @property
    def digest(self) -> str:
        """Digest of the days of presence alone, as they are in force: `config_hash` of a release's manifest."""
        days = json.dumps(self.clock.days, sort_keys=True)
        return hashlib.sha256(days.encode()).hexdigest()[:16]


def settings_template() -> str:
    """A settings file in which every setting stands with its meaning and its default, as a comment."""
    return "# Settings of Concord. Take away the # before a setting to change it.\n" + "".join(_template(Settings, ""))


def _template(model: type[BaseModel], section: str) -> Iterator[str]:
    yield f"\n[{section}]\n" if section else ""
    inner = {}
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            inner[name] = type(default)
            continue
        yield f"\n# {' '.join(str(field.description).split())}\n"
        yield f"# {name} = {json.dumps(default)}\n" if isinstance(default, str | int | float) else f"# {name} =\n"
    for name, kind in inner.items():
        yield from _template(kind, f"{section}.{name}".lstrip("."))


def landing_folder(home: Path) -> Path:
    """The folder deliveries land in: `CONCORD_LANDING`, or `landing` below the folder of all state."""
    return Path(os.environ.get("CONCORD_LANDING") or home / "landing").resolve()


def read_settings(home: Path) -> Settings:
    """The settings in `concord.toml` of that folder, or the defaults if there is none.

    Raises:
        SettingsError: the file is not TOML, or a setting is unknown or has a wrong value.
    """
    path = home / FILE_NAME
    if not path.exists():
        return Settings()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: can't be read as UTF-8 text: {type(error).__name__}") from error
    try:
        return Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        setting = [str(part) for part in first["loc"] if part != "[key]"]
        words = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            close = get_close_matches(setting[-1], _names(Settings), 1)
            words = f"there is no such setting here{f'; did you mean {close[0]}?' if close else ''}"
        raise SettingsError(f"{path}, line {_line_of(text, setting)}: setting {'.'.join(setting)}: {words}") from error


def _names(model: type[BaseModel]) -> Iterator[str]:
    """The names of all settings of a section and of those within it."""
    for name, field in model.model_fields.items():
        yield name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _names(field.annotation)


def _line_of(text: str, path: Sequence[str]) -> int:
    """The line of a setting; that of its section where it has none of its own, else the first."""
    section: list[str] = []
    found = 1
    for number, line in enumerate(text.splitlines(), 1):
        heading, setting = HEADING.match(line), SETTING.match(line)
        section = heading[1].split(".") if heading else section
        named = section if heading else [*section, setting[2]] if setting else None
        if named == list(path):
            return number
        found = number if named and named == list(path[: len(named)]) else found
    return found
