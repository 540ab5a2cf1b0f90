#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The bench command as its users meet it: test-cli-bench.py PATH-OF-ROUNDOFF-CLI prints TAP."""

import json
import math
import statistics

import cli_driver
import tap
from cli_driver import bad, folder, good

SHORT = ("--seconds", "0.02")
KEYS = {
    "program", "workload", "network", "topology", "batch", "format", "rounding", "twin", "threads", "vectors",
    "samples_per_second", "windows", "processors", "stages", "peak_memory_bytes", "first_step_seconds",
    "multiply_adds_per_sample"}
STAGES = {"multiply", "lower", "quantize", "statistics", "other"}


def measure(*arguments):
    return json.loads(good("bench", *SHORT, *arguments, "--json", "-"))


def test_json():
    measured, = measure("--workload", "W1")
    assert set(measured) == KEYS, set(measured) ^ KEYS
    assert measured["program"].startswith("roundoff-cli ")
    assert (measured["workload"], measured["network"], measured["topology"]) == ("W1", "MLP", "64-128-64-10")
    assert (measured["batch"], measured["format"], measured["rounding"]) == (32, "12", "stochastic")
    assert measured["twin"] is False and measured["threads"] == 1
    assert measured["vectors"] in ("plain", "avx2", "avx512", "vnni")
    assert measured["multiply_adds_per_sample"] == 42880
    assert len(measured["windows"]) == 3 and min(measured["windows"]) > 0
    assert measured["samples_per_second"] == statistics.median(measured["windows"])
    assert set(measured["stages"]) == STAGES
    assert all(0 <= share <= 1 for share in measured["stages"].values())
    assert math.isclose(sum(measured["stages"].values()), 1, abs_tol=1e-9)
    assert 0 < measured["processors"] < 1.1
    assert 0 < measured["first_step_seconds"] < 60
    # GLib takes half of it.
    assert 1e6 < measured["peak_memory_bytes"] < 10e6


def test_options():
    measured, = measure("--workload", "w1", "--format", "paper", "--rounding", "floor", "--twin", "on",
                        "--threads", 2)
    assert measured["workload"] == "W1" and measured["format"] == "paper" and measured["rounding"] == "floor"
    assert measured["twin"] is True and measured["threads"] == 2
    assert measured["processors"] < 2.1


def test_vectors():
    result = cli_driver.cli("bench", *SHORT, "--workload", "W1", "--json", "-",
                            environment={"ROUNDOFF_VECTORS": "plain"})
    assert json.loads(result.stdout)[0]["vectors"] == "plain", result


def test_each_workload_is_alone():
    """Peaks of memory are of a workload, not of those before it."""
    all_of_them = measure("--format", "8")
    assert [measured["workload"] for measured in all_of_them] == ["W1", "W2", "W3", "W4", "W5"]
    memory = {measured["workload"]: measured["peak_memory_bytes"] for measured in all_of_them}
    assert memory["W1"] < memory["W2"] < memory["W4"] and memory["W5"] < memory["W4"], memory


def test_table():
    text = good("bench", *SHORT, "--workload", "W1", "--json", "bench.json")
    lines = text.splitlines()
    assert "12 bits" in lines[0] and "stochastic" in lines[0] and "1 thread," in lines[0], text
    assert "samples/s" in lines[2] and lines[3].startswith("W1  MLP"), text
    assert lines[3].count("%") == len(STAGES) and lines[3].endswith(" MB"), text
    assert len({len(line) for line in lines[2:]}) == 1, text
    (measured,) = json.loads((folder / "bench.json").read_text())
    assert measured["workload"] == "W1"
    assert "with float twin" in good("bench", *SHORT, "--workload", "W1", "--twin", "on")


def test_bad_command_lines():
    for words in (("--workload", "W6"), ("--workload", ""), ("--format", "14"), ("--rounding", "up"),
                  ("--twin", "maybe"), ("--threads", "0"), ("--threads", "65"), ("--seconds", "0"),
                  ("--seconds", "nan"), ("--seconds", "1s"), ("--seconds", "1e9")):
        bad(2, "bench", *words, words=words)
    bad(2, "bench", "W1", words=["W1"])
    bad(2, "bench", "--colour", words=["--colour"])
    bad(2, "bench", "--json", "", words=["--json"])
    bad(1, "bench", "--json", "/nowhere/at/all", words=["/nowhere/at"])


if __name__ == "__main__":
    try:
        tap.run(globals(), "/cli-bench")
    finally:
        cli_driver.close()
