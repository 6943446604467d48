#!/usr/bin/env python3
"""The explorer's page in a headless Chromium: explorer_test.py PAGE_DIRECTORY [--ouro PROGRAM] [--shots DIRECTORY]

Loads the page from file://, looks at every pane, an error, the keyboard and the permalink; with --ouro, code of standard
library files against the native program's. Prints how long a key press on 1,000 lines takes. WebDriver over HTTP, standard library only.
"""
import argparse
import base64
import glob
import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request

SKIP = 77
PANES = ("tokens", "ast", "bytecode", "tables", "graph", "decompiled", "statistics", "difference")


class Browser:
    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.driver = subprocess.Popen(["chromedriver", f"--port={self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except OSError:
                time.sleep(0.05)
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1300,850"]}
        self.session = ""
        answer = self.call("POST", "", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
        self.session = "/" + answer["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/session{self.session}{path}", data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def devtools(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def wait(self, script, what):
        for _ in range(200):
            if self.run(script):
                return
            time.sleep(0.05)
        raise AssertionError(what)

    def shot(self, path):
        with open(path, "wb") as stream:
            stream.write(base64.b64decode(self.call("GET", "/screenshot")))

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()


def check(condition, what):
    if not condition:
        raise AssertionError(what)


TYPE = """const area = document.getElementById('source'); area.value = arguments[0];
const begin = performance.now(); area.dispatchEvent(new Event('input', {bubbles: true}));
document.body.offsetHeight; return performance.now() - begin;"""
ROWS = "const p = document.getElementById('panel-' + arguments[0]); return p.innerText;"


def check_page(browser, address):
    browser.call("POST", "/url", {"url": address})
    browser.wait("return window.ouro !== undefined", "the page starts")
    browser.run(TYPE, "def spam(x):\n    return x + 1\n\nwhile spam(2):\n    break\n")
    expected = {"tokens": "'spam'", "ast": "FunctionDef", "bytecode": "BINARY_OP", "tables": "line table", "graph": "block 0",
                "decompiled": "def spam(x):", "statistics": "instructions", "difference": "instructions"}
    for pane in PANES:
        browser.run("document.getElementById('tab-' + arguments[0]).click()", pane)
        text = browser.run(ROWS, pane)
        check(expected[pane].replace("'", '"') in text, f"{pane}: {text[:300]}")
    # An error: CPython's words and place; the last good rows stay.
    browser.run("document.getElementById('tab-bytecode').click()")
    browser.run(TYPE, "x = 1\ny = (2\n")
    text = browser.run("return document.getElementById('problem').textContent")
    check("SyntaxError: '(' was never closed" in text and "line 2" in text, text)
    check(browser.run("return document.querySelector('.marks .wrong span').textContent") == "(", "the error's place is marked")
    # Arrow keys on the tabs.
    browser.run(TYPE, "x = 1\n")
    browser.run("const t = document.getElementById('tab-bytecode'); t.focus(); t.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}))")
    check(browser.run("return document.activeElement.id") == "tab-tables", "the next tab has the focus")
    # Choosing a row marks its place in the source.
    browser.run("ouro.app.choose('bytecode'); ouro.app.paneFocus(); document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'End', bubbles: true}))")
    check(browser.run("return document.querySelectorAll('.marks .mark').length") > 0, "a row marks the source")
    # The permalink brings source and pane back.
    browser.run("ouro.app.choose('ast')")
    browser.run("ouro.app.writeLink().then((h) => { window.link = h; })")
    browser.wait("return window.link !== undefined", "the link is made")
    link = browser.run("return window.link")
    browser.call("POST", "/url", {"url": "about:blank"})
    browser.call("POST", "/url", {"url": address + link})
    browser.wait("return window.ouro !== undefined", "the page starts from a link")
    check(browser.run("return document.getElementById('source').value") == "x = 1\n", "the link holds the source")
    check(browser.run("return ouro.app.pane") == "ast", "the link holds the pane")


def time_key(browser):
    source = "".join(f"def f{i}(a, b):\n    c = a + b * {i}\n    for d in range(c):\n        print(d, c)\n    return [c, a]\n" for i in range(200))
    browser.run("ouro.app.choose('bytecode')")
    times = sorted(browser.run(TYPE, source + f"x = {i}\n") for i in range(15))
    print(f"key press, 1,001 lines: median {times[7]:.1f} ms, fastest {times[0]:.1f}, slowest {times[-1]:.1f}")


def check_bytes(browser, ouro, count):
    files = sorted(glob.glob(os.path.join(sysconfig.get_paths()["stdlib"], "*.py")) + glob.glob(os.path.join(sysconfig.get_paths()["stdlib"], "*/*.py")))[:count]
    same = 0
    for path in files:
        with open(path, "rb") as stream:
            source = stream.read()
        native = subprocess.run([ouro, "compile", "-q", "-o", "-", path], capture_output=True, check=False).stdout[16:]
        mine = browser.run("""const r = ouro.engine.explore({panes: ouro.Pane.marshalled, target: '3.13', filename: arguments[1],
            input: Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0))});
            if (!r.marshalled) return ''; let t = ''; for (const b of r.marshalled) t += String.fromCharCode(b); return btoa(t);""",
                           base64.b64encode(source).decode(), path)
        check(base64.b64decode(mine) == native, f"{path}: {len(native)} bytes natively, {len(base64.b64decode(mine))} here")
        same += 1
    print(f"{same} standard-library files: the native program's bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page")
    parser.add_argument("--ouro")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--shots")
    options = parser.parse_args()
    if not shutil.which("chromedriver"):
        print("chromedriver is not there: skipped")
        return SKIP
    browser = Browser()
    try:
        check_page(browser, "file://" + os.path.abspath(os.path.join(options.page, "index.html")))
        print("panes, error, keyboard, link: fine")
        time_key(browser)
        if options.ouro:
            check_bytes(browser, options.ouro, options.count)
        if options.shots:
            os.makedirs(options.shots, exist_ok=True)
            for name, scheme, width in (("light", "light", 1300), ("dark", "dark", 1300), ("phone", "light", 390)):
                browser.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                browser.devtools("Emulation.setDeviceMetricsOverride", width=width, height=850, deviceScaleFactor=1, mobile=False)
                browser.run("ouro.app.choose('bytecode')")
                browser.shot(os.path.join(options.shots, name + ".png"))
    finally:
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
