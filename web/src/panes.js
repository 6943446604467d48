// What each pane makes of an answer: rows for a RowList. A row's `text` is what copying gives, its `html` what is shown.

function cell(name, text) { return `<span class="${name}">${escapeHtml(text)}</span>`; }
function pad(text, width) { return String(text).padEnd(width); }
function padLeft(text, width) { return String(text).padStart(width); }
function place(at) {
  if (!at || at[0] === null || at[0] < 0) return "";
  return at[1] === null ? String(at[0]) : `${at[0]}:${at[1]}-${at[2]}:${at[3]}`;
}
function headingRow(text, line) {
  return { html: cell("heading", text), text, kind: "head", heading: true, at: line > 0 ? [line, null, line, null] : null };
}
function plainRow(text, at = null, kind = "") { return { html: cell("text", text), text, at, kind }; }

// What a line shows of a long text; copying gives all of it.
const mostShown = 2000;
function shortened(text) { return text.length > mostShown ? text.slice(0, mostShown) + "…" : text; }

function tokenRows(answer) {
  return new LazyRows(answer.tokens || [], ([type, text, ...at]) => {
    const where = at[1] < 0 ? [at[0], null, at[0], null] : at;
    const columns = [pad(place(at[1] < 0 ? [at[0], null] : at), 14), pad(type, 18), text === "" ? "" : JSON.stringify(text)];
    return {
      html: cell("dim", columns[0]) + " " + cell("type", columns[1]) + " " + cell("string", shortened(columns[2])),
      text: columns.join(" ").trimEnd(), at: where,
    };
  }, (token) => token[2]);
}

function treeRows(answer) {
  return new LazyRows(answer.tree || [], ([depth, label, head, ...at]) => {
    const indent = "  ".repeat(Math.min(depth, 60)), name = head.split(" ", 1)[0], rest = head.slice(name.length);
    const where = at.length ? at : null, prefix = label ? label + "=" : "";
    return {
      html: indent + cell("dim", prefix) + cell("type", name) + cell("string", shortened(rest)) +
            (where ? "  " + cell("dim", place(where)) : ""),
      text: indent + prefix + head, at: where,
    };
  }, (node) => node[3]);
}

function listingRows(answer) { return answer.listing ? new ListingRows(answer.listing) : []; }

function tableRows(answer) {
  const rows = [];
  for (const code of answer.tables || []) {
    rows.push(headingRow(code.name, code.first_line));
    const range = ([start, end]) => padLeft(start, 6) + " -" + padLeft(end, 6);
    if (code.lines.length) rows.push(plainRow("  line table: code bytes, line", null, "sub"));
    for (const entry of code.lines) {
      const at = entry[2] < 0 ? null : [entry[2], null, entry[2], null];
      rows.push(plainRow(`  ${range(entry)}   ${at ? entry[2] : "no line"}`, at));
    }
    if (code.positions && code.positions.length) rows.push(plainRow("  positions: code bytes, line:column-line:column", null, "sub"));
    for (const [start, end, line, column, endLine, endColumn] of code.positions || []) {
      const at = line < 0 ? null : column < 0 ? [line, null, line, null] : [line, column, endLine, endColumn];
      rows.push(plainRow(`  ${range([start, end])}   ${at ? place(at) : "no line"}`, at));
    }
    if (code.handlers && code.handlers.length) rows.push(plainRow("  exception table: code bytes, handler, stack depth", null, "sub"));
    for (const [start, end, target, depth, lasti] of code.handlers || []) {
      rows.push(plainRow(`  ${range([start, end])}   -> ${target}, depth ${depth}${lasti ? ", lasti" : ""}`));
    }
  }
  return rows;
}

function decompiledRows(answer) {
  const decompiled = answer.decompiled;
  if (!decompiled) return [];
  if (decompiled.error) return [plainRow(decompiled.error, null, "problem")];
  const rows = decompiled.problems.map((problem) => plainRow("# " + problem, null, "problem"));
  decompiled.source.replace(/\n$/, "").split("\n").forEach((line, index) => {
    rows.push({ html: cell("dim", padLeft(index + 1, 5)) + " " + cell("text", line), text: line, at: [index + 1, null, index + 1, null] });
  });
  return rows;
}

function statisticsRows(answer) {
  const statistics = answer.statistics;
  if (!statistics) return [];
  const rows = [headingRow("all code objects", 0)];
  statistics.figures.forEach((figure, index) => {
    if (figure !== "line") rows.push(plainRow(pad("  " + figure.replaceAll("_", " "), 26) + padLeft(statistics.totals[index], 9)));
  });
  for (const [title, counts] of [["families", statistics.families], ["instructions", statistics.opcodes], ["pairs", statistics.pairs]]) {
    rows.push(headingRow(title, 0));
    const highest = Math.max(1, ...counts.map(([, count]) => count));
    for (const [name, count] of counts) {
      const text = pad("  " + name, title === "pairs" ? 46 : 30) + padLeft(count, 7);
      rows.push({ html: cell("text", text) + ` <span class="bar" style="width:${(12 * count / highest).toFixed(2)}em"></span>`, text, at: null });
    }
  }
  rows.push(headingRow("each code object: line, instructions, bytes, stack depth, blocks, loops", 0));
  const column = (name) => statistics.figures.indexOf(name);
  const shown = ["line", "instructions", "code_bytes", "stack_depth", "blocks", "loops"].map(column);
  for (const [name, figures] of statistics.rows) {
    const line = figures[column("line")];
    rows.push(plainRow(pad("  " + name, 42) + shown.map((index) => padLeft(figures[index], 7)).join(""), line > 0 ? [line, null, line, null] : null));
  }
  return rows;
}

function differenceRows(answer) {
  if (answer.other && answer.other.error) return answer.other.error.text.trimEnd().split("\n").map((line) => plainRow(line, null, "problem"));
  const difference = answer.difference;
  if (!difference) return [];
  const { a, b } = difference;
  const rows = [headingRow(difference.code.length === 0 ? "No difference" : `${difference.removed} instructions removed, ${difference.added} added`, 0)];
  for (const [name, key] of [["instructions", "instructions"], ["bytes of code", "bytes"], ["constants", "constants"], ["stack", "stack"], ["code objects", "code_objects"]]) {
    rows.push(plainRow(`  ${pad(name, 16)}${padLeft(a[key], 8)} -> ${padLeft(b[key], 8)}`));
  }
  for (const code of difference.code) {
    const names = code.name_a && code.name_b && code.name_a !== code.name_b ? `${code.name_a} -> ${code.name_b}` : code.name_a || code.name_b;
    rows.push(headingRow(`${names}: ${code.status === "same" ? "renamed or moved" : code.status}`, 0));
    for (const [name, before, after] of code.attributes) rows.push(plainRow(`    ${name}: ${before} -> ${after}`, null, "sub"));
    code.hunks.forEach((hunk, index) => {
      if (index > 0) rows.push(plainRow("  ...", null, "sub"));
      for (const [sign, lineA, lineB, opcode, operand] of hunk) {
        const number = (line) => padLeft(line > 0 ? line : "", 5);
        const text = `${number(lineA)} ${number(lineB)} ${sign} ${pad(opcode, 26)} ${operand}`.trimEnd();
        rows.push(plainRow(text, lineA > 0 ? [lineA, null, lineA, null] : null, sign === "-" ? "removed" : sign === "+" ? "added" : ""));
      }
    });
  }
  return rows;
}
