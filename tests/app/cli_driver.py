# SPDX-License-Identifier: MIT
"""Runs the roundoff-cli named on the command line in a folder of its own, which close() removes."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CLI = os.path.abspath(sys.argv[1])
folder = Path(tempfile.mkdtemp(prefix="roundoff-cli-"))


def cli(*arguments, stdin="", environment=None):
    return subprocess.run([CLI, *map(str, arguments)], input=stdin, capture_output=True, text=True,
                          cwd=folder, env={**os.environ, **(environment or {})}, timeout=240,
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


def train(*arguments):
    return json.loads(good("train", *arguments, "--json", "-"))


def write(name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def close():
    shutil.rmtree(folder, ignore_errors=True)
