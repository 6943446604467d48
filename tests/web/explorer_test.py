#!/usr/bin/env python3
"""The explorer's page in a headless Chromium: explorer_test.py PAGE_DIRECTORY

Loads the page from file://; looks at every pane, an error, .pyc files of other versions, the keyboard, the permalink, both
ways of highlighting, a phone's width. --ouro PROGRAM: also `ouro explore FILE`, and the code of standard-library files
against the native program's. --axe axe.min.js: accessibility rules, light and dark, every pane. --shots DIRECTORY: pictures to be looked at.
"""
import argparse
import base64
import glob
import os
import re
import shutil
import subprocess
import sys
import sysconfig

import key_times
from browser import Browser, check, file_address

SKIP = 77
CORPUS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "corpus")
PANES = ("tokens", "ast", "bytecode", "beside", "tables", "graph", "decompiled", "statistics", "difference")
SAMPLE = "def spam(x):\n    return x + 1\n\nwhile spam(2):\n    break\n"

TYPE = """const area = document.getElementById('source'); area.value = arguments[0];
area.dispatchEvent(new Event('input', {bubbles: true})); ouro.Frames.flush();"""
OPEN = "ouro.app.openBytes(arguments[0], Uint8Array.from(atob(arguments[1]), (c) => c.charCodeAt(0))); ouro.Frames.flush();"


def choose(browser, pane):
    """Clicks on a pane's tab; gives the pane's text."""
    browser.run("document.getElementById('tab-' + arguments[0]).click()", pane)
    browser.frame()
    return browser.run("return document.getElementById('panel-' + arguments[0]).innerText", pane)


def open_file(browser, path):
    with open(path, "rb") as stream:
        browser.run(OPEN, os.path.basename(path), base64.b64encode(stream.read()).decode())


def check_panes(browser):
    browser.run(TYPE, SAMPLE)
    expected = {"tokens": "'spam'", "ast": "FunctionDef", "bytecode": "BINARY_OP", "beside": "optimise 2", "tables": "line table",
                "graph": "block 0", "decompiled": "def spam(x):", "statistics": "instructions", "difference": "instructions"}
    for pane in PANES:
        text = choose(browser, pane)
        check(expected[pane].replace("'", '"') in text, f"{pane}: {text[:300]}")


def check_error(browser):
    """CPython's words and place; the last good rows stay."""
    choose(browser, "bytecode")
    browser.run(TYPE, "x = 1\ny = (2\n")
    text = browser.run("return document.getElementById('problem').textContent")
    check("SyntaxError: '(' was never closed" in text and "line 2" in text, text)
    check(browser.run("return document.querySelector('.marks .wrong span').textContent") == "(", "the error's place is marked")
    check("BINARY_OP" in browser.run("return document.getElementById('panel-bytecode').innerText"), "the rows before it stay")


def check_keyboard(browser):
    browser.run(TYPE, "x = 1\n")
    browser.run("document.getElementById('tab-bytecode').focus()")
    browser.key("ArrowRight")
    check(browser.run("return document.activeElement.id") == "tab-beside", "the right arrow key: the next tab")
    browser.key("End")
    check(browser.run("return document.activeElement.id") == "tab-difference", "End: the last tab")
    browser.key("4", modifiers=1)
    check(browser.run("return ouro.app.pane") == "beside", "Alt+4: the fourth pane")
    browser.key("3", modifiers=1)
    browser.run("document.getElementById('source').focus()")
    browser.key("F6")
    check(browser.run("return document.activeElement.id") == "tab-bytecode", "F6: from the source to the tabs")
    browser.key("F6")
    check(browser.run("return document.activeElement.getAttribute('role')") == "listbox", "F6: to the pane")
    browser.key("End")
    browser.run("ouro.Frames.flush()")
    check(browser.run("return document.querySelectorAll('.marks .mark').length") > 0, "a row chosen with the keyboard marks the source")
    check(browser.run("return document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).getAttribute('aria-selected')")
          == "true", "the chosen row is announced")
    browser.key("Escape")
    check(browser.run("return document.activeElement.id") == "source", "Escape: back to the source")


def check_links(browser):
    """Source to rows and rows to source, by pointer."""
    browser.run(TYPE, "a = 1\nb = 2\nc = a + b\n")
    choose(browser, "bytecode")
    browser.run("const s = document.getElementById('source'), r = s.getBoundingClientRect();"
                "s.dispatchEvent(new MouseEvent('mousemove', {clientX: r.left + 30, clientY: r.top + 6 + 2.5 * 20, bubbles: true})); ouro.Frames.flush();")
    hot = browser.run("return [...document.querySelectorAll('#panel-bytecode .hot')].map((r) => r.textContent)")
    check(any("BINARY_OP" in row for row in hot) and not any("STORE_NAME" in row and "(b)" in row for row in hot), f"rows of line 3: {hot}")
    browser.run("const row = [...document.querySelectorAll('#panel-bytecode .row')].find((r) => r.textContent.includes('BINARY_OP')), q = row.getBoundingClientRect();"
                "row.dispatchEvent(new MouseEvent('mousemove', {clientX: q.left + 9, clientY: q.top + 4, bubbles: true})); ouro.Frames.flush();")
    check(browser.run("return document.querySelector('.marks .mark span').textContent") == "a + b", "the source of BINARY_OP is marked")


