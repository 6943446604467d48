// The source: a text area with line numbers and, behind the text, marks for what is hovered, chosen or wrong.

class Editor {
  constructor(root, events) {
    this.events = events;
    this.area = root.querySelector("textarea");
    this.gutter = root.querySelector(".gutter");
    this.marks = root.querySelector(".marks");
    this.lines = [""];
    this.mark = null;
    this.errorMark = null;
    this.area.addEventListener("input", () => { this.split(); this.draw(); events.change(); });
    this.scrollTop = this.scrollLeft = this.viewHeight = 0;
    this.area.addEventListener("scroll", () => { this.measure(); this.drawNow(); });
    this.area.addEventListener("mousemove", (event) => this.hover(event));
    this.area.addEventListener("mouseleave", () => events.leave());
    for (const name of ["keyup", "click"]) this.area.addEventListener(name, () => this.caret());
    this.area.addEventListener("focus", () => this.caret());
    new ResizeObserver(() => { this.measure(); this.drawNow(); }).observe(this.area);
  }

  measure() {
    this.scrollTop = this.area.scrollTop;
    this.scrollLeft = this.area.scrollLeft;
    this.viewHeight = this.area.clientHeight;
  }

  get rowHeight() {
    if (!this.measured) this.measured = parseFloat(getComputedStyle(this.area).lineHeight);
    return this.measured;
  }
  get text() { return this.area.value; }
  set text(text) {
    this.area.value = text;
    this.split();
    this.draw();
  }
  set readOnly(is) { this.area.readOnly = is; }

  split() { this.lines = this.area.value.split("\n"); }

  hover(event) {
    const top = this.area.getBoundingClientRect().top + this.padding;
    const line = Math.floor((event.clientY - top + this.area.scrollTop) / this.rowHeight) + 1;
    if (line === this.hovered) return;
    this.hovered = line;
    this.events.hot([line, null, line, null], false, line <= this.lines.length);
  }
  get padding() { return 6; }

  get caretLine() {
    return this.area.value.slice(0, this.area.selectionStart).split("\n").length;
  }
  caret() {
    const line = this.caretLine;
    if (line === this.lastCaret) return;
    this.lastCaret = line;
    this.events.hot([line, null, line, null], true, true);
  }

  // Range of the text that a place in the source stands for.
  offsets(at, indexOf) {
    const start = this.lineStart(at[0]), last = at[2] === null ? at[0] : at[2];
    const end = this.lineStart(last);
    const endLine = this.lines[last - 1] || "";
    return [start + (at[1] === null ? 0 : indexOf(this.lines[at[0] - 1] || "", at[1])),
            end + (at[3] === null ? endLine.length : indexOf(endLine, at[3]))];
  }
  lineStart(line) {
    let offset = 0;
    for (let i = 0; i < line - 1 && i < this.lines.length; i++) offset += this.lines[i].length + 1;
    return offset;
  }

  setMark(at) { this.mark = at; this.draw(); }
  setError(at) { this.errorMark = at; this.draw(); }

  reveal(line) {
    const top = (line - 1) * this.rowHeight;
    if (top >= this.scrollTop && top + 2 * this.rowHeight <= this.scrollTop + this.viewHeight) return;
    this.area.scrollTop = Math.max(0, top - this.viewHeight / 3);
    this.measure();
  }

  select(at, indexOf = indexOfByteColumn) {
    const [start, end] = this.offsets(at, indexOf);
    this.area.focus();
    this.area.setSelectionRange(start, end);
    this.reveal(at[0]);
  }

  // As in RowList.
  draw() { Frames.ask(this); }
  drawNow() {
    const first = Math.floor(this.scrollTop / this.rowHeight);
    const last = Math.min(this.lines.length, Math.ceil((this.scrollTop + this.viewHeight) / this.rowHeight) + 1);
    const numbers = [];
    for (let i = first; i < last; i++) {
      const hot = this.mark && i + 1 >= this.mark[0] && i + 1 <= (this.mark[2] || this.mark[0]);
      numbers.push(`<div class="${hot ? "hot" : ""}">${i + 1}</div>`);
    }
    this.gutter.style.width = Math.max(3, String(this.lines.length).length + 1) + "ch";
    this.gutter.innerHTML = numbers.join("");
    this.gutter.style.transform = `translateY(${first * this.rowHeight - this.scrollTop}px)`;
    this.marks.innerHTML = this.markHtml(this.mark, "mark", indexOfByteColumn, first, last) +
                           this.markHtml(this.errorMark, "wrong", indexOfCharacter, first, last);
    this.marks.style.transform = `translate(${-this.scrollLeft}px, ${-this.scrollTop}px)`;
  }

  // Each marked line again, see-through, so that tabs and wide characters take the room they take in the text.
  markHtml(at, name, indexOf, first, last) {
    if (!at || at[0] < 1) return "";
    const parts = [];
    const end = at[2] === null || at[2] < at[0] ? at[0] : at[2];
    for (let line = Math.max(at[0], first + 1); line <= Math.min(end, last); line++) {
      const text = this.lines[line - 1] || "";
      const from = line === at[0] && at[1] !== null ? indexOf(text, at[1]) : 0;
      let to = line === end && at[3] !== null ? indexOf(text, at[3]) : text.length;
      let inside = text.slice(from, to);
      if (inside === "" && name === "wrong") inside = " ";
      const whole = at[1] === null ? " whole" : "";
      parts.push(`<div class="${name}${whole}" style="top:${(line - 1) * this.rowHeight}px">` +
                 `${escapeHtml(text.slice(0, from))}<span>${escapeHtml(inside)}</span></div>`);
    }
    return parts.join("");
  }
}
