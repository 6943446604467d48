// The page: holds the state (source, options, chosen pane), asks the library, and hands rows to the panes.

const example = `def primes(limit):
    """All primes below a limit."""
    found = []
    for number in range(2, limit):
        if all(number % prime for prime in found):
            found.append(number)
    return found


try:
    print(primes(30))
except ValueError as error:
    print("no:", error)
`;

const panes = [
  { name: "tokens", title: "Tokens", needs: Pane.tokens, rows: tokenRows, sourceOnly: true },
  { name: "ast", title: "AST", needs: Pane.tree, rows: treeRows, sourceOnly: true },
  { name: "bytecode", title: "Bytecode", needs: Pane.listing, rows: listingRows },
  { name: "beside", title: "Side by side", needs: Pane.listing },
  { name: "tables", title: "Tables", needs: Pane.tables, rows: tableRows },
  { name: "graph", title: "Graph", needs: Pane.graph | Pane.listing },
  { name: "decompiled", title: "Decompiled", needs: Pane.decompiled, rows: decompiledRows },
  { name: "statistics", title: "Statistics", needs: Pane.statistics, rows: statisticsRows },
  { name: "difference", title: "Difference", needs: Pane.difference, rows: differenceRows },
];
const isPyc = (bytes) => bytes.includes(0);
const byId = (id) => document.getElementById(id);

class App {
  constructor(engine) {
    this.engine = engine;
    this.filename = "example.py";
    this.pyc = null;  // bytes of an opened .pyc; then the editor shows what it decompiles to
    this.pane = "bytecode";
    this.answer = {};
    const events = {
      hot: (at, chosen, fromEditor) => this.setHot(at, chosen, fromEditor),
      leave: () => this.setHot(this.chosen || null, false),
      open: (at) => this.editor.select(at),
      change: () => this.changed(),
    };
    this.editor = new Editor(document.querySelector(".source"), events);
    this.buildPanes(events);
    this.buildTools();
    this.bindKeys();
    this.bindDrop();
  }

  buildPanes(events) {
    byId("tabs").innerHTML = panes.map(({ name, title }) =>
      `<button role="tab" id="tab-${name}" aria-controls="panel-${name}" aria-selected="false" tabindex="-1">${title}</button>`).join("");
    for (const pane of panes) {
      const panel = document.createElement("div");
      panel.className = "panel";
      panel.id = "panel-" + pane.name;
      panel.hidden = true;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", "tab-" + pane.name);
      byId("panels").append(panel);
      pane.panel = panel;
      if (pane.name === "graph") {
        panel.innerHTML = '<div class="controls"><label>Code object <select></select></label><span class="legend">' +
          "blue: jump, green dashes none: loop back, red dashed: exception</span></div><div class=drawing></div>";
        panel.querySelector(".legend").textContent = "blue: jump; green: loop back; red, dashed: exception";
        pane.graph = new GraphView(panel, events);
      } else if (pane.name === "beside") {
        pane.beside = new BesideView(panel, this.engine, { ...events, change: () => this.refresh() });
      } else {
        if (pane.name === "difference") this.buildDifference(panel);
        pane.list = new RowList(pane.title, events);
        const copy = document.createElement("button");
        copy.className = "copy";
        copy.type = "button";
        copy.textContent = "Copy";
        copy.setAttribute("aria-label", "Copy this pane as text");
        copy.addEventListener("click", () => this.copy(pane.list.asText(), "Copied."));
        panel.append(pane.list.root, copy);
      }
      byId("tab-" + pane.name).addEventListener("click", () => this.choose(pane.name));
    }
    byId("tabs").addEventListener("keydown", (event) => this.tabKey(event));
  }

  get beside() { return panes.find(({ name }) => name === "beside").beside; }

