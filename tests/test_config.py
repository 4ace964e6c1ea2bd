"""Settings refuse nonsense in one sentence and fill in what is missing."""

import stat
from pathlib import Path

import pytest

from outreach import config
from outreach.config import BadSetting, Settings

NONSENSE = [
    ("OUTREACH_PORT", "80a"),
    ("OUTREACH_PORT", "0"),
    ("OUTREACH_PORT", "70000"),
    ("OUTREACH_LISTEN", "0.0.0.0:80"),
    ("BASE_URL", "follow.example.com"),
    ("BASE_URL", "https://example.com/follow"),
    ("DATABASE_URL", "sqlite:///x.db"),
    ("REDIS_URL", "http://localhost"),
    ("SECRET_KEY", "short"),
    ("OLD_SECRET_KEYS", "an-old-key-of-some-length short"),
    ("SMTP_URL", "mail.example.com"),
    ("SMTP_URL", "smtp://mail.example.com:99999"),
    ("IMAP_URL", "pop3://mail.example.com"),
    ("INBOUND_SMTP_LISTEN", "8026"),
    ("INBOUND_SMTP_LISTEN", "127.0.0.1:0"),
    ("MAIL_FROM", "nobody"),
    ("MAIL_FROM", "a@b.example\r\nBcc: c@d.example"),
    ("REPLY_DOMAIN", "two words"),
    ("OUTREACH_MOVABLE_CLOCK", "perhaps"),
]


@pytest.mark.parametrize(("name", "value"), NONSENSE)
def test_nonsense_is_refused_in_one_sentence_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting) as refused:
        config.read()
    assert str(refused.value).startswith(name)
    assert str(refused.value).endswith(".")
    assert "pydantic" not in str(refused.value)


def test_a_refusal_never_shows_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "http://ann:hunter2@mail.example.com")
    with pytest.raises(BadSetting) as refused:
        config.read()
    assert "hunter2" not in str(refused.value)


def test_settings_shown_in_a_log_hold_no_secret() -> None:
    shown = repr(Settings(secret_key="hunter2-hunter2-hunter2", smtp_url="smtp://ann:hunter2@mail.example.com"))
    assert "hunter2" not in shown


def test_defaults_work_on_one_machine() -> None:
    settings = Settings()
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.reply_domain == "outreach.localhost"
    assert settings.mail_is_local
    assert settings.data == Path.cwd() / "var"


def test_the_clock_is_movable_only_while_no_letter_leaves_the_machine() -> None:
    assert Settings().movable_clock is True
    assert Settings(smtp_url="smtp://mail.example.com").movable_clock is False
    assert Settings(smtp_url="smtp://mail.example.com", movable_clock=True).movable_clock is True


def test_an_empty_variable_is_a_variable_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTREACH_PORT", "")
    monkeypatch.setenv("MAIL_FROM", " ")
    assert config.read().port == 8000
    assert config.read().mail_from_address == "hello@outreach.localhost"


def test_the_reply_domain_follows_the_sender() -> None:
    assert Settings(mail_from="Ann Example <ann@Example.com>").reply_domain == "example.com"


def test_settings_survive_the_way_through_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(
        port=8123, mail_from="Ann <ann@example.com>", database_url="postgres://a:b@c/d", movable_clock=False
    )
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert config.read() == settings


def test_a_secret_key_is_made_once_and_kept_for_its_owner_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OUTREACH_DATA", str(tmp_path / "data"))
    first, second = config.load().secret_key, config.load().secret_key
    assert first == second
    assert len(first) >= 40
    kept = tmp_path / "data" / "secrets" / "secret-key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_another_secret_key_is_made_and_those_before_are_kept_for_their_owner_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OUTREACH_DATA", str(tmp_path / "data"))
    keys = [config.load().keys]
    for _ in range(2):
        config.rotate_secret(tmp_path / "data")
        keys.append(config.load().keys)
    first, second, third = keys
    assert second == (second[0], *first)
    assert third == (third[0], *second)
    assert len(set(third)) == 3
    folder = tmp_path / "data" / "secrets"
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "secret-key": 0o600,
        "old-secret-keys": 0o600,
    }


def test_a_damaged_secret_is_told_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    with pytest.raises(BadSetting, match="damaged"):
        config.kept_secret(tmp_path / "secret")
