#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""roundoff-cli as its users meet it: test-cli.py PATH-OF-ROUNDOFF-CLI prints TAP."""

import csv
import json
import shutil
import subprocess
from fractions import Fraction

import cli_driver
import tap
from cli_driver import bad, cli, folder, good, train, write


def test_version_and_help():
    assert good("--version").startswith("roundoff-cli ")
    assert "train" in good("--help")
    assert "RES(F/s)" in good("--help") and "NCkP" in good("--help")
    for command in ("train", "assign", "cost", "convert", "evaluate", "operations", "presets",
                    "quantize", "replay", "bench"):
        assert "Usage:" in good(command, "--help")


def test_presets():
    told = good("presets").splitlines()
    lines = [line for line in told if not line.startswith(" ")]
    names = [line.split()[0] for line in lines]
    assert {"spiral", "digits", "digits-conv"} <= set(names), names
    assert all(len(line.split()) > 3 for line in lines)
    here = [line.split()[0] for line in lines if line.endswith("data are here")]
    assert {"spiral", "digits", "digits-conv"} <= set(here), lines
    # What is missing is told of on the next line.
    for line, after in zip(told, told[1:] + [""]):
        assert line.endswith("data are missing") == after.startswith("    dataset."), (line, after)
    for name in {"spiral", "circle", "xor", "gauss", "digits", "digits-conv"}:
        assert train(name, "--steps", 3)["steps"] == 3


def test_json():
    result = train("digits", "--epochs", 2)
    assert result["steps"] > 0 and result["epochs"] == 2 and result["seed"] == 1
    assert 0 < result["train_loss"] < 2.5 and 0 < result["twin_train_loss"] < 2.5
    assert 0.1 < result["test_accuracy"] <= 1 and 0.1 < result["twin_test_accuracy"] <= 1
    assert result["samples_per_second"] > 0 and len(result["fingerprint"]) == 64
    assert result["state"] == "finished" and 0 <= result["mismatch"] < 1
    narrow = train("digits", "--epochs", 1, "--set", "precision.*.*.bits=5")
    assert 0.02 < narrow["mismatch"] < 1
    without = train("digits", "--epochs", 1, "--set", "training.twin=false")
    assert without["twin_test_accuracy"] is None and without["twin_train_loss"] is None
    assert without["mismatch"] is None


def test_json_of_validation_and_schedule():
    plain = train("digits", "--epochs", 1)
    assert not {"validation_accuracy", "twin_validation_accuracy", "rate"} & set(plain), plain
    keys = ("dataset.validation-share=0.2", "training.rate=0.5", "training.schedule=steps",
            "training.schedule-steps=5,20", "training.schedule-factor=0.5")
    settings = [word for key in keys for word in ("--set", key)]
    result = train("digits", "--epochs", 1, *settings, "--csv", "schedule.csv", "--plot", "schedule.svg")
    assert 0 < result["validation_accuracy"] < 1 and 0 < result["twin_validation_accuracy"] < 1, result
    assert result["rate"] == 0.125, result
    last = list(csv.DictReader((folder / "schedule.csv").open()))[-1]
    assert abs(float(last["validation_accuracy_fixed"]) - result["validation_accuracy"]) < 1e-6
    assert float(last["rate"]) == 0.125
    assert "validation accuracy" in good("train", "digits", "--epochs", 1, *settings)
    assert (folder / "schedule.svg").stat().st_size > 2000


RESIDUAL = [word for key in ("network.topology=4C3P-BN-RES(6/2)-RES(6,D10)-GAP-10", "training.momentum=0.9",
                             "training.weight-decay=0.001", "augmentation.crop=1", "training.batch=64")
            for word in ("--set", key)]


def test_residual_resumed_equals_straight():
    straight = train("digits", "--steps", 30, *RESIDUAL, "--log", "res.log")
    good("train", "digits", "--steps", 13, *RESIDUAL, "--checkpoint", "res.ckpt")
    resumed = train("--resume", "res.ckpt", "--steps", 30)
    assert resumed["fingerprint"] == straight["fingerprint"]
    assert resumed["test_accuracy"] == straight["test_accuracy"]
    assert good("replay", "res.log").strip() == straight["fingerprint"]
    assert train("digits", "--steps", 30, *RESIDUAL, "--threads", 1)["fingerprint"] == straight["fingerprint"]


