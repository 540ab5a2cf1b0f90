#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`roundoff-cli assign` and `--compare`: test-cli-assign.py PATH-OF-ROUNDOFF-CLI prints TAP."""

import json
import os
import pty
import re
import signal
import subprocess
import time

import cli_driver
import tap
from cli_driver import bad, folder, good, start, train, wait_until_caught, write

FEW = ("--epochs", 4)


def assign(*arguments):
    return json.loads(good("assign", *arguments, "--json", "-"))


def compare(*arguments):
    found = json.loads(good(*arguments, "--json", "-"))["comparison"]["systems"]
    return {row["system"]: row for row in found}


def bits(result):
    return {(t["row"], t["tensor"]): t["bits"] for t in result["tensors"]}


def tensor(result, row, name):
    return next(t for t in result["tensors"] if (t["row"], t["tensor"]) == (row, name))


def test_help():
    text = good("assign", "--help")
    assert "reconstructed" in text
    for option in ("variant", "target", "json", "output", "samples", "extra-bits", "smoothing",
                   "range", "fourth-root", "bits-max", "input-bits", "cap-samples", "lock", "epochs",
                   "threads", "set", "checkpoint", "compare", "seeds"):
        assert f"--{option}" in text, option


def test_every_number_and_reason():
    """Acceptance test 6.32: what set each tensor, and the numbers used."""
    result = assign("digits-paper", *FEW)
    assert len(result["tensors"]) == 15 and len(result["layers"]) == 3
    assert result["e_min"] > 0 and isinstance(result["b_min"], int)
    # The schedule's least rate, though the baseline ends before it falls.
    assert abs(result["gamma_min"] - 0.01) < 1e-9
    assert 0 < result["p_m"]["bound"] < result["options"]["target"] == 0.01
    assert result["p_m"]["different"] <= result["p_m"]["bound"] * result["p_m"]["samples"] + 1
    for layer in result["layers"]:
        for role in ("weight-grad", "activation-grad"):
            spread = layer[role]
            assert 0 < spread["sigma_min"] <= spread["sigma_max"] <= spread["sigma_peak"], layer
        assert layer["lambda"]["exact"] > 0 and layer["lambda"]["simplified"] > 0
        assert layer["gains"]["weight"]["e"] >= result["e_min"] * 0.99
    criteria = {"weight": "EFQN", "activation": "EFQN", "weight-grad": "RQB",
                "activation-grad": "BQN", "weight-acc": "AS"}
    used = {"weight": ("E / E_min", "B_min"), "activation": ("E / E_min", "B_min"),
            "weight-grad": ("σ_max", "σ_min"), "activation-grad": ("σ_max", "λ", "Δ_GW"),
            "weight-acc": ("γ_min", "Δ_GW", "Δ_W")}
    for t in result["tensors"]:
        if (t["row"], t["tensor"]) == (1, "activation"):
            assert t["bits"] == 8
            continue
        assert t["step"]["criterion"] == criteria[t["tensor"]], t
        assert t["step"]["slack_bits"] >= 0 or t["tensor"] in ("weight", "activation"), t
        assert t["step"]["reason"] and t["range"]["reason"] and t["step"]["reconstructed"], t
        for symbol in used[t["tensor"]]:
            assert symbol in t["range"]["reason"] + t["step"]["reason"], (symbol, t)
    assert any("reconstructed" in remark for remark in result["remarks"])


def test_text():
    text = good("assign", "digits-paper", *FEW)
    assert text.count("reconstructed") == 1, text
    assert re.search(r"^bits +W +A +G_W +G_A +W_acc$", text, re.MULTILINE), text
    assert re.search(r"^p_m: target 1 %, bound .* measured ", text, re.MULTILINE), text
    for words in ("E_min", "B_min", "γ_min", "σ_max", "λ", "EFQN", "GC", "RQB", "BQN", "AS",
                  "round (log2 sqrt ("):
        assert words in text, words


