# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gate: ``ansible-test sanity`` on the installed core, over a copy of the checkout, without an ignore file.

ansible-test makes a virtual environment for each test that has requirements. It starts each with a pip that it downloads from a host of its
own; here it finds a script of the same name in its cache, which installs that pip from the package index that pip is configured for.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path

from gates.gate import Answer, run
from lab.shared import find_pwsh
from setup.site import COLLECTION, Site

PSLINT = "ansible-test's pslint was skipped: it wants PSScriptAnalyzer from the PowerShell Gallery, which is not on PyPI."
WITHOUT_ENGINE = "validate-modules did not look at the PowerShell modules: no PowerShell engine was found."
GET_PIP = '''"""Takes the place of get-pip.py: installs the wanted pip with the one that came with Python."""
import glob, os, runpy, sys
import ensurepip
bundled = os.path.join(os.path.dirname(ensurepip.__file__), "_bundled", "pip-*.whl")
wheels = glob.glob(bundled) + glob.glob("/usr/share/python-wheels/pip-*.whl")
sys.path.insert(0, wheels[0])
sys.argv = ["pip", "install"] + [word for word in sys.argv[1:] if not word.startswith("--no-")]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
'''


def sanity(site: Site) -> Answer:
    home, engine = prepare_home(site), find_pwsh()
    env = {**site.environment(site.tree), "HOME": str(home)}
    env["PATH"] = os.pathsep.join([*([str(Path(engine).parent)] if engine else []), str(real_pythons(site)), without_shims(env["PATH"])])
    ansible_test = [site.program("ansible-test"), "sanity", "--color", "no"]
    everything = [*ansible_test, "--skip-test", "pslint"]
    copy = site.tree / COLLECTION
    if engine:
        return said(run(everything, site, folder=copy, env=env), PSLINT)
    readable = [name for name in module_files(site) if not name.endswith(".ps1")]
    first = run([*everything, "--skip-test", "validate-modules"], site, folder=copy, env=env)
    second = run([*ansible_test, "--test", "validate-modules", *readable], site, folder=copy, env=env)
    return said(Answer(first.passed and second.passed, first.output + second.output), PSLINT, WITHOUT_ENGINE)


def said(answer: Answer, *left_out: str) -> Answer:
    """The answer, with ansible-test's own skips added to what was left out."""
    skips = re.findall(r"^WARNING: (Skipping .*)$", answer.output, flags=re.MULTILINE)
    findings = [line for line in answer.output.splitlines() if re.match(r"ERROR: |FATAL: |Traceback|\w*Error: ", line)]
    return Answer(
        answer.passed, answer.output, shown="\n".join(findings) or None,
        left_out=(*left_out, *(f"ansible-test: {line}" for line in dict.fromkeys(skips))),
    )


def module_files(site: Site) -> list[str]:
    copy = site.tree / COLLECTION
    return sorted(path.relative_to(copy).as_posix() for path in (copy / "plugins" / "modules").glob("*.*"))


def prepare_home(site: Site) -> Path:
    """A home folder in ``build`` for ansible-test: its cache, its virtual environments, and the caller's pip configuration."""
    home = site.build / "ansible-test"
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in pip_versions(site):
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(GET_PIP)
    write_pip_configuration(site, home)
    return home


def pip_versions(site: Site) -> set[str]:
    """The pips that the installed ansible-test starts its virtual environments with."""
    source = next(site.venv.glob("lib/python*/site-packages/ansible_test/_internal/python_requirements.py"))
    return set(re.findall(r"\bpip='([0-9.]+)'", source.read_text()))


def write_pip_configuration(site: Site, home: Path) -> None:
    """What pip knows from files and PIP_* variables, as a file: ansible-test hands no PIP_* variable on."""
    listed = subprocess.run([site.python, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True).stdout
    settings = {}
    for line in listed.splitlines():
        name, quoted = line.split("=", 1)
        settings[name.rpartition(".")[2]] = str(ast.literal_eval(quoted))
    lines = ["[global]", *(f"{name} = {value.replace(chr(10), chr(10) + '    ')}" for name, value in settings.items())]
    target = home / ".config" / "pip" / "pip.conf"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    target.write_text("\n".join(lines) + "\n")


def real_pythons(site: Site) -> Path:
    """A folder of links to the Pythons that really start: a version manager's shim may exist and still say no."""
    folder = site.build / "ansible-test" / "pythons"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for minor in range(8, 16):
        name = f"python3.{minor}"
        for candidate in candidates(name):
            ask = subprocess.run([candidate, "-c", "import sys; print(sys.executable)"], check=False, capture_output=True, text=True)
            if ask.returncode == 0:
                (folder / name).symlink_to(os.path.realpath(ask.stdout.strip()))
                break
    return folder


def candidates(name: str) -> list[str]:
    found = [os.path.join(folder, name) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    managed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/*/bin/{name}")
    return [path for path in [*found, *map(str, managed)] if os.access(path, os.X_OK)]


def without_shims(path: str) -> str:
    return os.pathsep.join(folder for folder in path.split(os.pathsep) if Path(folder).name != "shims")
