# SPDX-License-Identifier: MIT
"""Activations on their way from where they arise to the layer they enter: quantized, pooled and
thinned out, and their gradient on the way back."""

import copy

from arithmetic import draw, float32, noise_key, round_code
from topology import Dropout

EVALUATION = (1 << 64) - 1
ROLE_ACTIVATION = 1
STREAM_DROPOUT = 16


def nearest_even(total, shift):
    return round_code(total, 1 << shift, "nearest-even", 0)


class Pooling:
    """Maximum or average over squares side by side; what is left over is dropped."""

    def __init__(self, token, shape, quantizer):
        c, h, w = shape
        self.maximum = token.kind == "max"
        self.kernel = (token.kernel or h, token.kernel or w)
        self.shape = shape
        self.pooled = (c, h // self.kernel[0], w // self.kernel[1])
        self.n_pixels = self.kernel[0] * self.kernel[1]
        self.quantizer = quantizer
        self.shift = 0
        if not self.maximum:
            self.widen()

    def widen(self):
        """Sums have a word that holds them all, of at most 32 bits."""
        self.quantizer = copy.copy(self.quantizer)
        self.quantizer.format = wide = copy.copy(self.quantizer.format)
        if wide.is_float:
            return
        low, high = wide.min * self.n_pixels, wide.max * self.n_pixels
        wide.word = max(high.bit_length(), (-low - 1).bit_length()) + (1 if wide.signed else 0)
        self.shift = max(0, wide.word - 32)
        wide.word -= self.shift
        wide.frac -= self.shift
        wide.min, wide.max = nearest_even(low, self.shift), nearest_even(high, self.shift)

    def square(self, start, y, x):
        width = self.shape[2]
        return [start + (y * self.kernel[0] + v) * width + x * self.kernel[1] + u
                for v in range(self.kernel[0]) for u in range(self.kernel[1])]

    def forward(self, codes, n, step):
        c, h, w = self.shape
        _, height, width = self.pooled
        self.sources, out = [], []
        for image in range(n * c):
            for y in range(height):
                for x in range(width):
                    square = self.square(image * h * w, y, x)
                    if self.maximum:
                        square = [max(square, key=codes.__getitem__)]  # the first of equals
                        out.append(codes[square[0]])
                    else:
                        out.append(self.sum([codes[i] for i in square]))
                    self.sources.append(square)
        self.n = n * c * h * w
        return out

    def sum(self, codes):
        if not self.quantizer.format.is_float:
            return nearest_even(sum(codes), self.shift)
        total = 0.0
        for code in codes:
            total += code
        return float32(total)

    def backward(self, gradient, zero):
        out = [zero] * self.n
        for code, square in zip(gradient, self.sources):
            for i in square:
                out[i] = code
        return out


class Thinning:
    """Dropout."""

    def __init__(self, token, shape, quantizer, seed, index, number):
        self.pooled = shape
        self.quantizer = quantizer
        self.limit = token.percent * (1 << 32) // 100
        self.kept = (100 - token.percent) / 100
        self.noise = (seed, index, number)

    def forward(self, codes, n, step):
        seed, index, number = self.noise
        key = noise_key(seed, step, index, ROLE_ACTIVATION, STREAM_DROPOUT + number)
        self.keep = [step == EVALUATION or draw(key, i) >= self.limit for i in range(len(codes))]
        return self.thin(codes, self.quantizer.zero)

    def thin(self, codes, zero):
        return [code if keep else zero for code, keep in zip(codes, self.keep)]

    def backward(self, gradient, zero):
        return self.thin(gradient, zero)


class Edge:
    """From the layer source (None: the input) through tokens to the layer of this index."""

    def __init__(self, source, shape):
        self.source, self.shape, self.out = source, shape, shape
        self.tokens = []

    def append(self, token):
        c, h, w = self.out
        self.tokens.append(token)
        if not isinstance(token, Dropout):
            self.out = (c, h // (token.kernel or h), w // (token.kernel or w))

    def settle(self, index, quantizer, seed):
        """Once the index and the format of A are known."""
        self.index, self.quantizer, self.entering = index, quantizer, quantizer
        self.divisor, self.kept = 1, 1.0
        self.parts = []
        shape, n_dropouts = self.shape, 0
        for token in self.tokens:
            if isinstance(token, Dropout):
                part = Thinning(token, shape, self.entering, seed, index, n_dropouts)
                n_dropouts += 1
                self.kept *= part.kept
            else:
                part = Pooling(token, shape, self.entering)
                if not part.maximum:
                    self.divisor *= part.n_pixels
            self.parts.append(part)
            self.entering = part.quantizer
            shape = part.pooled

    def forward(self, values, n, step, key):
        """Sets codes, what enters the layer, and of what arose before it, arisen and clipped."""
        self.clipped = []
        codes = self.arisen = self.quantizer.array(values, key, self.clipped)
        self.evaluating = step == EVALUATION
        for part in self.parts:
            codes = part.forward(codes, n, step)
        self.codes = codes

    def backward(self, gradient, zero):
        for part in reversed(self.parts):
            gradient = part.backward(gradient, zero)
        return gradient

    def scale(self, total):
        """What a sum over this edge's codes is worth."""
        total /= self.divisor
        return total * self.kept if self.evaluating and self.kept != 1.0 else total

    def values(self):
        return [self.scale(self.entering.real(code)) for code in self.codes]