  buildDifference(panel) {
    const targets = this.engine.about.targets;
    panel.innerHTML = '<div class="controls"><label>Compare with <select id="other-kind"><option value="text">another source, below</option>' +
      [0, 1, 2].map((level) => `<option value="O${level}">this source, optimise ${level}</option>`).join("") +
      (targets.length > 1 ? targets.map((target) => `<option value="V${target}">this source, Python ${target}</option>`).join("") : "") +
      '</select></label><button type="button" id="other-take">Take the source now</button>' +
      '<label class="button" id="other-open">Open another<input type="file" id="other-file" accept=".py,.pyc,.pyo,.pyw" aria-label="Open a .py or .pyc file to compare with"></label></div>' +
      '<textarea id="other" aria-label="The other source" wrap="off" spellcheck="false" autocapitalize="off"></textarea>';
    const again = () => { this.showOther(); this.refresh(); };
    panel.querySelector("#other-kind").addEventListener("change", again);
    panel.querySelector("#other").addEventListener("input", again);
    panel.querySelector("#other-take").addEventListener("click", () => this.openOther(this.filename, this.pyc || new TextEncoder().encode(this.editor.text)));
    panel.querySelector("#other-file").addEventListener("change", async (event) => {
      const file = event.target.files[0];
      if (file) this.openOther(file.name, new Uint8Array(await file.arrayBuffer()));
      event.target.value = "";
    });
  }

  showOther() {
    for (const id of ["other", "other-take", "other-open"]) byId(id).hidden = byId("other-kind").value !== "text";
  }
  openOther(name, bytes) {
    this.otherPyc = isPyc(bytes) ? bytes : null;
    byId("other").readOnly = this.otherPyc !== null;
    byId("other").value = this.otherPyc ? this.decompiled({ ...this.request(Pane.decompiled), input: bytes }) : this.textOf(bytes);
    byId("other-kind").value = "text";
    this.showOther();
    this.refresh();
    byId("announce").textContent = name + " opened to compare with.";
  }
  // A source file's text, whatever its encoding.
  textOf(bytes) {
    const { text } = this.engine.explore({ ...this.request(Pane.decoded), panes: Pane.decoded, input: bytes });
    return text !== undefined ? text : new TextDecoder().decode(bytes).replace(/\r\n?/g, "\n");
  }
  decompiled(request) {
    const { decompiled } = this.engine.explore(request);
    return decompiled && decompiled.source !== undefined ? decompiled.source : "";
  }

  buildTools() {
    const { targets } = this.engine.about;
    byId("target").innerHTML = targets.map((target) => `<option>${target}</option>`).join("");
    byId("target").value = targets.includes("3.13") ? "3.13" : targets[targets.length - 1];
    for (const id of ["target", "optimize"]) byId(id).addEventListener("change", () => this.refresh());
    byId("file").addEventListener("change", (event) => { if (event.target.files[0]) this.openFile(event.target.files[0]); event.target.value = ""; });
    byId("download").addEventListener("click", () => this.download());
    byId("link").addEventListener("click", () => this.copyLink());
    byId("help").addEventListener("click", () => byId("keys").showModal());
    byId("edit").addEventListener("click", () => { this.leavePyc(); this.refresh(); });
  }

  // What the library is asked about.
  request(needs) {
    const encoder = new TextEncoder();
    const request = {
      panes: needs | Pane.text, input: this.pyc || encoder.encode(this.editor.text), filename: this.filename,
      optimize: Number(byId("optimize").value), target: byId("target").value,
    };
    if (needs & Pane.difference) {
      const kind = byId("other-kind").value;
      request.other = kind === "text" ? this.otherBytes() : request.input;
      request.otherOptimize = kind[0] === "O" ? Number(kind[1]) : request.optimize;
      request.otherTarget = kind[0] === "V" ? kind.slice(1) : request.target;
    }
    return request;
  }

  // The same for a column of the pane Side by side: "main", "other" or "3.13 2" (version and optimisation level).
  columnRequest(column) {
    const request = this.request(Pane.listing), encoder = new TextEncoder();
    if (column === "other") {
      request.input = this.otherBytes();
    } else if (column !== "main") {
      const [target, level] = column.split(" ");
      request.input = encoder.encode(this.editor.text);  // of a .pyc: what it decompiles to
      request.target = target;
      request.optimize = Number(level);
    }
    return request;
  }
  otherBytes() { return this.otherPyc || new TextEncoder().encode(byId("other").value); }

