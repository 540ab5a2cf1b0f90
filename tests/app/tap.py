# SPDX-License-Identifier: MIT
"""A few lines of TAP for test scripts: functions named test_* run in order, each a subtest."""

import sys
import traceback


class Skip(Exception):
    """Raised with the name of what is missing."""


def run(namespace, prefix):
    tests = [(name, func) for name, func in namespace.items() if name.startswith("test_")]
    print(f"1..{len(tests)}", flush=True)
    bad = 0
    for number, (name, func) in enumerate(tests, 1):
        label = f"{prefix}/{name[5:].replace('_', '-')}"
        try:
            func()
        except Skip as reason:
            print(f"ok {number} {label} # SKIP {reason}", flush=True)
            continue
        except Exception:  # a failed subtest must not hide the next ones
            bad += 1
            for line in traceback.format_exc().splitlines():
                print("#", line)
            print(f"not ok {number} {label}", flush=True)
            continue
        print(f"ok {number} {label}", flush=True)
    sys.exit(1 if bad else 0)
