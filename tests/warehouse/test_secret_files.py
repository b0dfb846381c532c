"""Secrets come from files as well as from the environment, are replaced by replacing a file, and are never shown."""

import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.secret_files import SecretFileError, read_secret_files

SECRET = "a-secret-that-nobody-may-see"
CONCORD = Path(sys.executable).with_name("concord")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "secrets"
    made.mkdir(mode=0o700)
    return made


def put(folder, name, text, mode=0o400):
    path = folder / name
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(mode)


@pytest.mark.parametrize("variable", ["CONCORD_SECRETS", "CREDENTIALS_DIRECTORY"])
def test_each_file_sets_its_variable_and_other_files_are_left_alone(folder, variable):
    put(folder, "CONCORD_KEY", f"{SECRET}\n")
    put(folder, "PATH", "/nowhere")
    environment = {variable: str(folder)}
    read_secret_files(environment)
    assert environment == {variable: str(folder), "CONCORD_KEY": SECRET}


def test_the_next_start_has_what_a_file_was_replaced_by(folder):
    for secret in ("the former password", "the new password"):
        put(folder, "PGPASSWORD", secret)
        environment = {"CONCORD_SECRETS": str(folder)}
        read_secret_files(environment)
        assert environment["PGPASSWORD"] == secret


@pytest.mark.parametrize(
    ("text", "mode", "set_already", "words"),
    [
        pytest.param(SECRET, 0o444, {}, "may be read by anybody", id="anybody may read it"),
        pytest.param("\n", 0o400, {}, "is empty", id="empty"),
        pytest.param(SECRET, 0o400, {"CONCORD_KEY": "another"}, "is set twice", id="another value already"),
    ],
)
def test_a_doubtful_secret_is_refused_in_words_without_its_value(folder, text, mode, set_already, words):
    put(folder, "CONCORD_KEY", text, mode)
    with pytest.raises(SecretFileError, match=words) as refused:
        read_secret_files({"CONCORD_SECRETS": str(folder), **set_already})
    assert SECRET not in str(refused.value)


def test_a_folder_that_is_not_there_is_refused(folder):
    with pytest.raises(SecretFileError, match="No such file"):
        read_secret_files({"CONCORD_SECRETS": str(folder / "none")})


def test_every_command_reads_them_before_it_does_anything(folder, tmp_path):
    ledger = tmp_path / "of-the-file.sqlite"
    command = [CONCORD, "decisions", "migrate", "--home", tmp_path / "home"]
    run = {"capture_output": True, "text": True, "env": {"CONCORD_SECRETS": str(folder)}}
    put(folder, "CONCORD_LEDGER", f"sqlite:///{ledger}", mode=0o444)
    refused = subprocess.run(command, check=False, **run)
    assert (refused.returncode, ledger.exists()) == (2, False)
    assert "may be read by anybody" in refused.stderr
    put(folder, "CONCORD_LEDGER", f"sqlite:///{ledger}")
    assert subprocess.run(command, check=False, **run).returncode == 0
    assert ledger.exists()
