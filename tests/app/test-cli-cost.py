#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `roundoff-cli cost` counts: test-cli-cost.py PATH-OF-ROUNDOFF-CLI prints TAP."""

import json
import re

import cli_driver
import tap
from cli_driver import bad, folder, good, write

OWN = """[energy]
name=my process
source=a guess
full-adder-pj=1
adder-bit-pj=0
float-multiply-pj=1
float-add-pj=0
memory-bit-pj=0
"""


def cost(*arguments):
    return json.loads(good("cost", *arguments, "--json", "-"))


def test_released_network():
    """Acceptance test 6.11, as a user meets it; its data need not be here."""
    text = good("cost", "resnet-cifar10-released")
    rows = {re.split(r"\s{2,}", line)[0]: re.split(r"\s{2,}", line)[1:] for line in text.splitlines()}
    assert rows["as it is"] == ["725.81", "25.67", "804.54e9", "216.58"], rows
    assert rows["32-bit float"] == ["1784.45", "96.67", "4318.95e9", "594.82"], rows
    assert rows["SQ, W_acc in float"][0] == "1062.02", rows
    assert rows["float / as it is"][0] == "2.46", rows
    assert rows["conv1"][0] == "14" and rows["res4s"][1] == "–", rows
    result = cost("resnet-cifar10-released")
    assert abs(result["total"]["c_w_bits"] - 725.81e6) < 0.01e6
    assert abs(result["sq"]["c_w_bits"] - 1062.02e6) < 0.01e6
    assert abs(result["total"]["c_m_full_adders"] - 804.54e9) < 0.01e9
    assert abs(result["float"]["c_c_bits"] - 594.82e6) < 0.01e6


def test_clusters():
    """They are cheaper than words, and how they count is said, only where they are used."""
    words = cost("fashion-cnn")["total"]
    text = good("cost", "fashion-cnn", "--set", "clusters.method=opt")
    result = cost("fashion-cnn", "--set", "clusters.method=opt")
    assert "derived rule" in text and "derived rule" not in good("cost", "fashion-cnn")
    assert [layer["bits"]["weight"] for layer in result["layers"]] == [8, 2, 2, 2, 2, 8], result
    assert result["total"]["c_w_bits"] < words["c_w_bits"], result
    assert result["total"]["c_m_full_adders"] < words["c_m_full_adders"], result
    assert result["total"]["c_c_bits"] == words["c_c_bits"], result


def test_sums_and_bits():
    result = cost("digits")
    for key in ("c_w_bits", "c_a_bits", "c_m_full_adders", "c_c_bits"):
        assert result["total"][key] == sum(layer["cost"][key] for layer in result["layers"]), key
    first = result["layers"][0]
    assert first["layer"] == "fc1" and first["weights"] == 2048 and first["activations"] == 64
    assert first["bits"] == dict.fromkeys(
        ("weight", "activation", "weight-grad", "activation-grad", "weight-acc"), 12)
    assert first["cost"]["c_w_bits"] == 2048 * 36
    wider = cost("digits", "--set", "precision.1.weight-grad.bits=16")
    assert wider["total"]["c_w_bits"] - result["total"]["c_w_bits"] == 2048 * 4
    assert wider["total"]["c_c_bits"] - result["total"]["c_c_bits"] == 2048 * 4
    assert wider["total"]["c_m_full_adders"] == result["total"]["c_m_full_adders"]


def test_shape_from_the_data():
    """The text says nothing of the input, so the digits are read."""
    result = cost("digits", "--set", "network.topology=4C3P-10")
    assert result["layers"][0]["activations"] == 64 and result["layers"][1]["weights"] == 2560
    bad(1, "cost", "digits", "--set", "network.topology=4C3P-10",
        "--set", "dataset.path=/nowhere/at/all", words=["/nowhere/at/all"])
    good("cost", "digits", "--set", "dataset.path=/nowhere/at/all")


def test_energy():
    text = good("cost", "digits")
    assert "Horowitz, ISSCC 2014" in text and "only ratios mean anything" in text, text
    write("own.ini", OWN)
    result = cost("digits", "--energy", "own.ini")["energy"]
    assert result["table"] == "my process" and result["source"] == "a guess"
    # Picojoule of 2368 weights: 3 x 12 x 12 adders each, or three products in float.
    assert abs(result["as_it_is"]["total_joule"] - 2368 * 3 * 144e-12) < 1e-15
    assert abs(result["float"]["total_joule"] - 2368 * 3e-12) < 1e-15
    assert "my process (a guess)" in good("cost", "digits", "--energy", "own.ini")


def test_json_file_beside_text():
    text = good("cost", "spiral", "--json", "cost.json")
    assert "full adders" in text and "C_W" in text
    assert json.loads((folder / "cost.json").read_text())["title"]


def test_bad_input():
    bad(2, "cost", words=["EXPERIMENT"])
    bad(2, "cost", "digits", "spiral", words=["spiral"])
    bad(2, "cost", "digits", "--colour", words=["--colour"])
    bad(2, "cost", "digits", "--set", "training.rate", words=["cost", "KEY=VALUE"])
    bad(1, "cost", "digits", "--set", "training.rate=x", words=["training.rate"])
    bad(1, "cost", "no-such-preset", words=["no-such-preset"])
    bad(1, "cost", "missing.roundoff", words=["missing.roundoff"])
    bad(1, "cost", "digits", "--energy", "missing.ini", words=["missing.ini"])
    bad(1, "cost", "digits", "--json", "no/folder.json", words=["no/folder.json"])
    for old, new, words in (("float-add-pj=0\n", "", ["float-add-pj", "not there"]),
                            ("float-add-pj=0", "float-add-pj=x", ["float-add-pj", "x", "picojoule"]),
                            ("float-add-pj=0", "float-add-pj=-1", ["float-add-pj", "-1"]),
                            ("[energy]", "[other]", ["[energy]", "name"]),
                            ("[energy]", "nonsense", ["key file"])):
        path = write("broken.ini", OWN.replace(old, new))
        bad(1, "cost", "digits", "--energy", path, words=["broken.ini", *words])
    path = write("own.ini", OWN)
    bad(2, "cost", "digits", "--energy", path, "--json", path, words=["own.ini", "--json"])


if __name__ == "__main__":
    try:
        tap.run(globals(), "/cli-cost")
    finally:
        cli_driver.close()