def test_digits_reach_their_figures():
    for preset in ("digits", "digits-conv"):
        result = train(preset)
        assert result["test_accuracy"] >= 0.95, result
        assert abs(result["test_accuracy"] - result["twin_test_accuracy"]) <= 0.015, result


def test_five_bits_fail_and_recover():
    """What the first minute of the window shows, at the default seed."""
    start = ["spiral", "--epochs", 500]
    five = [*start, "--set", "precision.*.*.bits=5"]
    gradients = [word for role in ("weight-grad", "activation-grad", "weight-acc")
                 for word in ("--set", f"precision.*.{role}.rounding=stochastic")]
    twelve, nearest, stochastic = (train(*words)["test_accuracy"] for words in
                                   (start, five, five + gradients))
    assert twelve > 0.95 and nearest < 0.7 and stochastic > 0.9, (twelve, nearest, stochastic)


def test_same_seed_same_fingerprint():
    for preset in ("digits", "digits-conv", "spiral"):
        runs = [train(preset, "--epochs", 2, "--threads", n)["fingerprint"] for n in (1, 2, 3)]
        assert len(set(runs)) == 1, runs
        other = train(preset, "--epochs", 2, "--set", "experiment.seed=2")["fingerprint"]
        assert other != runs[0]


def test_resumed_equals_straight():
    straight = train("digits", "--epochs", 4)
    half = train("digits", "--epochs", 2, "--checkpoint", "half.ckpt")
    for again in (train("digits", "--epochs", 4, "--resume", "half.ckpt"),
                  train("--epochs", 4, "--resume", "half.ckpt")):
        assert again["fingerprint"] == straight["fingerprint"]
        assert again["test_accuracy"] == straight["test_accuracy"]
        assert again["steps"] == straight["steps"]
    assert half["fingerprint"] != straight["fingerprint"]
    middle = train("digits", "--steps", 61, "--checkpoint", "middle.ckpt")
    assert middle["steps"] == 61
    assert train("digits", "--epochs", 4, "--resume", "middle.ckpt")["fingerprint"] == straight["fingerprint"]


def test_resumed_at_its_end():
    good("train", "digits", "--epochs", 2, "--checkpoint", "ended.ckpt")
    result = train("--resume", "ended.ckpt", "--epochs", 2)
    assert result["epochs"] == 2 and result["test_accuracy"] > 0.1
    assert result["samples_per_second"] is None and result["train_loss"] is None, result
    text = good("train", "--resume", "ended.ckpt", "--epochs", 2)
    assert "nan" not in text and "0 samples" in text, text
    bad(1, "train", "--resume", "ended.ckpt", "--set", "experiment.seed=2", words=["ended.ckpt", "seed"])


def test_all_float_equals_the_twin():
    for preset in ("digits", "digits-conv"):
        result = train(preset, "--steps", 60, "--set", "precision.*.*.format=float")
        assert result["train_loss"] == result["twin_train_loss"], result
        assert result["test_accuracy"] == result["twin_test_accuracy"], result


def test_moved_data():
    write("moved.csv", "".join(f"{i},{i % 5},{i % 2}\n" for i in range(50)))
    write("moved.roundoff", "[experiment]\nversion=1\n[dataset]\npath=moved.csv\n[network]\ntopology=2\n")
    good("train", "moved.roundoff", "--steps", 3, "--checkpoint", "moved.ckpt")
    write("moved.csv", "".join(f"{i},{i % 5},{i % 2}\n" for i in range(60)))
    bad(1, "train", "--resume", "moved.ckpt", words=["moved.ckpt", "samples"])
    (folder / "moved.csv").unlink()
    bad(1, "train", "--resume", "moved.ckpt", words=["moved.csv", "no such file"])


def test_csv():
    good("train", "spiral", "--epochs", 20, "--csv", "run.csv")
    rows = list(csv.DictReader((folder / "run.csv").open()))
    assert len(rows) > 5 and {"step", "epoch", "loss_fixed", "loss_float", "mismatch"} <= set(rows[0])
    assert any("sqnr_db" in column for column in rows[0])
    steps = [int(row["step"]) for row in rows]
    assert steps == sorted(set(steps))
    assert all(float(row["loss_fixed"]) > 0 for row in rows)


def test_plots():
    for name, magic in (("p.png", b"\x89PNG"), ("p.svg", b"<?xml"), ("p.pdf", b"%PDF")):
        good("train", "spiral", "--epochs", 20, "--plot", name)
        content = (folder / name).read_bytes()
        assert content.startswith(magic) and len(content) > 2000


