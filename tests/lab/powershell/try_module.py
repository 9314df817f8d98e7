# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one module of the collection on the engine, without Ansible's WinRM, and prints its result.

    python tests/lab/powershell/try_module.py plugins/modules/win_disk_info.ps1
    python tests/lab/powershell/try_module.py plugins/modules/win_staging_info.ps1 --args '{"path": "C:\\staging"}' --host COPY1
    python tests/lab/powershell/try_module.py plugins/modules/win_disk_info.ps1 --folder /tmp/world --attach ZB1:6442450944 --check

The payload is built by ansible-core's own module builder and runs under its own exec wrapper. `--folder` names a lab folder: its hosts are
loaded, or the standard world is built in it (hosts SRV1 and COPY1); without it a folder is made for this one run. `--attach SERIAL:BYTES`
plugs a blank drive in. `--script FILE` runs any script on the host instead of a module. `--commands` prints what the model was asked.
Exit code: that of PowerShell.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
import tempfile
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from lab.clock import Clock  # noqa: E402
from lab.shared import BUILD, CHECKOUT, find_pwsh  # noqa: E402
from lab.winrm.engine import Engine  # noqa: E402
from lab.winrm.payload import ModuleRun, parse_script  # noqa: E402

COLLECTION = "ansible_collections.offlineseed.azure.plugins.modules"


def payload(module: pathlib.Path, arguments: dict[str, Any], check_mode: bool = False, diff: bool = False) -> ModuleRun:
    """The request that ansible-core would send for a module of the collection."""
    from ansible.executor.powershell import module_manifest
    from ansible.plugins.loader import init_plugin_loader

    try:
        init_plugin_loader([str(BUILD / "dev"), str(BUILD / "collections")])
    except ValueError:
        pass  # it was set up before in this process
    internal = {
        "_ansible_check_mode": check_mode,
        "_ansible_diff": diff,
        "_ansible_module_name": f"offlineseed.azure.{module.stem}",
        "_ansible_no_log": False,
        "_ansible_debug": False,
        "_ansible_verbosity": 0,
        "_ansible_version": "2.19.0",
        "_ansible_syslog_facility": "LOG_USER",
        "_ansible_selinux_special_fs": [],
        "_ansible_socket": None,
        "_ansible_shell_executable": "/bin/sh",
        "_ansible_keep_remote_files": False,
        "_ansible_tmpdir": None,
        "_ansible_remote_tmp": "%TEMP%",
    }
    stdin = module_manifest._create_powershell_wrapper(
        name=f"{COLLECTION}.{module.stem}",
        module_data=module.read_bytes(),
        module_path=str(module),
        module_args={**arguments, **internal},
        environment={},
        async_timeout=0,
        become_plugin=None,
        substyle="powershell",
        task_vars={},
        profile="legacy",
    )
    request = parse_script(module_manifest._get_powershell_script("bootstrap_wrapper.ps1").decode(), stdin)
    assert isinstance(request, ModuleRun)
    return request


def world(folder: pathlib.Path, data: pathlib.Path | None) -> Any:
    """The hosts of a lab folder, built there at the first call."""
    from lab.windows import Network, worlds

    clock = Clock(folder / "clock.json")
    if (folder / "network.json").exists():
        return Network.load(folder, clock)
    return worlds.build(folder, clock, data)


def main() -> int:
    """See the text at the top of the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module", type=pathlib.Path, nargs="?")
    parser.add_argument("--script", type=pathlib.Path)
    parser.add_argument("--args", type=json.loads, default={})
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--host", default="COPY1")
    parser.add_argument("--account", default="Administrator")
    parser.add_argument("--logon", default="network", choices=["network", "system"])
    parser.add_argument("--attach", action="append", default=[], metavar="SERIAL:BYTES")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--diff", action="store_true")
    parser.add_argument("--commands", action="store_true")
    options = parser.parse_args()
    program = find_pwsh()
    if program is None:
        print("no PowerShell was found; set OFFLINESEED_PWSH to the path of a pwsh 7.4 or newer", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="try-module-") as scratch:
        folder = options.folder or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        network = world(folder, options.data or _sample(pathlib.Path(scratch) / "data"))
        host = network.hosts[options.host]
        for drive in options.attach:
            serial, _colon, size = drive.partition(":")
            host.attach_disk(serial, int(size))
        return _run(options, folder, network, host, program)


def _sample(folder: pathlib.Path) -> pathlib.Path:
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"a" * 1000)
    return folder


def _run(options: argparse.Namespace, folder: pathlib.Path, network: Any, host: Any, program: str) -> int:
    engine = Engine(folder, program, size=1)
    for each in network.hosts.values():
        each.engine = engine
    try:
        if options.script:
            outcome = engine.run_script(host, options.script.read_text(encoding="utf-8"), options.account, options.logon)
        else:
            request = payload(CHECKOUT / options.module, options.args, options.check, options.diff)
            outcome = engine.run_module(host, request, options.account, options.logon)
        _show(outcome)
        if options.commands:
            print((folder / "commands.jsonl").read_text(encoding="utf-8"), file=sys.stderr)
        return 1 if outcome.code is None else outcome.code
    finally:
        engine.close()


def _show(outcome: Any) -> None:
    text = outcome.out.decode(errors="replace")
    try:
        result = json.loads(text)
    except ValueError:
        print(text)
    else:
        exception = result.pop("exception", None)
        print(json.dumps(result, indent=2, ensure_ascii=False))
        if exception:
            print(exception, file=sys.stderr)
    if outcome.err:
        print(outcome.err.decode(errors="replace"), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
