#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Gradients of networks by automatic differentiation in float64.

    backward.py > backward.txt      writes what tests/engine/network compares the float twin with

No backward formula is written here: the forward pass is spelled out, mean and variance of a batch
included, every operation remembers its slopes, and the chain rule does the rest.

Lines of a network, with words between spaces; layers with weights count from 1:

    config NAME
    shape C H W CLASSES
    topology TEXT
    activation NICK
    inputs N VALUE...            a batch
    labels LABEL...
    learnt LAYER WHAT VALUE...   weight, bias, gamma, beta to begin with; exact in float32
    loss VALUE
    gradient LAYER WHAT VALUE... of weight, bias, gamma and beta; activation-grad: of what enters
                                 the activation (or the loss); norm-grad: of the sums before batch
                                 normalization
"""

import math
import random

from topology import Convolution, Dense, Dropout, Norm, Pool, Residual, parse

EPSILON = 1e-4


# --- automatic differentiation -------------------------------------------------------------------

class Value:
    """A number and how it depends on those that it was made of."""

    made = []

    def __init__(self, number, parents=()):
        self.number, self.parents, self.gradient = number, parents, 0.0
        Value.made.append(self)

    def __add__(self, other):
        return Value(self.number + other.number, ((self, 1.0), (other, 1.0)))

    def __sub__(self, other):
        return Value(self.number - other.number, ((self, 1.0), (other, -1.0)))

    def __mul__(self, other):
        return Value(self.number * other.number, ((self, other.number), (other, self.number)))

    def __truediv__(self, other):
        return Value(self.number / other.number,
                     ((self, 1.0 / other.number),
                      (other, -self.number / (other.number * other.number))))

    def apply(self, number, slope):
        return Value(number, ((self, slope),))


def total(values):
    return Value(math.fsum(v.number for v in values), tuple((v, 1.0) for v in values))


def mean(values):
    return total(values) / Value(len(values))


def dot(a, b):
    return total([x * y for x, y in zip(a, b)])


def root(x):
    y = math.sqrt(x.number)
    return x.apply(y, 0.5 / y)


def propagate(result):
    result.gradient = 1.0
    for value in reversed(Value.made):
        for parent, slope in value.parents:
            parent.gradient += slope * value.gradient


# --- layers on lists of samples of channels of rows ----------------------------------------------

class Kink(Exception):
    """A value so close to where a slope jumps that float32 may see the other side."""


def away(distance):
    if abs(distance) < 1e-4:
        raise Kink


def activate(z, kind):
    if kind == "tanh":
        y = math.tanh(z.number)
        return z.apply(y, 1.0 - y * y)
    away(z.number)
    if kind == "clipped-relu":
        away(z.number - 2.0)
        if z.number > 2.0:
            return z.apply(2.0, 0.0)
    return z.apply(max(z.number, 0.0), 1.0 if z.number > 0.0 else 0.0)


def each(batch, function):
    return [[[[function(v) for v in row] for row in plane] for plane in image] for image in batch]


def add(a, b):
    return [[[[u + v for u, v in zip(*rows)] for rows in zip(*planes)] for planes in zip(*images)]
            for images in zip(a, b)]


def pool(batch, token):
    def one(plane, y, x, height, width):
        square = [v for row in plane[y * height:(y + 1) * height]
                  for v in row[x * width:(x + 1) * width]]
        if token.kind == "average":
            return mean(square)
        ranked = sorted(square, key=lambda v: v.number)
        if len(ranked) > 1 and ranked[-1].number != 0.0:
            away(ranked[-1].number - ranked[-2].number)
        return ranked[-1]

    out = []
    for image in batch:
        planes = []
        for plane in image:
            height, width = token.kernel or len(plane), token.kernel or len(plane[0])
            planes.append([[one(plane, y, x, height, width)
                            for x in range(len(plane[0]) // width)]
                           for y in range(len(plane) // height)])
        out.append(planes)
    return out


class Weighted:
    """A layer with weights, drawn at random, and what comes of them."""

    def __init__(self, chance, token, batch):
        self.norm = None
        if isinstance(token, Dense):
            batch = [[[[v]] for plane in image for row in plane for v in row] for image in batch]
            token = Convolution(token.units, 1)
        n_columns = len(batch[0]) * token.kernel ** 2
        reach = math.sqrt(3.0 / n_columns)
        self.learnt = {"weight": [draw(chance, -reach, reach)
                                  for _ in range(token.units * n_columns)],
                       "bias": [draw(chance, 0.0, 0.5) for _ in range(token.units)]}
        self.sums = [self.convolve(image, token, n_columns) for image in batch]
        self.out = [[[[v + b for v in row] for row in plane]
                     for plane, b in zip(image, self.learnt["bias"])] for image in self.sums]

    def convolve(self, image, token, n_columns):
        height, width, p = len(image[0]), len(image[0][0]), token.padding
        zero = Value(0.0)
        planes = [[[zero] * (width + 2 * p)] * p +
                  [[zero] * p + row + [zero] * p for row in plane] +
                  [[zero] * (width + 2 * p)] * p for plane in image]
        starts_y = range(0, height + 2 * p - token.kernel + 1, token.stride)
        starts_x = range(0, width + 2 * p - token.kernel + 1, token.stride)
        windows = [[[v for plane in planes for row in plane[y:y + token.kernel]
                     for v in row[x:x + token.kernel]] for x in starts_x] for y in starts_y]
        weights = self.learnt["weight"]
        return [[[dot(weights[o * n_columns:(o + 1) * n_columns], window) for window in row]
                 for row in windows] for o in range(token.units)]

    def normalize(self, chance):
        del self.learnt["bias"]
        n_channels = len(self.sums[0])
        self.norm = True
        self.learnt["gamma"] = [draw(chance, 0.5, 1.5) for _ in range(n_channels)]
        self.learnt["beta"] = [draw(chance, -0.5, 0.5) for _ in range(n_channels)]
        self.out = [[None] * n_channels for _ in self.sums]
        for c in range(n_channels):
            values = [v for image in self.sums for row in image[c] for v in row]
            middle = mean(values)
            deviation = root(mean([(v - middle) * (v - middle) for v in values]) + Value(EPSILON))
            for i, image in enumerate(self.sums):
                self.out[i][c] = [[self.learnt["gamma"][c] * ((v - middle) / deviation) +
                                   self.learnt["beta"][c] for v in row] for row in image[c]]


def draw(chance, low, high):
    """A number with ten fraction bits."""
    return Value(math.floor(chance.uniform(low, high) * 1024.0) / 1024.0)


# --- networks ------------------------------------------------------------------------------------

class Network:
    def __init__(self, chance, topology, activation, batch):
        self.chance, self.activation = chance, activation
        self.layers, self.ends = [], []  # ends[i]: what enters the activation behind layers[i]
        tokens = parse(topology)[1]
        pending = None  # a layer whose activation is still to come
        for token in tokens:
            if isinstance(token, Norm):
                pending.normalize(chance)
                continue
            batch = self.finish(pending, batch)
            pending = None
            if isinstance(token, Residual):
                batch = self.block(token, batch)
            elif isinstance(token, Pool):
                batch = pool(batch, token)
            else:
                assert not isinstance(token, Dropout)
                pending = self.append(token, batch)
        self.logits = pending.out
        self.ends.append(self.logits)

    def append(self, token, batch):
        self.layers.append(Weighted(self.chance, token, batch))
        return self.layers[-1]

    def finish(self, layer, batch):
        if layer is None:
            return batch
        self.ends.append(layer.out)
        return each(layer.out, lambda z: activate(z, self.activation))

    def convolution(self, token, batch, norm):
        layer = self.append(token, batch)
        if norm:
            layer.normalize(self.chance)
        return layer

    def block(self, token, batch):
        units, stride = token.units, token.stride
        first = self.convolution(Convolution(units, 3, stride, 1), batch, token.norm)
        inner = self.finish(first, None)
        second = self.convolution(Convolution(units, 3, 1, 1), inner, token.norm)
        if stride == 1 and len(batch[0]) == units:
            other = batch
        elif token.shortcut == "identity":
            before = (units - len(batch[0])) // 2
            thin = [[[row[::stride] for row in plane[::stride]] for plane in image]
                    for image in batch]
            empty = [[Value(0.0)] * len(row) for row in thin[0][0]]
            after = units - before - len(batch[0])
            other = [[empty] * before + image + [empty] * after for image in thin]
        else:
            k = token.shortcut
            other = self.convolution(Convolution(units, k, stride, k // 2), batch, token.norm).out
        out = add(second.out, other)
        self.ends.append(out)
        if len(self.layers) > len(self.ends):
            self.ends.append(None)  # a projection's activations are the block's
        return each(out, lambda z: activate(z, self.activation))

    def loss(self, labels):
        losses = []
        for image, label in zip(self.logits, labels):
            z = [plane[0][0] for plane in image]
            top = Value(max(v.number for v in z))
            e = [(v - top) for v in z]
            e = [v.apply(math.exp(v.number), math.exp(v.number)) for v in e]
            norm = total(e)
            losses.append(norm.apply(math.log(norm.number), 1.0 / norm.number) - (z[label] - top))
        return mean(losses)


def flat(batch):
    return [v for image in batch for plane in image for row in plane for v in row]


def line(*words, values, digits=9):
    """Twelve digits are exact for what was drawn."""
    print(*words, " ".join("%.*g" % (digits, v) for v in values))


def run(chance, topology, activation, n):
    Value.made = []
    (c, h, w), _ = parse(topology)
    batch = [[[[draw(chance, -2.0, 2.0) for _ in range(w)] for _ in range(h)] for _ in range(c)]
             for _ in range(n)]
    network = Network(chance, topology, activation, batch)
    labels = [chance.randrange(3) for _ in range(n)]
    loss = network.loss(labels)
    propagate(loss)

    print("shape", c, h, w, 3)
    print("topology", topology)
    print("activation", activation)
    line("inputs", n, values=[v.number for v in flat(batch)], digits=12)
    print("labels", *labels)
    for i, layer in enumerate(network.layers):
        for what, values in layer.learnt.items():
            line("learnt", i + 1, what, values=[v.number for v in values], digits=12)
    line("loss", values=[loss.number])
    for i, (layer, end) in enumerate(zip(network.layers, network.ends)):
        for what, values in layer.learnt.items():
            line("gradient", i + 1, what, values=[v.gradient for v in values])
        if end is not None:
            line("gradient", i + 1, "activation-grad", values=[v.gradient for v in flat(end)])
        if layer.norm:
            line("gradient", i + 1, "norm-grad", values=[v.gradient for v in flat(layer.sums)])


NETWORKS = [
    ("dense-norm", "5-7-BN-6-BN-3", "relu", 6),
    ("convolution-norm", "2x5x5-3C3P-BN-4C2/2-BN-3", "relu", 4),
    ("convolution-strides", "2x6x5-3C3P2/2-3C1-2C2-3", "clipped-relu", 3),
    ("maximum", "1x7x7-3C3P-BN-MP2-4FC-3", "tanh", 4),
    ("average", "1x6x6-AP2-3C3P-BN-AP2-4FC-BN-3", "tanh", 4),
    ("whole", "2x4x5-3C3P/2-BN-4C1-GAP-3", "relu", 4),
    ("residual-identity", "2x4x4-3C3P-BN-RES(3)-GAP-3", "relu", 4),
    ("residual-projection", "2x5x5-3C3P-RES(4/2)-RES(4)-AP3-3", "clipped-relu", 3),
    ("residual-wide-projection", "2x5x4-3C3P-BN-RES(4/2,P3)-RES(3,P3)-3", "tanh", 3),
    ("residual-padded", "2x5x5-3C3P-AP2-RES(6,I)-RES(7/2,I,NOBN)-3", "relu", 4),
    ("residual-plain", "2x4x4-RES(3,NOBN)-2xRES(3,P3,NOBN)-GAP-3", "relu", 4),
]


def main():
    print("# Written by backward.py; do not edit.")
    for number, (name, topology, activation, n) in enumerate(NETWORKS):
        print("config", name)
        run(random.Random(number), topology, activation, n)


if __name__ == "__main__":
    main()