def check_versions(browser):
    """A .pyc of any version; side by side with what its decompiled source compiles to."""
    for version in ("2.7", "3.6", "3.10", "3.12", "3.14"):
        open_file(browser, os.path.join(CORPUS, version, "spam.pyc"))
        text = choose(browser, "bytecode")
        check("STORE_NAME" in text, f"{version}: {text[:200]}")
        check(f"Python {version}" in browser.run("return document.getElementById('status').textContent"), version + " is named")
    open_file(browser, os.path.join(CORPUS, "3.12", "spam.pyc"))
    choose(browser, "beside")
    titles = browser.run("return [...document.querySelectorAll('.column:not([hidden]) h3')].map((t) => t.textContent)")
    check(len(titles) == 2 and "Python 3.12" in titles[0] and "decompiled, Python 3.13" in titles[1], titles)
    # Two .pyc files of different versions.
    with open(os.path.join(CORPUS, "3.8", "spam.pyc"), "rb") as stream:
        other = base64.b64encode(stream.read()).decode()
    browser.run("ouro.app.openOther('spam.pyc', Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0)))", other)
    text = choose(browser, "difference")
    check("instructions removed" in text and "RESUME" in text, text[:300])
    browser.run("ouro.app.leavePyc(); ouro.app.openOther('', new Uint8Array(0))")
    # A source in another encoding than UTF-8.
    browser.run(OPEN, "latin.py", base64.b64encode("# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1")).decode())
    check("'é'" in choose(browser, "bytecode"), "latin-1 is read")
    check(browser.run("return document.getElementById('source').value.includes('é')"), "latin-1 is shown")


def check_permalink(browser, address):
    browser.run(TYPE, "x = 1\n")
    browser.run("ouro.app.openOther('', new TextEncoder().encode('y = 2\\n')); ouro.app.choose('beside'); ouro.app.beside.state = ['3.13 1', 'other', '3.13 0']; ouro.app.refresh()")
    link = browser.later("ouro.app.writeLink()")
    browser.open(address + link)
    check(browser.run("return document.getElementById('source').value") == "x = 1\n", "the link holds the source")
    check(browser.run("return ouro.app.pane") == "beside", "the link holds the pane")
    check(browser.run("return document.getElementById('other').value") == "y = 2\n", "the link holds the other source")
    check(browser.run("return ouro.app.beside.state") == ["3.13 1", "other", "3.13 0"], "the link holds the columns")
    open_file(browser, os.path.join(CORPUS, "3.8", "spam.pyc"))
    choose(browser, "bytecode")
    link = browser.later("ouro.app.writeLink()")
    browser.open(address + link)
    check("Python 3.8" in browser.run("return document.getElementById('status').textContent"), "the link holds a .pyc")
    browser.open(address + "#o1:damaged")
    check("primes" in browser.run("return document.getElementById('source').value"), "a damaged link gives the example")


def check_phone(browser):
    """Nothing is wider than the screen, and what is touched is large enough."""
    browser.size(375, 740, phone=True)
    for pane in PANES:
        choose(browser, pane)
        check(browser.run("return document.documentElement.scrollWidth") <= 375, f"{pane} fits 375 pixels")
    small = browser.run("return [...document.querySelectorAll('header button, header select, [role=tab]')].filter((b) => b.getBoundingClientRect().height < 38).map((b) => b.id)")
    check(small == [], f"too small to touch: {small}")
    browser.size(1300, 850)


AXE = """axe.run(document, {resultTypes: ['violations'], preload: false}).then((r) => r.violations.map((v) =>
    v.id + ' (' + v.impact + '): ' + v.nodes.map((n) => n.html.slice(0, 120) + ' ' + n.failureSummary).slice(0, 3).join(' | ')))"""


def check_accessibility(browser, axe):
    with open(axe, encoding="utf-8") as stream:
        browser.run(stream.read() + "\nwindow.axe = axe;")
    browser.run(TYPE, SAMPLE)
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        for pane in PANES:
            choose(browser, pane)
            found = browser.later(AXE)
            check(found == [], f"{scheme}, {pane}: {found}")
        browser.run(TYPE, "x = (\n")
        found = browser.later(AXE)
        check(found == [], f"{scheme}, with an error: {found}")
        browser.run(TYPE, SAMPLE)
        browser.run("document.getElementById('help').click()")
        check(browser.later(AXE) == [], f"{scheme}, the dialog")
        browser.key("Escape")
        check(browser.run("return !document.getElementById('keys').open"), "Escape closes the dialog")
    browser.scheme("light")


