#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `roundoff-cli operations` counts: test-cli-operations.py PATH-OF-ROUNDOFF-CLI prints TAP."""

import json
import re

import cli_driver
import tap
from cli_driver import bad, folder, good, write

DEMO = "1x28x28-32C3P-BN-MP2-64C3P-BN-MP2-64C3P-BN-128C1-BN-64C1-BN-GAP-10"


def operations(*arguments):
    return json.loads(good("operations", *arguments, "--json", "-"))


def rows_of(text):
    """Rows of the table with one row per N, by N."""
    rows = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]
    return {row[0]: row[1:] for row in rows if row[0].isdigit() or row[0] == "–"}


def test_c1_published():
    """The abstract's 85 % and 98 %, as a user meets them."""
    text = good("operations", "resnet-101", "--cluster", "4,64")
    rows = rows_of(text)
    assert rows["4"][1:3] == ["85.03", "86.38"] and rows["64"][1:3] == ["97.60", "99.15"], rows
    assert rows["4"][3] == "11.04" and rows["64"][3] == "14.93", rows
    assert "ResNet-101" in text and "7.57e9 multiply-accumulates" in text, text
    for word in ("a model", "throughput bound", "memory, batch norm and conversion"):
        assert word in text, text
    rows = rows_of(good("operations", "resnet-50"))
    assert list(rows) == ["1", "2", "4", "8", "16", "32", "64"]
    assert rows["4"][1] == "83.36" and rows["64"][1] == "96.09", rows


def test_c2_demo():
    result = operations(DEMO, "--last", "8", "--cluster", "4,64")
    assert [row["cluster"] for row in result["rows"]] == [4, 64]
    assert result["rows"][0]["multiplications"] == 577664 and result["rows"][0]["macs"] == 6448256
    assert f"{100 * result['rows'][1]['share_replaced']:.4f}" == "96.0508"
    fgq = operations(DEMO, "--last", "8", "--cluster", "4", "--granularity", "weights")
    assert fgq["rows"][0]["multiplications"] == 1781888
    # The preset has the same network.
    assert operations("fashion-cnn", "--last", "8", "--cluster", "4,64")["rows"] == result["rows"]


def test_c3_speed():
    row = operations("64-64-64-64-2", "--granularity", "weights", "--cluster", "4",
                     "--first-out")["rows"][0]
    assert row["share_replaced"] == 0.75 and abs(row["speed_up_model"] - 9.1428571) < 1e-6


def test_first_out():
    rows = rows_of(good("operations", "resnet-101", "--cluster", "4", "--first-out"))
    assert rows["4"][1] == "86.38" and len(rows["4"]) == 5, rows
    result = operations("resnet-101", "--cluster", "4", "--first-out")
    assert result["rows"][0]["macs"] < operations("resnet-101")["rows"][0]["macs"]


def test_layers():
    text = good("operations", "alexnet", "--cluster", "4", "--layers")
    assert re.search(r"conv2 +5x5 +48 +256 +729 ", text), text
    assert re.search(r"fc8 +– +4096 +1000 +1 ", text), text
    layers = operations("alexnet", "--cluster", "4", "--layers")["rows"][0]["layers"]
    assert len(layers) == 8 and layers[0]["eight_bit"] and not layers[7]["eight_bit"]
    assert layers[1]["multiplications"] * 100 == layers[1]["macs"]
    assert layers[1]["weight_bits"] == layers[1]["weights"] * 2 + layers[1]["clusters"] * 8


def test_granularity_without_size():
    """N makes no difference, so there is one row."""
    for granularity in ("filter", "layer"):
        rows = rows_of(good("operations", "resnet-18", "--granularity", granularity))
        assert list(rows) == ["–"], rows
        assert "cluster" not in operations("resnet-18", "--granularity", granularity)["rows"][0]


def test_bits_and_terms():
    text = good("operations", "resnet-18", "--cluster", "4", "--bits", "4")
    assert "4-bit codes are not 8-bit multiplications" in text and "4/32" in text, text
    base = operations("resnet-18", "--cluster", "4")["rows"][0]
    four = operations("resnet-18", "--cluster", "4", "--bits", "4")["rows"][0]
    assert four["share_replaced"] == base["share_replaced"]
    assert four["speed_up_model"] < base["speed_up_model"]
    twice = operations("resnet-18", "--cluster", "4", "--terms", "2")["rows"][0]
    assert twice["multiplications"] > base["multiplications"]
    signs = operations("resnet-18", "--cluster", "4", "--asymmetric")["rows"][0]
    assert signs["multiplications"] == twice["multiplications"]
    assert signs["additions"] == base["additions"] < twice["additions"]
    dense = operations("resnet-18", "--cluster", "4", "--density", "1")["rows"][0]
    assert dense["additions"] == dense["macs"]


