#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Conversion of a network of some size: test-cli-fashion.py PATH-OF-ROUNDOFF-CLI prints TAP.

The preset fashion-cnn in float, trained on Fashion-MNIST as its experiment says, which takes
minutes; then what becomes of it in few bits.  One seed: differences under about half a point mean
nothing, but what batch normalization loses and gets back is far beyond that.
"""

import functools
import json

import cli_driver
import tap
from cli_driver import cli, folder, good, train

MINUTES = 20
TERNARY = ("--method", "opt", "--cluster", "4")
FINE = ("--method", "opt", "--cluster", "4", "--granularity", "weights")
WIDE = ("--method", "opt", "--cluster", "64")
FOUR_BITS = ("--method", "linear", "--bits", "4", "--cluster", "4")
BYTES = ("--method", "none", "--bits", "8")


@functools.cache
def checkpoint():
    result = train("fashion-cnn", "--set", "precision.*.*.format=float",
                   "--set", "training.twin=false", "--set", "training.evaluate-every=4",
                   "--checkpoint", "fashion.ckpt", timeout=60 * MINUTES)
    assert result["test_accuracy"] > 0.9, result
    return folder / "fashion.ckpt"


@functools.cache
def convert(*options):
    """What one conversion printed, its model in a file of its own."""
    path = folder / f"{'_'.join(options)}.model"
    text = good("convert", checkpoint(), *options, "--json", "-", "--output", path,
                timeout=60 * MINUTES)
    return json.loads(text)["conversions"][0], path


def accuracy(*options):
    """In percent: float, converted, re-estimated."""
    found = convert(*options)[0]["accuracy"]
    return 100 * found["float"], 100 * found["clustered"], 100 * found["reestimated"]


def test_p1_engines_agree():
    """Every layer's output and the logits of 1,000 images, bit for bit."""
    for options in (BYTES, FOUR_BITS, TERNARY, WIDE, FINE):
        result = json.loads(good("evaluate", convert(*options)[1], "--engine", "both",
                                 "--samples", "1000", "--json", "-", timeout=60 * MINUTES))
        assert result["samples"] == result["agreed"] == 1000, (options, result)
        assert result["values_compared"] > 50_000_000, result


def test_c2_counts():
    """On the demo network, with first and last layer in 8 bits."""
    for options, left in ((TERNARY, 577_664), (FINE, 1_781_888)):
        counts = json.loads(good("evaluate", convert(*options)[1], "--samples", "10",
                                 "--json", "-"))["counts"]
        assert counts["macs"] == 10 * 6_448_256, counts
        assert counts["multiplications"] == 10 * left, (options, counts)


def test_p4_bytes():
    reference, converted, _ = accuracy(*BYTES)
    assert converted >= reference - 0.5, (reference, converted)


def test_p5_reestimation():
    reference, converted, reestimated = accuracy(*TERNARY)
    assert reestimated >= converted + 15, (converted, reestimated)
    assert reestimated >= reference - 4, (reference, reestimated)
    # With weights as good as float's there is nothing to get back.
    _, converted, reestimated = accuracy(*BYTES)
    assert abs(reestimated - converted) < 0.5, (converted, reestimated)


def test_p7_four_bits():
    reference, _, reestimated = accuracy(*FOUR_BITS)
    assert reestimated >= reference - 1, (reference, reestimated)


def test_p8_bits():
    """More bits are no worse, and clusters no worse than a layer of one scale."""
    by_bits = [accuracy(*TERNARY)[2]] + [
        accuracy("--method", "linear", "--bits", bits, "--cluster", "4")[2]
        for bits in ("3", "4", "8")]
    for fewer, more in zip(by_bits, by_bits[1:]):
        assert more >= fewer - 0.8, by_bits
    for bits, clusters in (("2", by_bits[0]), ("3", by_bits[1])):
        layer = accuracy("--method", "none", "--bits", bits)[2]
        assert clusters >= layer - 0.8, (bits, clusters, layer)


def test_p9_sizes():
    """Greater clusters lose more, before fine-tuning: from N = 1 to 64."""
    alone, four, many = (accuracy("--method", "opt", "--cluster", size)[2] for size in ("1", "4", "64"))
    assert alone >= four - 0.8 and four >= many - 0.8, (alone, four, many)
    assert 0.3 <= four - many <= 5, (four, many)


def test_r4_fine_tuning():
    """Less than an epoch with N = 64 gets back half of what it lost, or more."""
    found = convert(*WIDE, "--finetune", "300", "--rate", "0.001")[0]
    lost = found["accuracy"]["float"] - found["accuracy"]["reestimated"]
    left = found["accuracy"]["float"] - found["accuracy"]["tuned"]
    assert not found["tuning"]["diverged"], found["tuning"]
    assert left <= lost / 2, found["accuracy"]


if __name__ == "__main__":
    try:
        if cli("train", "fashion-cnn", "--steps", "1").returncode != 0:
            print("1..0 # SKIP Fashion-MNIST is not installed")
        else:
            tap.run(globals(), "/cli-fashion")
    finally:
        cli_driver.close()