def check_bytes(browser, ouro, count):
    library = sysconfig.get_paths()["stdlib"]
    files = sorted(glob.glob(os.path.join(library, "*.py")) + glob.glob(os.path.join(library, "*/*.py")))[:count]
    for path in files:
        with open(path, "rb") as stream:
            source = stream.read()
        native = subprocess.run([ouro, "compile", "-q", "-o", "-", path], capture_output=True, check=False).stdout[16:]
        mine = browser.run("""const r = ouro.engine.explore({panes: ouro.Pane.marshalled, target: '3.13', filename: arguments[1],
            input: Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0))});
            if (!r.marshalled) return ''; let t = ''; for (const b of r.marshalled) t += String.fromCharCode(b); return btoa(t);""",
                           base64.b64encode(source).decode(), path)
        check(base64.b64decode(mine) == native, f"{path}: {len(native)} bytes natively, {len(base64.b64decode(mine))} here")
    print(f"the native program's bytes: {len(files)} of {len(files)} standard-library files of {library}")


def check_served(browser, ouro):
    """`ouro explore FILE`: the same page, with the file in it."""
    path = os.path.join(CORPUS, "3.9", "spam.pyc")
    server = subprocess.Popen([ouro, "explore", "--no-open", path], stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://\S+", server.stdout.readline()).group()
        browser.open(address)
        check("Python 3.9" in browser.run("return document.getElementById('status').textContent"), "the served file is shown")
        check(browser.run("return document.getElementById('source-title').textContent").startswith("spam.pyc"), "and named")
    finally:
        server.terminate()
        check(server.wait(10) == 0, "the server ends when told to")
    print("ouro explore FILE: fine")


def shots(browser, directory):
    os.makedirs(directory, exist_ok=True)
    browser.run("document.documentElement.removeAttribute('data-file'); ouro.app.openOther('', new TextEncoder().encode('def primes(limit):\\n    return [n for n in range(2, limit) if all(n % p for p in range(2, n))]\\n'))")
    for name, scheme, width, height in (("light", "light", 1300, 850), ("dark", "dark", 1300, 850), ("phone", "light", 375, 1100), ("phone-dark", "dark", 375, 1100)):
        browser.scheme(scheme)
        browser.size(width, height, phone=width < 800)
        for pane in PANES:
            choose(browser, pane)
            browser.run("ouro.app.setHot([6, null, 6, null], true, true)")
            browser.shot(os.path.join(directory, f"{name}-{pane}.png"))
        browser.run("ouro.app.choose('bytecode'); document.getElementById('help').click()")
        browser.shot(os.path.join(directory, f"{name}-keys.png"))
        browser.run("document.getElementById('keys').close()")
    browser.size(1300, 850)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page")
    parser.add_argument("--ouro")
    parser.add_argument("--count", type=int, default=200, help="standard-library files to compare")
    parser.add_argument("--axe", help="axe.min.js of axe-core")
    parser.add_argument("--shots")
    options = parser.parse_args()
    wanted = os.environ.get("OURO_WEB", "auto")
    missing = "chromedriver (scripts/install_packages web)" if not shutil.which("chromedriver") else \
        f"{options.page} (scripts/build_explorer)" if not os.path.exists(os.path.join(options.page, "index.html")) else None
    if wanted == "off" or missing:
        print("OURO_WEB=off: skipped" if wanted == "off" else f"not there: {missing}: skipped")
        return 1 if wanted == "required" else SKIP
    browser = Browser()
    try:
        address = file_address(options.page)
        browser.open(address)
        for part in (check_panes, check_error, check_keyboard, check_links, check_versions, lambda b: check_permalink(b, address), check_phone):
            part(browser)
        print("panes, error, keyboard, links both ways, versions, permalink, phone: fine")
        if options.axe and not os.path.exists(options.axe):
            print("axe-core is not there: accessibility rules not checked")
        elif options.axe:
            check_accessibility(browser, options.axe)
            print("accessibility rules of axe-core, every pane, light and dark: nothing found")
        if options.shots:
            browser.open(address)
            shots(browser, options.shots)
        browser.open(address)
        key_times.run(browser, ["bytecode"], rounds=1)
        if options.ouro:
            check_bytes(browser, options.ouro, options.count)
        complaints = browser.complaints()
        check(complaints == [], f"on the console: {complaints}")
        if options.ouro:
            check_served(browser, options.ouro)
    finally:
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
