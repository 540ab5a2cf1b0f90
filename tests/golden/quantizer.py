#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the quantizer must do, in exact rationals.

    quantizer.py quantizer.txt > quantizer.txt   writes a golden file
    quantizer.py --check quantizer.txt           compares it with a new run, as TAP

One file per set of rounding modes, see FILES, each of two tables.  "grid" has every word of up to 8 bits and, in quarters of a step, every value to twice
the range of the word; values are code units, so one line serves all binary points.  "extreme" has
values at the ends of what a double holds, formats of all sizes, and the binary points where scaling
overflows or underflows.  Each line ends with the counts of overflows and underflows and the start
of the SHA-256 of the codes and clip marks: per value 8 bytes of code, little-endian, and 1 byte.
"""

import hashlib
import os
import struct
import sys
from fractions import Fraction
from itertools import product

FILES = {
    "quantizer.txt": ("nearest-even", "nearest-away", "floor", "toward-zero", "stochastic"),
    "quantizer-sign.txt": ("sign",),
    "quantizer-nearest-up.txt": ("nearest-up",),
}
OVERFLOWS = ("saturate", "saturate-symmetric", "wrap")
HALF = Fraction(1, 2)
MASK = 0xFFFFFFFF

KEY = (0x243F6A88, 0x85A308D3)
FRACS = (-96, -95, -7, 0, 5, 31, 126)
WORDS = (1, 2, 8, 13, 16, 17, 31, 32)
# The positive ones; each is used with both signs.
EXTREMES = [
    float.fromhex(text)
    for text in (
        "0x0p+0 0x1p-1074 0x1.8p-1073 0x1p-1022 0x1p-990 0x1p-978 0x1p-900 0x1.fffffffffffffp-901 "
        "0x1p-200 0x1p-127 0x1p-126 0x1.8p-126 0x1p-96 0x1p-54 0x1p-33 0x1p-32 0x1.8p-32 0x1p-31 "
        "0x1.fffffffffffffp-2 0x1p-1 0x1.0000000000001p-1 0x1.fffffffffffffp-1 0x1p+0 "
        "0x1.0000000000001p+0 0x1.8p+0 0x1.7ffffffffffffp+1 0x1.4p+1 0x1.cp+1 0x1.fep+6 0x1.fffffp+14 "
        "0x1.fffffffcp+30 0x1.fffffffep+30 0x1.ffffffffp+30 0x1.ffffffff8p+31 0x1.fffffffffp+31 "
        "0x1.0000000008p+32 0x1.000000001p+40 0x1.921fb54442d18p+50 0x1.ffffffffffffep+50 "
        "0x1.fffffffffffffp+50 0x1.0000000000001p+51 0x1.0000000000003p+51 0x1.7ffffffffffffp+51 "
        "0x1.fffffffffffffp+51 0x1.0000000000001p+52 0x1.921fb54442d19p+52 0x1.921fb54442d1bp+60 "
        "0x1.fffffffffffffp+80 0x1.0000000000001p+83 0x1.0000000000001p+84 0x1.921fb54442d19p+127 "
        "0x1.921fb54442d19p+148 0x1.921fb54442d19p+896 0x1.921fb54442d19p+897 0x1.fffffffffffffp+1023"
    ).split()
] + [float("inf"), float("nan")]


def draw(index):
    """The draw of an index under KEY."""
    x = (index + KEY[0]) & MASK
    x ^= x >> 17
    x = (x * 0xED5AD4BB) & MASK
    x ^= x >> 11
    x = (x + KEY[1]) & MASK
    x = (x * 0xAC4C1B51) & MASK
    x ^= x >> 15
    x = (x * 0x31848BAB) & MASK
    return x ^ (x >> 14)


def floor(y):
    return y.numerator // y.denominator


def round_to_code(y, rounding, r):
    if rounding == "nearest-even":
        return round(y)
    if rounding == "nearest-away":
        return floor(y + HALF) if y >= 0 else -floor(HALF - y)
    if rounding == "nearest-up":
        return floor(y + HALF)
    if rounding == "floor":
        return floor(y)
    if rounding == "toward-zero":
        return floor(y) if y >= 0 else -floor(-y)
    if rounding == "sign":
        return 1 if y >= 0 else -1
    return floor(y + Fraction(r, 1 << 32))


def limits(word, signed, overflow):
    if not signed:
        return 0, (1 << word) - 1
    high = (1 << (word - 1)) - 1
    return (-high if overflow == "saturate-symmetric" else -high - 1), high


def bring_into_word(code, word, signed, overflow):
    """The stored code, and whether the range was left."""
    low, high = limits(word, signed, overflow)
    if low <= code <= high:
        return code, 0
    if overflow != "wrap":
        return (low if code < low else high), 1
    code %= 1 << word
    if signed and code > high:
        code -= 1 << word
    return code, 1


def quantize(y, word, signed, rounding, overflow, r):
    """Code, clip mark, and whether a value that was not zero rounded to zero."""
    code = round_to_code(y, rounding, r)
    stored, clipped = bring_into_word(code, word, signed, overflow)
    return stored, clipped, int(y != 0 and code == 0)


def quantize_double(value, frac, word, signed, rounding, overflow, r):
    if value != value:
        return 0, 0, 0
    if value in (float("inf"), float("-inf")) and rounding == "sign":
        return quantize(1 if value > 0 else -1, word, signed, rounding, overflow, r)
    if value in (float("inf"), float("-inf")):
        low, high = limits(word, signed, overflow)
        return (0 if overflow == "wrap" else low if value < 0 else high), 1, 0
    return quantize(Fraction(value) * Fraction(2) ** frac, word, signed, rounding, overflow, r)


def summary(results):
    digest = hashlib.sha256()
    for code, clipped, _ in results:
        digest.update(struct.pack("<qB", code, clipped))
    n_overflowed = sum(clipped for _, clipped, _ in results)
    n_underflowed = sum(zero for _, _, zero in results)
    return "%d %d %s" % (n_overflowed, n_underflowed, digest.hexdigest()[:16])


def grid_lines(roundings):
    for word in range(1, 9):
        quarters = range(-(8 << word), (8 << word) + 1)
        values = [Fraction(quarter, 4) for quarter in quarters]
        for rounding in roundings:
            codes = [round_to_code(y, rounding, draw(i)) for i, y in enumerate(values)]
            for signed in (True, False):
                for overflow in OVERFLOWS:
                    results = [
                        bring_into_word(code, word, signed, overflow) + (int(y != 0 and code == 0),)
                        for y, code in zip(values, codes)
                    ]
                    yield "grid %d %d %s %s %s" % (
                        word, signed, rounding, overflow, summary(results))


def extreme_lines(roundings):
    values = [sign * value for value in EXTREMES for sign in (1, -1)]
    for word in WORDS:
        for signed in (True, False):
            for rounding, overflow in product(roundings, OVERFLOWS):
                results = [
                    quantize_double(value, frac, word, signed, rounding, overflow, draw(i))
                    for frac in FRACS
                    for i, value in enumerate(values)
                ]
                yield "extreme %d %d %s %s %s" % (
                    word, signed, rounding, overflow, summary(results))


def golden(roundings):
    yield "# Written by quantizer.py; columns: table, word bits, signed, rounding, overflow,"
    yield "# overflowed, underflowed, digest."
    yield "key %d %d" % KEY
    yield "fracs " + " ".join(map(str, FRACS))
    yield "extremes " + " ".join(value.hex() for value in EXTREMES)
    yield from grid_lines(roundings)
    yield from extreme_lines(roundings)


def check(path):
    with open(path, encoding="ascii") as file:
        stored = file.read().splitlines()
    fresh = list(golden(FILES[os.path.basename(path)]))
    wrong = [i + 1 for i, pair in enumerate(zip(stored, fresh)) if pair[0] != pair[1]]
    passed = not wrong and len(stored) == len(fresh)
    print("1..1")
    print("%s 1 - %s is what quantizer.py writes" % ("ok" if passed else "not ok", path))
    if not passed:
        print("# %d lines, expected %d; first difference in line %s"
              % (len(stored), len(fresh), wrong[0] if wrong else min(len(stored), len(fresh)) + 1))
    return 0 if passed else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"] and len(sys.argv) == 3:
        sys.exit(check(sys.argv[2]))
    print("\n".join(golden(FILES[sys.argv[1]])))
