#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Counts TAP subtests in meson's test logs: count-tap.py BUILD-FOLDER...

Prints "N passed, N failed, N skipped".  A program that failed without a failed subtest (a crash, a
timeout) counts as one failure.  Exit status 1 if anything failed or nothing ran.
"""

import json
import re
import sys
from pathlib import Path

RESULT = re.compile(r"^(not )?ok\b[^#]*(?:#\s*(\w+))?", re.IGNORECASE)


def count(record):
    passed = failed = skipped = 0
    for line in record.get("stdout", "").splitlines():
        match = RESULT.match(line)
        if not match:
            continue
        directive = (match.group(2) or "").lower()
        if directive.startswith("skip"):
            skipped += 1
        elif match.group(1):
            failed += 1
        else:
            passed += 1
    if record["result"] in ("FAIL", "TIMEOUT", "INTERRUPT", "ERROR", "UNEXPECTEDPASS"):
        failed = max(failed, 1)
    elif passed + failed + skipped == 0:
        passed, skipped = (0, 1) if record["result"] == "SKIP" else (1, 0)
    return passed, failed, skipped


def main():
    totals = [0, 0, 0]
    for folder in sys.argv[1:]:
        log = Path(folder) / "meson-logs" / "testlog.json"
        records = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        if not records:
            print(f"{folder}: no test ran")
            totals[1] += 1
        for record in records:
            numbers = count(record)
            totals = [a + b for a, b in zip(totals, numbers)]
            if numbers[1]:
                print(f"failed: {folder}: {record['name']}")
    print("%d passed, %d failed, %d skipped" % tuple(totals))
    return 1 if totals[1] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main())