def test_checkpoint_needs_no_run():
    """Acceptance test 6.32: recorded statistics alone, nothing is run."""
    first = assign("digits-paper", *FEW, "--checkpoint", "baseline.ckpt")
    again = assign("baseline.ckpt")
    assert bits(first) == bits(again) and first["e_min"] == again["e_min"]
    assert first["layers"] == again["layers"]
    # The twin of any run has seen the same.
    good("train", "digits-paper", *FEW, "--checkpoint", "twin.ckpt")
    of_twin = assign("twin.ckpt")
    assert bits(of_twin) == bits(first) and of_twin["layers"] == first["layers"]
    assert bits(assign("baseline.ckpt", "--threads", 1)) == bits(first)
    # A run at another rate would have other gradients and margins.
    content = (folder / "baseline.ckpt").read_bytes()
    slow = assign("baseline.ckpt", "--set", "training.rate=0.05")
    assert slow["layers"] == first["layers"] and slow["baseline"] == first["baseline"]
    assert abs(slow["gamma_min"] * 2 - first["gamma_min"]) < 1e-9
    assert (folder / "baseline.ckpt").read_bytes() == content


def test_options():
    good("assign", "digits-paper", *FEW, "--checkpoint", "b.ckpt")
    plain = assign("b.ckpt")
    assert plain["options"]["variant"] == "paper" and plain["options"]["fourth_root"]
    code = assign("b.ckpt", "--variant", "code")["options"]
    assert (code["variant"], code["range"], code["range_margin"], code["jacobian"]) == \
        ("code", 8, 2, "simplified") and not code["fourth_root"]
    mixed = assign("b.ckpt", "--variant", "code", "--fourth-root", "on", "--range", 4,
                   "--smoothing", 2)["options"]
    assert mixed["fourth_root"] and mixed["range"] == 4 and mixed["smoothing"] == 2
    assert assign("b.ckpt", "--extra-bits", 2)["p_m"]["bound"] * 16 == plain["p_m"]["bound"]
    loose = assign("b.ckpt", "--target", 0.5)
    assert loose["b_min"] < plain["b_min"] and loose["options"]["target"] == 0.5
    capped = assign("b.ckpt", "--bits-max", 6)
    assert max(bits(capped).values()) <= 8 and any("capped" in t["notes"] for t in capped["tensors"])
    assert tensor(assign("b.ckpt", "--input-bits", 5), 1, "activation")["bits"] == 5
    equal = tensor(assign("b.ckpt", "--input-bits", 0), 1, "activation")
    assert equal["step"]["criterion"] == "EFQN", equal
    few = assign("b.ckpt", "--samples", 20)
    assert few["noise_gains"]["samples"] == few["p_m"]["samples"] == 20
    assert assign("b.ckpt", "--cap-samples")["e_min"] <= plain["e_min"]
    wide = assign("b.ckpt", "--range", 8)
    assert tensor(wide, 2, "activation-grad")["log2_range"] == \
        tensor(plain, 2, "activation-grad")["log2_range"] + 1


def test_locks():
    result = assign("digits-paper", *FEW, "--lock", "2.weight", "--lock", "*.weight-acc")
    for row, name, expected in ((2, "weight", "Q0.15"), (1, "weight-acc", "Q-16.31"),
                                (3, "weight-acc", "Q-16.31")):
        t = tensor(result, row, name)
        assert t["format"] == expected and "locked" in t["notes"] and t["notes_told"], t
    assert "locked" not in tensor(result, 1, "weight")["notes"]


def test_output_trains():
    result = assign("digits-paper", *FEW, "--output", "assigned.roundoff")
    text = (folder / "assigned.roundoff").read_text()
    assert tensor(result, 2, "weight")["format"] in text
    assert train("assigned.roundoff", "--epochs", 1)["epochs"] == 1
    again = assign("assigned.roundoff", *FEW)
    assert bits(again) == bits(result)
    # The file it was made from may be replaced.
    good("assign", "assigned.roundoff", *FEW, "--output", "assigned.roundoff", "--extra-bits", 1)
    assert (folder / "assigned.roundoff").read_text() != text


