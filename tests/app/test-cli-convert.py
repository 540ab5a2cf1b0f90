#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`roundoff-cli convert` and `evaluate`: test-cli-convert.py PATH-OF-ROUNDOFF-CLI prints TAP.

The network is a small one for the embedded digits, trained here within seconds.
"""

import json
import re
import signal
import time

import cli_driver
import tap
from cli_driver import bad, cli, folder, good, start, train, wait_until_caught, write

NETWORK = "1x8x8-8C3P-BN-16C3P-BN-MP2-16C3P-BN-16C1-BN-GAP-10"
FLOAT = ("--set", "precision.*.*.format=float", "--set", "training.twin=false",
         "--set", "training.batch=32", "--set", "training.rate=0.05",
         "--set", "training.momentum=0.9", "--set", "network.activation=relu")
SMALL = ("--calibrate", "4", "--reestimate", "8")
made = set()


def checkpoint(name="net.ckpt", topology=NETWORK, seed=1, epochs=8, settings=()):
    """Trained once."""
    if name not in made:
        train("digits", *FLOAT, "--set", f"network.topology={topology}", "--set", f"experiment.seed={seed}",
              *settings, "--epochs", epochs, "--checkpoint", name)
        made.add(name)
    return folder / name


def convert(*arguments):
    return json.loads(good("convert", *arguments, "--json", "-"))


def evaluate(*arguments):
    return json.loads(good("evaluate", *arguments, "--json", "-"))


def model(*arguments, name="net.model"):
    good("convert", checkpoint(), *SMALL, *arguments, "--output", name)
    return folder / name


def test_stages():
    text = good("convert", checkpoint(), *SMALL, "--finetune", "40", "--rate", "0.01")
    assert text.startswith("Ternary, least error; 2-bit weights, clusters of 4 kernels; "
                           "8-bit activations, exponents static, abs-max\n"), text
    for stage in ("float", "converted", "re-estimated", "fine-tuned"):
        assert re.search(rf"^{stage} +[0-9.]+ % of [0-9]+ samples", text, re.MULTILINE), text
    assert re.search(r"\(clustered in [0-9.]+ ms\)", text) and "(40 steps, loss " in text, text
    assert re.search(r"^conv2 +2 +4 ", text, re.MULTILINE), text
    assert re.search(r"^conv1 +8 +– ", text, re.MULTILINE), text
    assert "times as fast as float by the model" in text and "throughput bound" in text, text


def test_json():
    result = convert(checkpoint(), *SMALL, "--finetune", "40", "--rate", "0.01")
    run = result["conversions"][0]
    accuracy = run["accuracy"]
    assert accuracy["float"] > 0.9 and accuracy["tuned"] > accuracy["float"] - 0.1, accuracy
    assert accuracy["reestimated"] >= accuracy["clustered"] - 0.02, accuracy
    assert run["tuning"]["steps"] == 40 and not run["tuning"]["diverged"]
    assert result["options"]["method"] == "opt" and result["options"]["reestimation_batches"] == 8
    layers = run["layers"]
    assert [layer["layer"] for layer in layers] == ["conv1", "conv2", "conv3", "conv4", "fc1"]
    assert layers[0]["plain"] and layers[4]["plain"] and not layers[1]["plain"]
    assert layers[1]["clusters"] == 2 * 16 and layers[1]["weights"] == 8 * 16 * 9
    assert 0.05 < layers[1]["relative_error"] < 0.3 and layers[0]["relative_error"] < 1e-3
    assert 0 < layers[1]["scale_min"] <= layers[1]["scale_median"] <= layers[1]["scale_max"] <= 255
    assert layers[1]["scale_max"] >= 128 and layers[1]["shift"] > 0
    # As `operations` counts them.
    counted = json.loads(good("operations", NETWORK, "--cluster", "4", "--last", "8", "--json", "-"))
    assert run["share_replaced"] == counted["rows"][0]["share_replaced"]
    assert run["bits_per_weight"] == counted["rows"][0]["bits_per_weight"]
    assert result["mean_accuracy"] == accuracy


def test_p2_off():
    """Nothing converted is the float network."""
    result = convert(checkpoint(), "--method", "none", "--activation-bits", "32")
    accuracy = result["conversions"][0]["accuracy"]
    assert accuracy["clustered"] == accuracy["float"] and accuracy["reestimated"] is None
    good("convert", checkpoint(), "--method", "none", "--activation-bits", "32", "--output", "off")
    found = evaluate("off")
    assert found["accuracy"] == accuracy["float"] and found["engine"] == "simulated"
    bad(1, "evaluate", "off", "--engine", "integer")


def test_p4_bytes():
    accuracy = convert(checkpoint(), "--method", "none", "--bits", "8",
                       *SMALL)["conversions"][0]["accuracy"]
    assert accuracy["clustered"] >= accuracy["float"] - 0.03, accuracy


def test_p1_engines_agree():
    for index, options in enumerate((
            ("--method", "none", "--bits", "8"), ("--bits", "4"), ("--cluster", "4"),
            ("--cluster", "64"), ("--granularity", "weights"), ("--terms", "2"), ("--asymmetric",),
            ("--method", "power", "--bits", "4"), ("--last", "clusters", "--unsigned"),
            ("--exponents", "dynamic"), ("--exponents", "predictive"), ("--intermediate", "8"),
            ("--intermediate", "12", "--asymmetric", "--terms", "2"),
            ("--intermediate", "8", "--granularity", "weights", "--exponents", "dynamic"),
            ("--activation-bits", "4", "--scaling", "niti"))):
        path = model(*options, "--samples", "16", name=f"net-{index}.model")
        text = good("evaluate", path, "--engine", "both", "--samples", "64", "--batch", "16")
        assert ("64 of 64 samples: every layer's output and the logits are the same, bit for bit"
                in text), (options, text)


def test_intermediate():
    """Sums of clusters in 8 bits: reported, stored, counted; in 16 bits next to nothing is lost."""
    result = convert(checkpoint(), *SMALL, "--intermediate", "8")
    assert result["options"]["intermediate_bits"] == 8
    run = result["conversions"][0]
    exact = convert(checkpoint(), *SMALL)["conversions"][0]
    layers = run["layers"]
    assert [layer["intermediate_bits"] for layer in layers] == [0, 8, 8, 8, 0], layers
    assert layers[0]["intermediate_shift"] == 0 and 0 < layers[1]["intermediate_shift"] <= 6, layers
    assert all(layer["intermediate_shift"] == 0 for layer in exact["layers"])
    assert run["accuracy"]["reestimated"] > exact["accuracy"]["reestimated"] - 0.05, run
    text = good("convert", checkpoint(), *SMALL, "--intermediate", "8", "--output", "eight.model")
    assert text.startswith("Ternary, least error; 2-bit weights, clusters of 4 kernels; 8-bit activations, "
                           "exponents static, abs-max; 8-bit sums of clusters\n"), text
    assert f">>{layers[1]['intermediate_shift']} 8, 32" in text and "sums >>R P: " in text, text
    assert ">>" not in good("convert", checkpoint(), *SMALL)
    eight, default = evaluate("eight.model"), evaluate(model())
    assert eight["accuracy"] == run["accuracy"]["reestimated"]
    for name in ("multiplications", "additions", "skipped"):
        assert eight["counts"][name] == default["counts"][name], name
    # Each sum that is multiplied is one more down-conversion; 8-bit layers multiply without.
    plain = eight["counts"]["samples"] * (64 * 9 * 8 + 16 * 10)
    assert (eight["counts"]["converted"] - default["counts"]["converted"]
            == eight["counts"]["multiplications"] - plain), eight
    for options, word in ((("--method", "none"), "none"), (("--method", "power", "--bits", "4"), "power")):
        bad(2, "convert", checkpoint(), "--intermediate", "8", *options,
            words=["intermediate bits", f"method is {word}"])
    for value in ("7", "17", "x"):
        bad(2, "convert", checkpoint(), "--intermediate", value, words=["intermediate"])


def test_c2_counts():
    """What the integer engine counts is what formulas say."""
    for options in (("--cluster", "4"), ("--cluster", "64"),
                    ("--cluster", "4", "--granularity", "weights")):
        path = model(*options)
        found = evaluate(path, "--samples", "32")
        rows = json.loads(good("operations", NETWORK, *options, "--last", "8", "--json", "-"))["rows"]
        counts = found["counts"]
        assert counts["samples"] == 32
        assert counts["macs"] == 32 * rows[0]["macs"], options
        assert counts["multiplications"] == 32 * rows[0]["multiplications"], options
        assert counts["share_replaced"] == rows[0]["share_replaced"]
        plain = 32 * sum(64 * 9 * 8 if layer == 0 else 16 * 10 for layer in range(2))
        assert counts["additions"] + counts["skipped"] == counts["macs"] - plain, counts


def test_p3_threads_and_batches():
    path = model()
    results = [evaluate(path, "--threads", threads, "--batch", batch)
               for threads, batch in ((1, 1), (2, 7), (2, 300))]
    for result in results[1:]:
        assert result["correct"] == results[0]["correct"]
        assert result["counts"] == results[0]["counts"]


def test_evaluate_text():
    path = model("--method", "rms-refit")
    text = good("evaluate", path, "--time-float", checkpoint())
    assert "reconstructed" in text and "batch normalization was estimated anew" in text, text
    for words in ("zero weights skipped", "saturated codes", "samples/s", "times as fast",
                  "% of multiplications replaced"):
        assert words in text, (words, text)
    found = evaluate(path, "--time-float", checkpoint())
    assert found["float_samples_per_second"] > 0 and found["speed_over_float"] > 0
    stored = convert(checkpoint(), *SMALL, "--method", "rms-refit")["conversions"][0]
    assert found["accuracy"] == stored["accuracy"]["reestimated"]


def test_several():
    """Means over seeds."""
    first, second = checkpoint(), checkpoint("second.ckpt", seed=2)
    text = good("convert", first, second, *SMALL)
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.split()}
    assert rows["mean"][3:] == ["–", "–"], text
    result = convert(first, second, *SMALL)
    runs = [run["accuracy"] for run in result["conversions"]]
    assert [run["seed"] for run in result["conversions"]] == [1, 2]
    for stage in ("float", "clustered", "reestimated"):
        assert abs(result["mean_accuracy"][stage] - sum(run[stage] for run in runs) / 2) < 1e-12
        assert f"{100 * result['mean_accuracy'][stage]:.2f}" in rows["mean"]
    bad(2, "convert", first, second, "--output", "both.model", words=["--output", "2 checkpoints"])


def test_reconstructed_is_said():
    for method in ("hier", "rms-refit", "rms-literal"):
        assert "reconstructed" in good("convert", checkpoint(), *SMALL, "--method", method), method
    assert "reconstructed" not in good("convert", checkpoint(), *SMALL).split("\n")[0]


def test_without_batch_norm():
    plain = checkpoint("plain.ckpt", "1x8x8-8C3P-MP2-16C3P-GAP-10",
                       settings=("--set", "training.rate=0.02"))
    text = good("convert", plain, *SMALL)
    assert "Note: the network has no batch normalization: there is nothing to re-estimate" in text
    assert "Note" not in good("convert", plain, "--calibrate", "4", "--reestimate", "0")
    accuracy = convert(plain, *SMALL)["conversions"][0]["accuracy"]
    assert accuracy["clustered"] is not None and accuracy["reestimated"] is None


def test_notices():
    """N above Cin, and a method that keeps nothing (T15)."""
    notices = convert(checkpoint(), *SMALL, "--cluster", "64")["conversions"][0]["notices"]
    assert "conv2: it has 8 inputs, fewer than clusters of 64: N is 8 there" in notices, notices
    notices = convert(checkpoint(), "--method", "rms-literal", "--cluster", "1",
                      *SMALL)["conversions"][0]["notices"]
    assert any(re.match(r"conv4: no weight is left", notice) for notice in notices), notices


def test_nothing_clustered():
    """First and last layer alone are 8-bit words, unless it is asked otherwise."""
    path = checkpoint("two.ckpt", "64-16-10", epochs=1)
    said = "no layer has clusters: the first keeps 8-bit words"
    assert said in good("convert", path, *SMALL, "--reestimate", "0")
    assert said not in good("convert", path, *SMALL, "--reestimate", "0", "--last", "clusters")


def test_divergence_is_a_result():
    result = convert(checkpoint(), *SMALL, "--finetune", "60", "--rate", "100")["conversions"][0]
    assert result["tuning"]["diverged"] and result["accuracy"]["tuned"] is None
    assert any("diverged" in notice for notice in result["notices"])


def test_bad_usage():
    path = checkpoint()
    bad(2, "convert", words=["CHECKPOINT"])
    bad(2, "convert", path, "--colour", words=["--colour"])
    for option, value in (("--method", "best"), ("--cluster", "0"), ("--bits", "1"), ("--bits", "x"),
                          ("--granularity", "fgq"), ("--terms", "5"), ("--last", "float"),
                          ("--activation-bits", "1"), ("--activation-bits", "17"),
                          ("--scaling", "fixed"), ("--exponents", "none"), ("--calibrate", "0"),
                          ("--batch-size", "5000"), ("--reestimate", "-1"), ("--finetune", "0"),
                          ("--rate", "0.1"), ("--rate", "x"), ("--samples", "0"),
                          ("--threads", "65")):
        bad(2, "convert", path, f"{option}={value}", words=["convert: "])
    bad(2, "convert", path, "--method", "opt", "--bits", "4", words=["convert: "])
    bad(2, "convert", path, "--activation-bits", "32", words=["activation"])
    bad(2, "convert", path, "--method", "none", "--activation-bits", "32", "--finetune", "5",
        words=["--finetune"])
    bad(2, "convert", path, "--output", path, words=["--output"])
    bad(1, "convert", path, "--output", "no/folder.model", words=["no/folder.model"])
    bad(2, "evaluate", words=["FILE"])
    bad(2, "evaluate", path, "--engine", "analog", words=["--engine", "analog"])
    bad(2, "evaluate", path, "--samples", "0", words=["--samples"])
    bad(2, "evaluate", path, "--batch", "x", words=["--batch"])


def test_bad_files():
    path = checkpoint()
    bad(1, "convert", "missing.ckpt", words=["missing.ckpt"])
    bad(1, "convert", write("text.ckpt", "no checkpoint"), words=["text.ckpt", "no checkpoint"])
    whole = path.read_bytes()
    bad(1, "convert", write("cut.ckpt", whole[:2000]), words=["cut.ckpt", "offset"])
    bad(1, "convert", write("flip.ckpt", whole[:2000] + bytes([whole[2000] ^ 1]) + whole[2001:]),
        words=["flip.ckpt", "checksum"])
    converted = model().read_bytes()
    bad(1, "convert", "net.model", words=["net.model", "no checkpoint"])
    bad(1, "evaluate", path, words=["net.ckpt", "checkpoint of a training run", "convert"])
    bad(1, "evaluate", "missing.model", words=["missing.model"])
    bad(1, "evaluate", "text.ckpt", words=["text.ckpt", "no converted network"])
    bad(1, "evaluate", write("cut.model", converted[:500]), words=["cut.model", "offset"])
    bad(1, "evaluate",
        write("flip.model", converted[:500] + bytes([converted[500] ^ 64]) + converted[501:]),
        words=["flip.model", "checksum"])
    other = checkpoint("other.ckpt", "1x8x8-4C3P-BN-GAP-10", epochs=1)
    bad(1, "evaluate", "net.model", "--time-float", other, words=["--time-float", "other.ckpt"])
    bad(2, "evaluate", "net.model", "--json", folder / "net.model", words=["--json"])


def test_other_data():
    """The data that a checkpoint names are of another shape now."""
    write("points.csv", "x,y,class\n" + "".join(f"{i},{-i},{i % 2}\n" for i in range(40)))
    train("digits", *FLOAT, "--set", "network.topology=2-4-2", "--set", "dataset.path=points.csv",
          "--epochs", "1", "--checkpoint", "points.ckpt")
    write("points.csv", "x,y,z,class\n" + "".join(f"{i},{-i},1,{i % 2}\n" for i in range(40)))
    result = cli("convert", "points.ckpt")
    assert result.returncode == 1 and len(result.stderr.splitlines()) == 1, result.stderr


def test_interrupted():
    """In every stage, at once, with one line, and with nothing written."""
    wide = train("digits", *FLOAT, "--set", "network.topology=1x8x8-256C3P-256C3P-256C3P-GAP-10", "--set",
                 "training.batch=1", "--steps", 1, "--checkpoint", "wide.ckpt")
    assert wide["steps"] == 1
    good("convert", "wide.ckpt", "--samples", 1, "--calibrate", 1, "--batch-size", 1, "--output", "wide.model")
    small = checkpoint()
    before = sorted(folder.rglob("*"))
    for words in (("convert", "wide.ckpt", "--output", "never.model"),
                  ("convert", "wide.ckpt", "--samples", 1, "--calibrate", 1000, "--output", "never.model"),
                  ("convert", small, "--finetune", 1000000000, "--json", "never.json"),
                  ("evaluate", "wide.model", "--engine", "both", "--json", "never.json")):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = start(*words)
            wait_until_caught(process)
            time.sleep(0.5)
            sent = time.monotonic()
            process.send_signal(number)
            output, errors = process.communicate(timeout=60)
            assert process.returncode == 130, (words, process.returncode, errors)
            assert errors == "roundoff-cli: interrupted before the end, so there is no result\n", errors
            assert time.monotonic() - sent < 10 and "times as fast" not in output, (words, output)
    assert sorted(folder.rglob("*")) == before


def test_tanh():
    path = checkpoint("tanh.ckpt", "64-16-10", epochs=1, settings=("--set", "network.activation=tanh"))
    bad(1, "convert", path, words=["tanh", "relu"])


if __name__ == "__main__":
    try:
        tap.run(globals(), "/cli-convert")
    finally:
        cli_driver.close()