def test_by_outputs():
    text = good("operations", "resnet-18", "--cluster", "4,64", "--by-outputs")
    rows = rows_of(text)
    assert rows["4"][1] == rows["64"][1] and rows["4"][3] == rows["64"][3], rows
    assert float(rows["64"][4]) < float(rows["4"][4]) and "along outputs" in text, rows


def test_shapes_of_the_input():
    result = operations("4C3-2", "--input", "1x5x5", "--layers", "--cluster", "4")
    assert result["network"] == "1x5x5-4C3-2"
    assert result["rows"][0]["layers"][0]["pixels"] == 9
    bad(1, "operations", "4C3-2", words=["does not state its input's shape"])
    bad(1, "operations", "4C3-2", "--input", "1x2x2", words=["smaller than its 3x3 kernel"])
    bad(1, "operations", "1x5x5-4C3-2", "--input", "1x5x5", words=["first token"])
    bad(2, "operations", "resnet-18", "--input", "3x224x224", words=["--input", "of its own"])


def test_own_files():
    path = write("own.ini", "[network]\nname=Mine\n[conv]\n1=3x3 1>2 4x4\n[b*]\nblocks=1-2\n"
                            "1=3x3 2>2 4x4\n[fc]\n1=32>10\n")
    result = operations(path, "--cluster", "2", "--layers")
    assert [layer["layer"] for layer in result["rows"][0]["layers"]] == ["conv1", "b11", "b21", "fc1"]
    write("own.roundoff", good("replay", "--help") and
          "[experiment]\nversion=1\n[dataset]\nname=digits\n[network]\ntopology=8C3P-10\n")
    # The text says nothing of the input, so the digits are read.
    layers = operations("own.roundoff", "--layers", "--cluster", "1")["rows"][0]["layers"]
    assert layers[0]["pixels"] == 64


def test_json_file_beside_text():
    text = good("operations", "lenet-5", "--json", "operations.json")
    assert "LeNet-5" in text
    assert json.loads((folder / "operations.json").read_text())["network"] == "LeNet-5"


def test_bad_input():
    bad(2, "operations", words=["NETWORK"])
    bad(2, "operations", "resnet-18", "alexnet", words=["alexnet"])
    bad(2, "operations", "resnet-18", "--colour", words=["--colour"])
    for sizes in ("0", "x", "", "4,", "65537", "-4"):
        bad(2, "operations", "resnet-18", f"--cluster={sizes}", words=["operations: --cluster"])
    bad(2, "operations", "resnet-18", "--granularity", "fgq", words=["--granularity", "fgq"])
    bad(2, "operations", "resnet-18", "--bits", "9", words=["--bits", "9"])
    bad(2, "operations", "resnet-18", "--terms", "5", words=["--terms", "5"])
    bad(2, "operations", "resnet-18", "--bits", "4", "--terms", "2", words=["operations: "])
    bad(2, "operations", "resnet-18", "--last", "4", words=["--last", "4"])
    bad(2, "operations", "resnet-18", "--last", "float", words=["--last", "8 or clusters"])
    bad(2, "operations", "resnet-18", "--density", "1.5", words=["--density", "1.5"])
    bad(2, "operations", "resnet-18", "--density", "nan", words=["--density", "nan"])
    bad(1, "operations", "resnet-51", words=["resnet-51", "resnet-50", "topology"])
    bad(1, "operations", "3x32x32-16Q-10", words=["16Q"])
    bad(1, "operations", "missing.roundoff", words=["missing.roundoff"])
    bad(1, "operations", "missing.ini", words=["missing.ini"])
    bad(1, "operations", "alexnet", "--json", "no/folder.json", words=["no/folder.json"])
    path = write("broken.ini", "[network]\nname=Mine\n[conv]\n1=3x3 1-2 4x4\n")
    bad(1, "operations", path, words=["broken.ini", "[conv] 1", "3x3 1-2 4x4"])
    bad(2, "operations", path, "--json", path, words=["broken.ini", "--json"])


if __name__ == "__main__":
    try:
        tap.run(globals(), "/cli-operations")
    finally:
        cli_driver.close()