def test_other_networks():
    """Convolution, batch normalization, projections, one layer alone."""
    for topology in ("4C3P-BN-RES(6/2)-GAP-10", "4C3-MP2-D10-10", "10"):
        result = assign("digits-paper", "--epochs", 3, "--set", f"network.topology={topology}",
                        "--samples", 40)
        assert all(0 < n <= 24 for n in bits(result).values()), (topology, bits(result))
        good("assign", "digits-paper", "--epochs", 3, "--set", f"network.topology={topology}",
             "--samples", 40)


def test_compare():
    rows = compare("assign", "digits-paper", *FEW, "--output", "co.roundoff", "--compare", "SQ,tg,C-1")
    assert list(rows) == ["FL", "FX", "SQ", "TG", "C-1"]
    assert compare("train", "co.roundoff", *FEW, "--compare", "SQ,TG,C-1") == rows
    run = train("co.roundoff", *FEW)
    assert abs(1 - run["test_accuracy"] - rows["FX"]["test_error"]) < 1e-6
    assert abs(1 - run["twin_test_accuracy"] - rows["FL"]["test_error"]) < 1e-6
    costs = json.loads(good("cost", "co.roundoff", "--json", "-"))
    assert costs["total"] == rows["FX"]["cost"] and costs["float"] == rows["FL"]["cost"]
    assert costs["sq"] == rows["SQ"]["cost"]
    assert rows["TG"]["cost"]["c_c_bits"] == 2 * 6464 and rows["TG"]["cost"]["c_w_bits"] == 66 * 6464
    assert rows["C-1"]["cost"]["c_c_bits"] == rows["FX"]["cost"]["c_c_bits"] - 6464


def test_compare_prints():
    text = good("train", "spiral", "--epochs", 2, "--compare", "BN")
    assert [line.split()[0] for line in text.splitlines()] == ["system", "FL", "FX", "BN"], text
    text = good("assign", "digits-paper", *FEW, "--compare", "FX")
    assert text.splitlines()[-1].startswith("FX ") and "32-bit float" in text


def test_seeds():
    rows = compare("train", "digits", "--epochs", 2, "--compare", "SQ", "--seeds", 3)
    for row in rows.values():
        assert len(row["test_errors"]) == 3 and row["diverged"] == 0
        assert abs(sum(row["test_errors"]) / 3 - row["test_error"]) < 1e-9
    third = train("digits", "--epochs", 2, "--set", "experiment.seed=3")
    assert abs(1 - third["test_accuracy"] - rows["FX"]["test_errors"][2]) < 1e-6
    assert "deviation" in good("train", "spiral", "--epochs", 1, "--compare", "FL", "--seeds", 2)


def test_criteria_hold():
    """What is assigned keeps its promises: over three seeds it trains as float does."""
    rows = compare("assign", "digits", "--compare", "C-4", "--seeds", 3)
    assert abs(rows["FX"]["test_error"] - rows["FL"]["test_error"]) <= 0.01, rows
    assert rows["FX"]["clipped"] < 0.05 and rows["FX"]["stops"] == 0, rows["FX"]
    assert rows["C-4"]["test_error"] > rows["FX"]["test_error"] + 0.01, rows
    assert rows["FL"]["clipped"] is None and "stops" not in rows["FL"]


def test_divergence_is_told():
    rows = compare("train", "digits", "--epochs", 1, "--set", "training.rate=1000000", "--compare",
                   "FL", "--set", "network.topology=64-64-64-64-64-64-10")
    assert rows["FL"]["diverged"] == 1 and rows["FL"]["test_error"] is None, rows
    bad(1, "assign", "digits", "--epochs", 3, "--set", "training.rate=1000000", "--set",
        "network.topology=64-64-64-64-64-64-10", words=["diverged", "training.rate"])


