# SPDX-License-Identifier: MIT
"""Drives the real window over D-Bus: every command of the program is an action with state."""

import os
import shutil
import subprocess
import sys
import time

BUS_NAME = "io.github.roundoff.Roundoff"
WINDOW_PATH = "/io/github/roundoff/Roundoff/window/1"


def ensure_session():
    """Runs this script again inside a session bus and an X server of its own, where they miss."""
    for variable, command in (("DISPLAY", ["xvfb-run", "-a", "-s", "-screen 0 1400x1000x24 -nolisten tcp -noreset"]),
                              ("DBUS_SESSION_BUS_ADDRESS", ["dbus-run-session", "--"])):
        if variable not in os.environ:
            if not shutil.which(command[0]):
                print(f"1..0 # SKIP {command[0]} is missing")
                sys.exit(0)
            os.execvp(command[0], command + [sys.executable] + sys.argv)


def wait_for(condition, what, seconds=20.0):
    """Polls until the condition holds; its value is returned."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s for {what}")


class Window:
    def __init__(self, program, *arguments):
        from gi.repository import Gio, GLib
        self.glib = GLib
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        self.flags = Gio.DBusCallFlags.NO_AUTO_START
        self.process = subprocess.Popen([program, *arguments], stderr=subprocess.PIPE, text=True)
        try:
            wait_for(self.is_there, "the window on the bus")
        except AssertionError:
            self.process.kill()
            raise AssertionError(self.process.stderr.read()) from None

    def call(self, method, parameters):
        return self.bus.call_sync(BUS_NAME, WINDOW_PATH, "org.gtk.Actions", method, parameters,
                                  None, self.flags, 20000, None)

    def is_there(self):
        try:
            return "status" in self.call("List", None).unpack()[0] and self.state("status")
        except self.glib.Error:
            if self.process.poll() is not None:
                raise AssertionError("the program ended") from None
            return False

    def activate(self, action, *parameters):
        self.call("Activate", self.glib.Variant("(sava{sv})", (action, list(parameters), {})))

    def text(self, value):
        return self.glib.Variant("s", value)

    def set(self, key, value):
        self.activate("set", self.glib.Variant("(ss)", (key, value)))

    def set_state(self, action, value):
        self.call("SetState", self.glib.Variant("(sva{sv})", (action, value, {})))

    def state(self, action):
        description = self.call("Describe", self.glib.Variant("(s)", (action,))).unpack()[0]
        return description[2][0] if description[2] else None

    def status(self):
        """The words KEY=VALUE of the status as a dictionary."""
        return dict(word.split("=", 1) for word in self.state("status").split())

    def step(self):
        return int(self.status()["step"])

    def run(self, running):
        self.set_state("run", self.glib.Variant("b", running))
        wait_for(lambda: (self.status()["state"] == "running") == running, f"run={running}")

    def settle(self):
        """Waits until what is shown obeys the newest edit."""
        def settled():
            status = self.status()
            return status["loading"] == "0" and int(status["serial"]) >= int(status["edit"])
        wait_for(settled, "the newest edit to be obeyed")

    def screenshot(self, path):
        if os.path.exists(path):
            os.unlink(path)
        self.activate("screenshot", self.text(str(path)))
        try:
            wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 1000, path)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.state('message')}") from None

    def close(self):
        """Ends the program as its user would; returns what it said on standard error."""
        self.activate("close")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the program did not end") from None
        return self.process.stderr.read()
