"""A gateway of two workers as it runs in production: tokens bound, a trusted proxy, and nginx itself where there is one."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from joserfc.jwk import ECKey
from tests.builders import OPERATOR, a_right
from tests.conftest import Database, new_database
from tests.gateway.conftest import EC, NEVER_ENDING, OKP, SECRET, Running, _seed, gateway_of
from tests.gateway.proving import a_certificate, token_form, trusting
from tests.running import PRINTED, free_port, wait_until

from hakakses.core.rights.ask import CallerKind
from hakakses.core.rights.right import AccessRight, OsiaDoor
from hakakses.store.embedded import Cluster
from hakakses.store.rights import Bound, Registration, put_client, put_operator

PROXY_SECRET = "a-secret-of-the-proxy-made-for-these-tests"
DISABLED = "petugas-nonaktif"
OTHER = ECKey.generate_key("P-256")
TEMPLATE = Path(__file__).parents[3] / "deploy" / "nginx" / "hakakses.conf"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_SERVER = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {printed}/nginx-main.log warn;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/hakakses.conf;
}}
"""


class Door(msgspec.Struct, frozen=True):
    """running: the gateway itself.  public: its address behind nginx."""

    running: Running
    public: str

    @property
    def token_url(self) -> str:
        return f"{self.public}/oauth2/token"

    def form(self, client: str, key: Any = EC, algorithm: str = "ES256", **more: str) -> dict[str, str]:
        return token_form(key, algorithm, self.token_url, client, **more)


class Front(msgspec.Struct, frozen=True):
    """nginx before the gateway.  server: its certificate.  public: where it listens."""

    door: Door
    folder: Path
    server: Path
    public: str

    @property
    def access_log(self) -> Path:
        return PRINTED / f"{self.folder.name}-hakakses.log"

    def client(self, own: tuple[Path, Path] | None = None, address: str = "127.0.0.1") -> httpx.Client:
        """own: the client's certificate.  address: where it calls from."""
        transport = httpx.HTTPTransport(verify=trusting(self.server, own), local_address=address)
        return httpx.Client(base_url=self.public, transport=transport)

    def certificate(self, name: str, days: int = 1) -> tuple[Path, Path]:
        return a_certificate(self.folder, name, days=days)


def a_wide_right() -> AccessRight:
    osia = OsiaDoor("KYC", CallerKind.MACHINE, "Juknis butir 9")
    return a_right(valid_until=NEVER_ENDING, quota_per_day=1_000_000, osia=osia)


async def _register(database: Database) -> None:
    owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    keys = {"keys": [EC.as_dict(private=False), OKP.as_dict(private=False)]}
    for client, networks, bound in (
        ("free-client", ("127.0.0.0/8",), None),
        ("mtls-client", ("127.0.0.0/8",), Bound.MTLS),
        ("dpop-client", ("127.0.0.0/8",), Bound.DPOP),
        ("desk-client", ("127.0.0.7/32",), None),
    ):
        made = Registration(client, "PKS/1", networks, public_keys=keys, bound=bound)
        await put_client(owner, made)
    await put_operator(owner, "PKS/1", DISABLED, "Petugas Lama", active=False)
    await put_operator(owner, "PKS/2", f"{OPERATOR}-lain", "Petugas Lain")
    await owner.close()


@pytest.fixture(scope="session")
def door(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    public = f"https://localhost:{free_port()}"
    secret = tmp_path_factory.mktemp("proxy") / "secret"
    secret.write_text(f"{PROXY_SECRET}\n")
    secret.chmod(0o600)
    with new_database(cluster, tmp_path_factory.mktemp("home")) as database:
        asyncio.run(_seed(database, {"PKS/1": (a_wide_right(), "secret-client", SECRET)}))
        asyncio.run(_register(database))
        environment = {
            "HAKAKSES_PUBLIC_URL": public,
            "HAKAKSES_TRUSTED_PROXIES": "127.0.0.1/32",
            "HAKAKSES_PROXY_SECRET_FILE": str(secret),
        }
        with gateway_of(database, **environment) as started:
            yield Door(started, public)


@pytest.fixture(scope="session")
def front(door: Door, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    gateway = door.running.base_url.removeprefix("http://")
    with nginx(door, tmp_path_factory.mktemp("nginx"), gateway, door.public) as started:
        yield started


@contextmanager
def nginx(door: Door, folder: Path, gateway: str, public: str) -> Iterator[Front]:
    """Debian's nginx with our template, of which only ports and paths are changed.  gateway: host and port."""
    if NGINX is None:
        pytest.skip("nginx is not installed (Debian: nginx-light)")
    server, _ = a_certificate(folder, "server")
    (folder / "proxy-secret.conf").write_text(f'proxy_set_header X-Hakakses-Proxy "{PROXY_SECRET}";\n')
    template = TEMPLATE.read_text(encoding="utf-8")
    for old, new in (
        ("/etc/hakakses/nginx", str(folder)),
        ("/var/log/nginx/", f"{PRINTED}/{folder.name}-"),
        ("listen 443 ", f"listen 127.0.0.1:{public.rpartition(':')[2]} "),
        ("server 127.0.0.1:8080;", f"server {gateway};"),
    ):
        assert old in template
        template = template.replace(old, new)
    (folder / "hakakses.conf").write_text(template)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_SERVER.format(user=user, folder=folder, printed=PRINTED))
    with (PRINTED / "nginx-start.log").open("ab") as out:
        command = [
            NGINX,
            "-p",
            str(folder),
            "-c",
            str(folder / "nginx.conf"),
            "-e",
            str(folder / "start.log"),
        ]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    started = Front(door, folder, server, public)
    try:
        wait_until(lambda: _answers(started), "nginx answers")
        yield started
    finally:
        process.terminate()
        process.wait(10)


def _answers(front: Front) -> bool:
    try:
        with front.client() as http:
            return http.get("/readyz").status_code in {200, 503}
    except httpx.TransportError:
        return False
