"""Drives a headless Chromium over a pipe, in the terms of its DevTools protocol."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"]
PATIENCE = 30
# No sandbox: containers have no user namespaces to build one from, and what is opened here is our own.
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--mute-audio", "--force-color-profile=srgb", "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe",
]


class Failure(Exception):
    """Chromium is missing, fell silent or refused a command."""


def program():
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise Failure("There is no Chromium here; scripts/setup test installs it.")


class Browser:
    """One running Chromium with a profile that vanishes with it; use it in a `with` statement."""

    def __enter__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        to_it, self.output = os.pipe()
        self.input, from_it = os.pipe()
        # Chromium reads from descriptor 3 and writes to 4; a shell puts ours there.
        command = f'exec "$0" "$@" 3<&{to_it} 4>&{from_it} 2>/dev/null'
        self.process = subprocess.Popen(
            ["bash", "-c", command, program(), *FLAGS, f"--user-data-dir={self.profile.name}", "about:blank"],
            pass_fds=(to_it, from_it), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(to_it)
        os.close(from_it)
        self.unread = b""
        self.number = 0
        self.events = []
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
            self.process.wait(10)
        except (Failure, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.input)
        os.close(self.output)
        self.profile.cleanup()

    def call(self, method, session=None, **parameters):
        """Sends a command and waits for its answer; events that come meanwhile are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._write(json.dumps(message).encode() + b"\0")
        answer = self._next(lambda heard: heard.get("id") == message["id"])
        if "error" in answer:
            raise Failure(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def wait(self, session, method):
        """Waits for an event of a page, one that came already included."""
        for event in self.events:
            if event.get("sessionId") == session and event["method"] == method:
                return event["params"]
        return self._next(lambda heard: heard.get("sessionId") == session and heard.get("method") == method)["params"]

    def _write(self, data):
        try:
            while data:
                data = data[os.write(self.output, data):]
        except OSError as error:
            raise Failure(f"Chromium is gone: {error}") from error

    def _next(self, wanted):
        end = time.monotonic() + PATIENCE
        while True:
            message, zero, rest = self.unread.partition(b"\0")
            if not zero:
                if not select.select([self.input], [], [], max(0, end - time.monotonic()))[0]:
                    raise Failure(f"Chromium said nothing for {PATIENCE} s.")
                data = os.read(self.input, 1 << 20)
                if not data:
                    raise Failure("Chromium ended.")
                self.unread += data
                continue
            self.unread = rest
            heard = json.loads(message)
            if "method" in heard:
                self.events.append(heard)
            if wanted(heard):
                return heard

    def page(self, path=None, **settings):
        """A new page with the file at `path` in it."""
        return Page(self, path, **settings)


class Page:
    """A tab that is cut off from the network, and all that it said; close it with `close`."""

    def __init__(self, browser, path=None, width=1200, height=900, dark=False, script=True):
        self.browser = browser
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")
        self.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
        self.resize(width, height)
        self.media(dark=dark)
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        if path:
            self.open(path)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def open(self, path):
        self.url = "file://" + os.path.abspath(path)
        self.call("Page.navigate", url=self.url)
        self.browser.wait(self.session, "Page.loadEventFired")

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def heard(self, method):
        """Parameters of all events of this kind so far."""
        self.evaluate("0")  # What happened before this answer has been told by now.
        return [event["params"] for event in self.browser.events
                if event.get("sessionId") == self.session and event["method"] == method]

    def evaluate(self, expression):
        """Value of a JavaScript expression, promises awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise Failure(answer["exceptionDetails"].get("exception", {}).get("description", "script failed"))
        return answer["result"].get("value")

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, dark=False, paper=False):
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media="print" if paper else "", features=[scheme])

    def press(self, key, code):
        """Presses and releases a key of this virtual key code."""
        text = {"Enter": "\r", " ": " "}.get(key, "")
        for kind in ["keyDown", "keyUp"]:
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                      text=text if kind == "keyDown" else "")

    def write(self, text):
        self.call("Input.insertText", text=text)

    def screenshot(self, height):
        """The top of the page as PNG."""
        width = self.evaluate("innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        data = self.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)["data"]
        return base64.b64decode(data)

    def pdf(self, pages=""):
        """The page as it prints on A4."""
        data = self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, pageRanges=pages, printBackground=True)
        return base64.b64decode(data["data"])
