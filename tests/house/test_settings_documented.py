"""Every setting is documented, and the documents name no setting that is gone."""

import re
from pathlib import Path

from outreach.config import Settings

ROOT = Path(__file__).resolve().parents[2]
FOR_TESTS_ONLY = {"OUTREACH_CHROMIUM"}


def test_every_setting_is_in_the_documents() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text()
    missing = [
        str(f.validation_alias)
        for f in Settings.model_fields.values()
        if f"| `{f.validation_alias}` |" not in documented
    ]
    assert missing == []


def test_the_documents_name_no_setting_that_is_gone() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text()
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", documented))
    assert named - {str(f.validation_alias) for f in Settings.model_fields.values()} - FOR_TESTS_ONLY == set()
