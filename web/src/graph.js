// The control-flow graph of one code object as SVG: blocks one below the other in the order of the code, edges as
// lanes beside them (forward on the right, back on the left), so that it also reads on a narrow screen.

class GraphView {
  constructor(root, events) {
    this.events = events;
    this.root = root;
    this.choice = root.querySelector("select");
    this.drawing = root.querySelector(".drawing");
    this.choice.addEventListener("change", () => this.draw());
    this.drawing.addEventListener("mouseover", (event) => this.point(event, false));
    this.drawing.addEventListener("click", (event) => this.point(event, true));
    this.drawing.addEventListener("focusin", (event) => this.point(event, true));
    this.drawing.addEventListener("mouseleave", () => events.leave());
  }

  show(answer) {
    const chosen = this.choice.value;
    this.graphs = answer.graphs || [];
    this.listing = answer.listing;
    const options = this.graphs.map((graph, index) =>
      `<option value="${index}">${escapeHtml(graph.name)} (line ${graph.first_line}, ${graph.blocks.length} blocks)</option>`).join("");
    // Left alone while the same code objects are there: making hundreds of options costs as much as the rest.
    if (options !== this.options) {
      this.options = options;
      this.choice.innerHTML = options;
      if (chosen && chosen < this.graphs.length) this.choice.value = chosen;
    }
    this.draw();
  }

  point(event, chosen) {
    const line = event.target.closest("[data-at]");
    if (line) this.events.hot(JSON.parse(line.dataset.at), chosen);
  }

  // The innermost code object that a line belongs to.
  showLine(line) {
    if (!this.graphs || line < 1) return;
    let best = -1;
    this.listing.code.forEach(({ begin, count }, index) => {
      for (let i = begin; i < begin + count; i++) if (this.listing.line(i) === line) best = index;
    });
    if (best >= 0 && String(best) !== this.choice.value) {
      this.choice.value = best;
      this.draw();
    }
  }

  setHot(line) {
    for (const element of this.drawing.querySelectorAll("[data-line]")) {
      element.classList.toggle("hot", Number(element.dataset.line) === line);
    }
  }

  draw() {
    const graph = this.graphs && this.graphs[this.choice.value];
    if (!graph) { this.drawing.innerHTML = ""; return; }
    const row = 16, gap = 26, charWidth = 7.3, most = 400;
    const { listing } = this, code = listing.code[this.choice.value];
    let next = code.begin;
    const blocks = graph.blocks.slice(0, most).map(([begin, end, reached], index) => {
      const instructions = [];
      for (; next < code.begin + code.count && listing.offset(next) <= end; next++) {
        if (listing.offset(next) >= begin) instructions.push(next);
      }
      return { index, reached, instructions, rows: instructions.length + 1 };
    });
    const text = (i) => `${padLeft(listing.line(i) < 0 ? "" : listing.line(i), 4)} ${padLeft(listing.offset(i), 4)} ${listing.name(i)} ${listing.operand(i)}`.slice(0, 70);
    const width = charWidth * Math.max(20, ...blocks.flatMap((block) => block.instructions.map((i) => text(i).length))) + 16;
    let y = 12;
    for (const block of blocks) {
      block.top = y;
      block.height = block.rows * row + 8;
      y += block.height + gap;
    }
    const edges = graph.edges.filter(([from, to]) => from < blocks.length && to < blocks.length);
    const lanes = { left: [], right: [] };
    // The shortest edges get the innermost lanes.
    const drawn = edges.map(([from, to, kind]) => ({ from, to, kind, side: to <= from ? "left" : "right" }));
    const straight = (edge) => edge.to === edge.from + 1 && edge.kind === "fall-through";
    for (const edge of drawn.filter((e) => !straight(e)).sort((p, q) => Math.abs(p.to - p.from) - Math.abs(q.to - q.from))) {
      const start = Math.min(edge.from, edge.to), end = Math.max(edge.from, edge.to);
      const side = lanes[edge.side];
      let lane = side.findIndex((taken) => taken.every(([s, e]) => end < s || start > e));
      if (lane < 0) lane = side.push([]) - 1;
      side[lane].push([start, end]);
      edge.lane = lane;
    }
    const left = 24 + lanes.left.length * 10, right = left + width;
    const parts = drawn.map((edge) => this.edgeHtml(edge, blocks, left, right, straight(edge)));
    for (const block of blocks) parts.push(this.blockHtml(block, left, width, row, text));
    const full = right + 24 + lanes.right.length * 10;
    const note = graph.blocks.length > most ? `<p>The first ${most} of ${graph.blocks.length} blocks.</p>` : "";
    this.drawing.innerHTML = note + `<svg width="${full}" height="${y}" viewBox="0 0 ${full} ${y}" role="group" ` +
      `aria-label="Control-flow graph of ${escapeHtml(graph.name)}"><defs>` +
      ["fall-through", "jump", "exception", "loop"].map((kind) =>
        `<marker id="head-${kind}" class="head ${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" ` +
        `orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`).join("") + `</defs>${parts.join("")}</svg>`;
    this.edges = edges;
  }

  blockHtml(block, left, width, row, text) {
    const outgoing = this.graphs[this.choice.value].edges.filter(([from]) => from === block.index);
    const label = `Block ${block.index}${block.reached ? "" : ", never reached"}: ` +
      `${block.instructions.map((i) => this.listing.name(i)).join(", ")}. ` +
      (outgoing.length ? "Goes to " + outgoing.map(([, to, kind]) => `block ${to} by ${kind}`).join(", ") : "Leaves the code");
    const at = block.instructions.map((i) => this.listing.at(i)).find((place) => place);
    const lines = block.instructions.map((i, index) => {
      const where = this.listing.at(i);
      return `<text x="${left + 8}" y="${block.top + (index + 2) * row}" class="code"` +
        (where ? ` data-at='${JSON.stringify(where)}' data-line="${where[0]}"` : "") + `>${escapeHtml(text(i))}</text>`;
    });
    return `<g tabindex="0" role="img" aria-label="${escapeHtml(label)}" class="block ${block.reached ? "" : "unreached"}"` +
      (at ? ` data-at='${JSON.stringify([at[0], null, at[0], null])}'` : "") + ">" +
      `<rect x="${left}" y="${block.top}" width="${width}" height="${block.height}" rx="4"/>` +
      `<text x="${left + 8}" y="${block.top + row}" class="title">block ${block.index}${block.reached ? "" : " (never reached)"}</text>` +
      `${lines.join("")}</g>`;
  }

  edgeHtml(edge, blocks, left, right, straight) {
    const from = blocks[edge.from], to = blocks[edge.to];
    const style = `class="edge ${edge.kind}" marker-end="url(#head-${edge.kind})"`;
    if (straight) {
      const x = left + 40;
      return `<path ${style} d="M${x} ${from.top + from.height}L${x} ${to.top}"/>`;
    }
    const startY = from.top + from.height - 8, endY = to.top + 10;
    const edgeX = edge.side === "left" ? left : right, laneX = edge.side === "left" ? left - 14 - edge.lane * 10 : right + 14 + edge.lane * 10;
    return `<path ${style} d="M${edgeX} ${startY}L${laneX} ${startY}L${laneX} ${endY}L${edgeX} ${endY}"/>`;
  }
}
