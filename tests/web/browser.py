"""A headless Chromium over WebDriver (HTTP), with the standard library alone."""
import base64
import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


def check(condition, what):
    if not condition:
        raise AssertionError(what)


class Browser:
    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.profile = tempfile.TemporaryDirectory(prefix="ouro-browser-")
        self.driver = subprocess.Popen(["chromedriver", f"--port={self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except OSError:
                time.sleep(0.05)
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1300,850",
                 "--disable-background-networking", "--no-first-run", "--user-data-dir=" + self.profile.name]
        self.session = ""
        answer = self.call("POST", "", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": flags}, "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.session = "/" + answer["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/session{self.session}{path}", data,
                                         {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"]) from None

    def open(self, address):
        self.call("POST", "/url", {"url": "about:blank"})  # an address that differs behind "#" alone loads nothing
        self.call("POST", "/url", {"url": address})
        self.wait("return window.ouro !== undefined", "the page starts: " + address[:80])

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def later(self, script, *arguments):
        """The value of an expression that is a promise."""
        return self.call("POST", "/execute/async", {
            "script": "const done = arguments[arguments.length - 1]; (" + script + ").then(done, (e) => done('failed: ' + e));",
            "args": list(arguments)})

    def devtools(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def wait(self, script, what):
        for _ in range(400):
            if self.run(script):
                return
            time.sleep(0.05)
        raise AssertionError(what)

    def key(self, name, modifiers=0):
        """A key as a keyboard gives it: a character, or "Enter", "Tab", "ArrowDown" ... (modifiers: 1 Alt, 2 Ctrl, 8 Shift)."""
        codes = {"Enter": (13, "\r"), "Backspace": (8, None), "Tab": (9, None), "Escape": (27, None), "ArrowLeft": (37, None),
                 "ArrowUp": (38, None), "ArrowRight": (39, None), "ArrowDown": (40, None), "End": (35, None), "Home": (36, None),
                 "F6": (117, None)}
        event = {"key": name, "modifiers": modifiers}
        if name in codes:
            number, text = codes[name]
            event.update(code=name, windowsVirtualKeyCode=number, **({"text": text} if text else {}))
        else:
            event.update(text=name)
        self.devtools("Input.dispatchKeyEvent", type="keyDown", **event)
        self.devtools("Input.dispatchKeyEvent", type="keyUp", **{k: v for k, v in event.items() if k != "text"})

    def size(self, width, height, phone=False):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        self.devtools("Emulation.setTouchEmulationEnabled", enabled=phone)

    def scheme(self, name):
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def frame(self):
        """Until what has changed is on the screen."""
        self.later("new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")

    def shot(self, path):
        self.frame()
        with open(path, "wb") as stream:
            stream.write(base64.b64decode(self.call("GET", "/screenshot")))

    def complaints(self):
        """What the page wrote to the console as an error since the last call."""
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"}) if entry["level"] == "SEVERE"]

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.profile.cleanup()


def file_address(directory):
    return "file://" + os.path.abspath(os.path.join(directory, "index.html"))
