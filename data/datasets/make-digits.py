#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the four IDX files of the embedded digits from scikit-learn's digits.csv.gz.

    apt-get download python3-sklearn && dpkg-deb -x python3-sklearn_*.deb sklearn
    python3 data/datasets/make-digits.py \\
        sklearn/usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz

Each line of the source is 64 pixels of 0..16 and the digit.  The k-th sample of each digit, counted
from 0, goes to the test split if k mod 5 is 4.  The order of the source is kept, and the gzip
headers hold neither a time nor a name, so that the same input gives the same bytes.
"""

import gzip
import hashlib
import pathlib
import struct
import sys

SOURCE_MD5 = "a0339c30a8a5312a1b6f9e5c719dcce5"
SIDE = 8


def read_samples(path):
    text = gzip.open(path).read()
    md5 = hashlib.md5(text).hexdigest()
    if md5 != SOURCE_MD5:
        sys.exit(f"{path}: the md5 of the text is {md5}, expected {SOURCE_MD5}")
    for line in text.decode("ascii").splitlines():
        *pixels, digit = (int(float(field)) for field in line.split(","))
        assert len(pixels) == SIDE * SIDE and 0 <= min(pixels) and max(pixels) <= 16
        yield bytes(pixels), digit


def divide(samples):
    splits = {"train": [], "test": []}
    seen = [0] * 10
    for pixels, digit in samples:
        splits["test" if seen[digit] % 5 == 4 else "train"].append((pixels, digit))
        seen[digit] += 1
    return splits


def write(path, data):
    with open(path, "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packed:
            packed.write(data)
    print(f"{path}: {path.stat().st_size} bytes")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make-digits.py DIGITS.CSV.GZ")
    folder = pathlib.Path(__file__).resolve().parent
    for split, samples in divide(read_samples(sys.argv[1])).items():
        images = struct.pack(">IIII", 0x803, len(samples), SIDE, SIDE)
        labels = struct.pack(">II", 0x801, len(samples))
        write(folder / f"digits-{split}-images-idx3-ubyte.gz",
              images + b"".join(pixels for pixels, _ in samples))
        write(folder / f"digits-{split}-labels-idx1-ubyte.gz",
              labels + bytes(digit for _, digit in samples))


main()
