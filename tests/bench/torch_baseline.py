#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The workloads of `roundoff-cli bench` in PyTorch, on the CPU.

    torch_baseline.py WORKLOAD VARIANT [--threads N] [--seconds S]

Trains W1..W5 and prints one line of JSON: samples per second of three windows and their median, seconds to
the first step and peak memory.  VARIANT is

    fp32  float32, as PyTorch comes
    hws   fixed point faked in float32 tensors, rounded stochastically: weights, activations, their gradients
          and weight gradients in 8 bits, weight accumulators in 16

Needs python3-torch.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError:
    sys.exit("torch_baseline.py: PyTorch is missing; install the package python3-torch")

N_BATCHES, N_CLASSES, N_WINDOWS, RATE = 4, 10, 3, 0.01

# Word length and fraction bits.
WEIGHT, ACTIVATION, ERROR, GRADIENT, ACCUMULATOR = (8, 7), (8, 4), (8, 7), (8, 7), (16, 15)


def quantize(values, word, frac_bits):
    """Stochastic rounding and saturation, as few passes over memory as tensor operations allow."""
    least, greatest = -2.0 ** (word - 1), 2.0 ** (word - 1) - 1
    codes = (values * 2.0 ** frac_bits).add_(torch.rand_like(values)).floor_()
    return codes.clamp_(least, greatest).mul_(2.0 ** -frac_bits)


class QuantizeBothWays(torch.autograd.Function):
    """Activations on the way forward, their gradients on the way back."""

    @staticmethod
    def forward(ctx, values):
        return quantize(values, *ACTIVATION)

    @staticmethod
    def backward(ctx, gradient):
        return quantize(gradient, *ERROR)


class Quantizer(nn.Module):
    def forward(self, values):
        return QuantizeBothWays.apply(values)


class Block(nn.Module):
    """Two convolutions with batch normalization; the shortcut is thinned and padded with zero channels."""

    def __init__(self, n_inputs, n_filters, stride, behind):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(n_inputs, n_filters, 3, stride, padding=1, bias=False),
                                   nn.BatchNorm2d(n_filters), nn.ReLU(), behind())
        self.second = nn.Sequential(nn.Conv2d(n_filters, n_filters, 3, padding=1, bias=False),
                                    nn.BatchNorm2d(n_filters))
        self.behind = behind()
        self.stride, self.n_padded = stride, (n_filters - n_inputs) // 2

    def forward(self, values):
        shortcut = values
        if self.stride > 1:
            shortcut = functional.pad(values[:, :, ::self.stride, ::self.stride],
                                      (0, 0, 0, 0, self.n_padded, self.n_padded))
        return self.behind(functional.relu(self.second(self.first(values)) + shortcut))


def convolution(n_inputs, n_filters, kernel, padding, behind):
    return [nn.Conv2d(n_inputs, n_filters, kernel, padding=padding), nn.ReLU(), behind()]


def dense(n_inputs, n_units, behind):
    return [nn.Linear(n_inputs, n_units), nn.ReLU(), behind()]


def make_mlp(behind):
    return nn.Sequential(*dense(64, 128, behind), *dense(128, 64, behind), nn.Linear(64, N_CLASSES))


def make_lenet(behind):
    return nn.Sequential(*convolution(1, 20, 5, 0, behind), nn.MaxPool2d(2),
                         *convolution(20, 50, 5, 0, behind), nn.MaxPool2d(2), nn.Flatten(),
                         *dense(800, 500, behind), nn.Linear(500, N_CLASSES))


def make_cnn(widths, units, behind):
    layers, n_channels = [], 3
    for width in widths:
        layers += [*convolution(n_channels, width, 3, 1, behind), *convolution(width, width, 3, 1, behind),
                   nn.MaxPool2d(2)]
        n_channels = width
    layers.append(nn.Flatten())
    n_inputs = n_channels * 4 * 4
    for n_units in units:
        layers += dense(n_inputs, n_units, behind)
        n_inputs = n_units
    return nn.Sequential(*layers, nn.Linear(n_inputs, N_CLASSES))


def make_resnet20(behind):
    layers = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), behind()]
    n_channels = 16
    for n_filters in (16, 32, 64):
        for _ in range(3):
            layers.append(Block(n_channels, n_filters, 1 if n_filters == n_channels else 2, behind))
            n_channels = n_filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, N_CLASSES))


WORKLOADS = {
    "W1": (make_mlp, (32, 64)),
    "W2": (make_lenet, (64, 1, 28, 28)),
    "W3": (lambda behind: make_cnn((32, 64, 128), (256,), behind), (64, 3, 32, 32)),
    "W4": (lambda behind: make_cnn((128, 256, 512), (1024, 1024), behind), (32, 3, 32, 32)),
    "W5": (make_resnet20, (64, 3, 32, 32)),
}


class SplitWords:
    """Gradient descent on weights of which the accumulator keeps more bits than are multiplied."""

    def __init__(self, parameters):
        self.parameters = list(parameters)
        self.accumulators = [parameter.detach().clone() for parameter in self.parameters]

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self):
        for i, parameter in enumerate(self.parameters):
            moved = self.accumulators[i].sub_(quantize(parameter.grad, *GRADIENT), alpha=RATE)
            self.accumulators[i] = quantize(moved, *ACCUMULATOR)
            parameter.data = quantize(self.accumulators[i], *WEIGHT)


class Run:
    def __init__(self, workload, variant):
        make, shape = WORKLOADS[workload]
        self.model = make(Quantizer if variant == "hws" else nn.Identity)
        self.optimizer = (SplitWords(self.model.parameters()) if variant == "hws"
                          else torch.optim.SGD(self.model.parameters(), lr=RATE))
        self.batches = [(torch.randn(shape), torch.randint(N_CLASSES, shape[:1])) for _ in range(N_BATCHES)]
        self.batch, self.n_steps = shape[0], 0

    def step(self):
        inputs, labels = self.batches[self.n_steps % N_BATCHES]
        self.n_steps += 1
        self.optimizer.zero_grad()
        functional.cross_entropy(self.model(inputs), labels).backward()
        self.optimizer.step()

    def measure(self, seconds):
        """Samples per second of whole steps, one at least."""
        begin, first = time.perf_counter(), self.n_steps
        while True:
            self.step()
            elapsed = time.perf_counter() - begin
            if elapsed >= seconds:
                return (self.n_steps - first) * self.batch / elapsed


def get_age():
    """Seconds since this process was started, to a hundredth."""
    began = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began / os.sysconf("SC_CLK_TCK")


def get_peak_memory():
    """Bytes."""
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024


def main():
    parser = argparse.ArgumentParser(description="The workloads of roundoff-cli bench in PyTorch.")
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("variant", choices=("fp32", "hws"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1.0, help="length of each window")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    run = Run(options.workload, options.variant)
    run.step()
    first_step = get_age()
    run.measure(options.seconds / N_WINDOWS)
    begin, processor_time = time.perf_counter(), time.process_time()
    windows = [run.measure(options.seconds) for _ in range(N_WINDOWS)]
    processors = (time.process_time() - processor_time) / (time.perf_counter() - begin)
    print(json.dumps({
        "program": f"PyTorch {torch.__version__}", "workload": options.workload, "variant": options.variant,
        "threads": options.threads, "batch": run.batch, "samples_per_second": statistics.median(windows),
        "windows": windows, "processors": processors, "first_step_seconds": first_step,
        "peak_memory_bytes": get_peak_memory()}))


if __name__ == "__main__":
    main()