def test_hard_data():
    """Few samples, samples that are all alike, of one class, or no numbers."""
    def points(name, rows):
        path = write(name, "\n".join(["x,y,label", *rows]))
        return "--set", f"dataset.path={path}"

    few = points("few.csv", ["0.1,0.2,a", "0.9,0.8,b"])
    text = good("assign", "spiral", *few, "--epochs", 60)
    assert "noise gains of 1 sample\n" in text, text
    assert assign("spiral", *few, "--epochs", 60)["p_m"]["samples"] == 1
    bad(1, "assign", "spiral", *few, "--epochs", 20, words=["spiral", "20 steps", "more than 20"])
    alike = points("alike.csv", ["0.5,0.5,a", "0.5,0.5,b"] * 30)
    assert all(0 < n <= 24 for n in bits(assign("spiral", *alike, "--epochs", 60)).values())
    nought = points("nought.csv", ["0,0,a", "0,0,b"] * 30)
    bad(1, "assign", "spiral", *nought, "--epochs", 60, words=["G_W of fc1 was 0"])
    bad(1, "assign", "spiral", *points("one.csv", ["0,1,a"] * 30), words=["one.csv", "one class"])
    bad(1, "assign", "spiral", *points("nan.csv", ["0,1,a", "nan,1,b"]), words=["nan.csv:3", "nan"])
    # More than there are, and one.
    share = ("--set", "dataset.validation-share=0.5")
    assert assign("digits", *FEW, *share, "--samples", 1000000)["p_m"]["samples"] == 721
    assert assign("digits", *FEW, *share, "--samples", 1)["p_m"]["samples"] == 1


def test_hard_training():
    """Rates that all but vanish or do, momentum that all but keeps, a network that learns nothing."""
    steps = ("--set", "training.schedule=steps", "--set", "training.schedule-steps=10", "--set")
    for setting, gamma_min in (("0", 0.1), ("1e-300", 1e-301), ("1e-320", 1e-321)):
        result = assign("digits", *FEW, *steps, f"training.schedule-factor={setting}")
        assert abs(result["gamma_min"] / gamma_min - 1) < 0.01, result["gamma_min"]
        for t in (t for t in result["tensors"] if t["tensor"] == "weight-acc"):
            assert (t["bits"] == 24 and "capped" in t["notes"]) == (setting != "0"), t
    assert assign("digits", *FEW, "--set", "training.rate=1e-300")["gamma_min"] == 1e-300
    cosine = assign("digits", *FEW, "--set", "training.schedule=cosine", "--set",
                    "training.schedule-steps=100", "--set", "training.schedule-factor=0")
    assert 0 < cosine["gamma_min"] < 1e-4, cosine["gamma_min"]
    kept = assign("digits", *FEW, "--set", "training.momentum=0.9999", "--set",
                  "training.weight-decay=1")
    assert all(0 < n <= 24 for n in bits(kept).values()), bits(kept)
    text = good("assign", "digits", *FEW, "--set", "training.rate=1000000")
    assert "promises nothing" in text and not re.search(r"\b(inf|nan)\b", text), text


def test_interrupted():
    """The baseline's state is written all the same, and a comparison prints what it has."""
    for words, told in ((("assign", "digits-paper", "--epochs", 10000000, "--checkpoint", "half.ckpt"),
                         "interrupted"),
                        (("train", "spiral", "--epochs", 10000000, "--compare", "BN"), "")):
        process = start(*words)
        wait_until_caught(process)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 130, (words, errors)
        assert (told in errors) if told else errors == "", errors
        assert output == "" or output.splitlines()[1].startswith("FL "), output
    assert assign("half.ckpt")["tensors"]


