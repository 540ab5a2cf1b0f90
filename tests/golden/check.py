#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check.py GENERATOR FILE: fails unless the generator, given the file's name, prints the file."""

import os
import subprocess
import sys

generator, file = sys.argv[1:]
command = [sys.executable, generator, os.path.basename(file)]
made = subprocess.run(command, capture_output=True, check=True).stdout
with open(file, "rb") as stream:
    if stream.read() != made:
        sys.exit(f"{file} is not what {generator} writes")