def test_export():
    try:
        import numpy
    except ImportError:
        raise tap.Skip("package python3-numpy is missing") from None
    good("train", "digits-conv", "--epochs", 1, "--export", "codes.npz")
    data = numpy.load(folder / "codes.npz")
    assert data["conv1.weight"].shape == (8, 1, 3, 3) or data["conv1.weight"].size == 72
    assert data["conv1.weight"].dtype.kind in "iu"
    value = data["conv1.weight"] * 2.0 ** -int(data["conv1.weight.frac_bits"])
    twin = data["conv1.weight.twin"]
    assert twin.dtype == numpy.float32 and abs(value - twin).max() < 0.5
    assert str(data["conv1.weight.format"]).startswith("Q")


def test_log_and_replay():
    result = train("digits", "--epochs", 2, "--log", "run.log")
    assert good("replay", "run.log").strip() == result["fingerprint"]
    assert good("replay", "--threads", 1, "run.log").strip() == result["fingerprint"]


def test_quantize():
    table = {
        "nearest-even": [0, 0, 2, -2, 2, -2], "nearest-away": [1, -1, 2, -2, 3, -3],
        "floor": [0, -1, 1, -2, 2, -3], "toward-zero": [0, 0, 1, -1, 2, -2],
        "sign": [1, -1, 1, -1, 1, -1], "nearest-up": [1, 0, 2, -1, 3, -2],
    }
    numbers = "0.5 -0.5 1.5 -1.5 2.5 -2.5"
    for rounding, codes in table.items():
        lines = good("quantize", "--format", "Q3.0", "--rounding", rounding, "--overflow", "saturate",
                     stdin=numbers).splitlines()
        assert [int(line.split()[1]) for line in lines] == codes, (rounding, lines)
    for overflow, code in (("saturate", -8), ("saturate-symmetric", -7), ("wrap", 7)):
        line = good("quantize", "--format", "Q3.0", "--overflow", overflow, stdin="-9\n").split()
        assert int(line[1]) == code, (overflow, line)
    for text, step in (("Q0.31", 31), ("fixdt(0,32,40)", 40), ("Q10.-2", -2), ("ap_fixed<8,3>", 5)):
        value, code = good("quantize", "--format", text, stdin="0.1234567890123\n").split()
        assert Fraction(value) == int(code) * Fraction(2) ** -step, (text, value, code)
    first = good("quantize", "--format", "Q3.0", "--rounding", "stochastic", stdin="0.25 " * 4000)
    assert first == good("quantize", "--format", "Q3.0", "--rounding", "stochastic", stdin="0.25 " * 4000)
    ones = sum(int(line.split()[1]) for line in first.splitlines())
    assert 850 < ones < 1150, ones
    assert good("quantize", "--format", "float", stdin="0.5").split()[0] == "0.5"
    assert good("quantize", "--format", "Q3.0", stdin="") == ""


def test_bad_command_lines():
    bad(2, "frobnicate", words=["frobnicate"])
    bad(2, "train", words=["experiment"])
    bad(2, "train", "digits", "--colour", words=["--colour"])
    bad(2, "train", "digits", "more", words=["more"])
    bad(2, "train", "digits", "--set", "training.rate", words=["KEY=VALUE"])
    bad(2, "train", "digits", "--epochs", "-3", words=["--epochs"])
    bad(2, "train", "digits", "--epochs", "many", words=["many"])
    bad(2, "train", "digits", "--threads", "1000", words=["--threads"])
    bad(2, "quantize", words=["--format"])
    bad(2, "presets", "extra", words=["extra"])
    bad(2, "replay", words=["LOG"])
    for command in ("train", "assign", "cost", "convert", "evaluate", "operations", "replay"):
        bad(2, command, "", words=["expected", command])


