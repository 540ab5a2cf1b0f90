# SPDX-License-Identifier: MIT
"""The experiments of the golden runs.

precision maps roles and "sum" of a layer, counted from 1, to (format, rounding, overflow) and to
(register, bits).  Formats are so narrow that every kind of rounding and overflow happens in a few
steps.
"""

ROUNDINGS = ["nearest-even", "nearest-away", "floor", "toward-zero", "stochastic"]
OVERFLOWS = ["saturate", "saturate-symmetric", "wrap"]


def matrix(rounding, overflow, register, unsigned=True, bias="float", acc="Q-3.10", weight="Q1.5",
           wide=0):
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


def plain_configurations():
    """Dense layers, convolution and maximum pooling in every rounding and overflow."""
    dense = dict(topology="6-7-5-3", classes=3)
    conv = dict(topology="2x6x6-3C3-MP2-4C2-5FC-3", classes=3)
    registers = [("exact", 64), ("wrap", 11), ("saturate", 11)]
    activations = ["relu", "clipped-relu", "tanh"]
    count = 0
    for rounding in ROUNDINGS:
        for overflow in OVERFLOWS:
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


# What the cells of a deep network hold unless a run says otherwise.
FORMATS = {"weight": "Q1.5", "activation": "UQ1.4", "weight-grad": "Q-1.8",
           "activation-grad": "Q-2.10", "weight-acc": "Q-4.11", "bias": "float", "norm": "float",
           "gamma": "float", "beta": "float", "norm-grad": "float", "momentum": "float"}
FIXED_NORM = {"norm": "Q2.4", "gamma": "Q1.6", "beta": "Q0.6", "norm-grad": "Q-2.11"}
FLOAT = {role: "float" for role in FORMATS}
WIDE = {"weight": "Q1.14", "activation": "UQ1.29", "weight-grad": "Q0.24",
        "activation-grad": "Q-1.24", "weight-acc": "Q-13.30"}

EXACT, WRAP, SATURATE = ("exact", 64), ("wrap", 13), ("saturate", 13)

