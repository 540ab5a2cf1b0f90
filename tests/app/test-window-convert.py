#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Drives the conversion page of the real window: test-window-convert.py ROUNDOFF ROUNDOFF-CLI SCREENSHOT-FOLDER prints TAP.

Screenshots are left in the folder to be looked at.
"""

import os
import re
import subprocess
import sys
import tempfile

import tap
import window_driver
from window_driver import Window, wait_for

PROGRAM, COMMAND_LINE, SHOTS = (os.path.abspath(path) for path in sys.argv[1:4])
TOPOLOGY = "8C3P-BN-16C3-BN-MP2-10"
window = None


def shown():
    window.activate("conversion")
    return window.state("conversion")


def options(text):
    window.activate("convert-options", window.text(text))


def busy():
    """What is under way: the first line, which is never late."""
    return shown().split("\n", 1)[0]


def do(action, seconds=120):
    """Starts a long step and waits for its end."""
    window.activate(action)
    wait_for(lambda: busy() == "idle", f"the end of {action}", seconds)


def enabled(action):
    return window.call("Describe", window.glib.Variant("(s)", (action,))).unpack()[0][0]


def score(stage):
    """Percent of one of the four big numbers."""
    return float(re.search(rf"^{stage}[^:\n]*: ([\d.]+) %", shown(), re.M).group(1))


def refused(action):
    window.activate("dismiss")
    wait_for(lambda: window.state("message") == "", "no message")
    action()
    return wait_for(lambda: window.state("message"), "a message")


def test_shows_clusters_at_once():
    global window
    window = Window(PROGRAM)
    window.activate("preset", window.text("digits-conv"))
    wait_for(lambda: window.status()["layers"] == "4", "convolutions")
    window.set("network.topology", TOPOLOGY)
    window.settle()
    window.run(True)
    wait_for(lambda: float(window.status()["epoch"]) > 5, "epochs", 60)
    window.run(False)
    window.set_state("page", window.text("convert"))
    wait_for(lambda: re.search(r"conv2, output 1, cluster 1 of 2: 36 weights: \d+ of 36 weights kept", shown()), "a cluster")
    text = shown()
    for part in ("Integer engine: not certified yet", "conv2: 1152 weights in bins of ", "conv1: bits 8,",
                 "Multiplications replaced over N: 1:", "Speed model over N: 1:", "Storage over N: 1:",
                 "Accuracy over N: Sweep N to see this", "Press Convert to see"):
        assert part in text, text
    assert not enabled("save-network-dialog")
    window.screenshot(f"{SHOTS}/convert-empty.png")


def test_options_follow_at_once():
    options("n=8")
    wait_for(lambda: "conv2, output 1, cluster 1 of 1: " in shown(), "one cluster")
    options("n=2 granularity=weights")
    wait_for(lambda: "conv2, output 1, cluster 1 of 36: " in shown(), "groups of weights")
    window.activate("convert-select", window.glib.Variant("(uuu)", (1, 3, 7)))
    wait_for(lambda: "conv2, output 4, cluster 8 of 36: " in shown(), "another cluster")
    options("n=64 granularity=kernels")
    wait_for(lambda: "N = 64 is more than there is to cluster" in shown(), "words on N")
    options("method=rms-literal n=1")
    wait_for(lambda: "conv2: bits 2 " in shown() and "of 36: " not in shown(), "the method as remembered")
    options("method=linear bits=4 n=4")
    wait_for(lambda: "conv2: bits 4 " in shown(), "four bits")
    window.screenshot(f"{SHOTS}/convert-linear.png")
    options("method=opt bits=2 n=4")
    wait_for(lambda: "cluster 1 of 2" in shown() or "cluster 2 of 2" in shown(), "ternary again")


def test_converts_step_by_step():
    options("images=0")
    do("convert")
    assert score("float") > 80, shown()
    converted = score("converted")
    assert "Next: Re-estimate" in shown(), shown()
    images = re.search(r"^converted: [\d.]+ % (\d+) images, ±", shown(), re.M).group(1)
    do("reestimate")
    assert "Next: Fine-tune" in shown(), shown()
    assert score("re-estimated") >= converted - 5, shown()
    assert re.search(r"conv2: .* BN shift \d+\.\d\d σ", shown()), shown()
    options("steps=40 rate=0")
    do("fine-tune")
    assert score("fine-tuned") >= 70, shown()
    do("certify")
    assert f"Integer engine: {images} of {images} images bit for bit (fine-tuned)" in shown(), shown()
    window.screenshot(f"{SHOTS}/convert-light.png")
    options("n=2")
    wait_for(lambda: "before the last change" in shown(), "stale results to say so")
    assert "The options have changed: press Convert" in shown(), shown()
    assert re.search(r"^converted, before the change: [\d.]+ %", shown(), re.M), shown()
    assert not re.search(r"^float, before", shown(), re.M), shown()
    options("n=4")
    wait_for(lambda: "before the last change" not in shown(), "results that hold again")
    options("intermediate=8")
    wait_for(lambda: "before the last change" in shown(), "results of exact sums to say so")
    options("intermediate=0")
    wait_for(lambda: "before the last change" not in shown(), "results of exact sums again")


def written(path):
    wait_for(lambda: os.path.exists(path), path)
    with open(path, "rb") as file:
        return file.read()


def command_line(*arguments):
    return subprocess.run([COMMAND_LINE, *arguments], capture_output=True, text=True, timeout=120)


def test_saves_the_network():
    with tempfile.TemporaryDirectory() as folder:
        tuned, estimated, checkpoint, by_command = (os.path.join(folder, name) for name in
                                                    ("tuned.model", "estimated.model", "run.checkpoint", "cli.model"))
        window.activate("save-network", window.text(tuned))
        written(tuned)
        run = command_line("evaluate", tuned, "--engine", "both")
        assert run.returncode == 0, run.stderr
        assert abs(score("fine-tuned") - float(re.search(r"accuracy ([\d.]+) %", run.stdout).group(1))) < 0.1, run.stdout
        # The same steps on the command line end in the same bytes.
        options("method=opt n=3")
        do("reestimate")
        window.activate("save-network", window.text(estimated))
        window.activate("save-checkpoint", window.text(checkpoint))
        written(checkpoint)
        run = command_line("convert", checkpoint, "--cluster", "3", "--output", by_command)
        assert run.returncode == 0, run.stderr
        assert written(estimated) == written(by_command)
        run = command_line("convert", checkpoint, "--finetune", "40", "--output", by_command)
        assert run.returncode == 0, run.stderr
        assert written(tuned) == written(by_command)
        # What is written over is written whole or not at all; nothing is lost.
        assert "folder" in refused(lambda: window.activate("save-network", window.text(folder)))
        assert "No such file" in refused(lambda: window.activate("save-network", window.text(folder + "/none/a.model")))
        options("n=5")
        wait_for(lambda: not enabled("save-network-dialog"), "nothing to save with other options")
        assert "Nothing is converted" in refused(lambda: window.activate("save-network", window.text(tuned)))
        assert command_line("evaluate", tuned).returncode == 0
        options("n=4")
        wait_for(lambda: enabled("save-network-dialog"), "the fine-tuned network again")
        window.activate("dismiss")


def test_exponents_of_each_kind_are_certified():
    for exponents in ("dynamic", "predictive", "static"):
        options(f"exponents={exponents} images=200")
        do("convert")
        do("certify")
        assert "Integer engine: 200 of 200 images bit for bit (" in shown(), shown()
    options("images=0")


def test_sweeps_point_by_point():
    window.activate("sweep")
    wait_for(lambda: re.search(r"Accuracy over N: 1: converted [\d.]+", shown()), "the first point", 60)
    wait_for(lambda: busy() == "idle", "the end of the sweep", 180)
    line = re.search(r"^Accuracy over N: (.*)$", shown(), re.M).group(1)
    for size in (1, 2, 4, 8, 16, 32, 64):
        assert re.search(rf"\b{size}: converted [\d.]+, re-estimated [\d.]+", line), line
    window.set_state("color-scheme", window.text("dark"))
    window.screenshot(f"{SHOTS}/convert-dark.png")
    window.set_state("color-scheme", window.text("light"))


def test_cancel_keeps_what_was_found():
    before = score("converted")
    window.activate("sweep")
    wait_for(lambda: window.status()["converting"] not in ("idle", "taking"), "a sweep")
    window.activate("convert-cancel")
    assert busy() == "idle"
    wait_for(lambda: window.status()["converting"] == "idle", "the status to follow")
    assert score("converted") == before
    assert window.state("message") == ""


def test_errors_lose_nothing():
    text = score("converted")
    assert "convert-options" in refused(lambda: options("colour=blue"))
    assert "convert-options" in refused(lambda: options("n=many"))
    refused(lambda: options("bits=99"))
    assert "intermediate" in refused(lambda: options("intermediate=7"))
    assert "convert-options" in refused(lambda: options("rate=-1"))
    assert "convert-options" in refused(lambda: options("rate=1e9"))
    options("granularity=layer")
    assert "N kernels" in refused(lambda: window.activate("sweep"))
    options("granularity=kernels")
    assert score("converted") == text
    window.set("network.topology", "8C3P-MP2-10")
    window.settle()
    wait_for(lambda: "Without batch normalization" in shown(), "words on batch normalization")
    assert "batch normalization" in refused(lambda: window.activate("reestimate"))
    window.set("network.activation", "tanh")
    window.settle()
    wait_for(lambda: "No clusters to show" in shown(), "a refusal")
    assert refused(lambda: window.activate("convert"))
    window.screenshot(f"{SHOTS}/convert-refused.png")
    window.activate("dismiss")


def test_panes_come_back():
    window.set_state("page", window.text("matrix"))
    window.screenshot(f"{SHOTS}/convert-left.png")
    window.activate("matrix")
    assert "conv1 W:" in window.state("matrix")


def test_closes_in_the_midst():
    window.set_state("page", window.text("convert"))
    window.set("network.activation", "relu")
    window.settle()
    wait_for(lambda: "weights kept" in shown(), "clusters")
    window.activate("sweep")
    wait_for(lambda: busy() != "idle", "a sweep")
    said = window.close()
    assert not re.search(r"CRITICAL|ERROR", said), said
    assert window.process.returncode == 0, window.process.returncode


if __name__ == "__main__":
    window_driver.ensure_session()
    os.makedirs(SHOTS, exist_ok=True)
    try:
        tap.run(globals(), "/window-convert")
    finally:
        if window and window.process.poll() is None:
            window.process.kill()
