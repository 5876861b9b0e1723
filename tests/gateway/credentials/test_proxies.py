"""Settings about what stands before the gateway: a value that cannot be trusted stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from hakakses.gateway.proxies import certificate_thumbprint, trusted_proxies
from hakakses.settings import SettingError, load_settings


def _settings(**variables: str) -> object:
    return load_settings(
        {"HAKAKSES_HOME": "home", **{f"HAKAKSES_{name}": text for name, text in variables.items()}}
    )


@pytest.mark.parametrize(
    ("text", "mode"), [(None, 0), ("short", 0o600), ("x" * 40, 0o640), ("é" * 40, 0o600), ("", 0o600)]
)
def test_trusted_proxies_need_a_private_secret(tmp_path: Path, text: str | None, mode: int) -> None:
    path = tmp_path / "secret"
    if text is not None:
        path.write_text(text)
        path.chmod(mode)
    settings = _settings(TRUSTED_PROXIES="127.0.0.1/32", PROXY_SECRET_FILE=str(path))
    with pytest.raises(SettingError, match="HAKAKSES_PROXY_SECRET_FILE"):
        trusted_proxies(settings)


def test_without_trusted_proxies_nothing_is_believed() -> None:
    assert trusted_proxies(_settings()) is None
    with pytest.raises(SettingError, match="HAKAKSES_PROXY_SECRET_FILE"):
        trusted_proxies(_settings(TRUSTED_PROXIES="10.0.0.0/8, ::1/128"))


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("TRUSTED_PROXIES", "nginx"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("PUBLIC_URL", "hakakses.example"),
        ("PUBLIC_URL", "https://a/?b"),
        ("PUBLIC_URL", "https://[a"),
    ],
)
def test_a_bad_value_names_its_variable(variable: str, text: str) -> None:
    with pytest.raises(SettingError, match=f"HAKAKSES_{variable}"):
        _settings(**{variable: text})


@pytest.mark.parametrize(
    ("host", "public", "issuer"),
    [
        ("127.0.0.1", "", "http://127.0.0.1:8080"),
        ("::1", "", "http://[::1]:8080"),
        ("::1", "https://hakakses.example/", "https://hakakses.example"),
    ],
)
def test_the_public_address_is_a_setting(host: str, public: str, issuer: str) -> None:
    assert _settings(HOST=host, PUBLIC_URL=public).issuer == issuer


@pytest.mark.parametrize(
    "text", ["", "x", "%2", "-----BEGIN%20CERTIFICATE-----%0Ax%0A-----END%20CERTIFICATE-----%0A"]
)
def test_what_is_no_certificate_has_no_thumbprint(text: str) -> None:
    assert certificate_thumbprint(text) is None