# name, topology, activation, rounding, overflow, register, formats, settings; among these rows:
# formats that some layers have instead
DEEP = [
    ("convolution-stride", "1x8x8-3C3P/2-4C1-AP2-3", "relu", 0, 0, EXACT, {}, {}),
    ("convolution-padding", "2x7x6-3C3P2/3-2C2P/2-3", "clipped-relu", 1, 1, SATURATE,
     {"bias": "Q0.6"}, {}),
    ("convolution-wide-kernel", "2x5x5-3C5P-4C1/2-3", "tanh", 4, 2, WRAP, {}, {}),
    ("convolution-float", "2x6x6-3C3P/2-4C3P-5FC-3", "relu", 0, 0, EXACT, FLOAT, {}),

    ("pooling-average", "1x9x8-3C2-AP2-4C2-MP2-3", "relu", 2, 0, EXACT, {}, {}),
    ("pooling-twice", "1x7x7-AP2-3C2P-AP2-AP2-4-3", "tanh", 1, 2, SATURATE, {}, {}),
    ("pooling-whole", "1x6x9-MP2-2C2-GAP-4-3", "clipped-relu", 4, 1, WRAP, {}, {}),
    ("pooling-wide", "1x6x6-3C3P-AP3-AP2-4-3", "relu", 1, 0, EXACT, WIDE, {}),
    ("pooling-float", "1x7x6-3C3P-AP2-MP2-4FC-3", "relu", 0, 0, EXACT, {"activation": "float"}, {}),

    ("dropout-dense", "8-9FC-D40-7FC-D50-D30-3", "relu", 0, 0, EXACT, {}, {}),
    ("dropout-input", "8-D10-9FC-D60-7FC-D1-3", "tanh", 4, 1, WRAP, {}, {}),
    ("dropout-pooling", "2x6x6-4C3P-D20-MP2-D30-AP3-3", "clipped-relu", 2, 2, SATURATE, {}, {}),

    ("norm-convolution", "2x6x6-3C3P-BN-MP2-4C2-BN-5FC-BN-3", "relu", 0, 0, EXACT, {}, {}),
    ("norm-fixed", "2x6x6-3C3P-BN-MP2-4C2-BN-5FC-BN-3", "clipped-relu", 4, 0, SATURATE,
     FIXED_NORM, {}),
    ("norm-dense", "6-7-BN-5FC-BN-3", "relu", 3, 2, WRAP, FIXED_NORM, {}),
    ("norm-pooling", "3x5x5-4C3/2-BN-AP2-D20-3", "tanh", 1, 1, EXACT, {"norm": "Q1.3"}, {}),
    ("norm-momentum", "2x5x5-3C3P/2-BN-4C1-BN-GAP-3", "tanh", 2, 0, EXACT,
     dict(FIXED_NORM, momentum="Q0.9"), {"momentum": 0.75, "weight_decay": 0.01}),
    ("norm-cancel", "1x4x5-2C1-BN-AP2-3", "relu", 0, 0, EXACT, FLOAT, {"cancel": 2.0 ** 56}),
    ("norm-float", "2x5x5-3C3-BN-AP3-5-BN-D30-3", "relu", 0, 0, EXACT, FLOAT, {"momentum": 0.9}),

    ("residual-identity", "2x6x6-3C3P-BN-RES(3)-RES(4/2)-GAP-3", "relu", 0, 0, EXACT, {}, {}),
    ("residual-wide-projection", "2x6x6-RES(4/2,P3,D20)-GAP-3", "clipped-relu", 4, 0, EXACT,
     FIXED_NORM, {}),
    ("residual-padded", "2x6x6-3C3P-RES(6/2,I,NOBN)-AP3-D30-4FC-D40-3", "relu", 1, 1, SATURATE,
     {"bias": "Q0.6"}, {}),
    ("residual-plain", "2x5x5-2xRES(3,NOBN)-3", "relu", 3, 2, WRAP, {}, {}),
    ("residual-behind-average", "2x6x6-4C3P-AP2-RES(4)-RES(6,I)-GAP-3", "relu", 2, 0, EXACT,
     {"norm": "Q2.4"}, {}),
    ("residual-dropout", "2x7x5-3C3P-D30-2xRES(4/2,P3,NOBN,D10)-MP2-3", "tanh", 4, 2, SATURATE,
     {}, {"weight_decay": 0.05}),
    ("residual-momentum", "2x6x6-3C3P-BN-2xRES(4/2)-AP3-3", "clipped-relu", 1, 0, WRAP,
     dict(FIXED_NORM, momentum="Q0.10"), {"momentum": 0.5, "weight_decay": 0.002}),
    ("residual-thinned", "4x5x5-RES(4)-RES(4/2,I)-GAP-3", "tanh", 3, 1, SATURATE, FIXED_NORM, {}),
    ("residual-average-projection", "2x6x6-3C3P-AP2-D20-RES(4/2,P3)-GAP-3", "relu", 4, 0, EXACT,
     FIXED_NORM, {"momentum": 0.9}),
    ("residual-rows", "2x6x6-3C3P-BN-RES(4/2)-AP3-5-BN-3", "relu", 0, 0, EXACT, FIXED_NORM,
     {"momentum": 0.75, "rows": {
         1: {"activation-grad": "Q-2.9", "momentum": "Q0.10"},
         2: {"activation": "UQ2.5", "norm": "Q2.6", "activation-grad": "Q-1.12"},
         3: {"weight": "Q0.7", "weight-acc": "Q-6.12", "norm-grad": "Q-1.9", "activation": "Q2.3"},
         4: {"weight": "Q2.3", "weight-acc": "Q-2.10", "weight-grad": "Q0.6", "norm": "Q1.2",
             "gamma": "float", "beta": "Q1.3", "norm-grad": "Q-3.10", "momentum": "float"},
         5: {"activation": "float", "norm": "float"},
         6: {"activation": "UQ3.2", "weight-grad": "float"}}}),
    ("residual-float", "2x5x5-3C3P-BN-RES(4/2)-RES(5,I,NOBN)-GAP-3", "relu", 0, 0, EXACT, FLOAT,
     {"weight_decay": 0.01}),

    ("momentum-dense", "6-7-5-3", "relu", 0, 0, EXACT, {}, {"momentum": 0.9}),
    ("momentum-fixed", "6-7-5-3", "tanh", 4, 2, WRAP, {"momentum": "Q-1.8", "bias": "Q0.6"},
     {"momentum": 0.75, "weight_decay": 0.02}),
    ("momentum-decay", "2x5x5-3C3-4FC-3", "clipped-relu", 2, 0, EXACT, {"weight": "float"},
     {"weight_decay": 0.1}),
]