def test_bad_settings():
    for setting, word in (("training.rate=nan", "nan"), ("training.rate=-1", "-1"),
                          ("training.rate=inf", "inf"), ("training.batch=0", "0"),
                          ("training.colour=1", "training.colour"), ("precision.9.weight.format=Q1.2", "9"),
                          ("precision.1.weight.format=Q1.99", "Q1.99"), ("precision.1.weight.format=Q9", "Q9"),
                          ("precision.1.weight.rounding=up", "up"), ("network.topology=64-x-10", "x"),
                          ("network.topology=65-10", "65"), ("network.topology=64-3", "3"),
                          ("network.topology=99(9C3)-10", "99"), ("network.topology=9C9-10", "9C9"),
                          ("dataset.name=moons", "moons"), ("dataset.path=/nowhere/at/all", "/nowhere/at/all"),
                          ("precision.1.sum.bits=99", "99"), ("experiment.seed=x", "x")):
        bad(1, "train", "digits", "--set", setting, words=[word])


def test_too_big_for_memory():
    bad(1, "train", "spiral", "--set", "network.topology=2-65536-16000-65536-2", "--set",
        "training.batch=65536", "--set", "dataset.samples=1000000", words=["65536", "GB"])
    bad(1, "train", "spiral", "--set", "network.topology=2-65536-65536-2", words=["parameters"])


def test_bad_experiments():
    bad(1, "train", "no-such-preset", words=["no-such-preset"])
    bad(1, "train", "missing.roundoff", words=["missing.roundoff"])
    bad(1, "train", ".", words=["irectory"])
    head = "[experiment]\nversion=1\n"
    for name, content, words in (
            ("empty", "", ["empty.roundoff"]),
            ("binary", bytes(range(256)) * 40, ["binary.roundoff"]),
            ("newer", "[experiment]\nversion=99\n", ["newer.roundoff", "99"]),
            ("key", head + "[training]\nspeed=3\n", ["key.roundoff:4", "speed"]),
            ("group", head + "[tuning]\nspeed=3\n", ["group.roundoff:3", "tuning"]),
            ("value", head + "[dataset]\nname=spiral\n[training]\nrate=fast\n", ["value.roundoff:6", "fast"]),
            ("huge", head + "# " + "x" * 3000000, ["huge.roundoff"])):
        path = write(f"{name}.roundoff", content)
        bad(1, "train", path, words=words)


def test_bad_data():
    for name, content, words in (
            ("empty.csv", "", ["empty.csv"]),
            ("ragged.csv", "1,2,a\n3,b\n", ["ragged.csv:2"]),
            ("words.csv", "1,2,a\n3,x,b\n", ["words.csv:2", "x"]),
            ("one.csv", "1,2,a\n3,4,a\n", ["one.csv"]),
            ("train-images-idx3-ubyte", b"\0\0\x08\x03\0\0\0\x09\0\0\0\x08\0\0\0\x08abc", ["train-images-idx3-ubyte"]),
            ("broken.gz", b"\x1f\x8b\x08" + b"\0" * 50, ["broken.gz"]),
            ("hostile-images-idx3-ubyte", b"\0\0\x08\x03" + b"\xff" * 12, ["hostile"])):
        path = write(name, content)
        bad(1, "train", "spiral", "--set", f"dataset.path={path}", "--set", "network.topology=2", words=words)


def test_own_csv():
    rows = "\n".join(f"{x / 10},{y / 10},{'in' if x * x + y * y < 300 else 'out'}"
                     for x in range(-30, 31, 5) for y in range(-30, 31, 5))
    path = write("own.csv", "x,y,class\n" + rows + "\n")
    result = train("spiral", "--set", f"dataset.path={path}", "--epochs", 3)
    assert result["epochs"] == 3


def test_bad_checkpoints():
    good("train", "digits", "--epochs", 1, "--checkpoint", "good.ckpt")
    content = (folder / "good.ckpt").read_bytes()
    bad(1, "train", "digits", "--resume", "missing.ckpt", words=["missing.ckpt"])
    for name, damaged in (("short", content[:-7]), ("long", content + b"x"), ("empty", b""),
                          ("flipped", content[:200] + bytes([content[200] ^ 1]) + content[201:]),
                          ("text", b"not a checkpoint at all")):
        path = write(f"{name}.ckpt", damaged)
        bad(1, "train", "digits", "--resume", path, words=[f"{name}.ckpt"])
    bad(1, "train", "digits-conv", "--resume", "good.ckpt", words=["good.ckpt"])
    bad(1, "train", "digits", "--resume", "good.ckpt", "--set", "network.topology=64-16-10")
    old = write("old.ckpt", content[:8] + b"\x01" + content[9:])
    bad(1, "train", "--resume", old, words=["old.ckpt", "older program", "version 1"])
    for name in ("missing.log", "good.ckpt"):
        bad(1, "replay", name, words=[name])