  changed() {
    this.chosen = null;
    if (Math.abs(this.editor.text.length - this.warmLength) > 2000) this.warmUp();  // pasted
    // Beyond some size a key press waits until typing pauses.
    clearTimeout(this.waiting);
    if (this.lastTime > 150) this.waiting = setTimeout(() => this.refresh(), 250);
    else this.refresh();
  }

  refresh() {
    const begin = performance.now();
    const pane = panes.find(({ name }) => name === this.pane);
    const answer = pane.beside ? pane.beside.show(this.pyc !== null, (column) => this.columnRequest(column)) : this.engine.explore(this.request(pane.needs));
    this.showProblem(answer);
    // With an error the last good rows stay, as the line being typed is wrong most of the time.
    if (!answer.error || (pane.name === "tokens" && answer.tokens)) {
      this.answer = answer;
      if (pane.graph) pane.graph.show(answer);
      else if (pane.list) {
        const rows = pane.rows(answer);
        pane.list.setRows(Array.isArray(rows) ? readyRows(rows) : rows);
      }
      const empty = pane.sourceOnly && answer.kind === "pyc";
      pane.panel.querySelector(".empty")?.remove();
      if (empty) pane.panel.insertAdjacentHTML("afterbegin", '<p class="empty">A .pyc file has no source: edit the decompiled source to see this.</p>');
    }
    pane.panel.classList.toggle("stale", Boolean(answer.error) && !pane.beside);
    if (this.hot) this.setHot(this.hot, false);
    this.lastTime = performance.now() - begin;
    byId("status").textContent = answer.error ? "Shown: what it was before the error." : `Python ${answer.version}` +
      (answer.kind === "pyc" ? `, magic ${answer.header.magic}, header of ${answer.header.size} bytes` : "") + `, ${this.lastTime.toFixed(1)} ms`;
    this.stateChanged();
  }

  // Browsers compile WebAssembly quickly first and well only once it has run a while: the first key presses on a long
  // source took 300 ms. So the source at hand is compiled again, right and with an error, while nothing else happens,
  // until that gets no faster.
  warmUp() {
    this.warmLength = this.editor.text.length;
    const whenIdle = window.requestIdleCallback || ((run) => setTimeout(run, 20));
    const turn = (this.warming = (this.warming || 0) + 1);
    let runs = 0, spent = 0, best = Infinity, since = 0;
    const step = () => {
      if (turn !== this.warming) return;
      const request = this.request(panes.find(({ name }) => name === this.pane).needs);
      if (runs % 3 === 2 && !this.pyc) request.input = new TextEncoder().encode(this.editor.text + "\n(");
      const begin = performance.now();
      this.engine.explore(request);
      const time = performance.now() - begin;
      runs++;
      spent += time;
      since = time < 0.8 * best ? 0 : since + 1;
      best = Math.min(best, time);
      if ((runs < 30 || since < 15) && spent < 2500) whenIdle(step, { timeout: 500 });
      else this.warming = 0;
    };
    whenIdle(step, { timeout: 500 });
  }

  showProblem(answer) {
    const box = byId("problem");
    const warnings = (answer.warnings || []).filter((warning) => warning.type !== "DeprecationWarning");
    const text = answer.error ? answer.error.text.trimEnd()
      : warnings.map((warning) => `${this.filename}:${warning.line}: ${warning.type}: ${warning.message}`).join("\n");
    box.classList.toggle("warning", !answer.error);
    const place = answer.error && answer.error.line > 0 && answer.kind === "source" ? answer.error : null;
    // Without an end the caret stands below one character, as in CPython's own message.
    const ends = place && place.end_column > 0 && place.end_line >= place.line;
    this.editor.setError(place ? [place.line, Math.max(0, place.column - 1), ends ? place.end_line : place.line,
                                  ends ? place.end_column - 1 : Math.max(1, place.column)] : null);
    byId("source").setAttribute("aria-invalid", Boolean(answer.error));
    // Said aloud once typing pauses, not at each key.
    clearTimeout(this.saying);
    const shown = () => { if (box.textContent !== text) box.textContent = text; box.hidden = text === ""; };
    box.setAttribute("aria-live", "off");
    shown();
    this.saying = setTimeout(() => { byId("announce").textContent = answer.error ? `${answer.error.type}: ${answer.error.message}, line ${answer.error.line || 0}` : ""; }, 800);
  }

