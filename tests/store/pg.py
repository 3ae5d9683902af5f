"""A private PostgreSQL cluster with PostGIS for tests and benchmarks, from Debian's binaries."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOTS = (Path("/usr/lib/postgresql"), Path("/usr/pgsql-15"), Path("/usr/local/pgsql"))


SWEEP = 'read -r _; "$0" -D "$1" -w -m immediate stop; rm -rf "$2"'
"""Waits for the end of its input, which is ours: the cluster goes even when we are killed."""


class AbsentError(Exception):
    """The binaries or PostGIS are not installed."""


def binaries() -> Path:
    """The folder of initdb and pg_ctl of the newest version there is."""
    found = [path.parent for root in ROOTS for path in [*root.glob("*/bin/initdb"), *root.glob("bin/initdb")]]
    if not found:
        raise AbsentError("PostgreSQL is absent: apt-get install postgresql-15-postgis-3")
    return max(found, key=lambda path: [int(part) for part in path.parts if part.isdigit()])


class Cluster:
    """A running cluster; every store gets a schema of its own in one database."""

    def __init__(self, folder: Path, binaries: Path, options: str, who: dict) -> None:
        self.folder = folder
        self.binaries = binaries
        self.options = options
        self.who = who
        self._count = 0

    @property
    def base(self) -> str:
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def execute(self, sql: str) -> list[tuple]:
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        ) as to:
            cursor = to.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def new_url(self) -> str:
        """The address of an empty schema."""
        self._count += 1
        name = f"store_{os.getpid()}_{self._count}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.base}&options=-csearch_path%3D{name},public"

    def stop(self) -> None:
        """Stop the server; its folder stays."""
        command = [str(self.binaries / "pg_ctl"), "-D", str(self.folder / "data"), "-w", "-m", "fast", "stop"]
        subprocess.run(command, cwd=self.folder, stdout=subprocess.DEVNULL, check=True, **self.who)


@contextmanager
def cluster(*, durable: bool = False):
    """Run a cluster on a Unix socket only; as user postgres where we are root, which it refuses."""
    bin_folder = binaries()
    folder = Path(tempfile.mkdtemp(prefix="gisapp-pg-"))
    who: dict = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data = folder / "data"

    def run(*command: str) -> None:
        done = subprocess.run(
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **who,
        )
        if done.returncode:
            log = folder / "log"
            raise RuntimeError(f"{command[0]}: {done.stdout}\n{log.read_text() if log.exists() else ''}")

    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c max_connections=80"
    options += "" if durable else " -c fsync=off"
    pg_ctl = str(bin_folder / "pg_ctl")
    sweeper = subprocess.Popen(
        ["/bin/sh", "-c", SWEEP, pg_ctl, str(data), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **who,
    )
    try:
        run(str(bin_folder / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        run(pg_ctl, "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
        yield _with_postgis(Cluster(folder, bin_folder, options, who))
    finally:
        sweeper.communicate()


def _with_postgis(running: Cluster) -> Cluster:
    try:
        running.execute("CREATE EXTENSION postgis")
    except psycopg.Error as error:
        raise AbsentError("PostGIS is absent: apt-get install postgresql-15-postgis-3") from error
    return running
