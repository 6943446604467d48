// A list of rows of one height, of which only those in sight are in the document.
//
// Rows come from an object with `length`, `row(index)` and `firstOfLine(line)` (-1: none); only those in sight are made.
// A row: { html, text, at, kind }: `at` is [line, column, end line, end column] in the source (columns in bytes of
// UTF-8, null where unknown), or null.

// What is to be drawn at the next frame.
const Frames = {
  waiting: new Set(),
  ask(part) {
    if (this.waiting.size === 0) requestAnimationFrame(() => this.flush());
    this.waiting.add(part);
  },
  flush() {
    const parts = [...this.waiting];
    this.waiting.clear();
    for (const part of parts) part.drawNow();
  },
};

// Rows out of anything that has one item a row. `lineOf` gives an item's source line without making its row.
class LazyRows {
  constructor(items, make, lineOf) {
    this.items = items;
    this.make = make;
    this.lineOf = lineOf;
  }
  get length() { return this.items.length; }
  row(index) { return this.make(this.items[index], index); }
  firstOfLine(line) { return this.items.findIndex((item, index) => this.lineOf(item, index) === line); }
}
// Rows that are all there.
const readyRows = (rows) => new LazyRows(rows, (row) => row, (row) => (row.at && !row.heading ? row.at[0] : 0));

class RowList {
  constructor(label, events) {
    this.events = events;
    this.number = RowList.count = (RowList.count || 0) + 1;
    this.rows = readyRows([]);
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
    this.scrollTop = this.viewHeight = 0;
    this.root.addEventListener("scroll", () => { this.scrollTop = this.root.scrollTop; this.drawNow(); });
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("mousemove", (event) => this.hover(this.indexAt(event)));
    this.root.addEventListener("mouseleave", () => this.events.leave());
    this.root.addEventListener("click", (event) => this.pick(this.indexAt(event)));
    this.root.addEventListener("focus", () => { if (this.active >= 0) this.activate(this.active); });
    new ResizeObserver(() => { this.viewHeight = this.root.clientHeight; this.scrollTop = this.root.scrollTop; this.drawNow(); }).observe(this.root);
  }

  get height() {
    if (!this.measured) this.measured = parseFloat(getComputedStyle(this.root).getPropertyValue("--row")) || 20;
    return this.measured;
  }

  setRows(rows) {
    this.rows = rows;
    this.active = Math.min(this.active, rows.length - 1);
    this.longest = 0;
    this.spacer.style.height = rows.length * this.height + "px";
    this.draw();
  }

  // Once a frame, however much has changed. Nothing here asks the document for sizes, which would lay it out at once.
  draw() { Frames.ask(this); }
  drawNow() {
    const first = Math.max(0, Math.floor(Math.min(this.scrollTop, this.rows.length * this.height - this.viewHeight) / this.height) - 4);
    const last = Math.min(this.rows.length, Math.ceil((this.scrollTop + this.viewHeight) / this.height) + 4);
    this.window.style.transform = `translateY(${first * this.height}px)`;
    const parts = [];
    let longest = this.longest;
    for (let i = first; i < last; i++) {
      const row = this.rows.row(i);
      longest = Math.max(longest, row.text.length);
      let names = "row" + (row.kind ? " " + row.kind : "");
      if (this.hotLine > 0 && row.at && row.at[0] === this.hotLine) names += " hot";
      if (i === this.active) names += " active";
      parts.push(`<div role="option" id="${this.rowId(i)}" class="${names}" aria-selected="${i === this.active}" ` +
                 `aria-setsize="${this.rows.length}" aria-posinset="${i + 1}">${row.html}</div>`);
    }
    this.window.innerHTML = parts.join("");
    // As wide as what has been in sight so far: to know the widest of all, all would have to be made.
    if (longest !== this.longest) {
      this.longest = longest;
      this.spacer.style.minWidth = Math.min(longest, mostShown) + 2 + "ch";
    }
    if (this.active >= first && this.active < last) this.root.setAttribute("aria-activedescendant", this.rowId(this.active));
    else this.root.removeAttribute("aria-activedescendant");
  }

  rowId(index) { return `row-${this.number}-${index}`; }

  indexAt(event) {
    return Math.floor((event.clientY - this.root.getBoundingClientRect().top + this.root.scrollTop) / this.height);
  }

  hover(index) {
    const row = this.rowAt(index);
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
    const row = this.rowAt(index);
    if (row && row.at) this.events.hot(row.at, true);
    this.draw();
  }

  reveal(index) {
    const top = index * this.height;
    if (top < this.scrollTop) this.scrollTo(top);
    else if (top + this.height > this.scrollTop + this.viewHeight) this.scrollTo(top + this.height - this.viewHeight);
  }
  scrollTo(top) {
    this.root.scrollTop = top;
    this.scrollTop = this.root.scrollTop;
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.root.clientHeight / this.height) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key === "Enter") {
      const row = this.rowAt(this.active);
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
      const index = this.rows.firstOfLine(line);
      if (index >= 0) this.revealMiddle(index);
    }
    this.draw();
  }

  revealMiddle(index) {
    const top = index * this.height;
    if (top >= this.scrollTop && top + this.height <= this.scrollTop + this.viewHeight) return;
    this.scrollTo(Math.max(0, top - this.viewHeight / 3));
  }

  rowAt(index) { return index >= 0 && index < this.rows.length ? this.rows.row(index) : null; }

  asText() {
    const lines = [];
    for (let i = 0; i < this.rows.length; i++) lines.push(this.rows.row(i).text);
    return lines.join("\n") + "\n";
  }
}
