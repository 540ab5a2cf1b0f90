# SPDX-License-Identifier: MIT
"""Runs the roundoff-cli named on the command line in a folder of its own, which close() removes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLI = os.path.abspath(sys.argv[1])
folder = Path(tempfile.mkdtemp(prefix="roundoff-cli-"))


def cli(*arguments, stdin="", environment=None, timeout=240):
    return subprocess.run([CLI, *map(str, arguments)], input=stdin, capture_output=True, text=True,
                          cwd=folder, env={**os.environ, **(environment or {})}, timeout=timeout,
                          check=False)


def good(*arguments, **options):
    result = cli(*arguments, **options)
    assert result.returncode == 0, (arguments, result.returncode, result.stderr)
    assert result.stderr == "", result.stderr
    return result.stdout


def bad(status, *arguments, words=(), stdin=""):
    """Fails with this status and one line that holds the words; writes nothing."""
    before = sorted(folder.rglob("*"))
    result = cli(*arguments, stdin=stdin)
    assert result.returncode == status, (arguments, result.returncode, result.stderr)
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("roundoff-cli: "), (arguments, result.stderr)
    for word in words:
        assert word in lines[0], (word, lines[0])
    assert sorted(folder.rglob("*")) == before, "something was written"


def start(*arguments, **options):
    return subprocess.Popen([CLI, *map(str, arguments)], cwd=folder, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def wait_until_caught(process, number=signal.SIGINT):
    """Until the program catches the signal, as /proc tells; it may take a while on a busy machine."""
    for _ in range(2000):
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:") and int(line.split()[1], 16) >> (number - 1) & 1:
                return
        time.sleep(0.01)
    raise AssertionError("the signal is not caught")


def train(*arguments, **options):
    return json.loads(good("train", *arguments, "--json", "-", **options))


def write(name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def close():
    shutil.rmtree(folder, ignore_errors=True)