def test_unwritable_outputs():
    for option in ("--csv", "--json", "--plot", "--checkpoint", "--export", "--log"):
        bad(1, "train", "spiral", "--epochs", 1, option, "missing/folder/file.png", words=["missing/folder"])
        bad(1, "train", "spiral", "--epochs", 1, option, ".", words=["."])
    bad(1, "train", "spiral", "--epochs", 1, "--plot", "plot.bmp", words=["plot.bmp"])
    precious = write("precious.csv", "do not lose me")
    bad(1, "train", "spiral", "--epochs", 1, "--csv", precious, "--plot", "plot.bmp")
    assert precious.read_text() == "do not lose me"


def test_quantize_bad_input():
    for text, word in (("1 two 3", "two"), ("nan", "nan"), ("1e", "1e")):
        result = cli("quantize", "--format", "Q1.6", stdin=text)
        assert result.returncode == 1 and word in result.stderr and ":1:" in result.stderr
    bad(1, "quantize", "--format", "Q40.1", words=["Q40.1"])
    bad(1, "quantize", "--format", "Q1.6", "--rounding", "up", words=["up", "nearest-even"])
    bad(1, "quantize", "--format", "Q1.6", "--overflow", "explode", words=["explode", "wrap"])


def test_divergence_is_a_result():
    deep = ("digits", "--epochs", 3, "--set", "training.rate=1000000",
            "--set", "network.topology=64-64-64-64-64-64-10")
    outputs = {"--csv": "d.csv", "--plot": "d.svg", "--checkpoint": "d.ckpt", "--export": "d.npz",
               "--log": "d.log"}
    for change in ((), ("--set", "precision.*.*.format=float")):
        text = good("train", *deep, *change, "--json", "-", *(w for pair in outputs.items() for w in pair))
        assert "NaN" not in text and "nf" not in text.replace("not finite", ""), text
        result = json.loads(text)
        assert result["state"] == "diverged" and "step" in result["cause"], result
        assert all((folder / name).exists() for name in outputs.values())
        assert "nan" not in (folder / "d.csv").read_text().lower()
        assert good("replay", "d.log").strip() == result["fingerprint"]
        assert "nan" not in good("train", *deep, *change)
        assert train("--resume", "d.ckpt", "--epochs", 3)["state"] == "diverged"


def test_comma_locale():
    if not shutil.which("localedef"):
        raise tap.Skip("localedef of package libc-bin is missing")
    made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", folder / "de_DE.UTF-8"],
                          capture_output=True, check=False)
    if not (folder / "de_DE.UTF-8").exists():
        raise tap.Skip(f"package locales is missing: {made.stderr.decode().strip()}")
    german = {"LC_ALL": "de_DE.UTF-8", "LOCPATH": str(folder), "LANGUAGE": "C"}
    plain = {"LC_ALL": "C.UTF-8"}
    for environment in (german, plain):
        good("train", "spiral", "--epochs", 5, "--csv", f"{environment['LC_ALL']}.csv", environment=environment)
    assert (folder / "de_DE.UTF-8.csv").read_text() == (folder / "C.UTF-8.csv").read_text()
    assert good("quantize", "--format", "Q1.6", stdin="0.3", environment=german) == \
        good("quantize", "--format", "Q1.6", stdin="0.3", environment=plain)
    result = json.loads(good("train", "spiral", "--epochs", 1, "--json", "-", environment=german))
    assert 0 < result["train_loss"] < 10


def test_progress_on_a_terminal():
    import os
    import pty
    main, terminal = pty.openpty()
    # Steps that take longer than a tenth of a second, and an evaluation.
    process = subprocess.Popen([cli_driver.CLI, "train", "digits", "--steps", "4", "--threads", "1",
                                "--set", "network.topology=64C3P-64C3P-64C3P-10",
                                "--set", "training.batch=600"], stdout=subprocess.DEVNULL,
                               stderr=terminal, cwd=folder)
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
    assert "left" in shown and "step" in shown and "%" in shown, shown
    assert shown.endswith("\r\x1b[K"), shown


def test_silent_in_a_pipe():
    result = cli("train", "spiral", "--epochs", 50)
    assert result.returncode == 0 and result.stderr == "" and "\r" not in result.stdout


if __name__ == "__main__":
    try:
        tap.run(globals(), "/cli")
    finally:
        cli_driver.close()
