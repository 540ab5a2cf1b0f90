#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Fixed-point arithmetic in exact rationals: what the engine's golden runs are computed with.

Codes are Python integers, values are fractions.Fraction, every real-valued step is one IEEE double
operation (Python's float); exp, log and tanh are taken to 60 digits and rounded once.
"""

import math
import struct
from decimal import Decimal, getcontext
from fractions import Fraction
from operator import mul

getcontext().prec = 60
MASK32 = 0xFFFFFFFF
MASK64 = 0xFFFFFFFFFFFFFFFF

# --- random numbers ------------------------------------------------------------------------------

def mix(x):
    """SplitMix64: golden-ratio increment, then Stafford's finalizer."""
    x = (x + 0x9E3779B97F4A7C15) & MASK64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK64
    return x ^ (x >> 31)


def noise_key(seed, step, layer, role, stream):
    key = mix(mix(mix(mix(seed) ^ step) ^ (layer << 32 | role)) ^ stream)
    return key >> 32, key & MASK32


def draw(key, index):
    x = (index + key[0]) & MASK32
    x ^= x >> 17
    x = (x * 0xED5AD4BB) & MASK32
    x ^= x >> 11
    x = (x + key[1]) & MASK32
    x = (x * 0xAC4C1B51) & MASK32
    x ^= x >> 15
    x = (x * 0x31848BAB) & MASK32
    x ^= x >> 14
    return x


def uniform(key, index):
    return ((draw(key, 2 * index) >> 5 << 26) | draw(key, 2 * index + 1) >> 6) / 2.0 ** 53


# --- number formats ------------------------------------------------------------------------------

class Format:
    def __init__(self, text):
        self.text = text
        self.is_float = text == "float"
        if self.is_float:
            return
        self.signed = not text.startswith("U")
        m, n = text.lstrip("U").lstrip("Q").split(".")
        self.frac = int(n)
        self.word = int(m) + int(n) + (1 if self.signed else 0)
        assert 1 <= self.word <= 32
        self.min = -(1 << (self.word - 1)) if self.signed else 0
        self.max = (1 << (self.word - 1)) - 1 if self.signed else (1 << self.word) - 1

    def reaches_beyond_one(self):
        return self.is_float or max(self.max, -self.min) * power2(-self.frac) > 1


def power2(n):
    return Fraction(2) ** n


def in_steps(value, frac):
    """value / 2^-frac of a float as an exact fraction: numerator and denominator."""
    above, below = value.as_integer_ratio()
    return (above << frac, below) if frac >= 0 else (above, below << -frac)


def round_code(above, below, rounding, draw32):
    """The code of above / below steps, below > 0."""
    if rounding == "sign":
        return 1 if above >= 0 else -1
    floor, rest = divmod(above, below)
    if rounding == "floor":
        return floor
    if rounding == "toward-zero":
        return floor if above >= 0 or rest == 0 else floor + 1
    if rounding == "stochastic":
        return ((above << 32) + draw32 * below) // (below << 32)
    if 2 * rest != below:
        return floor + (1 if 2 * rest > below else 0)
    if rounding == "nearest-even":
        return floor + (floor & 1)
    if rounding == "nearest-up":
        return floor + 1
    assert rounding == "nearest-away"
    return floor + (1 if above > 0 else 0)


class Quantizer:
    def __init__(self, fmt, rounding="nearest-even", overflow="saturate"):
        self.format = Format(fmt)
        self.rounding = rounding
        self.overflow = overflow

    @property
    def zero(self):
        return 0.0 if self.format.is_float else 0

    def code(self, value, draw32):
        """The code of a float, and whether it was clipped by a saturating mode."""
        f = self.format
        if f.is_float:
            return float32(value), False
        code = round_code(*in_steps(value, f.frac), self.rounding, draw32)
        if f.min <= code <= f.max and not (
                self.overflow == "saturate-symmetric" and f.signed and code == f.min):
            return code, False
        if self.overflow == "wrap":
            code &= (1 << f.word) - 1
            return (code - (1 << f.word) if code > f.max else code), False
        low = -f.max if self.overflow == "saturate-symmetric" and f.signed else f.min
        return max(low, min(f.max, code)), True

    def value(self, code):
        """Exact Fraction of a code; a float32 is its own code."""
        if self.format.is_float:
            return Fraction(code)
        return code * power2(-self.format.frac)

    def real(self, code):
        """The same as a float: codes of up to 32 bits are exact in one."""
        return code if self.format.is_float else math.ldexp(code, -self.format.frac)

    def array(self, values, key, clipped=None):
        codes = []
        chance = self.rounding == "stochastic"
        for i, value in enumerate(values):
            code, clip = self.code(value, draw(key, i) if chance else 0)
            codes.append(code)
            if clipped is not None:
                clipped.append(clip)
        return codes


def float32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


class Register:
    def __init__(self, mode="exact", bits=64):
        self.mode, self.bits = mode, (64 if mode == "exact" else bits)

    def total(self, terms):
        low, high = -(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1
        if self.mode == "saturate":
            total = 0
            for term in terms:
                total = max(low, min(high, total + term))
        else:
            total = sum(terms)
        if self.mode == "wrap":
            total &= (1 << self.bits) - 1
            return total - (1 << self.bits) if total > high else total
        return max(low, min(high, total))


def product(register, qa, a, qb, b):
    """Real value of sum a[p] b[p] with the codes' formats, in order of p."""
    if qa.format.is_float or qb.format.is_float:
        total = 0.0
        for x, y in zip(a, b):
            x, y = float32(qa.real(x)), float32(qb.real(y))
            total = float32(total + float32(x * y))
        return total
    total = register.total(map(mul, a, b))
    return float(total * power2(-qa.format.frac - qb.format.frac))


# --- real functions ------------------------------------------------------------------------------

def real_exp(x):
    return float(Decimal(x).exp())


def real_log(x):
    return float(Decimal(x).ln())


def real_tanh(x):
    e = (Decimal(x) * 2).exp()
    return float((e - 1) / (e + 1))
