# SPDX-License-Identifier: MIT
"""An independent model of Roundoff's training in exact arithmetic: a network and its step.

Written from the contract in engine/network/network-private.h and the papers, not from the C code.
Lists of codes are laid out n x c x h x w; every operation on floats is one of IEEE doubles.
"""

import math

from arithmetic import (Quantizer, Register, draw, noise_key, product, real_exp, real_log,
                        real_tanh, uniform)
from clusters import used
from edge import EVALUATION, Edge
from norm import BatchNorm, clipped, descend
from topology import Convolution, Dense, Norm, Residual, parse

ROLES = ["weight", "activation", "weight-grad", "activation-grad", "weight-acc", "bias", "norm",
         "gamma", "beta", "norm-grad", "momentum"]
W, A, GW, GA, ACC, B, NORM, GAMMA, BETA, GZ, V = range(11)
STREAM_QUANTIZE, STREAM_DERIVATIVE, STREAM_INITIALIZE, STREAM_TERNARY = 0, 1, 2, 7


class Layer:
    """A layer with weights.  A dense one is a convolution over the whole image."""

    def __init__(self, token, edge):
        self.edge = edge            # where its activations come from
        self.norm = None            # its batch normalization
        self.ends = None            # the block whose output is this layer's
        self.begins = None          # the block whose input is this layer's
        self.is_projection = False
        c, h, w = edge.out
        self.units = token.units
        if isinstance(token, Dense):
            self.shape, self.kernel, self.stride, self.padding = (c * h * w, 1, 1), 1, 1, 0
        else:
            self.shape, self.kernel = edge.out, token.kernel
            self.stride, self.padding = token.stride, token.padding
        c, h, w = self.shape
        self.out = (self.units, (h + 2 * self.padding - self.kernel) // self.stride + 1,
                    (w + 2 * self.padding - self.kernel) // self.stride + 1)
        self.columns = c * self.kernel * self.kernel
        self.fan_in, self.fan_out = self.columns, self.units * self.kernel * self.kernel
        self.windows = [self.window(y, x) for y in range(self.out[1]) for x in range(self.out[2])]

    def normalize(self):
        self.norm = BatchNorm(self.units, self.out[1] * self.out[2])

    def window(self, row, column):
        """Indices in an image, in order channel, kernel row, kernel column; None: a zero."""
        c, h, w = self.shape
        indices = []
        for i in range(c):
            for v in range(self.kernel):
                for u in range(self.kernel):
                    y = row * self.stride + v - self.padding
                    x = column * self.stride + u - self.padding
                    inside = 0 <= y < h and 0 <= x < w
                    indices.append((i * h + y) * w + x if inside else None)
        return indices

    def patches(self, n):
        """Inputs of every output pixel, sample by sample, row by row."""
        size = self.shape[0] * self.shape[1] * self.shape[2]
        return [[0 if i is None else self.edge.codes[s * size + i] for i in window]
                for s in range(n) for window in self.windows]

    @property
    def n_pixels(self):
        return self.out[1] * self.out[2]


class Block:
    """A residual block: the two ways between the edge that enters it and the addition."""

    def __init__(self, edge, token, out):
        self.edge, self.stride, self.out = edge, token.stride, out
        self.projection = None
        if edge.out != out and token.shortcut != "identity":
            kernel = token.shortcut
            self.projection = Layer(Convolution(token.units, kernel, token.stride, kernel // 2),
                                    edge)
            self.projection.is_projection = True
            assert self.projection.out == out

    def places(self, n):
        """For every output of an identity the index of the input it takes, or None."""
        c, h, w = self.edge.out
        channels, height, width = self.out
        before = (channels - c) // 2
        for s in range(n):
            for o in range(channels):
                for y in range(height):
                    for x in range(width):
                        i = o - before
                        inside = 0 <= i < c
                        yield ((s * c + i) * h + y * self.stride) * w + x * self.stride \
                            if inside else None


class Network:
    def __init__(self, config):
        self.seed = config["seed"]
        self.activation = config["activation"]
        self.momentum = config.get("momentum", 0.0)
        self.decay = config.get("weight_decay", 0.0)
        self.clip = config.get("clip", False)
        self.gradients = config.get("gradients", "plain")
        self.clusters = config.get("clusters")
        self.layers = []
        self.build(config["topology"])
        for i, layer in enumerate(self.layers):
            p = config["precision"](i + 1)
            layer.quantizers = [Quantizer(*p.get(role, ["float"])) for role in ROLES]
            layer.register = Register(*p["sum"])
            layer.index = i
        for layer in self.layers:
            if not layer.is_projection:
                layer.edge.settle(layer.index, layer.quantizers[A], self.seed)
            if layer.norm:
                layer.norm.settle(*(layer.quantizers[role] for role in (NORM, GAMMA, BETA, GZ)))
            self.initialize(layer)

    def build(self, text):
        shape, tokens = parse(text)
        edge = Edge(None, shape)
        for token in tokens:
            if isinstance(token, (Dense, Convolution)):
                edge = self.append(token, edge)
            elif isinstance(token, Norm):
                self.layers[-1].normalize()
            elif isinstance(token, Residual):
                edge = self.append_block(token, edge)
            else:
                edge.append(token)

    def append(self, token, edge):
        layer = Layer(token, edge)
        layer.above = Edge(layer, layer.out)
        self.layers.append(layer)
        return layer.above

    def append_block(self, token, edge):
        inner = self.append(Convolution(token.units, 3, token.stride, 1), edge)
        first = self.layers[-1]
        inner.tokens += token.dropouts()
        above = self.append(Convolution(token.units, 3, 1, 1), inner)
        second = self.layers[-1]
        block = Block(edge, token, second.out)
        first.begins = second.ends = block
        block.second = second
        if block.projection:
            self.layers.append(block.projection)
        if token.norm:
            for layer in (first, second, block.projection):
                if layer:
                    layer.normalize()
        return above

    def initialize(self, layer):
        last = layer is self.layers[-1]
        flat = last or self.activation in ("tanh", "hard-tanh")
        fan = layer.fan_in + (layer.fan_out if flat else 0)
        limit = (6.0 / fan) ** 0.5
        key = self.key(layer, 0, W, STREAM_INITIALIZE)
        n = layer.units * layer.columns
        self.split(layer, [limit * (2.0 * uniform(key, i) - 1.0) for i in range(n)], 0)
        layer.velocity = layer.quantizers[V].array([0.0] * n, (0, 0))
        layer.bias = [0.0] * layer.units
        layer.bias_velocity = [0.0] * layer.units

    def key(self, layer, step, role, stream=STREAM_QUANTIZE):
        return noise_key(self.seed, step, layer.index, role, stream)

    def split(self, layer, v, step):
        """The whole words v as weights and what rounding leaves over."""
        qw, qacc = layer.quantizers[W], layer.quantizers[ACC]
        if self.clip and qw.format.reaches_beyond_one():
            v = [clipped(x) for x in v]
        layer.weight = qw.array(v, self.key(layer, step, W))
        rest = [0.0] * len(v)
        if not qw.format.is_float:
            rest = [x - qw.real(c) for x, c in zip(v, layer.weight)]
        layer.acc = qacc.array(rest, self.key(layer, step, ACC))

    # forward

    def form_weights(self, layer):
        """Quantizer and codes of what products use."""
        real = used(self.clusters, [layer.quantizers[W].real(c) for c in layer.weight],
                    layer.units, layer.kernel * layer.kernel, layer is self.layers[0],
                    layer is self.layers[-1])
        layer.used_quantizer, layer.used = layer.quantizers[W], layer.weight
        if real is not None:
            layer.used_quantizer, layer.used = Quantizer("float"), real

    def forward(self, inputs, n, step):
        self.n = n
        for layer in self.layers:
            self.form_weights(layer)
        first = self.layers[0]
        first.edge.forward(inputs, n, step, self.key(first, step, A))
        for layer in self.layers:
            if layer.is_projection:
                continue
            z = self.way(layer, step)
            if layer.ends:
                z = self.add(layer.ends, z, step)
            if layer is self.layers[-1]:
                self.logits = z
                return
            edge = layer.above
            key = noise_key(self.seed, step, edge.index, A, STREAM_QUANTIZE)
            edge.forward([self.act(v) for v in z], n, step, key)
            layer.mask = [self.slope(v) and not clip for v, clip in zip(z, edge.clipped)]

    def way(self, layer, step):
        """Sums of a layer with their bias, or normalized."""
        q = layer.quantizers
        bias = [0.0] * layer.units
        if not layer.norm:
            codes = q[B].array(layer.bias, self.key(layer, step, B))
            bias = [q[B].real(code) for code in codes]
        patches = layer.patches(self.n)
        pixels = layer.n_pixels
        sums = []
        for s in range(self.n):
            for o in range(layer.units):
                row = layer.used[o * layer.columns:(o + 1) * layer.columns]
                for patch in patches[s * pixels:(s + 1) * pixels]:
                    total = product(layer.register, layer.used_quantizer, row,
                                    layer.edge.entering, patch)
                    sums.append(layer.edge.scale(total))
        if layer.norm:
            keys = [self.key(layer, step, role) for role in (NORM, GAMMA, BETA)]
            return layer.norm.forward(sums, self.n, step == EVALUATION, keys)
        return [z + bias[i // pixels % layer.units] for i, z in enumerate(sums)]

    def add(self, block, z, step):
        if block.projection:
            return [y + x for y, x in zip(z, self.way(block.projection, step))]
        values = block.edge.values()
        return [y + (0.0 if i is None else values[i]) for y, i in zip(z, block.places(self.n))]

    def act(self, z):
        if self.activation == "tanh":
            return real_tanh(z)
        if self.activation == "clipped-relu":
            return min(max(z, 0.0), 2.0)
        if self.activation == "hard-tanh":
            return min(max(z, -1.0), 1.0)
        return max(z, 0.0)

    def slope(self, z):
        if self.activation == "tanh":
            return True
        if self.activation == "clipped-relu":
            return 0.0 < z < 2.0
        if self.activation == "hard-tanh":
            return -1.0 < z < 1.0
        return z > 0.0

    # loss

    def loss(self, labels):
        m = self.layers[-1].units
        n = len(labels)
        total = 0.0
        self.gradient = []
        for s, label in enumerate(labels):
            z = self.logits[s * m:(s + 1) * m]
            top = max(z)
            e = [real_exp(v - top) for v in z]
            norm = 0.0
            for v in e:
                norm += v
            total += real_log(norm) - (z[label] - top)
            self.gradient += [(v / norm - (1.0 if i == label else 0.0)) / n
                              for i, v in enumerate(e)]
        return total / n

    # backward

    def backward(self, step):
        last = self.layers[-1]
        codes = last.quantizers[GA].array(self.gradient, self.key(last, step, GA))
        for layer in reversed(self.layers):
            if layer.is_projection:
                continue
            layer.ga = codes
            self.through(layer, layer, step)
            if layer.ends and layer.ends.projection:
                self.through(layer.ends.projection, layer, step)
            if layer.edge.source is None:
                continue
            codes = self.gradient_below(layer, step)

    def through(self, layer, owner, step):
        """G(layer), behind its batch normalization if it has one, and what it says of weights."""
        codes, quantizer = owner.ga, owner.quantizers[GA]
        if layer.norm:
            values = [quantizer.real(code) for code in codes]
            codes = layer.norm.backward(values, self.n, self.key(layer, step, GZ))
            quantizer = layer.quantizers[GZ]
        layer.g, layer.g_quantizer = codes, quantizer
        self.weight_gradient(layer, step)

    def weight_gradient(self, layer, step):
        pixels = layer.n_pixels
        columns = list(zip(*layer.patches(self.n)))
        grads, layer.bias_gradient = [], []
        for o in range(layer.units):
            g = [layer.g[(s * layer.units + o) * pixels + i]
                 for s in range(self.n) for i in range(pixels)]
            total = 0.0
            for code in g:
                total += layer.g_quantizer.real(code)
            layer.bias_gradient.append(total)
            for a in columns:
                total = product(layer.register, layer.g_quantizer, g, layer.edge.entering, a)
                grads.append(total / layer.edge.divisor)
        layer.gw = layer.quantizers[GW].array(grads, self.key(layer, step, GW))

    def gradient_below(self, layer, step):
        """G_A of the layer whose activations enter this one."""
        edge, below = layer.edge, layer.edge.source
        real = self.input_gradient(layer)
        if layer.begins:
            real = [a + b for a, b in zip(real, self.other_way(layer.begins))]
        q = below.quantizers[GA]
        codes = q.array([v / edge.divisor for v in real], self.key(below, step, GA))
        codes = [code if mask else q.zero
                 for code, mask in zip(edge.backward(codes, q.zero), below.mask)]
        if self.activation != "tanh":
            return codes
        values = []
        for code, out in zip(codes, edge.arisen):
            a = edge.quantizer.real(out)
            values.append(q.real(code) * (1.0 - a * a))
        return q.array(values, self.key(below, step, GA, STREAM_DERIVATIVE))

    def other_way(self, block):
        if block.projection:
            return self.input_gradient(block.projection)
        size = block.edge.out[0] * block.edge.out[1] * block.edge.out[2]
        real = [0.0] * (self.n * size)
        second = block.second
        for code, i in zip(second.ga, block.places(self.n)):
            if i is not None:
                real[i] = second.quantizers[GA].real(code)
        return real

    def input_gradient(self, layer):
        """Over filters, kernel rows and columns of the outputs that saw a pixel."""
        size = layer.shape[0] * layer.shape[1] * layer.shape[2]
        seen = [[] for _ in range(size)]  # (column of the weights, output pixel)
        for pixel, window in enumerate(layer.windows):
            for column, i in enumerate(window):
                if i is not None:
                    seen[i].append((column, pixel))
        for pairs in seen:
            pairs.sort()
        qw, qg = layer.used_quantizer, layer.g_quantizer
        pixels, units = layer.n_pixels, layer.units
        real = []
        for s in range(self.n):
            for pairs in seen:
                weights = [layer.used[o * layer.columns + column]
                           for o in range(units) for column, _ in pairs]
                gradients = [layer.g[(s * units + o) * pixels + pixel]
                             for o in range(units) for _, pixel in pairs]
                real.append(product(layer.register, qw, weights, qg, gradients))
        return real

    # update

    def make_ternary(self, layer, step):
        """G_W with three values, the same on average."""
        q = layer.quantizers[GW]
        values = [q.real(code) for code in layer.gw]
        s = max(abs(g) for g in values)
        if not q.format.is_float:
            s = min(s, q.real(q.format.max))
        if s == 0.0:
            return
        key = self.key(layer, step, GW, STREAM_TERNARY)
        for i, g in enumerate(values):
            taken = abs(g) >= s or draw(key, i) < math.floor(abs(g) / s * 2.0 ** 32)
            layer.gw[i] = q.code(math.copysign(s, g) if taken else 0.0, 0)[0]

    def update(self, rate, step):
        for layer in self.layers:
            if self.gradients == "ternary":
                self.make_ternary(layer, step)
            q = layer.quantizers
            d = [q[GW].real(g) for g in layer.gw]
            if self.decay != 0.0:
                d = [x + self.decay * (q[W].real(w) + q[ACC].real(acc))
                     for x, w, acc in zip(d, layer.weight, layer.acc)]
            if self.momentum > 0.0:
                d = [self.momentum * q[V].real(v) + x for v, x in zip(layer.velocity, d)]
                layer.velocity = q[V].array(d, self.key(layer, step, V))
                d = [q[V].real(v) for v in layer.velocity]
            self.split(layer, [q[W].real(weight) + (q[ACC].real(acc) - rate * x)
                               for x, weight, acc in zip(d, layer.weight, layer.acc)], step)
            if layer.norm:
                layer.norm.update(rate, self.momentum, self.clip)
            else:
                descend(layer.bias, layer.bias_velocity, layer.bias_gradient, rate, self.momentum,
                        self.clip)
