// A list of rows of one height, of which only those in sight are in the document.
//
// A row: { html, text, at, kind }: `at` is [line, column, end line, end column] in the source (columns in bytes of
// UTF-8, null where unknown), or null.

class RowList {
  constructor(label, events) {
    this.events = events;
    this.rows = [];
    this.active = -1;
    this.hotLine = 0;
    this.root = document.createElement("div");
    this.root.className = "rows";
    this.root.tabIndex = 0;
    this.root.setAttribute("role", "listbox");
    this.root.setAttribute("aria-label", label);
    this.root.innerHTML = '<div class="spacer" role="none"><div class="window" role="none"></div></div>';
    this.spacer = this.root.firstChild;
    this.window = this.spacer.firstChild;
    this.root.addEventListener("scroll", () => this.draw());
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("mousemove", (event) => this.hover(this.indexAt(event)));
    this.root.addEventListener("mouseleave", () => this.events.leave());
    this.root.addEventListener("click", (event) => this.pick(this.indexAt(event)));
    this.root.addEventListener("focus", () => { if (this.active >= 0) this.activate(this.active); });
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  get height() {
    if (!this.measured) this.measured = parseFloat(getComputedStyle(this.root).getPropertyValue("--row")) || 20;
    return this.measured;
  }

  setRows(rows) {
    this.rows = rows;
    this.active = Math.min(this.active, rows.length - 1);
    this.byLine = null;
    this.spacer.style.height = rows.length * this.height + "px";
    let longest = 0;
    for (const row of rows) if (row.text.length > longest) longest = row.text.length;
    this.spacer.style.minWidth = longest + 2 + "ch";
    this.draw();
  }

  draw() {
    const first = Math.max(0, Math.floor(this.root.scrollTop / this.height) - 4);
    const last = Math.min(this.rows.length, Math.ceil((this.root.scrollTop + this.root.clientHeight) / this.height) + 4);
    this.window.style.transform = `translateY(${first * this.height}px)`;
    const parts = [];
    for (let i = first; i < last; i++) {
      const row = this.rows[i];
      let names = "row" + (row.kind ? " " + row.kind : "");
      if (this.hotLine > 0 && row.at && row.at[0] <= this.hotLine && (row.at[0] === this.hotLine || row.spans)) names += " hot";
      if (i === this.active) names += " active";
      parts.push(`<div role="option" id="${this.rowId(i)}" class="${names}" aria-selected="${i === this.active}" ` +
                 `aria-setsize="${this.rows.length}" aria-posinset="${i + 1}">${row.html}</div>`);
    }
    this.window.innerHTML = parts.join("");
    if (this.active >= first && this.active < last) this.root.setAttribute("aria-activedescendant", this.rowId(this.active));
    else this.root.removeAttribute("aria-activedescendant");
  }

  rowId(index) { return "row-" + this.root.getAttribute("aria-label").toLowerCase() + "-" + index; }

  indexAt(event) {
    return Math.floor((event.clientY - this.root.getBoundingClientRect().top + this.root.scrollTop) / this.height);
  }

  hover(index) {
    const row = this.rows[index];
    if (row && row.at) this.events.hot(row.at, false);
  }

  // Chosen by click, Enter or arrow keys.
  pick(index) {
    if (index < 0 || index >= this.rows.length) return;
    this.activate(index);
  }

  activate(index) {
    this.active = index;
    this.reveal(index);
    const row = this.rows[index];
    if (row && row.at) this.events.hot(row.at, true);
    this.draw();
  }

  reveal(index) {
    const top = index * this.height;
    if (top < this.root.scrollTop) this.root.scrollTop = top;
    else if (top + this.height > this.root.scrollTop + this.root.clientHeight) {
      this.root.scrollTop = top + this.height - this.root.clientHeight;
    }
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.root.clientHeight / this.height) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key === "Enter") {
      const row = this.rows[this.active];
      if (row && row.at) this.events.open(row.at);
      event.preventDefault();
      return;
    }
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey || this.rows.length === 0) return;
    event.preventDefault();
    this.activate(Math.max(0, Math.min(this.rows.length - 1, this.active + steps[event.key])));
  }

  // Marks the rows of a source line, and shows the first of them where `reveal` asks for it.
  setHot(line, reveal) {
    this.hotLine = line;
    if (reveal && line > 0) {
      const index = this.firstOfLine(line);
      if (index >= 0) this.revealMiddle(index);
    }
    this.draw();
  }

  revealMiddle(index) {
    const top = index * this.height;
    if (top >= this.root.scrollTop && top + this.height <= this.root.scrollTop + this.root.clientHeight) return;
    this.root.scrollTop = Math.max(0, top - this.root.clientHeight / 3);
  }

  firstOfLine(line) {
    if (!this.byLine) {
      this.byLine = new Map();
      this.rows.forEach((row, index) => {
        if (row.at && !row.heading && !this.byLine.has(row.at[0])) this.byLine.set(row.at[0], index);
      });
    }
    return this.byLine.has(line) ? this.byLine.get(line) : -1;
  }

  asText() { return this.rows.map((row) => row.text).join("\n") + "\n"; }
}