  // Marks a place of the source everywhere. Chosen: it stays, and every part brings it into sight.
  setHot(at, chosen, fromEditor = false) {
    this.hot = at;
    if (chosen) this.chosen = at;
    this.editor.setMark(at && at[0] > 0 ? at : null);
    if (chosen && !fromEditor && at) this.editor.reveal(at[0]);
    const pane = panes.find(({ name }) => name === this.pane), line = at ? at[0] : 0;
    if (pane.graph) {
      if (chosen && fromEditor) pane.graph.showLine(line);
      pane.graph.setHot(line);
    } else if (pane.beside) {
      pane.beside.setHot(line, chosen);
    } else {
      pane.list.setHot(line, chosen && fromEditor);
    }
  }

  choose(name, focus = false) {
    this.pane = name;
    for (const pane of panes) {
      const tab = byId("tab-" + pane.name), is = pane.name === name;
      tab.setAttribute("aria-selected", is);
      tab.tabIndex = is ? 0 : -1;
      pane.panel.hidden = !is;
      if (is && focus) tab.focus();
      if (is) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    this.refresh();
    this.warmUp();
    if (this.chosen) this.setHot(this.chosen, true, true);
  }

  tabKey(event) {
    const index = panes.findIndex(({ name }) => name === this.pane);
    const next = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: panes.length - 1 }[event.key];
    if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.choose(panes[(next + panes.length) % panes.length].name, true);
  }

  paneFocus() {
    const pane = panes.find(({ name }) => name === this.pane);
    (pane.list ? pane.list.root : pane.panel.querySelector(pane.graph ? "select" : ".rows")).focus();
  }

  bindKeys() {
    document.addEventListener("keydown", (event) => {
      if (byId("keys").open) return;
      if (event.key === "F6") {
        event.preventDefault();
        const stops = [() => byId("source").focus(), () => byId("tab-" + this.pane).focus(), () => this.paneFocus()];
        const here = byId("source") === document.activeElement ? 0 : byId("tabs").contains(document.activeElement) ? 1 : 2;
        stops[(here + (event.shiftKey ? 2 : 1)) % 3]();
      } else if (event.altKey && !event.ctrlKey && /^[1-9]$/.test(event.key)) {
        event.preventDefault();
        this.choose(panes[event.key - 1].name);
      } else if (event.key === "Enter" && event.ctrlKey && document.activeElement === byId("source")) {
        event.preventDefault();
        const { list } = panes.find(({ name }) => name === this.pane);
        this.paneFocus();
        if (list) list.pick(list.rows.firstOfLine(this.editor.caretLine));
      } else if (event.key === "Escape" && byId("panels").contains(document.activeElement)) {
        byId("source").focus();
      }
    });
  }

  bindDrop() {
    const stop = (event) => { event.preventDefault(); document.body.classList.toggle("dropping", event.type === "dragover"); };
    for (const name of ["dragover", "dragleave", "drop"]) document.addEventListener(name, stop);
    document.addEventListener("drop", async (event) => {
      const file = event.dataTransfer.files[0];
      if (!file) return;
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (event.target.id === "other") this.openOther(file.name, bytes);
      else this.openBytes(file.name, bytes);
    });
  }

  async openFile(file) { this.openBytes(file.name, new Uint8Array(await file.arrayBuffer())); }

  openBytes(name, bytes) {
    this.filename = name;
    if (isPyc(bytes)) {
      this.pyc = bytes;
      this.editor.text = this.decompiled(this.request(Pane.decompiled));
      this.editor.readOnly = true;
      byId("edit").hidden = false;
      byId("source-title").textContent = `${name}, decompiled`;
    } else {
      this.leavePyc();
      this.editor.text = this.textOf(bytes);
      byId("source-title").textContent = name;
    }
    for (const id of ["target", "optimize"]) byId(id).disabled = this.pyc !== null;
    this.chosen = this.hot = null;
    this.refresh();
    this.warmUp();
    byId("announce").textContent = name + " opened.";
  }

