#!/usr/bin/env python3
"""How long a key press takes on 1,000 lines, from the key to the frame that shows it: key_times.py PAGE_DIRECTORY [PANE...]

Types and deletes in the middle of the source, right and wrong code, as a keyboard would; several hundred keys a pane.
"work" is up to the end of the page's handlers, "shown" up to the end of the frame after it (frames come 60 a second).
The machine must have nothing else to do.
"""
import sys
import time

from browser import Browser, file_address

LINES = "".join(f"def f{i}(a, b):\n    c = a + b * {i}\n    for d in range(c):\n        print(d, c)\n    return [c, a]\n" for i in range(200))
TYPED = ("def spam(first, second):", "Enter", "    if first > second:", "Enter", "print(first)", "Enter", *["Backspace"] * 4,
         "return [second, 'text']", "Enter", *["Backspace"] * 6)

WATCH = """let last = null; window.keyTimes = [];
document.addEventListener('keydown', (event) => { last = event.timeStamp; }, true);
document.addEventListener('input', (event) => {
  if (event.target.id !== 'source' || last === null) return;
  const begin = last, work = performance.now() - begin;
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => keyTimes.push([work, performance.now() - begin]);
    channel.port2.postMessage(0);
  });
});"""


def times_of(browser, pane, rounds):
    browser.run("ouro.app.choose(arguments[0]); ouro.app.openBytes('long.py', new TextEncoder().encode(arguments[1]))", pane, LINES + "x = 1\n")
    browser.wait("return !ouro.app.warming", "the page has warmed up")
    at = LINES.index("def f100")
    browser.run("const s = document.getElementById('source'); s.focus(); s.setSelectionRange(arguments[0], arguments[0]); keyTimes.length = 0", at)
    for _ in range(rounds):
        for word in TYPED:
            for key in [word] if word in ("Enter", "Backspace") else word:
                browser.key(key)
    time.sleep(0.3)
    return browser.run("return keyTimes")


def report(pane, times):
    words = []
    for index, what in enumerate(("work", "shown")):
        values = sorted(time[index] for time in times)
        words.append(f"{what} median {values[len(values) // 2]:.1f}, 95th percentile {values[len(values) * 95 // 100]:.1f}, slowest {values[-1]:.1f} ms")
    print(f"{pane}: {len(times)} keys on 1,001 lines: " + "; ".join(words))


def run(browser, panes, rounds=4):
    browser.run(WATCH)
    for pane in panes:
        report(pane, times_of(browser, pane, rounds))


def main():
    browser = Browser()
    try:
        browser.open(file_address(sys.argv[1]))
        run(browser, sys.argv[2:] or ["bytecode", "tokens", "ast", "beside", "tables", "graph", "decompiled", "statistics", "difference"])
    finally:
        browser.close()


if __name__ == "__main__":
    main()