# What the settings of an update do: weights that may not leave [-1,1], gradients of three values.
UPDATES = [
    ("clip-dense", "6-7-5-3", "relu", 0, 0, EXACT, {"bias": "Q0.6"}, {"clip": True, "rate": 2.0}),
    ("clip-at-one", "6-7-5-3", "clipped-relu", 1, 1, SATURATE,
     {"weight": "Q0.5", "weight-acc": "Q-6.11"}, {"clip": True, "rate": 2.0}),
    ("clip-wide", "2x5x5-3C3-4FC-3", "tanh", 4, 2, WRAP,
     {"weight": "Q3.3", "weight-acc": "Q-3.10"}, {"clip": True, "rate": 1.0}),
    ("clip-float", "4-7-5-3", "relu", 0, 0, EXACT, FLOAT,
     {"clip": True, "rate": 2.0, "momentum": 0.75, "weight_decay": 0.01}),
    ("clip-norm", "2x5x5-3C3P/2-BN-4C1-BN-GAP-3", "relu", 2, 0, EXACT, FIXED_NORM,
     {"clip": True, "rate": 1.0, "momentum": 0.5}),

    ("ternary-dense", "6-7-5-3", "relu", 0, 0, EXACT, {}, {"gradients": "ternary"}),
    ("ternary-narrow", "6-7-5-3", "tanh", 2, 0, SATURATE, {"weight-grad": "Q-4.6"},
     {"gradients": "ternary"}),
    ("ternary-symmetric", "2x6x6-3C3P-MP2-4C2-3", "clipped-relu", 4, 1, WRAP,
     {"weight-grad": "Q-3.6"}, {"gradients": "ternary", "weight_decay": 0.05}),
    ("ternary-unsigned", "6-7-5-3", "relu", 3, 2, EXACT, {"weight-grad": "UQ0.7"},
     {"gradients": "ternary"}),
    ("ternary-float", "2x6x6-3C3P-BN-RES(4/2)-GAP-3", "relu", 0, 0, EXACT, FLOAT,
     {"gradients": "ternary", "clip": True}),
    ("ternary-momentum", "2x5x5-3C3-BN-4FC-3", "clipped-relu", 1, 0, EXACT,
     {"weight-grad": "float", "momentum": "Q-1.9"},
     {"gradients": "ternary", "momentum": 0.75, "weight_decay": 0.01}),
]


# A format, and a rounding that is not the run's.
SIGN = ("Q1.0", "sign")
# W and A of binarized networks; all else is learnt in float32.
BINARIZED = dict(FLOAT, weight=SIGN, activation=SIGN)

SIGNS = [
    ("binarized-dense", "6-7-5-3", "hard-tanh", 0, 0, EXACT, BINARIZED, {}),
    ("binarized-norm", "2x6x6-3C3P-BN-MP2-4C2-BN-5FC-BN-3", "hard-tanh", 0, 0, EXACT, BINARIZED,
     {"momentum": 0.75}),
    ("binarized-fixed", "2x6x6-3C3P-MP2-4C2-D20-5FC-3", "hard-tanh", 4, 2, WRAP,
     {"weight": SIGN, "activation": SIGN, "weight-acc": "Q1.9"}, {}),
    ("binarized-residual", "2x6x6-3C3P-BN-RES(4/2)-GAP-3", "relu", 1, 0, EXACT,
     dict(FIXED_NORM, weight=SIGN, activation=SIGN), {"weight_decay": 0.01}),
    ("binarized-all", "6-7-BN-5FC-BN-3", "tanh", 1, 1, SATURATE,
     {"weight": ("Q0.2", "sign"), "activation": ("Q0.3", "sign"), "weight-grad": ("Q-2.5", "sign"),
      "activation-grad": ("Q-4.7", "sign"), "weight-acc": ("Q-3.8", "sign"),
      "norm": ("Q2.0", "sign"), "gamma": ("Q1.1", "sign"), "beta": ("Q0.2", "sign"),
      "norm-grad": ("Q-4.7", "sign"), "momentum": ("Q-2.6", "sign")}, {"momentum": 0.5}),
    ("binarized-short", "2x5x5-3C3-AP2-4FC-3", "relu", 0, 0, EXACT,
     {"weight": ("Q0.0", "sign"), "activation": ("UQ1.2", "sign"),
      "activation-grad": ("UQ-3.8", "sign")}, {}),
    ("binarized-short-wrap", "2x5x5-3C3-MP2-4FC-3", "clipped-relu", 2, 2, EXACT,
     {"weight": ("Q-1.1", "sign"), "activation": ("UQ1.2", "sign"), "bias": ("Q0.2", "sign")}, {}),

    ("hard-tanh-dense", "6-7-5-3", "hard-tanh", 1, 1, EXACT, {"activation": "Q0.5"}, {}),
    ("hard-tanh-residual", "2x6x6-3C3P-BN-RES(4/2)-AP3-D20-5FC-3", "hard-tanh", 4, 0, WRAP,
     dict(FIXED_NORM, activation="Q1.4"), {}),
    ("hard-tanh-float", "2x5x5-3C3P-MP2-4FC-3", "hard-tanh", 0, 0, EXACT, FLOAT,
     {"momentum": 0.9}),
]


