#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How much of its speed the worker keeps while the window shows it.

    window-speed.py ROUNDOFF ROUNDOFF-CLI [ROUNDS [SECONDS]]

Runs the default toy headless and in the window in turn and prints steps per second, their ratio pair by
pair, the longest time the main loop was late, the first frame and the peak memory; medians last.  The window
trains as fast as it goes, with every chart and map drawn.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "app"))
import window_driver  # noqa: E402


def headless(cli, epochs):
    made = subprocess.run([cli, "train", "spiral", "--threads", "1", "--epochs", str(epochs), "--json", "-"],
                          check=True, capture_output=True, text=True)
    result = json.loads(made.stdout)
    return result["steps"] / result["seconds"]


def windowed(program, seconds):
    window = window_driver.Window(program, "--threads", "1")
    window.set_state("speed", window.glib.Variant("d", 0.0))
    time.sleep(2)  # start-up is another figure
    window.set_state("pulse", window.glib.Variant("b", True))
    begin, first = time.monotonic(), window.step()
    time.sleep(seconds)
    status = window.status()
    rate = (int(status["step"]) - first) / (time.monotonic() - begin)
    memory = Path(f"/proc/{window.process.pid}/status").read_text().split("VmHWM:")[1].split()[0]
    window.close()
    return rate, int(status["longest-pause-ms"]), int(status["first-frame-ms"]), int(memory) / 1024


def main():
    window_driver.ensure_session()
    program, cli = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 5.0
    columns = []
    for _ in range(rounds):
        alone = headless(cli, 8000)
        shown, pause, frame, memory = windowed(program, seconds)
        columns.append((alone, shown, shown / alone, pause, frame, memory))
        print("headless %.0f steps/s, window %.0f steps/s, ratio %.2f, longest pause %d ms, "
              "first frame %d ms, peak memory %.0f MB" % columns[-1], flush=True)
    print("medians: headless %.0f steps/s, window %.0f steps/s, ratio %.2f, longest pause %d ms, "
          "first frame %d ms, peak memory %.0f MB" % tuple(map(statistics.median, zip(*columns))))


if __name__ == "__main__":
    main()
