#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks the plan of the house: who includes whom, how long files are, what must be listed where.

structure.py SOURCE-FOLDER prints TAP.
"""

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

ROOMS = ["number", "tensor", "dataset", "experiment", "network", "analysis", "inference",
         "training", "export"]
LINES_MAX = 500
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.MULTILINE)

root = Path(sys.argv[1])


def sources(*folders, suffixes=(".c", ".h")):
    for folder in folders:
        yield from sorted(p for p in (root / folder).rglob("*") if p.suffix in suffixes)


def name(path):
    return str(path.relative_to(root))


def includes(path):
    return INCLUDE.findall(path.read_text())


def check_engine_sees_no_screen():
    """The engine includes no GTK, GDK, Cairo or Pango."""
    for path in sources("engine"):
        for header in includes(path):
            if re.match(r"(gtk|gdk|gsk|cairo|pango)", header):
                yield f"{name(path)} includes {header}"


def check_rooms_look_left():
    """A room of the engine includes only rooms to its left."""
    for path in sources("engine"):
        room = path.relative_to(root / "engine").parts[0]
        if room not in ROOMS:
            continue
        for header in includes(path):
            other = header.split("/")[0]
            if other in ROOMS and ROOMS.index(other) > ROOMS.index(room):
                yield f"{name(path)} includes {header}"


def check_private_stays_inside():
    """Nothing outside the engine and its tests includes a private header of it."""
    for path in sources("ui", "app", "tests/ui", "tests/app"):
        for header in includes(path):
            if header.split("/")[0] in ROOMS:
                yield f"{name(path)} includes {header}, not fxp.h"


def check_ui_knows_no_app():
    """The ui includes nothing of the app."""
    app = {p.name for p in sources("app", suffixes=(".h",))}
    for path in sources("ui"):
        for header in includes(path):
            if header in app and not (path.parent / header).exists():
                yield f"{name(path)} includes {header}"


def check_plots_without_gtk():
    """What draws files for roundoff-cli includes no GTK."""
    listed = (root / "ui/plot/meson.build").read_text()
    match = re.search(r"plot_sources \+= files\((.*?)\)", listed, re.DOTALL)
    for file in re.findall(r"'([^']+)'", match.group(1)):
        for header in includes(root / "ui/plot" / file):
            if re.match(r"(gtk|gdk|gsk)/", header):
                yield f"ui/plot/{file} includes {header}"


def check_length():
    """No file has more than 500 lines."""
    for path in sources("engine", "ui", "app", "tests", suffixes=(".c", ".h", ".py")):
        n = len(path.read_text().splitlines())
        if n > LINES_MAX:
            yield f"{name(path)} has {n} lines"


def check_names():
    """No file is called after nothing: utils, common, misc, helpers."""
    for path in sources("engine", "ui", "app", "tests"):
        if re.fullmatch(r"(utils?|common|misc|helpers?)", path.stem):
            yield name(path)


def check_licence_lines():
    """Every C file names its licence in the first line."""
    for path in sources("engine", "ui", "app", "tests"):
        if "SPDX-License-Identifier: MIT" not in path.read_text().splitlines()[0]:
            yield name(path)


def check_forbidden():
    """No construct that is known to break bits or memory."""
    forbidden = {
        r"CAIRO_ANTIALIAS_FAST": "overflows the heap in cairo 1.16",
        r"-ffast-math|-march=native": "changes bits between machines",
        r"\b(TODO|FIXME|XXX|HACK)\b": "open end",
    }
    for path in sources("engine", "ui", "app", suffixes=(".c", ".h", ".build")):
        for pattern, reason in forbidden.items():
            if re.search(pattern, path.read_text()):
                yield f"{name(path)}: {pattern}: {reason}"
    for path in sources("engine"):
        for call in re.findall(r"(?<![\w_])(expf?|logf?|tanhf?|sinf?|cosf?|powf?|srand|rand)\s*\(",
                               re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)):
            yield f"{name(path)} calls {call}: other bits on other CPUs"


def check_translations():
    """Every file with words for the user is listed for translation, and every listed file exists."""
    listed = {line for line in (root / "data/po/POTFILES").read_text().split() if line}
    for path in sources("engine", "ui", "app"):
        if path.suffix == ".c" and re.search(r"(?<!\w)N?_\s*\(\"", path.read_text()):
            if name(path) not in listed:
                yield f"{name(path)} is not in data/po/POTFILES"
    for file in listed:
        if not (root / file).exists():
            yield f"data/po/POTFILES lists {file}, which is not there"


def check_resources():
    """Every preset and data set that ships is embedded, and presets are in the list of their order."""
    tree = xml.etree.ElementTree.parse(root / "data/roundoff.gresource.xml")
    embedded = {node.text for node in tree.iter("file")}
    order = (root / "data/presets/order").read_text().split()
    for path in sorted((root / "data/presets").glob("*.roundoff")):
        if f"presets/{path.name}" not in embedded:
            yield f"{path.name} is not embedded"
        if path.stem not in order:
            yield f"{path.name} is not in data/presets/order"
    for path in sorted((root / "data/operations").glob("*.ini")):
        if f"operations/{path.name}" not in embedded:
            yield f"{path.name} is not embedded"
    for path in sorted((root / "data/datasets").glob("*.gz")):
        if f"datasets/{path.name}" not in embedded:
            yield f"{path.name} is not embedded"


def check_spelling():
    """codespell finds nothing."""
    if not shutil.which("codespell"):
        return "package codespell is missing"
    run = subprocess.run(
        ["codespell", "--skip=*.gz,*.po,*.pot,*.txt", "--ignore-words-list=ot,te,nd,fo,ba,parm",
         "engine", "ui", "app", "tests", "README.md", "CONTRIBUTING.md"],
        cwd=root, capture_output=True, text=True, check=False)
    return run.stdout.splitlines()


def main():
    checks = [(key, value) for key, value in globals().items() if key.startswith("check_")]
    print(f"1..{len(checks)}")
    bad = 0
    for number, (key, check) in enumerate(checks, 1):
        result = check()
        label = f"/structure/{key[6:].replace('_', '-')}"
        if isinstance(result, str):
            print(f"ok {number} {label} # SKIP {result}")
            continue
        findings = list(result)
        for finding in findings:
            print(f"# {finding}")
        bad += bool(findings)
        print(f"{'not ok' if findings else 'ok'} {number} {label}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