def clusters(method, granularity, size, bits=2, last="8"):
    return {"clusters": {"method": method, "bits": bits, "granularity": granularity, "size": size,
                         "last": last}}


CLUSTERS = [
    ("clusters-dense", "6-9-8-3", "relu", 1, 1, EXACT, {}, clusters("opt", "kernels", 4)),
    ("clusters-convolution", "2x6x6-4C3P-BN-5C3P-MP2-6C1-5FC-3", "relu", 4, 0, EXACT, FIXED_NORM,
     clusters("opt", "kernels", 2, last="clusters")),
    ("clusters-weights", "2x5x5-5C3-BN-4C2-4FC-3", "tanh", 0, 1, EXACT, {},
     dict(clusters("twn", "weights", 3, last="float"), momentum=0.5)),
    ("clusters-filter", "2x6x6-3C3P-BN-RES(4/2)-AP3-5FC-3", "hard-tanh", 4, 1, WRAP, FIXED_NORM,
     clusters("linear", "filter", 4, bits=4)),
    ("clusters-layer", "2x5x5-3C3P-BN-RES(4/2)-GAP-3", "clipped-relu", 2, 0, SATURATE, {},
     clusters("power", "layer", 1, bits=3, last="clusters")),
    ("clusters-float", "2x6x6-4C3P-BN-5C3P-AP2-6C1-5FC-3", "relu", 0, 0, EXACT, FLOAT,
     dict(clusters("opt", "kernels", 64), momentum=0.9, weight_decay=0.01)),
    ("clusters-float-linear", "2x6x6-4C3P-D20-5C3P-MP2-5FC-3", "tanh", 0, 0, EXACT, FLOAT,
     clusters("linear", "kernels", 3, bits=3, last="float")),
]


def deep_precision(formats, rows, rounding, overflow, register):
    def precision(layer):
        cells = {}
        for role, cell in dict(formats, **rows.get(layer, {})).items():
            text, own = cell if isinstance(cell, tuple) else (cell, ROUNDINGS[rounding])
            cells[role] = (text, own, OVERFLOWS[overflow])
        cells["sum"] = register
        return cells
    return precision


def configurations_of(table, first_seed):
    for i, (name, topology, activation, rounding, overflow, register, formats,
            settings) in enumerate(table):
        formats = dict(FORMATS, **formats)
        if activation == "tanh":
            formats["activation"] = "Q0.5"
        rows = dict(settings.get("rows", {}))
        entering = formats["activation"]
        if isinstance(entering, tuple):  # data are not binarized
            entering = ("Q1.4", ROUNDINGS[rounding])
        else:
            entering = entering.lstrip("U")
        rows[1] = dict(rows.get(1, {}), activation=entering)
        yield dict(settings, name=name, topology=topology, classes=3, seed=first_seed + i,
                   activation=activation, rate=settings.get("rate", [0.25, 0.5, 0.1][i % 3]),
                   rows=rows,
                   precision=deep_precision(formats, rows, rounding, overflow, register))


def deep_configurations():
    """Everything else a topology can say, in combination."""
    return configurations_of(DEEP, 3000)


def sign_configurations():
    """Rounding to the sign, and the activation that goes with it."""
    return configurations_of(SIGNS, 4000)


def update_configurations():
    """What becomes of gradients, and of what is learnt from them."""
    return configurations_of(UPDATES, 5000)


def cluster_configurations():
    """Few-bit codes and scales in place of weights."""
    return configurations_of(CLUSTERS, 6000)
