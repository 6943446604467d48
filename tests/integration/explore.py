#!/usr/bin/env python3
"""`ouro explore` as a server: explore.py OURO. Who gets the page and the file, and who does not."""
import gzip
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

OURO = os.path.abspath(sys.argv[1])
NAMES = ("index.html", "explorer.css", "explorer.js", "ouro-module.js")


def check(condition, what):
    if not condition:
        raise AssertionError(what)


class Served:
    def __init__(self, *words, **options):
        self.process = subprocess.Popen([OURO, "explore", "--no-open", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
        if "stdin" in options:
            self.process.stdin.write("x = 1\n")
            self.process.stdin.close()
        self.address = self.process.stdout.readline().strip()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)(/.*)", self.address)
        check(found, f"an address: {self.address!r}")
        self.port, self.root = int(found.group(1)), found.group(2)

    def get(self, path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        status = self.process.wait(10)
        check(status == 0, f"status {status} after a signal")
        check(self.process.stderr.read() == "", "nothing on standard error")


def raw(port, text):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        answer = b""
        try:
            connection.sendall(text.encode())
            connection.shutdown(socket.SHUT_WR)
            while block := connection.recv(65536):
                answer += block
        except OSError:
            pass  # hung up on, which is an answer too
        return answer.decode()


def check_served(folder, page):
    source = os.path.join(folder, 'sp"am.py')
    with open(source, "w", encoding="ascii") as file:
        file.write("x = 1\n")
    served = Served("--page", page, source)
    root, port = served.root, served.port
    check(re.fullmatch(r"/[0-9a-f]{32}/", root), "a secret in the address: " + root)
    status, headers, body = served.get(root)
    check(status == 200 and b'data-file="sp&quot;am.py"' in body, f"{status} {body}")
    check("default-src 'none'" in headers["Content-Security-Policy"] and headers["X-Content-Type-Options"] == "nosniff", "headers")
    check(served.get(root + "explorer.css?x=1")[1]["Content-Type"].startswith("text/css"), "the style sheet")
    check(served.get(root + "file")[2] == b"x = 1\n", "the file")
    with open(source, "w", encoding="ascii") as file:
        file.write("x = 22\n")
    check(served.get(root + "file")[2] == b"x = 22\n", "the file as it is now")
    status, headers, body = served.get(root + "file", "HEAD")
    check(status == 200 and body == b"" and headers["Content-Length"] == "7", "HEAD")
    # Nobody else gets anything.
    for path in ("/", "/file", "/" + "0" * 32 + "/file", root + "..%2f..%2fetc/passwd", root + "../../etc/passwd", root + "none"):
        check(served.get(path)[0] == 404, path)
    for host in ("evil.example", "evil.example:%d" % port, "127.0.0.1", "127.0.0.1:%d" % (port + 1), "127.0.0.1:%d.evil.example" % port):
        check(served.get(root + "file", Host=host)[0] == 403, "Host: " + host)
    check(served.get(root, Host="localhost:%d" % port)[0] == 200, "localhost")
    check(" 403 " in raw(port, f"GET {root} HTTP/1.0\r\n\r\n").split("\n")[0], "no Host header")
    check(" 403 " in raw(port, f"GET http://evil.example{root} HTTP/1.1\r\nHost: evil.example\r\n\r\n").split("\n")[0], "a proxy's request")
    check(served.get(root, "POST")[0] == 405, "POST")
    check(" 200 " not in raw(port, "GET /" + "a" * 40000 + f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").split("\n")[0], "a long request")
    raw(port, "\0\xff nonsense\r\n\r\n")
    os.remove(source)
    check(served.get(root + "file")[0] == 404, "a file that is gone")
    check(served.get(root)[0] == 200, "still there")
    # Only on the loopback address.
    with open("/proc/net/tcp", encoding="ascii") as table:
        mine = [line.split()[1] for line in table if line.split()[1].endswith(":%04X" % port) and line.split()[3] == "0A"]
    check(mine == ["0100007F:%04X" % port], f"listens on {mine}")
    # The port is taken now.
    second = subprocess.run([OURO, "explore", "--no-open", "--page", page, "--port", str(port)], capture_output=True, text=True, timeout=20)
    check(second.returncode == 1 and "explore.cannot_listen" in second.stderr, second.stderr)
    served.stop()


def check_stdin(page):
    served = Served("--page", page, "-", stdin=subprocess.PIPE)
    check(b'data-file="stdin.py"' in served.get(served.root)[2], "standard input has a name")
    check(served.get(served.root + "file")[2] == served.get(served.root + "file")[2] == b"x = 1\n", "standard input")
    served.stop(signal.SIGINT)


def check_embedded():
    run = subprocess.Popen([OURO, "explore", "--no-open", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    address = run.stdout.readline()
    if not address:
        check(run.wait(10) == 1, "a failure without a page")
        words = run.stderr.read()
        check("explore.no_page" in words and "scripts/build_explorer" in words, words)
        print("the page was not built before this program: what it then says is checked alone")
        return
    run.terminate()
    run.wait(10)
    served = Served()
    check(served.root == "/", "no file, no secret")
    status, headers, body = served.get("/ouro-module.js", Accept_Encoding="gzip")
    check(status == 200 and headers["Content-Encoding"] == "gzip", "packed")
    status, headers, plain = served.get("/ouro-module.js", Accept_Encoding="identity")
    check(headers["Content-Encoding"] is None and gzip.decompress(body) == plain, "unpacked for those who ask so")
    for name in NAMES:
        check(served.get("/" + name)[0] == 200, name)
    check(served.get("/file")[0] == 404, "no file")
    served.stop()
    print("the page is a part of this program: %d bytes packed" % len(body))


def main():
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "page")
        os.mkdir(page)
        for name in NAMES:
            with open(os.path.join(page, name), "w", encoding="ascii") as file:
                file.write("<!doctype html><html lang=en>" if name == "index.html" else "/* */")
        check_served(folder, page)
        check_stdin(page)
        check_embedded()
        for words, status, text in ((["none.py"], 1, "file.not_found"), (["--page", folder], 1, "file.not_found"), (["--port", "70000"], 2, "0 to 65535")):
            run = subprocess.run([OURO, "explore", "--no-open", *words], capture_output=True, text=True, timeout=20)
            check(run.returncode == status and text in run.stderr, f"{words}: {run.returncode} {run.stderr}")
    print("ouro explore: fine")


if __name__ == "__main__":
    main()
