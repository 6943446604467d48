// Bytecode side by side: up to three columns, each the source under a version and an optimisation level, the file as it
// is, or the other source. A row chosen in one is brought into sight in all.

class BesideView {
  constructor(panel, engine, events) {
    this.engine = engine;
    this.events = events;
    const { targets, versions } = engine.about;
    panel.innerHTML = '<div class="controls"></div><div class="columns"></div>';
    this.controls = panel.querySelector(".controls");
    this.box = panel.querySelector(".columns");
    this.columns = ["main", `${targets[targets.length - 1]} 2`, ""].map((value, index) => this.addColumn(value, index));
    const compiled = targets.length > 1 ? `Source is compiled for Python ${targets.join(", ")}` : `Source is compiled for Python ${targets[0]} alone so far`;
    this.controls.insertAdjacentHTML("beforeend",
      `<span class="legend">${compiled}; .pyc files of ${versions[0]} to ${versions[versions.length - 1]} are listed as they are.</span>`);
  }

  addColumn(value, index) {
    const label = document.createElement("label");
    label.className = "column-choice";
    label.textContent = `Column ${index + 1}`;
    const choice = document.createElement("select");
    choice.innerHTML = this.choices(index);
    choice.value = value;
    choice.addEventListener("change", () => this.events.change());
    label.append(choice);
    this.controls.append(label);
    const root = document.createElement("div");
    root.className = "column";
    const title = document.createElement("h3"), list = new RowList("Bytecode, column " + (index + 1), this.events);
    root.append(title, list.root);
    this.box.append(root);
    return { choice, root, title, list };
  }

  choices(index) {
    const { targets } = this.engine.about;
    const choices = index === 0 ? [] : [["", "none"]];
    choices.push(["main", "as set above"]);
    for (const target of targets) {
      for (const level of [0, 1, 2]) choices.push([`${target} ${level}`, `${target}, optimise ${level}`]);
    }
    choices.push(["other", "the other source"]);
    return choices.map(([value, text]) => `<option value="${value}">${text}</option>`).join("");
  }

  get state() { return this.columns.map(({ choice }) => choice.value); }
  set state(values) {
    this.columns.forEach(({ choice }, index) => {
      const value = values[index];
      if ([...choice.options].some((option) => option.value === value)) choice.value = value;
    });
  }

  // `isPyc`: what is shown comes from a .pyc, whose other columns are made of its decompiled source.
  // `requestFor(value)` gives what the library is asked for a column. Gives the answer of the first.
  show(isPyc, requestFor) {
    let first = null;
    for (const { choice, root, title, list } of this.columns) {
      root.hidden = choice.value === "";
      if (root.hidden) continue;
      const answer = this.engine.explore(requestFor(choice.value));
      first = first || answer;
      // As elsewhere: the last good rows stay while a line is being typed.
      root.classList.toggle("stale", Boolean(answer.error));
      const isFile = choice.value === "main" || choice.value === "other";
      const text = (isFile ? "" : isPyc ? "decompiled, Python " : "Python ") + choice.selectedOptions[0].textContent;
      if (answer.error) {
        title.textContent = `${text}: ${answer.error.type}`;
        if (list.rows.length === 0) list.setRows(readyRows(answer.error.text.trimEnd().split("\n").map((line) => plainRow(line, null, "problem"))));
      } else {
        const count = answer.listing.code.reduce((sum, code) => sum + code.count, 0);
        title.textContent = `${text}${isFile ? `, Python ${answer.version}` : ""}: ${count} instructions`;
        list.setRows(new ListingRows(answer.listing, ListingRows.narrow));
      }
    }
    return first;
  }

  setHot(line, reveal) {
    for (const { root, list } of this.columns) if (!root.hidden) list.setHot(line, reveal);
  }
}
