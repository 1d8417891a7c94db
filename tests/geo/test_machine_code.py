import shutil
import subprocess
import sys
from pathlib import Path

import numba

import geo
from geo.machine_code import PREFIX, digest_of, use_own_folder

SOURCES = Path(geo.__file__).parent
ASKED = """
import numpy as np
from geo.sites import Sites
sites = Sites(lng=[121.0], lat=[24.0], ids=["a"])
print(sites.nearest_many(lng=[121.0], lat=[24.001])[1][0, 0])
"""


def copied(tmp_path):
    """A copy of the package alone, without compiled code."""
    shutil.copytree(SOURCES, tmp_path / "geo", ignore=shutil.ignore_patterns("__pyc*"))
    return tmp_path / "geo"


def test_the_folder_of_code_is_named_by_all_sources(tmp_path):
    sources = copied(tmp_path)
    before = digest_of(sources)
    assert digest_of(sources) == before
    with (sources / "sites" / "metres.py").open("a") as file:
        file.write("# changed")
    assert digest_of(sources) != before


def test_code_of_other_sources_is_removed(tmp_path, monkeypatch):
    sources = copied(tmp_path)
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    old = sources / "__pycache__" / f"{PREFIX}0123456789abcdef"
    old.mkdir(parents=True)
    folder = use_own_folder(sources)
    folder.mkdir()
    assert numba.config.CACHE_DIR == str(folder)
    assert use_own_folder(sources) == folder
    assert [one.name for one in folder.parent.glob(f"{PREFIX}*")] == [folder.name]


def metres(folder):
    """Ask a copy of the package, in a process of its own, how far a site is."""
    asked = [sys.executable, "-c", ASKED]
    done = subprocess.run(asked, cwd=folder, check=True, capture_output=True, text=True)
    return float(done.stdout)


def test_a_formula_that_changes_in_another_file_is_compiled_anew(tmp_path):
    formulas = copied(tmp_path) / "sites" / "metres.py"
    before = metres(tmp_path)
    assert metres(tmp_path) == before
    text = formulas.read_text()
    line = "np.sqrt(chord_2) * grown"
    assert line in text
    formulas.write_text(text.replace(line, f"{line} + 1.0"))
    assert metres(tmp_path) == before + 1.0
