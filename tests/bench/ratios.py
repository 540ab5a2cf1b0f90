#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast roundoff-cli trains beside PyTorch, as ratios with their aims.

    ratios.py ROUNDOFF-CLI [--workloads W1,W5] [--rounds N] [--seconds S] [--only fp32,12,12x2]
                           [--per-processor]

Takes every program in turn, one after the other, several rounds, since a machine that others use has fast
and slow minutes: a ratio is of two neighbours, and what is printed is the median over the rounds.  The
programs are fp32 and hws (torch_baseline.py, one thread; needs python3-torch) and 8, 12, 16 and paper
(`roundoff-cli bench --format`), with x2 behind it on two threads.  --per-processor divides rates by the
processors a program really had, for machines that are not quiet; ratios of two threads are left out then.
"""

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
from pathlib import Path

WORKLOADS = ["W1", "W2", "W3", "W4", "W5"]
BASELINES = ["fp32", "hws"]
FORMATS = ["12", "paper", "8", "16"]
PROGRAMS = [*BASELINES, *FORMATS, *(f"{words}x2" for words in FORMATS)]

# At least so many times what the baseline reaches, with words of 12 bits or those of the paper.
TO_FP32 = {"W1": 4, "W2": 3.5, "W3": 2.5, "W4": 2, "W5": 2.8}
TO_HWS = {"W1": 14, "W2": 5, "W3": 4, "W4": 3, "W5": 4}
# Of 8 bits more is asked where multiplying is most of the work.
EXTRA_OF_8_BITS = {"W3": 1.3, "W4": 1.3, "W5": 1.3}
TO_FP32_OF_16_BITS = 1
# Of two threads to one; W1 is too small to share.
TWO_THREADS = 1.7


def make_command(cli, workload, program, seconds):
    if program in BASELINES:
        script = Path(__file__).resolve().parent / "torch_baseline.py"
        return [sys.executable, script, workload, program, "--seconds", str(seconds)]
    words, _, threads = program.partition("x")
    return [cli, "bench", "--workload", workload, "--format", words, "--threads", threads or "1",
            "--seconds", str(seconds), "--json", "-"]


def measure(cli, workload, program, seconds):
    run = subprocess.run(make_command(cli, workload, program, seconds), stdout=subprocess.PIPE, text=True,
                         check=False)
    if run.returncode != 0:
        sys.exit(f"ratios.py: {program} failed on {workload} with status {run.returncode}")
    measured = json.loads(run.stdout)
    return measured[0] if isinstance(measured, list) else measured


def list_aims(workload):
    """(program, the one it is compared with, least ratio or None) in the order of the lines."""
    for words in FORMATS:
        if words == "16":
            yield words, "fp32", TO_FP32_OF_16_BITS
            yield words, "hws", None
            continue
        extra = EXTRA_OF_8_BITS.get(workload, 1) if words == "8" else 1
        yield words, "fp32", extra * TO_FP32[workload]
        yield words, "hws", extra * TO_HWS[workload]
    for words in FORMATS:
        yield f"{words}x2", words, None if workload == "W1" else TWO_THREADS


def judge(ratio, aim):
    if aim is None:
        return ""
    return f"aim {aim:5.2f}  {'reached' if ratio >= aim else 'missed'}"


def print_ratios(workload, rates):
    for program, other, aim in list_aims(workload):
        if program in rates and other in rates:
            ratio = statistics.median(a / b for a, b in zip(rates[program], rates[other]))
            print(f"{workload}  {program:>7} to {other:<5} {ratio:7.2f}  {judge(ratio, aim)}".rstrip())


def print_figures(workload, measured):
    for program, rows in measured.items():
        median = {key: statistics.median(row[key] for row in rows) for key in
                  ("samples_per_second", "processors", "first_step_seconds", "peak_memory_bytes")}
        print(f"{workload}  {program:>7} {median['samples_per_second']:10.1f} samples/s"
              f"  on {median['processors']:.2f} processors"
              f"  first step {median['first_step_seconds']:6.3f} s"
              f"  memory {median['peak_memory_bytes'] / 1e6:4.0f} MB")


def choice_of(choices):
    def split(text):
        chosen = text.split(",")
        for name in chosen:
            if name not in choices:
                raise argparse.ArgumentTypeError(f"“{name}” is not one of {', '.join(choices)}")
        return [name for name in choices if name in chosen]
    return split


def parse_options():
    parser = argparse.ArgumentParser(description="How fast roundoff-cli trains beside PyTorch.")
    parser.add_argument("cli", metavar="ROUNDOFF-CLI")
    parser.add_argument("--workloads", type=choice_of(WORKLOADS), default=WORKLOADS, metavar="W1,...")
    parser.add_argument("--only", type=choice_of(PROGRAMS), default=PROGRAMS, metavar="fp32,12,...",
                        help=f"some of {', '.join(PROGRAMS)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="length of a window, of which each run has three")
    parser.add_argument("--per-processor", action="store_true",
                        help="rates per processor a program really had, one thread only")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: expected 1 or more")
    if options.per_processor:
        options.only = [program for program in options.only if not program.endswith("x2")]
    if set(options.only) & set(BASELINES) and importlib.util.find_spec("torch") is None:
        sys.exit("ratios.py: PyTorch is missing; install the package python3-torch, or leave fp32 and hws out "
                 "with --only")
    return options


def main():
    options = parse_options()
    for workload in options.workloads:
        measured = {program: [] for program in options.only}
        for _ in range(options.rounds):
            for program in options.only:
                measured[program].append(measure(options.cli, workload, program, options.seconds))
        rates = {program: [row["samples_per_second"] / (row["processors"] if options.per_processor else 1)
                           for row in rows] for program, rows in measured.items()}
        print_figures(workload, measured)
        print_ratios(workload, rates)
        print(flush=True)


if __name__ == "__main__":
    main()
