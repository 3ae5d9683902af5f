"""Make the virtual environment that `make` works in, with nothing but a Python 3.11 or newer.

Debian splits venv's bootstrap into a package of its own; where it is absent, virtualenv is fetched into
.tools for this one purpose.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str, **environment: str) -> None:
    """Run a command, and end with its message if it fails."""
    done = subprocess.run(command, cwd=ROOT, check=False, env={**os.environ, **environment})
    if done.returncode:
        sys.exit(done.returncode)


def make(folder: Path) -> None:
    """Make an empty environment in `folder`."""
    if importlib.util.find_spec("ensurepip") is not None:
        run(sys.executable, "-m", "venv", str(folder))
        return
    if importlib.util.find_spec("pip") is None:
        sys.exit(
            "This Python has neither ensurepip nor pip. On Debian: apt-get install python3-venv\n"
            "此 Python 缺少 ensurepip 与 pip。Debian 请先执行：apt-get install python3-venv"
        )
    tools = ROOT / ".tools"
    run(sys.executable, "-m", "pip", "install", "-qq", "--target", str(tools), "virtualenv")
    run(sys.executable, "-m", "virtualenv", "--quiet", str(folder), PYTHONPATH=str(tools))


def main() -> None:
    """Make the environment, install the locked requirements by hash, then the project itself."""
    if sys.version_info < (3, 11):
        sys.exit(
            f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. 需要 Python 3.11 或更新版本。"
        )
    folder = ROOT / (sys.argv[1] if len(sys.argv) > 1 else ".venv")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print("setting up the environment (a minute or two) · 正在准备运行环境…", flush=True)
        make(folder)
    # Twice quiet: errors only. What pip warns of here (running as root, a cache it may not use) is as it should be.
    pip = (str(python), "-m", "pip", "--disable-pip-version-check", "install", "-qq")
    run(*pip, "--require-hashes", "-r", "requirements.lock")
    # The project is built with the locked hatchling that stands in the environment already.
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")


if __name__ == "__main__":
    main()