  leavePyc() {
    if (this.pyc) this.filename = this.filename.replace(/\.pyc$|\.pyo$/, ".py");
    this.pyc = null;
    this.editor.readOnly = false;
    byId("edit").hidden = true;
    byId("source-title").textContent = "Source";
    for (const id of ["target", "optimize"]) byId(id).disabled = false;
  }

  download() {
    const answer = this.engine.explore(this.request(Pane.marshalled));
    if (answer.error) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([answer.marshalled], { type: "application/octet-stream" }));
    link.download = this.filename.replace(/\.pyc?$/, "") + ".marshal";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async copy(text, said) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    byId("announce").textContent = byId("status").textContent = said;
  }

  // ---- the state in the address

  state() {
    const state = { pane: this.pane, name: this.filename, optimize: byId("optimize").value, target: byId("target").value };
    if (this.pyc) state.pyc = toBase64Url(this.pyc);
    else state.source = this.editor.text;
    if (this.otherPyc) state.otherPyc = toBase64Url(this.otherPyc);
    else if (byId("other").value !== "") state.other = byId("other").value;
    if (this.pane === "beside") state.columns = this.beside.state;
    if (byId("other-kind").value !== "text") state.otherKind = byId("other-kind").value;
    return state;
  }
  stateChanged() {
    clearTimeout(this.linking);
    this.linking = setTimeout(() => this.writeLink(), 400);
  }
  async writeLink() {
    const hash = await Permalink.encode(this.state());
    if (hash.length > 200000) return null;  // browsers and mail programs cut longer addresses
    this.ownHash = hash;
    try {
      history.replaceState(null, "", hash);
    } catch {
      location.hash = hash;
    }
    return hash;
  }
  async copyLink() {
    const hash = await this.writeLink();
    if (hash) await this.copy(location.href, "Link copied.");
    else byId("announce").textContent = byId("status").textContent = "This source is too long for a link.";
  }
  async readLink() {
    const state = await Permalink.decode(location.hash);
    if (!state) return false;
    const text = (value, fallback) => (typeof value === "string" ? value : fallback);
    this.pane = panes.some(({ name }) => name === state.pane) ? state.pane : "bytecode";
    if (this.engine.about.targets.includes(state.target)) byId("target").value = state.target;
    if (["0", "1", "2"].includes(state.optimize)) byId("optimize").value = state.optimize;
    this.openOther("", state.otherPyc ? fromBase64Url(text(state.otherPyc, "")) : new TextEncoder().encode(text(state.other, "")));
    if (Array.isArray(state.columns)) this.beside.state = state.columns;
    byId("other-kind").value = text(state.otherKind, "text");
    if (byId("other-kind").selectedIndex < 0) byId("other-kind").value = "text";
    this.showOther();
    const bytes = state.pyc ? fromBase64Url(text(state.pyc, "")) : new TextEncoder().encode(text(state.source, ""));
    this.openBytes(text(state.name, "example.py"), bytes);
    this.choose(this.pane);
    return true;
  }

  async begin() {
    window.addEventListener("hashchange", () => { if (location.hash !== this.ownHash) this.readLink(); });
    if (await this.readLink()) return;
    // `ouro explore FILE` serves the file beside the page.
    const served = document.documentElement.dataset.file;
    if (served) {
      const response = await fetch("file");
      if (response.ok) this.openBytes(served, new Uint8Array(await response.arrayBuffer()));
    } else {
      this.editor.text = example;
    }
    this.choose(this.pane);
  }
}

async function main() {
  try {
    const engine = await Engine.load(await embeddedModule());
    const app = new App(engine);
    await app.begin();
    window.ouro = { engine, app, Pane, Frames };  // for the console, and for the tests
  } catch (error) {
    byId("problem").hidden = false;
    byId("problem").textContent = "This browser cannot run the page: " + error.message;
  }
}
main();
