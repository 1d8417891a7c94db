"""Settings: known names only, built once."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from api.errors import UnknownSetting
from api.settings import read_settings


def test_without_any_the_defaults_hold(monkeypatch):
    monkeypatch.delenv("LIANFANG_DB", raising=False)
    settings = read_settings({})
    assert (settings.db, settings.port) == (Path("var/lianfang.db"), 8000)


def test_a_misspelt_name_is_refused_and_the_known_ones_are_named():
    with pytest.raises(UnknownSetting, match=r"LIANFANG_DATABASE.*LIANFANG_DB"):
        read_settings({"LIANFANG_DATABASE": "x.db", "PATH": "/bin"})


def test_settings_do_not_change_after_they_were_read():
    with pytest.raises(ValidationError):
        read_settings({}).port = 9000
