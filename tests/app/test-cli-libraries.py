#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Libraries that are loaded when needed, and what is said where one is missing:
test-cli-libraries.py PATH-OF-ROUNDOFF-CLI SONAME-OF-LIBARCHIVE [SONAME-OF-LIBMATIO] prints TAP."""

import os
import shutil
import subprocess
import sys
import zipfile

import cli_driver
import tap
from cli_driver import CLI, cli, folder, good, train, write

ARCHIVE = sys.argv[2]
MATIO = sys.argv[3] if len(sys.argv) > 3 else None
CAIRO = "libcairo.so.2"
SHORT = ("train", "spiral", "--epochs", 1)


def without(*sonames):
    """An environment in which the dynamic linker finds these broken, ahead of the real ones."""
    broken = folder / "broken"
    shutil.rmtree(broken, ignore_errors=True)
    broken.mkdir()
    for soname in sonames:
        (broken / soname).touch()
    return {"LD_LIBRARY_PATH": str(broken)}


def fails(*arguments, words, environment):
    """Fails with one line that holds the words, before anything is written."""
    before = sorted(folder.iterdir())
    result = cli(*arguments, environment=environment)
    assert result.returncode == 1, (arguments, result.returncode, result.stderr)
    line, = result.stderr.splitlines()
    for word in words:
        assert word in line, (word, line)
    assert sorted(folder.iterdir()) == before, "something was written"


def test_start_takes_none():
    """Nor does training, nor a checkpoint."""
    broken = without(*filter(None, (ARCHIVE, MATIO, CAIRO)))
    assert good("--version", environment=broken).startswith("roundoff-cli ")
    good(*SHORT, "--checkpoint", "half.checkpoint", "--csv", "run.csv", environment=broken)
    good("train", "--resume", "half.checkpoint", "--epochs", 2, environment=broken)


def test_links_little():
    """What is linked is loaded at every start."""
    linked = subprocess.run(["ldd", CLI], capture_output=True, text=True, check=True).stdout
    for name in ("archive", "matio", "hdf5", "xml2", "cairo", "pango"):
        assert f"lib{name}" not in linked, linked


def test_archives():
    with zipfile.ZipFile(folder / "data.npz", "w") as archive:
        archive.writestr("X.npy", b"nothing")
    arguments = ("train", "digits", "--set", "dataset.path=data.npz")
    fails(*arguments, words=["data.npz", f"the library {ARCHIVE} cannot be loaded", "too short"],
          environment=without(ARCHIVE))
    # Otherwise it is the data that are wrong.
    result = cli(*arguments)
    assert result.returncode == 1 and "library" not in result.stderr, result


def test_exports():
    """The run would have been for nothing, so it does not begin."""
    fails(*SHORT, "--export", "codes.npz", "--checkpoint", "end.checkpoint",
          words=["codes.npz", f"the library {ARCHIVE} cannot be loaded"], environment=without(ARCHIVE))
    good(*SHORT, "--export", "codes.npz")
    assert zipfile.ZipFile(folder / "codes.npz").testzip() is None


def test_matlab_data():
    if MATIO is None:
        raise tap.Skip("this build reads no MATLAB data: libmatio-dev is missing")
    # A header alone: text, version 5, byte order.
    write("data.mat", b"MATLAB 5.0".ljust(124) + b"\x00\x01IM")
    arguments = ("train", "digits", "--set", "dataset.path=data.mat")
    fails(*arguments, words=["data.mat", f"the library {MATIO} cannot be loaded", "too short"],
          environment=without(MATIO))
    result = cli(*arguments)
    assert result.returncode == 1 and "library" not in result.stderr, result


def test_figures():
    for name in ("plot.png", "plot.svg", "plot.pdf"):
        fails(*SHORT, "--plot", name, "--csv", "plot.csv",
              words=[name, "roundoff-drawing.so cannot be loaded", CAIRO], environment=without(CAIRO))
    good(*SHORT, "--plot", "plot.png")
    assert (folder / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_program_alone():
    """Without its module beside it, nor where that would be installed."""
    alone = folder / "alone"
    shutil.copy(CLI, alone)
    result = subprocess.run([alone, *map(str, SHORT), "--plot", "alone.png"], capture_output=True,
                            text=True, cwd=folder, check=False)
    if result.returncode == 0:
        raise tap.Skip("Roundoff is installed here, and its drawing module was found")
    assert result.returncode == 1 and "roundoff-drawing.so cannot be loaded" in result.stderr, result
    assert not (folder / "alone.png").exists()


def test_current_folder():
    """Files there are data, whatever they are called."""
    module = os.path.join(os.path.dirname(CLI), "roundoff-drawing.so")
    for soname in filter(None, (ARCHIVE, MATIO, "roundoff-drawing.so")):
        write(soname, "not a library")
        write(soname + ".la", f"dlname='{module}'\ninstalled=no\n")
    good(*SHORT, "--export", "here.npz", "--plot", "here.svg")
    assert train("spiral", "--epochs", 1)["epochs"] == 1


if __name__ == "__main__":
    try:
        tap.run(globals(), "/cli-libraries")
    finally:
        cli_driver.close()
