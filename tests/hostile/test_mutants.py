"""Random damage to real-looking files, and finds of earlier rounds."""

from pathlib import Path

import pytest

from tests.hostile.inbox import night
from tests.hostile.mutants import mutants, night_of

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())


def test_spoilt_files_are_accounted_for_to_the_claim_and_the_byte(tmp_path):
    night_of(tmp_path, mutants(150, seed=1))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_finds_of_earlier_rounds(tmp_path, path):
    """Each file of the corpus stopped a night once, or lost something."""
    found = night(tmp_path, {path.name: path.read_bytes()})
    assert found.files.filter(source_file=path.name)["bytes"].to_list() == [path.stat().st_size]
