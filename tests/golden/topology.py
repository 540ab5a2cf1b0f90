# SPDX-License-Identifier: MIT
"""Topology texts as a list of tokens, read independently of the engine by the grammar in
engine/experiment/topology.h."""

import re
from typing import NamedTuple, Optional


class Dense(NamedTuple):
    units: int


class Convolution(NamedTuple):
    units: int
    kernel: int
    stride: int = 1
    padding: int = 0


class Norm(NamedTuple):
    pass


class Pool(NamedTuple):
    kind: str             # "max" or "average"
    kernel: Optional[int]  # None: the whole image


class Dropout(NamedTuple):
    percent: int


class Residual(NamedTuple):
    units: int
    stride: int
    shortcut: object  # side of the projection's kernel, or "identity"
    percent: int      # 0: no dropout
    norm: bool

    def dropouts(self):
        return [Dropout(self.percent)] if self.percent > 0 else []


def split(text):
    """Tokens between dashes outside brackets."""
    tokens, depth, start = [], 0, 0
    for i, char in enumerate(text + "-"):
        depth += (char == "(") - (char == ")")
        if char == "-" and depth == 0:
            tokens.append(text[start:i])
            start = i + 1
    return tokens


def residual(stride, options):
    units, _, first_stride = options[0].partition("/")
    shortcut, percent, norm = 1, 0, True
    for option in options[1:]:
        if option == "I":
            shortcut = "identity"
        elif option == "NOBN":
            norm = False
        elif option[0] == "P":
            shortcut = int(option[1:])
        else:
            assert option[0] == "D"
            percent = int(option[1:])
    return Residual(int(units), int(first_stride or 1) if stride else 1, shortcut, percent, norm)


def token_list(text):
    layers = []
    for token in split(text):
        if match := re.fullmatch(r"(?:(\d+)X)?RES\((.*)\)", token):
            for i in range(int(match[1] or 1)):
                layers.append(residual(i == 0, match[2].split(",")))
        elif match := re.fullmatch(r"(\d+)X\((.*)\)", token):
            layers += token_list(match[2]) * int(match[1])
        elif match := re.fullmatch(r"(\d+)C(\d+)(P\d*)?(?:/(\d+))?", token):
            units, kernel, padding, stride = match.groups()
            kernel = int(kernel)
            zeros = 0 if padding is None else int(padding[1:] or kernel // 2)
            layers.append(Convolution(int(units), kernel, int(stride or 1), zeros))
        elif match := re.fullmatch(r"(\d+)(?:FC)?", token):
            layers.append(Dense(int(match[1])))
        elif token == "BN":
            layers.append(Norm())
        elif token == "GAP":
            layers.append(Pool("average", None))
        elif match := re.fullmatch(r"(MP|AP)(\d+)", token):
            layers.append(Pool("max" if match[1] == "MP" else "average", int(match[2])))
        else:
            layers.append(Dropout(int(re.fullmatch(r"D(\d+)", token)[1])))
    return layers


def parse(text):
    """The input's shape, channels first, and the tokens behind it."""
    first, _, rest = text.upper().partition("-")
    shape = tuple(int(number) for number in first.split("X"))
    return {1: shape + (1, 1), 2: (1,) + shape, 3: shape}[len(shape)], token_list(rest)