def test_progress_on_a_terminal():
    main, terminal = pty.openpty()
    process = subprocess.Popen([cli_driver.CLI, "assign", "digits-paper", "--epochs", "300",
                                "--compare", "SQ"], stdout=subprocess.DEVNULL, stderr=terminal,
                               cwd=folder)
    os.close(terminal)
    shown = b""
    try:
        while chunk := os.read(main, 4096):
            shown += chunk
    except OSError:  # how a terminal tells that nobody writes any more
        pass
    os.close(main)
    assert process.wait() == 0
    shown = shown.decode()
    assert "baseline  epoch" in shown and "FX  epoch" in shown and "SQ  epoch" in shown, shown
    assert shown.endswith("\r\x1b[K"), shown


def test_bad_command_lines():
    bad(2, "assign", words=["EXPERIMENT"])
    bad(2, "assign", "digits", "more", words=["more"])
    for option, values in (("--variant", ("book", "")), ("--target", ("0", "2", "x", "nan", "-1")),
                           ("--fourth-root", ("maybe",)), ("--bits-max", ("1", "33")),
                           ("--input-bits", ("40",)), ("--samples", ("0", "x")),
                           ("--extra-bits", ("17",)), ("--smoothing", ("0", "inf")),
                           ("--range", ("-1", "4x")), ("--epochs", ("0",)), ("--threads", ("0",)),
                           ("--compare", ("BX", "", "C-0", "SQ,,TG")), ("--set", ("training.rate",)),
                           ("--lock", ("9.weight", "weight", "1.sum", "1.bias", "0.weight"))):
        for value in values:
            bad(2, "assign", "digits-paper", option, value, words=["assign"])
    bad(2, "assign", "digits", "--seeds", 2, words=["--compare"])
    bad(2, "train", "digits", "--seeds", 2, words=["--compare"])
    bad(2, "train", "digits", "--compare", "BX", words=["BX", "C+K"])
    bad(2, "train", "digits", "--compare", "BN", "--csv", "x.csv", words=["--compare"])
    bad(2, "train", "digits", "--compare", "BN", "--seeds", 0, words=["--seeds"])


def test_bad_experiments():
    bad(1, "assign", "no-such-preset", words=["no-such-preset"])
    bad(1, "assign", "missing.roundoff", words=["missing.roundoff"])
    bad(1, "assign", ".", words=["irectory"])
    bad(1, "assign", "digits", "--set", "training.rate=x", words=["training.rate"])
    bad(1, "assign", "digits", "--set", "dataset.path=/nowhere/at/all", words=["/nowhere/at/all"])
    bad(1, "assign", write("text.txt", "no experiment"), words=["text.txt"])
    bad(1, "train", "digits", "--compare", "BN", "--set", "dataset.path=/nowhere", words=["/nowhere"])


def test_bad_checkpoints():
    good("train", "digits", "--epochs", 1, "--set", "training.twin=false", "--checkpoint", "alone.ckpt")
    bad(1, "assign", "alone.ckpt", words=["alone.ckpt", "training.twin"])
    good("train", "digits", "--epochs", 3, "--checkpoint", "twin.ckpt")
    content = (folder / "twin.ckpt").read_bytes()
    bad(1, "assign", write("cut.ckpt", content[:-9]), words=["cut.ckpt"])
    bad(1, "assign", "twin.ckpt", "--set", "experiment.seed=9", words=["twin.ckpt"])
    bad(2, "assign", "twin.ckpt", "--epochs", 3, words=["--epochs", "checkpoint"])
    bad(2, "assign", "twin.ckpt", "--checkpoint", "other.ckpt", words=["--checkpoint"])
    bad(2, "assign", "twin.ckpt", "--output", "twin.ckpt", words=["twin.ckpt", "--output"])


def test_bad_outputs():
    for option in ("--json", "--output", "--checkpoint"):
        bad(1, "assign", "digits-paper", option, "no/such/folder", words=["no/such"])
        bad(1, "assign", "digits-paper", option, ".", words=["."])
    bad(2, "assign", "digits-paper", "--output", "-", words=["--output"])
    bad(2, "assign", "digits-paper", "--output", "same", "--json", "same", words=["same"])


if __name__ == "__main__":
    try:
        tap.run(globals(), "/cli-assign")
    finally:
        cli_driver.close()
