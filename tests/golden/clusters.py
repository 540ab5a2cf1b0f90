# SPDX-License-Identifier: MIT
"""What stands for weights in products: few-bit codes times 8-bit scales (engine/number/cluster.h).

Everything that decides is exact; a scale is one rounded division of exact sums of weights.
"""

from fractions import Fraction
from math import floor

FIRST_BITS = 8


def exponent_of(value):
    """floor (log2 value) of a value above 0."""
    value, e = Fraction(value), 0
    while value >= 2:
        value, e = value / 2, e + 1
    while value < 1:
        value, e = value * 2, e - 1
    return e


def half_up(value, least, greatest):
    return max(least, min(greatest, floor(Fraction(value) + Fraction(1, 2))))


def words(values, bits):
    """Plain words with one exponent, by the greatest magnitude: codes and exponent."""
    peak = max(abs(v) for v in values)
    if peak == 0.0:
        return [0] * len(values), 0
    e = exponent_of(peak) - (bits - 2)
    limit = 2 ** (bits - 1) - 1
    return [half_up(Fraction(v) / Fraction(2) ** e, -limit, limit) for v in values], e


def ternary(values, threshold_of):
    """Signs of what is kept, and the mean of its magnitudes."""
    bound = threshold_of([abs(v) for v in values])
    signs = [(abs(v) > bound) * (1 if v > 0 else -1) for v in values]
    kept = [abs(v) for v in values if abs(v) > bound]
    return signs, float(sum(map(Fraction, kept))) / len(kept) if kept else 0.0


def optimal_bound(magnitudes):
    """The greatest magnitude that is dropped: the k that maximizes S_k^2 / k, the least of many."""
    falling = sorted(magnitudes, reverse=True)
    best, bound, total = Fraction(0), falling[0], Fraction(0)
    for k, magnitude in enumerate(falling, 1):
        total += Fraction(magnitude)
        if total * total / k > best:
            best = total * total / k
            bound = falling[k] if k < len(falling) else 0.0
    return bound


def twn_bound(magnitudes):
    return 0.7 * float(sum(map(Fraction, magnitudes))) / len(magnitudes)


def fit(options, values):
    """Codes of one cluster and its real scale."""
    method, bits = options["method"], options["bits"]
    if method == "power":
        codes, e = words(values, bits)
        return codes, 2.0 ** e if any(values) else 0.0
    if method == "linear":
        limit = 2 ** (bits - 1) - 1
        scale = max(abs(v) for v in values) / limit
        return [half_up(v / scale, -limit, limit) if scale else 0 for v in values], scale
    return ternary(values, {"opt": optimal_bound, "twn": twn_bound}[method])


def groups(options, units, inputs, pixels):
    """Indices of the weights of each cluster."""
    size = {"layer": units * inputs, "filter": inputs}.get(options["granularity"],
                                                           min(options["size"], inputs))
    rows = 1 if options["granularity"] == "layer" else units
    length = units * inputs // rows
    for row in range(rows):
        for first in range(0, length, size):
            kernels = range(row * length + first, row * length + min(first + size, length))
            taps = [[k * pixels + p for k in kernels] for p in range(pixels)]
            if options["granularity"] == "weights":
                yield from taps
            else:
                yield [k * pixels + p for k in kernels for p in range(pixels)]


def clustered(options, values, units, pixels):
    """The values that stand for those of a layer."""
    result = [0.0] * len(values)
    parts = list(groups(options, units, len(values) // units // pixels, pixels))
    fits = [fit(options, [values[i] for i in part]) for part in parts]
    greatest = max(scale for _, scale in fits)
    step = 2.0 ** (exponent_of(greatest) - 7) if greatest else 1.0
    for part, (codes, scale) in zip(parts, fits):
        if options["method"] != "power":
            scale = half_up(Fraction(scale) / Fraction(step), 0, 255) * step
        for i, code in zip(part, codes):
            result[i] = scale * code
    return result


def used(options, values, units, pixels, is_first, is_last):
    """What products use; None: the weights themselves."""
    if options is None or (is_last and not is_first and options["last"] == "float"):
        return None
    if is_first or (is_last and options["last"] == "8"):
        codes, e = words(values, FIRST_BITS)
        return [code * 2.0 ** e for code in codes]
    return clustered(options, values, units, pixels)
