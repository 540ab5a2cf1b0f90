#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Golden runs of an independent model of Roundoff's training.

    training.py training.txt > training.txt   writes what tests/engine/network compares with the
                                              engine code by code; FILES says what is in each

Lines of a run, with words between spaces; layers with weights count from 1:

    config NAME
    shape C H W CLASSES
    | LINE                             a line of the experiment
    inputs STEP N VALUE...             in 64ths, a batch; STEP evaluation: not to be learnt from
    labels STEP LABEL...               after it the step is taken
    loss STEP VALUE                    a hexadecimal float
    tensor STEP LAYER ROLE N DIGEST    N codes after the step, -1 before the first; a role's nick
    learnt STEP LAYER WHAT N DIGEST    likewise of what is not in the matrix; its nick
    logits VALUE...                    of the last inputs in evaluation, hexadecimal floats
    codes LAYER CODE...                the weights at the end

A digest is the beginning of the SHA-256 of the codes as text: integers in decimal, float32 as the
hexadecimal bits behind an f.  A projection has no lines for what it shares.
"""

import hashlib
import struct
import sys

from arithmetic import MASK64
from configurations import (cluster_configurations, deep_configurations, plain_configurations, sign_configurations,
                            update_configurations)
from edge import EVALUATION
from network import A, ACC, B, BETA, GA, GAMMA, GW, GZ, NORM, ROLES, V, W, Network


FILES = {
    "training.txt": (plain_configurations, deep_configurations),
    "training-clusters.txt": (cluster_configurations,),
    "training-sign.txt": (sign_configurations,),
    "training-updates.txt": (update_configurations,),
}


def text_of(codes):
    return " ".join("f%08x" % struct.unpack("<I", struct.pack("<f", c))
                    if isinstance(c, float) else str(c) for c in codes)


def digest(codes):
    return hashlib.sha256(text_of(codes).encode()).hexdigest()[:16]


class Samples:
    """Inputs and labels from a plain linear congruential generator, so they need no shared code."""

    def __init__(self, config, shape):
        self.state = config["seed"]
        self.n_classes = config["classes"]
        self.size = shape[0] * shape[1] * shape[2]
        self.cancel = config.get("cancel")

    def next(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK64
        return (self.state >> 33) % n

    def inputs(self, n):
        values = [(self.next(257) - 128) / 64.0 for _ in range(n * self.size)]
        if self.cancel:  # a sum over a sample depends on where these two enter it
            for start in range(0, n * self.size, self.size):
                first = self.next(self.size)
                second = (first + 1 + self.next(self.size - 1)) % self.size
                values[start + first], values[start + second] = self.cancel, -self.cancel
        return values

    def labels(self, n):
        return [self.next(self.n_classes) for _ in range(n)]


# --- the experiment's text -----------------------------------------------------------------------

def cell_lines(layer, role, cell):
    fmt, rounding, overflow = cell
    return ["[precision %s %s]" % (layer, role), "format=" + fmt, "rounding=" + rounding,
            "overflow=" + overflow]


def sum_lines(layer, register):
    mode, bits = register
    lines = ["[precision %s sum]" % layer, "register=" + mode]
    return lines if mode == "exact" else lines + ["bits=%d" % bits]


def plain_precision_lines(config, n_layers):
    lines = []
    for layer in range(1, n_layers + 1):
        p = config["precision"](layer)
        for role in ROLES[:B + 1]:
            lines += cell_lines(layer, role, p[role])
        lines += sum_lines(layer, p["sum"])
    return lines


def deep_precision_lines(config, network):
    """Only roles that the network has; every layer's cells first, then those that differ."""
    norms = [layer.norm is not None for layer in network.layers]
    absent = set()
    if all(norms):
        absent.add(B)
    if not any(norms):
        absent |= {NORM, GAMMA, BETA, GZ}
    if network.momentum == 0.0:
        absent.add(V)
    p = config["precision"](0)
    lines = []
    for role, nick in enumerate(ROLES):
        if role not in absent:
            lines += cell_lines("*", nick, p[nick])
    lines += sum_lines("*", p["sum"])
    for layer, row in sorted(config["rows"].items()):
        for nick, cell in row.items():
            text, *rounding = cell if isinstance(cell, tuple) else (cell,)
            lines += ["[precision %d %s]" % (layer, nick), "format=" + text]
            lines += ["rounding=" + own for own in rounding]
    return lines


