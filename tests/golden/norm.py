# SPDX-License-Identifier: MIT
"""Batch normalization, channel by channel."""

import math

from arithmetic import float32

EPSILON = 1e-4


def clipped(x):
    """Within [-1,1]; NaN stays."""
    return max(min(x, 1.0), -1.0)


def descend(values, velocities, gradient, rate, momentum, clip):
    """A step of float32 values against their gradient, in place."""
    for i, d in enumerate(gradient):
        if momentum > 0.0:
            d = velocities[i] = float32(momentum * velocities[i] + d)
        value = values[i] - rate * d
        values[i] = float32(clipped(value) if clip else value)


def image_sum(values):
    """Eight lanes, folded in halves."""
    lanes = [0.0] * 8
    for i, value in enumerate(values):
        lanes[i % 8] += value
    l = lanes
    return ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]))


class BatchNorm:
    def __init__(self, units, n_pixels):
        self.units, self.n_pixels = units, n_pixels
        self.gamma, self.beta = [1.0] * units, [0.0] * units
        self.mean, self.variance = [0.0] * units, [1.0] * units
        self.gamma_velocity, self.beta_velocity = [0.0] * units, [0.0] * units

    def settle(self, q_norm, q_gamma, q_beta, q_gradient):
        self.q_norm, self.q_gamma, self.q_beta = q_norm, q_gamma, q_beta
        self.q_gradient = q_gradient

    def channel(self, i):
        return i // self.n_pixels % self.units

    def sum(self, values, n, channel):
        total = 0.0
        for s in range(n):
            start = (s * self.units + channel) * self.n_pixels
            total += image_sum(values[start:start + self.n_pixels])
        return total

    def forward(self, z, n, evaluating, keys):
        """keys: of the draws of Z, gamma and beta."""
        self.m = n * self.n_pixels
        if evaluating:
            mean, variance = self.mean, self.variance
        else:
            mean = [self.sum(z, n, c) / self.m for c in range(self.units)]
            squares = []
            for i, value in enumerate(z):
                d = value - mean[self.channel(i)]
                squares.append(d * d)
            variance = [self.sum(squares, n, c) / self.m for c in range(self.units)]
            self.seen = mean, variance
        self.r = [1.0 / math.sqrt(v + EPSILON) for v in variance]
        self.z = self.q_norm.array([(value - mean[self.channel(i)]) * self.r[self.channel(i)]
                                    for i, value in enumerate(z)], keys[0])
        self.scale = [self.q_gamma.real(c) for c in self.q_gamma.array(self.gamma, keys[1])]
        shift = [self.q_beta.real(c) for c in self.q_beta.array(self.beta, keys[2])]
        return [self.scale[self.channel(i)] * self.q_norm.real(code) + shift[self.channel(i)]
                for i, code in enumerate(self.z)]

    def backward(self, g, n, key):
        values = [self.q_norm.real(code) for code in self.z]
        products = [a * b for a, b in zip(g, values)]
        self.beta_gradient = [self.sum(g, n, c) for c in range(self.units)]
        self.gamma_gradient = [self.sum(products, n, c) for c in range(self.units)]
        out = []
        for i, (gradient, value) in enumerate(zip(g, values)):
            c = self.channel(i)
            h = (gradient - self.beta_gradient[c] / self.m) - value * (
                self.gamma_gradient[c] / self.m)
            out.append(h * (self.scale[c] * self.r[c]))
        self.gz = self.q_gradient.array(out, key)
        return self.gz

    def update(self, rate, momentum, clip):
        descend(self.gamma, self.gamma_velocity, self.gamma_gradient, rate, momentum, clip)
        descend(self.beta, self.beta_velocity, self.beta_gradient, rate, momentum, clip)
        mean, variance = self.seen
        m = self.m
        wider = [v * (m / (m - 1)) if m > 1 else v for v in variance]
        self.mean = [float32(0.9 * old + 0.1 * new) for old, new in zip(self.mean, mean)]
        self.variance = [float32(0.9 * old + 0.1 * new) for old, new in zip(self.variance, wider)]
