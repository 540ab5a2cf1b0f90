#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check.py GENERATOR FILE: fails unless running the generator prints the file."""

import subprocess
import sys

generator, file = sys.argv[1:]
made = subprocess.run([sys.executable, generator], capture_output=True, check=True).stdout
with open(file, "rb") as stream:
    if stream.read() != made:
        sys.exit(f"{file} is not what {generator} writes")