def experiment_text(config, network):
    lines = ["[experiment]", "version=1", "title=%s" % config["name"],
             "seed=%d" % config["seed"], "[dataset]", "name=digits", "[network]",
             "topology=%s" % config["topology"], "activation=%s" % config["activation"],
             "[training]", "rate=%r" % config["rate"]]
    if network.momentum > 0.0:
        lines.append("momentum=%r" % network.momentum)
    if network.decay > 0.0:
        lines.append("weight-decay=%r" % network.decay)
    if network.clip:
        lines.append("clip=true")
    if network.gradients != "plain":
        lines.append("gradients=%s" % network.gradients)
    if network.clusters:
        lines.append("[clusters]")
        lines += ["%s=%s" % pair for pair in network.clusters.items()]
    if "rows" in config:
        return lines + deep_precision_lines(config, network)
    return lines + plain_precision_lines(config, len(network.layers))


# --- the runs ------------------------------------------------------------------------------------

def tensors_of(layer, network, stepped):
    """Role and codes of what a layer has."""
    norm = layer.norm
    yield W, layer.weight
    if stepped:
        if not layer.is_projection:
            yield A, layer.edge.codes
        yield GW, layer.gw
        if not layer.is_projection:
            yield GA, layer.ga
    yield ACC, layer.acc
    if not norm:
        yield B, layer.bias
    else:
        if stepped:
            yield NORM, norm.z
        yield GAMMA, norm.gamma
        yield BETA, norm.beta
        if stepped:
            yield GZ, norm.gz
    if network.momentum > 0.0:
        yield V, layer.velocity


def learnt_of(layer, network):
    norm = layer.norm
    if norm:
        yield "mean", norm.mean
        yield "variance", norm.variance
    if network.momentum > 0.0:
        if norm:
            yield "gamma-momentum", norm.gamma_velocity
            yield "beta-momentum", norm.beta_velocity
        else:
            yield "bias-momentum", layer.bias_velocity


def report(network, step, out):
    for i, layer in enumerate(network.layers):
        for role, codes in tensors_of(layer, network, step >= 0):
            print("tensor", step, i + 1, ROLES[role], len(codes), digest(codes), file=out)
        for what, values in learnt_of(layer, network):
            print("learnt", step, i + 1, what, len(values), digest(values), file=out)


def print_inputs(step, n, inputs, out):
    print("inputs", step, n, text_of([int(v * 64) for v in inputs]), file=out)


def evaluate(network, inputs, n, out):
    network.forward(inputs, n, EVALUATION)
    print("logits", " ".join(z.hex() for z in network.logits), file=out)


def run(config, out):
    network = Network(config)
    c, h, w = shape = network.layers[0].edge.shape
    samples = Samples(config, shape)
    deep = "rows" in config
    print("config", config["name"], file=out)
    print("shape", c, h, w, config["classes"], file=out)
    for line in experiment_text(config, network):
        print("|", line, file=out)
    report(network, -1, out)
    for step, n in enumerate([3, 4, 1, 5, 2, 3] if deep else [5, 5, 3, 5, 4, 5]):
        inputs, labels = samples.inputs(n), samples.labels(n)
        network.forward(inputs, n, step)
        loss = network.loss(labels)
        network.backward(step)
        network.update(config["rate"], step)
        print_inputs(step, n, inputs, out)
        print("labels", step, text_of(labels), file=out)
        print("loss", step, loss.hex(), file=out)
        report(network, step, out)
        if deep and step == 2:  # must leave no trace in what follows
            evaluate(network, inputs, n, out)
    if deep:
        inputs = samples.inputs(4)
        print_inputs("evaluation", 4, inputs, out)
        evaluate(network, inputs, 4, out)
    for i, layer in enumerate(network.layers):
        print("codes", i + 1, text_of(layer.weight), file=out)
    return network


def main():
    print("# Written by training.py; do not edit.")
    for configurations in FILES[sys.argv[1]]:
        for config in configurations():
            run(config, sys.stdout)


if __name__ == "__main__":
    main()
