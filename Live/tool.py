"""`tcptriage live` in a host's namespace, and what it says."""
import json
import signal
import subprocess
import threading
import time
from pathlib import Path

import lab

PATIENCE = 40  # seconds until something that must happen has failed to


def analyze(*arguments, capture=None):
    """The offline report on files, or on `capture`, the bytes of one."""
    command = [lab.PROGRAM, *map(str, arguments), "--format", "json"]
    return json.loads(subprocess.run(command, input=capture, stdout=subprocess.PIPE, check=True).stdout)


class Live:
    """One run, for `with`, which ends it if nothing else did."""

    def __init__(self, host, folder, *options, interface=None):
        self.host = host
        self.file = Path(folder) / "live.json"
        self.options = ["-i", interface or host.interface, "--format", "ndjson", "-o", self.file, *options]
        self.events = []  # (when it came, what it says)
        self.changed = threading.Condition()
        self.over = False
        self.complained = ""

    def __enter__(self):
        command = [lab.PROGRAM, "live", *map(str, self.options)]
        self.process = self.host.start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        try:
            self.until(lambda event: event["event"] == "start")
        except BaseException:
            self.leave()
            raise
        return self

    def __exit__(self, *_):
        self.leave()

    def leave(self):
        if self.process.poll() is None:
            self.process.kill()
        self.reader.join()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.events.append((time.time(), json.loads(line)))
                self.changed.notify_all()
        with self.changed:
            self.over = True
            self.changed.notify_all()

    def until(self, wanted):
        """When the first event that is `wanted` came, and the event."""
        def first():
            return next((each for each in self.events if wanted(each[1])), None)

        with self.changed:
            self.changed.wait_for(lambda: first() or self.over, PATIENCE)
            found = first()
        if not found:
            told = "\n".join(json.dumps(event)[:300] for _, event in self.events[-5:])
            raise AssertionError(f"it did not come; the last events:\n{told}\n{self.complaints() if self.over else ''}")
        return found

    def opened(self, rule):
        return self.until(lambda event: event["event"] == "finding-opened" and event["finding"]["rule"] == rule)

    def remarked(self, words):
        return self.until(lambda event: event["event"] == "remark" and words in event["sentence"])[1]["sentence"]

    def complaints(self):
        """All of standard error; waits for the end of the run."""
        self.complained += self.process.stderr.read()
        return self.complained

    def end(self, number=signal.SIGINT):
        """Sends the signal; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    @property
    def report(self):
        return json.loads(self.file.read_text())

    @property
    def last(self):
        """The event that ends the run."""
        self.reader.join(PATIENCE)
        return next(event for _, event in reversed(self.events) if event["event"] == "end")
