#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Where roundoff-cli writes, and where not: test-cli-outputs.py PATH-OF-ROUNDOFF-CLI prints TAP."""

import json
import os
import signal
import subprocess
import time

import cli_driver
import tap
from cli_driver import CLI, bad, folder, good, start, train, wait_until_caught, write

OPTIONS = {"--csv": "o.csv", "--json": "o.json", "--plot": "o.png", "--checkpoint": "o.ckpt",
           "--export": "o.npz", "--log": "o.log"}
SHORT = ("train", "spiral", "--epochs", 1)


def leftovers():
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_devices_and_pipes_stay():
    os.mkfifo(folder / "pipe.png")
    for option in OPTIONS:
        bad(1, *SHORT, option, "pipe.png", words=["pipe.png", "pipe"])
        bad(1, *SHORT, option, "/dev/null", words=["/dev/null"])
    assert (folder / "pipe.png").is_fifo()


def test_names_that_are_no_files():
    for option in OPTIONS:
        bad(2, *SHORT, option, "", words=[option, "empty"])
        bad(1, *SHORT, option, "x" * 300 + ".png", words=["xxx"])
        if option != "--json":
            bad(2, *SHORT, option, "-", words=[option, "standard output"])
    bad(2, "train", "--resume", "", words=["--resume"])


def test_odd_names():
    for name in ("with space", "ünïcode ✓", "-dash", "new\nline", "a:b", "file:%41"):
        for option, suffix in OPTIONS.items():
            good(*SHORT, option, name + suffix[1:])
            assert (folder / (name + suffix[1:])).stat().st_size > 100
    content = (folder / "a:b.ckpt").read_bytes()
    assert good("train", "--resume", "a:b.ckpt", "--epochs", 1) and content
    good("replay", "a:b.log")


def test_links_stay_links():
    write("target.csv", "old")
    (folder / "link.csv").symlink_to("target.csv")
    good(*SHORT, "--csv", "link.csv")
    assert (folder / "link.csv").is_symlink()
    assert (folder / "target.csv").read_text().startswith("step,")


def test_one_file_for_two():
    options = list(OPTIONS)
    for first, second in zip(options, options[1:]):
        bad(2, *SHORT, first, "same.png", second, f"../{folder.name}/same.png",
            words=[first, second, "same.png"])


def test_inputs_stay():
    write("own.roundoff", "[experiment]\nversion=1\n[dataset]\npath=own.csv\n[network]\ntopology=2-2\n")
    write("own.csv", "".join(f"{i},{i % 3},{i % 2}\n" for i in range(20)))
    good("train", "own.roundoff", "--epochs", 1, "--checkpoint", "own.ckpt")
    for option in OPTIONS:
        bad(2, "train", "own.roundoff", option, "own.roundoff", words=["own.roundoff"])
        bad(2, "train", "own.roundoff", option, "./own.csv", words=["own.csv"])
        if option != "--checkpoint":
            bad(2, "train", "--resume", "own.ckpt", option, "own.ckpt", words=["own.ckpt"])
    good("train", "--resume", "own.ckpt", "--epochs", 2, "--checkpoint", "own.ckpt")
    assert train("--resume", "own.ckpt", "--epochs", 2)["epochs"] == 2
    good(*SHORT, "--csv", "spiral")
    (folder / "spiral").unlink()


def test_log_goes_to_logs_only():
    precious = write("precious.txt", "do not touch")
    bad(1, *SHORT, "--log", precious, words=["precious.txt"])
    assert precious.read_text() == "do not touch"
    write("fresh.log", "")
    good(*SHORT, "--log", "fresh.log")
    result = json.loads(good("train", "xor", "--epochs", 1, "--log", "fresh.log", "--json", "-"))
    assert good("replay", "fresh.log").strip() == result["fingerprint"]


def test_interrupted_writes_all():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        outputs = [word for option, name in OPTIONS.items() for word in (option, f"i{number:d}{name}")]
        process = start("train", "digits", "--set", "training.evaluate-every=1000000",
                        "--epochs", 10000000, *outputs)
        wait_until_caught(process, number)
        time.sleep(0.2)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 130 and errors == "", (process.returncode, errors)
        result = json.loads((folder / f"i{number:d}o.json").read_text())
        assert result["state"] == "interrupted" and result["steps"] > 0
        assert all((folder / f"i{number:d}{name}").stat().st_size > 100 for name in OPTIONS.values())
        assert good("replay", f"i{number:d}o.log").strip() == result["fingerprint"]
    assert not leftovers(), leftovers()


def test_interrupted_replay():
    log = (folder / "i2o.log").read_text().splitlines()
    write("endless.log", "\n".join(log[:-1]) + "\nend 1000000000000 " + "0" * 64 + "\n")
    process = start("replay", "endless.log")
    wait_until_caught(process)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and output == "" and "interrupted" in errors, errors


def test_ignored_hangup():
    process = start("train", "spiral", "--epochs", 3000,
                    preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    wait_until_caught(process)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_closed_streams():
    script = '"$0" train spiral --epochs 1 --csv closed.csv --json - >&-'
    result = subprocess.run(["sh", "-c", script, CLI], cwd=folder, capture_output=True, text=True,
                            check=False)
    assert result.returncode == 1 and "standard output" in result.stderr, result.stderr
    assert "fingerprint" not in (folder / "closed.csv").read_text()
    for arguments in ("presets", "train spiral --epochs 1", "--help", "--version",
                      "quantize --format Q1.3"):
        result = subprocess.run(["sh", "-c", f'yes 1 | head -9 | "$0" {arguments} >/dev/full', CLI],
                                cwd=folder, capture_output=True, text=True, check=False)
        assert result.returncode == 1, (arguments, result.returncode)
        assert result.stderr == "roundoff-cli: standard output: cannot be written\n", result.stderr
    result = subprocess.run(["sh", "-c", '"$0" quantize --format Q1.3 <&-', CLI], cwd=folder,
                            capture_output=True, text=True, check=False)
    assert result.returncode == 1 and "standard input" in result.stderr


def test_pipe_without_reader():
    script = '"$0" train spiral --epochs 1 --checkpoint p.ckpt --json - | true; "$0" presets | head -1'
    result = subprocess.run(["sh", "-c", script, CLI], cwd=folder, capture_output=True, text=True,
                            check=False)
    assert result.returncode == 0 and result.stderr == ""
    assert (folder / "p.ckpt").stat().st_size > 100


def test_full_disk_loses_one_output_only():
    def limit():
        import resource
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
    process = start("train", "spiral", "--epochs", 40, "--set", "training.record-every=1",
                    "--csv", "full.csv", "--checkpoint", "small.ckpt", preexec_fn=limit)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1 and len(errors.splitlines()) == 1 and "full.csv" in errors, errors
    assert not (folder / "full.csv").exists() and not leftovers()
    assert train("--resume", "small.ckpt", "--epochs", 40)["epochs"] == 40


def test_json_is_exact():
    result = train(*SHORT[1:], "--set", "experiment.seed=18446744073709551615",
                   "--set", 'experiment.title="seed" : -1, é')
    assert result["seed"] == 2**64 - 1 and result["title"] == '"seed" : -1, é', result
    plain = json.loads(good(*SHORT, "--set", "experiment.title=ünïcode", "--json", "-",
                            environment={"LC_ALL": "C", "PYTHONUTF8": "1"}))
    assert plain["title"] == "ünïcode"


if __name__ == "__main__":
    try:
        tap.run(globals(), "/cli-outputs")
    finally:
        cli_driver.close()
