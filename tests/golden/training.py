#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An independent model of Roundoff's fixed-point training, in exact arithmetic.

Written from the contract in engine/network/network-private.h and the papers, not from the C code.

    training.py > training.txt      writes the golden runs that tests/engine/network compares with
                                    the engine code by code
"""

import hashlib
import struct
import sys

from arithmetic import (MASK64, Quantizer, Register, draw, float32, noise_key, product, real_exp,
                        real_log, real_tanh, uniform)

ROLES = ["weight", "activation", "weight-grad", "activation-grad", "weight-acc", "bias"]
W, A, GW, GA, ACC, B = range(6)
STREAM_QUANTIZE, STREAM_DERIVATIVE, STREAM_INITIALIZE = 0, 1, 2


# --- the network ---------------------------------------------------------------------------------

class Layer:
    """A layer with weights, its activation and the pooling behind it."""

    def __init__(self, kind, units, kernel=1):
        self.kind, self.units, self.kernel, self.pool = kind, units, kernel, 1
        self.quantizers = None
        self.register = None


class Network:
    def __init__(self, config):
        self.seed = config["seed"]
        self.activation = config["activation"]
        self.layers = []
        shape = config["shape"]
        for token in config["layers"]:
            if token[0] == "pool":
                layer = self.layers[-1]
                layer.pool = token[1]
                c, h, w = layer.out
                layer.pooled = (c, h // token[1], w // token[1])
                shape = layer.pooled
                continue
            layer = Layer(*token)
            if layer.kind == "dense":
                n = 1
                for d in shape:
                    n *= d
                layer.inputs, layer.shape = n, (n, 1, 1)
                layer.out = (layer.units, 1, 1)
                layer.fan_in, layer.fan_out = n, layer.units
                layer.columns = n
            else:
                c, h, w = shape
                k = layer.kernel
                layer.shape, layer.inputs = shape, c * h * w
                layer.out = (layer.units, h - k + 1, w - k + 1)
                layer.fan_in, layer.fan_out = c * k * k, layer.units * k * k
                layer.columns = c * k * k
            layer.pooled = layer.out
            shape = layer.out
            self.layers.append(layer)
        for i, layer in enumerate(self.layers):
            p = config["precision"](i + 1)
            layer.quantizers = [Quantizer(*p[role]) for role in ROLES]
            layer.register = Register(*p["sum"])
            self.initialize(layer, i)

    def initialize(self, layer, index):
        last = index == len(self.layers) - 1
        fan = layer.fan_in + (layer.fan_out if last or self.activation == "tanh" else 0)
        limit = (6.0 / fan) ** 0.5
        key = noise_key(self.seed, 0, index, W, STREAM_INITIALIZE)
        n = layer.units * layer.columns
        w0 = [limit * (2.0 * uniform(key, i) - 1.0) for i in range(n)]
        layer.weight, layer.acc = self.split(layer, w0, self.key(0, index, W),
                                             self.key(0, index, ACC))
        layer.bias = [0.0] * layer.units

    @staticmethod
    def split(layer, v, key_w, key_acc):
        qw, qacc = layer.quantizers[W], layer.quantizers[ACC]
        weight = qw.array(v, key_w)
        if qw.format.is_float:
            return weight, [0 if not qacc.format.is_float else 0.0] * len(v)
        rest = [x - float(qw.value(c)) for x, c in zip(v, weight)]
        return weight, qacc.array(rest, key_acc)

    def key(self, step, index, role, stream=STREAM_QUANTIZE):
        return noise_key(self.seed, step, index, role, stream)

    # forward

    @staticmethod
    def patch(layer, image, y, x):
        """Inputs of output pixel (y, x) in order channel, kernel row, kernel column."""
        if layer.kind == "dense":
            return image
        c, h, w = layer.shape
        k = layer.kernel
        return [image[(i * h + y + v) * w + x + u]
                for i in range(c) for v in range(k) for u in range(k)]

    def forward(self, inputs, n, step):
        first = self.layers[0]
        size = first.inputs
        codes = first.quantizers[A].array(inputs, self.key(step, 0, A))
        for index, layer in enumerate(self.layers):
            layer.codes, layer.n = codes, n
            q = layer.quantizers
            bias = [q[B].value(c) for c in q[B].array(layer.bias, self.key(step, index, B))]
            units, height, width = layer.out
            z = []
            size = layer.inputs
            for s in range(n):
                image = codes[s * size:(s + 1) * size]
                for o in range(units):
                    row = layer.weight[o * layer.columns:(o + 1) * layer.columns]
                    for y in range(height):
                        for x in range(width):
                            total = product(layer.register, q[W], row, q[A],
                                            self.patch(layer, image, y, x))
                            z.append(total + float(bias[o]))
            if index == len(self.layers) - 1:
                self.logits = z
                return
            nxt = self.layers[index + 1].quantizers[A]
            values = [self.act(v) for v in z]
            clipped = []
            out = nxt.array(values, self.key(step, index + 1, A), clipped)
            layer.mask = [self.slope(v) and not clip for v, clip in zip(z, clipped)]
            layer.output = out
            codes = self.pool(layer, out, n)

    def act(self, z):
        if self.activation == "tanh":
            return real_tanh(z)
        if self.activation == "clipped-relu":
            return min(max(z, 0.0), 2.0)
        return max(z, 0.0)

    def slope(self, z):
        if self.activation == "tanh":
            return True
        if self.activation == "clipped-relu":
            return 0.0 < z < 2.0
        return z > 0.0

    @staticmethod
    def pool(layer, codes, n):
        c, h, w = layer.out
        pc, ph, pw = layer.pooled
        k = layer.pool
        layer.source = []
        out = []
        for s in range(n):
            for ch in range(pc):
                for y in range(ph):
                    for x in range(pw):
                        best = None
                        for v in range(k):
                            for u in range(k):
                                i = ((s * c + ch) * h + y * k + v) * w + x * k + u
                                if best is None or codes[i] > codes[best]:
                                    best = i
                        layer.source.append(best)
                        out.append(codes[best])
        return out

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
        last = len(self.layers) - 1
        g = self.layers[last].quantizers[GA].array(self.gradient, self.key(step, last, GA))
        for index in range(last, -1, -1):
            layer = self.layers[index]
            layer.ga = g
            self.weight_gradient(layer, index, step)
            if index == 0:
                return
            real = self.input_gradient(layer)
            below = self.layers[index - 1]
            q = below.quantizers[GA]
            codes = q.array(real, self.key(step, index - 1, GA))
            g = [0] * (layer.n * below.out[0] * below.out[1] * below.out[2])
            for code, source in zip(codes, below.source):
                g[source] = code
            g = [code if mask else 0 for code, mask in zip(g, below.mask)]
            if self.activation == "tanh":
                qa = layer.quantizers[A]
                values = []
                for code, out in zip(g, below.output):
                    a = float(qa.value(out))
                    values.append(float(q.value(code)) * (1.0 - a * a))
                g = q.array(values, self.key(step, index - 1, GA, STREAM_DERIVATIVE))

    def weight_gradient(self, layer, index, step):
        q = layer.quantizers
        units, height, width = layer.out
        size = layer.inputs
        grads = []
        patches = [self.patch(layer, layer.codes[s * size:(s + 1) * size], y, x)
                   for s in range(layer.n) for y in range(height) for x in range(width)]
        layer.bias_gradient = []
        for o in range(units):
            g = [layer.ga[((s * units + o) * height + y) * width + x]
                 for s in range(layer.n) for y in range(height) for x in range(width)]
            total = 0.0
            for code in g:
                total += float(q[GA].value(code))
            layer.bias_gradient.append(total)
            for column in range(layer.columns):
                a = [patch[column] for patch in patches]
                grads.append(product(layer.register, q[GA], g, q[A], a))
        layer.gw = q[GW].array(grads, self.key(step, index, GW))

    @staticmethod
    def input_gradient(layer):
        q = layer.quantizers
        units, height, width = layer.out
        c, h, w = layer.shape
        k = layer.kernel
        real = []
        for s in range(layer.n):
            for ch in range(c):
                for y in range(h):
                    for x in range(w):
                        weights, gradients = [], []
                        for o in range(units):
                            for v in range(k):
                                for u in range(k):
                                    gy, gx = y - v, x - u
                                    if layer.kind == "dense":
                                        gy = gx = 0
                                    if 0 <= gy < height and 0 <= gx < width:
                                        column = ch if layer.kind == "dense" else (ch * k + v) * k + u
                                        weights.append(layer.weight[o * layer.columns + column])
                                        gradients.append(
                                            layer.ga[((s * units + o) * height + gy) * width + gx])
                        real.append(product(layer.register, q[W], weights, q[GA], gradients))
        return real

    # update

    def update(self, rate, step):
        for index, layer in enumerate(self.layers):
            q = layer.quantizers
            v = []
            for g, weight, acc in zip(layer.gw, layer.weight, layer.acc):
                u = rate * float(q[GW].value(g))
                v.append(float(q[W].value(weight)) + (float(q[ACC].value(acc)) - u))
            layer.weight, layer.acc = self.split(layer, v, self.key(step, index, W),
                                                 self.key(step, index, ACC))
            layer.bias = [float32(b - rate * g) for b, g in zip(layer.bias, layer.bias_gradient)]


# --- the golden runs -----------------------------------------------------------------------------

def text_of(codes):
    """Codes as decimal integers, float32 values as the hexadecimal bits behind an f."""
    return " ".join("f%08x" % struct.unpack("<I", struct.pack("<f", c))
                    if isinstance(c, float) else str(c) for c in codes)


def digest(codes):
    return hashlib.sha256(text_of(codes).encode()).hexdigest()[:16]


class Samples:
    """Inputs and labels from a plain linear congruential generator, so they need no shared code."""

    def __init__(self, seed):
        self.state = seed

    def next(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK64
        return (self.state >> 33) % n


def matrix(rounding, overflow, register, unsigned=True, bias="float", acc="Q-3.10", weight="Q1.5",
           wide=0):
    """Formats narrow enough that every kind of rounding and overflow happens in a few steps."""
    def precision(layer):
        return {
            "weight": ((weight if weight == "float" else "Q1.%d" % (5 + wide)), rounding, overflow),
            "activation": ("%sQ1.%d" % ("U" if unsigned and layer > 1 else "", 4 + wide),
                           rounding, overflow),
            "weight-grad": ("Q-1.%d" % (7 + wide), rounding, overflow),
            "activation-grad": ("Q-3.%d" % (9 + wide), rounding, overflow),
            "weight-acc": (acc, rounding, overflow),
            "bias": (bias, rounding, overflow),
            "sum": register,
        }
    return precision


def configurations():
    dense = dict(topology="6-7-5-3", shape=(6, 1, 1), classes=3,
                 layers=[("dense", 7), ("dense", 5), ("dense", 3)])
    conv = dict(topology="2x6x6-3C3-MP2-4C2-5FC-3", shape=(2, 6, 6), classes=3,
                layers=[("conv", 3, 3), ("pool", 2), ("conv", 4, 2), ("dense", 5), ("dense", 3)])
    registers = [("exact", 64), ("wrap", 11), ("saturate", 11)]
    activations = ["relu", "clipped-relu", "tanh"]
    count = 0
    for rounding in ["nearest-even", "nearest-away", "floor", "toward-zero", "stochastic"]:
        for overflow in ["saturate", "saturate-symmetric", "wrap"]:
            for base in (dense, conv):
                register = registers[count % 3]
                activation = activations[(count // 3 + count) % 3]
                count += 1
                yield dict(base, name="%s-%s-%s-%s-%s" % (
                    "conv" if base is conv else "dense", rounding, overflow, register[0],
                    activation), seed=1000 + count, activation=activation,
                    rate=[0.5, 0.25, 0.7, 0.1][count % 4],
                    precision=matrix(rounding, overflow, register, activation != "tanh"))
    for extra, options in [("fixed-bias", dict(bias="Q0.6")), ("float-acc", dict(acc="float")),
                           ("float-weight", dict(weight="float")),
                           ("wide", dict(wide=14, acc="Q-8.31"))]:
        for base in (dense, conv):
            count += 1
            yield dict(base, name="%s-%s" % ("conv" if base is conv else "dense", extra),
                       seed=2000 + count, activation="relu", rate=0.3,
                       precision=matrix("nearest-even", "saturate", ("exact", 64), **options))


def experiment_text(config):
    lines = ["[experiment]", "version=1", "title=%s" % config["name"],
             "seed=%d" % config["seed"], "[dataset]", "name=digits", "[network]",
             "topology=%s" % config["topology"], "activation=%s" % config["activation"],
             "[training]", "rate=%r" % config["rate"]]
    layers = sum(1 for token in config["layers"] if token[0] != "pool")
    for layer in range(1, layers + 1):
        p = config["precision"](layer)
        for role in ROLES:
            fmt, rounding, overflow = p[role]
            lines += ["[precision %d %s]" % (layer, role), "format=" + fmt,
                      "rounding=" + rounding, "overflow=" + overflow]
        lines += ["[precision %d sum]" % layer, "register=" + p["sum"][0]]
        if p["sum"][0] != "exact":
            lines += ["bits=%d" % p["sum"][1]]
    return lines


def run(config, out):
    network = Network(config)
    samples = Samples(config["seed"])
    c, h, w = config["shape"]
    print("config", config["name"], file=out)
    print("shape", c, h, w, config["classes"], file=out)
    for line in experiment_text(config):
        print("|", line, file=out)

    def report(step, roles):
        for i, layer in enumerate(network.layers):
            tensors = {W: layer.weight, ACC: layer.acc, B: layer.bias}
            if len(roles) > 3:
                tensors.update({A: layer.codes, GW: layer.gw, GA: layer.ga})
            for role in roles:
                print("tensor", step, i + 1, ROLES[role], len(tensors[role]),
                      digest(tensors[role]), file=out)

    report(-1, (W, ACC, B))
    for step, n in enumerate([5, 5, 3, 5, 4, 5]):
        inputs = [(samples.next(257) - 128) / 64.0 for _ in range(n * c * h * w)]
        labels = [samples.next(config["classes"]) for _ in range(n)]
        network.forward(inputs, n, step)
        loss = network.loss(labels)
        network.backward(step)
        network.update(config["rate"], step)
        print("inputs", step, n, text_of([int(v * 64) for v in inputs]), file=out)
        print("labels", step, text_of(labels), file=out)
        print("loss", step, loss.hex(), file=out)
        report(step, (W, A, GW, GA, ACC, B))
    for i, layer in enumerate(network.layers):
        print("codes", i + 1, text_of(layer.weight), file=out)


def main():
    print("# Written by training.py; do not edit.")
    for config in configurations():
        run(config, sys.stdout)


if __name__ == "__main__":
    main()
