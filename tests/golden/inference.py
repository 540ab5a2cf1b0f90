#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Converted networks in integers and exact fractions alone.

    inference.py > inference.txt    writes what tests/engine/inference compares both engines with

The contract of engine/inference/model-private.h, written down anew: weights become codes and scales
(clusters.py), batch normalization becomes 16-bit A and wide B, and each node's output is a list of
integer codes with one exponent, given (static) or of the batch's own maximum (dynamic).

Lines of a network, with words between spaces; layers with weights and nodes count from 0, values
are exact in float32:

    config NAME
    shape C H W CLASSES
    topology TEXT
    activation NICK
    clusters METHOD BITS GRANULARITY N LAST
    words BITS UNSIGNED
    learnt LAYER WHAT VALUE...       weight, bias, gamma, beta, mean, variance
    static EXPONENT...               of the input and of each node but the last
    inputs N VALUE...                n x c x h x w
    codes MODE NODE EXPONENT CODE... MODE static or dynamic; node -1 is the input; images
                                     channels-last; of the last node y, whose values are the logits
"""

import random
from decimal import Decimal, getcontext
from fractions import Fraction
from math import floor

from clusters import exponent_of, fit, groups, half_up, words

getcontext().prec = 60
EPSILON = Fraction(1e-4)
AFFINE_BITS = 16
N_SAMPLES = 3


def power(n):
    return Fraction(2) ** n


def round_up(value):
    """[x] = floor (x + 1/2)."""
    return floor(Fraction(value) + Fraction(1, 2))


def times_power(value, n):
    """[value 2^n] of an integer."""
    return value << n if n >= 0 else round_up(Fraction(value, 1 << -n))


class Image:
    """Codes by channel, row and column; what is outside is 0."""

    def __init__(self, channels, height, width, codes=None):
        self.size = channels, height, width
        self.codes = codes or {}

    def __getitem__(self, place):
        return self.codes.get(place, 0)

    def places(self):
        channels, height, width = self.size
        return [(c, y, x) for y in range(height) for x in range(width) for c in range(channels)]

    def flat(self):
        return [self[place] for place in self.places()]


# --- weights and normalization -------------------------------------------------------------------

class Weights:
    """Codes, the scale of each and one exponent, of units x inputs x pixels weights."""

    def __init__(self, options, values, units, pixels, plain_bits):
        self.per_unit = len(values) // units
        self.scales = [1] * len(values)
        if plain_bits:
            self.codes, self.exponent = words(values, plain_bits)
            return
        self.codes = [0] * len(values)
        parts = list(groups(options, units, self.per_unit // pixels, pixels))
        fits = [fit(options, [values[i] for i in part]) for part in parts]
        self.exponent = exponent_of(max(scale for _, scale in fits)) - 7
        for part, (codes, scale) in zip(parts, fits):
            mantissa = half_up(Fraction(scale) / power(self.exponent), 0, 255)
            for i, code in zip(part, codes):
                self.codes[i], self.scales[i] = (code if mantissa else 0), mantissa

    def whole(self, unit, i):
        place = unit * self.per_unit + i
        return self.codes[place] * self.scales[place]


def real_factor(learnt, unit):
    """gamma / sqrt (var + eps), to 60 digits."""
    if "gamma" not in learnt:
        return Decimal(1)
    below = Fraction(learnt["variance"][unit]) + EPSILON
    root = (Decimal(below.numerator) / Decimal(below.denominator)).sqrt()
    return Decimal(learnt["gamma"][unit]) / root


def factors(learnt, units):
    """A of each unit and e_A."""
    reals = [Fraction(real_factor(learnt, unit)) for unit in range(units)]
    exponent = exponent_of(max(map(abs, reals))) - (AFFINE_BITS - 2)
    limit = (1 << (AFFINE_BITS - 1)) - 1
    return [half_up(real / power(exponent), -limit, limit) for real in reals], exponent


def offset(learnt, unit, factor, grid):
    """B on the grid 2^grid."""
    if "gamma" not in learnt:
        return round_up(Fraction(learnt["bias"][unit]) / power(grid[1]))
    mean = Fraction(learnt["mean"][unit])
    return round_up((Fraction(learnt["beta"][unit]) - factor * power(grid[0]) * mean) /
                    power(grid[1]))


def activate(nick, value, exponent):
    """z of y 2^exponent."""
    if nick == "relu":
        return max(value, 0)
    if nick == "clipped-relu":
        return min(max(value, 0), floor(2 / power(exponent)))
    one = floor(1 / power(exponent))
    return min(max(value, -one), one)


# --- nodes ---------------------------------------------------------------------------------------

class Output:
    """The codes of a batch: images and their exponent."""

    def __init__(self, images, exponent):
        self.images, self.exponent = images, exponent


class Run:
    def __init__(self, network, mode):
        self.network, self.mode = network, mode
        self.outputs = {}

    def limits(self, node):
        bits = self.network.bits
        activates = node is not None and node.get("activates") or (
            node is not None and node["kind"] == "mean" and self.is_rectified(node["from"]))
        if self.network.unsigned and activates and self.network.activation != "hard-tanh":
            return 0, (1 << bits) - 1
        return -((1 << (bits - 1)) - 1), (1 << (bits - 1)) - 1

    def is_rectified(self, index):
        return index >= 0 and self.network.nodes[index].get("activates", False)

    def choose(self, index, node, peak, grid, k=1):
        """The exponent of a node's output; peak: the greatest magnitude on the grid, times k."""
        static = self.network.static[index + 1]
        if self.mode == "static" or peak == 0:
            return static
        bits = self.limits(node)[1].bit_length()
        if node["kind"] == "mean":
            return grid + exponent_of(Fraction(peak, k)) - (bits - 1)
        return grid + max(0, peak.bit_length() - bits)

    def finish(self, index, node, images, grid, k=1):
        """a' = clip ([z 2^(grid - e') / k])."""
        peak = max(abs(v) for image in images for v in image.codes.values())
        exponent = self.choose(index, node, peak, grid, k)
        least, most = self.limits(node)
        for image in images:
            for place, value in image.codes.items():
                code = round_up(Fraction(value) * power(grid - exponent) / k)
                image.codes[place] = max(least, min(most, code))
        self.outputs[index] = Output(images, exponent)

    def product(self, index, node):
        network, source = self.network, self.outputs[node["from"]]
        weights, learnt = node["weights"], node["learnt"]
        scaled, e_a = factors(learnt, node["units"])
        # B lies on the grid of the static exponent, and is brought to that of the batch.
        static = network.static[node["from"] + 1] + weights.exponent + e_a
        grid = source.exponent + weights.exponent + e_a
        offsets = [times_power(offset(learnt, unit, scaled[unit], (e_a, static)), static - grid)
                   for unit in range(node["units"])]
        images = []
        for image in source.images:
            result = Image(node["units"], *node["size"])
            for unit, row, column in result.places():
                total = sum(weights.whole(unit, i) * image[place] for i, place in
                            enumerate(node["taps"](row, column)))
                y = scaled[unit] * total + offsets[unit]
                if node.get("activates"):
                    y = activate(network.activation, y, grid)
                result.codes[unit, row, column] = y
            images.append(result)
        if node.get("last"):
            self.outputs[index] = Output(images, grid)
        else:
            self.finish(index, node, images, grid)

    def maximum(self, index, node):
        source, side = self.outputs[node["from"]], node["side"]
        images = []
        for image in source.images:
            channels, height, width = image.size
            result = Image(channels, height // side, width // side)
            for c, y, x in result.places():
                result.codes[c, y, x] = max(image[c, side * y + i, side * x + j]
                                            for i in range(side) for j in range(side))
            images.append(result)
        self.outputs[index] = Output(images, source.exponent)

    def mean(self, index, node):
        source = self.outputs[node["from"]]
        images = []
        for image in source.images:
            channels, height, width = image.size
            result = Image(channels, 1, 1)
            for c in range(channels):
                result.codes[c, 0, 0] = sum(image[c, y, x] for y in range(height)
                                            for x in range(width))
            images.append(result)
        self.finish(index, node, images, source.exponent, height * width)

    def sum(self, index, node):
        ways = self.outputs[node["from"]], self.outputs[node["skip"]]
        grid = max(way.exponent for way in ways)
        images = []
        for image, identity in zip(ways[0].images, ways[1].images):
            result = Image(*image.size)
            front = (image.size[0] - identity.size[0]) // 2
            for c, y, x in result.places():
                added = identity[c - front, y * node["stride"], x * node["stride"]]
                value = (times_power(image[c, y, x], ways[0].exponent - grid) +
                         times_power(added, ways[1].exponent - grid))
                result.codes[c, y, x] = activate(self.network.activation, value, grid)
            images.append(result)
        self.finish(index, node, images, grid)

    def all(self):
        network = self.network
        exponent, limit = network.static[0], self.limits(None)[1]
        images = []
        for sample in network.inputs:
            image = Image(*network.shape)
            channels, height, width = network.shape
            for i, value in enumerate(sample):
                place = i // (height * width), i // width % height, i % width
                image.codes[place] = half_up(Fraction(value) / power(exponent), -limit, limit)
            images.append(image)
        self.outputs[-1] = Output(images, exponent)
        for index, node in enumerate(network.nodes):
            getattr(self, node["kind"])(index, node)
        for index in range(-1, len(network.nodes)):
            output = self.outputs[index]
            codes = [code for image in output.images for code in image.flat()]
            print("codes", self.mode, index, output.exponent, *codes)


# --- networks ------------------------------------------------------------------------------------

class Network:
    """conv 3x3 of 4, BN; maximum or not; a block of 4; one of 6 with stride 2 whose identity is
    thinned and padded; mean of all pixels; dense."""

    classes = 5

    def __init__(self, name, activation, clusters, bits, unsigned, seed, pools):
        self.name, self.activation, self.clusters = name, activation, clusters
        self.bits, self.unsigned = bits, unsigned
        self.rand = random.Random(seed)
        self.shape, self.nodes, self.learnt = (2, 10, 9), [], []
        if not pools:
            self.shape = 2, 6, 5
        at = self.convolution(-1, 2, 4, self.shape[1:], 1, True)
        size = self.shape[1:]
        if pools:
            self.nodes.append({"kind": "maximum", "from": at, "side": 2})
            at, size = at + 1, (size[0] // 2, size[1] // 2)
        at = self.block(at, 4, 4, size, 1)
        at = self.block(at, 4, 6, size, 2)
        self.nodes.append({"kind": "mean", "from": at})
        self.dense(at + 1, 6)
        self.topology = (f"2x{self.shape[1]}x{self.shape[2]}-4C3P-BN" + "-MP2" * pools +
                         f"-RES(4)-RES(6/2,I)-GAP-{self.classes}")
        self.inputs = [[self.draw(1.0) for _ in range(2 * self.shape[1] * self.shape[2])]
                       for _ in range(N_SAMPLES)]
        self.static = [1 - bits]
        for node in self.nodes[:-1]:
            self.static.append(self.choose(node))

    def choose(self, node):
        """A static exponent as the contract allows it, some too fine for what comes."""
        source = self.static[node["from"] + 1]
        if node["kind"] in ("maximum", "mean"):
            return source - (node["kind"] == "mean")
        exponent = self.rand.choice((2, 3, 3)) - self.bits
        return exponent if node["kind"] == "product" else \
            max(exponent, source, self.static[node["skip"] + 1])

    def draw(self, deviation, mean=0.0):
        return round(4096 * self.rand.gauss(mean, deviation)) / 4096

    def values(self, n, deviation, mean=0.0):
        return [self.draw(deviation, mean) for _ in range(n)]

    def add_layer(self, units, inputs, pixels, normalized, last=False):
        weights = self.values(units * inputs * pixels, (inputs * pixels) ** -0.5)
        learnt = {"weight": weights}
        if normalized:
            learnt |= {"gamma": self.values(units, 0.3, 1.0), "beta": self.values(units, 0.3),
                       "mean": self.values(units, 0.3),
                       "variance": [abs(v) + 0.25 for v in self.values(units, 0.5)]}
        else:
            learnt["bias"] = self.values(units, 0.2)
        plain = 8 if not self.learnt or (last and self.clusters["last"] == "8") else 0
        self.learnt.append(learnt)
        return {"kind": "product", "learnt": learnt, "units": units,
                "weights": Weights(self.clusters, weights, units, pixels, plain)}

    def convolution(self, at, inputs, units, size, stride, activates):
        node = self.add_layer(units, inputs, 9, True)
        node |= {"from": at, "activates": activates,
                 "size": tuple((n - 1) // stride + 1 for n in size),
                 "taps": lambda row, column: [(c, row * stride + i - 1, column * stride + j - 1)
                                              for c in range(inputs)
                                              for i in range(3) for j in range(3)]}
        self.nodes.append(node)
        return len(self.nodes) - 1

    def block(self, at, inputs, units, size, stride):
        first = self.convolution(at, inputs, units, size, stride, True)
        second = self.convolution(first, units, units, self.nodes[first]["size"], 1, False)
        self.nodes.append({"kind": "sum", "from": second, "skip": at, "stride": stride,
                           "activates": True})
        return second + 1

    def dense(self, at, inputs):
        node = self.add_layer(self.classes, inputs, 1, False, last=True)
        node |= {"from": at, "size": (1, 1), "last": True,
                 "taps": lambda row, column: [(c, 0, 0) for c in range(inputs)]}
        self.nodes.append(node)

    def write(self):
        clusters = self.clusters
        print("config", self.name)
        print("shape", *self.shape, self.classes)
        print("topology", self.topology)
        print("activation", self.activation)
        print("clusters", clusters["method"], clusters["bits"], clusters["granularity"],
              clusters["size"], clusters["last"])
        print("words", self.bits, int(self.unsigned))
        for layer, learnt in enumerate(self.learnt):
            for what, values in learnt.items():
                print("learnt", layer, what, *values)
        print("static", *self.static)
        print("inputs", N_SAMPLES, *[value for sample in self.inputs for value in sample])
        for mode in ("static", "dynamic"):
            Run(self, mode).all()


def options(method, bits, granularity, size, last):
    return {"method": method, "bits": bits, "granularity": granularity, "size": size, "last": last}


def main():
    print("# Written by inference.py; do not edit.")
    Network("ternary", "relu", options("opt", 2, "kernels", 3, "8"), 8, False, 1, True).write()
    Network("unsigned", "clipped-relu", options("linear", 4, "weights", 2, "clusters"), 6, True, 2,
            True).write()
    Network("filters", "hard-tanh", options("opt", 2, "filter", 1, "clusters"), 8, False, 3,
            False).write()


main()
