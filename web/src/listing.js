// The listing: instructions as numbers (bindings/wasm/explore_parts.h), made into text when a row comes into sight.

const listingWidth = 10;

class Listing {
  constructor({ code, texts, cut }, numbers) {
    this.code = code;  // name, first_line, stack, count, handlers
    this.texts = texts;
    this.cut = cut;
    this.numbers = numbers;
    let begin = 0;
    for (const object of code) {
      object.begin = begin;
      begin += object.count;
    }
  }

  line(index) { return this.numbers[index * listingWidth]; }
  label(index) {
    const label = this.numbers[index * listingWidth + 1];
    return label > 0 ? `L${label}:` : label < 0 ? ">>" : "";
  }
  offset(index) { return this.numbers[index * listingWidth + 2]; }
  name(index) { return this.texts[this.numbers[index * listingWidth + 3]]; }
  operand(index) {
    const text = this.numbers[index * listingWidth + 5];
    if (text === -2) return "";
    const number = String(this.numbers[index * listingWidth + 4] >>> 0);
    return text === -1 ? number : `${number} (${this.texts[text]})`;
  }
  operandText(index) {
    const text = this.numbers[index * listingWidth + 5];
    return text < 0 ? "" : this.texts[text];
  }
  // Place in the source, as rows have it.
  at(index) {
    const i = index * listingWidth, [line, column, endLine, endColumn] = this.numbers.subarray(i + 6, i + 10);
    if (line > 0 && column >= 0) return [line, column, endLine, endColumn];
    const start = this.numbers[i];
    return start > 0 ? [start, null, start, null] : null;
  }
}

// Rows of a RowList: for each code object a heading, its instructions and its handlers.
class ListingRows {
  // Line, label, offset, name; and whether the operand's number stands before its text.
  static wide = [5, 5, 5, 26, true];
  static narrow = [4, 4, 4, 18, false];

  constructor(listing, widths = ListingRows.wide) {
    this.listing = listing;
    this.widths = widths;
    this.length = 0;
    this.starts = [];
    for (const code of listing.code) {
      this.starts.push(this.length);
      this.length += 1 + code.count + code.handlers.length;
    }
  }

  // The code object that a row belongs to, and which of its rows it is (0: the heading).
  find(index) {
    let low = 0, high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= index) low = middle;
      else high = middle - 1;
    }
    return [this.listing.code[low], index - this.starts[low]];
  }

  row(index) {
    const [code, within] = this.find(index);
    if (within === 0) {
      return headingRow(`${code.name}  (line ${code.first_line}, stack ${code.stack}, ${code.count} instructions)`, code.first_line);
    }
    if (within > code.count) {
      const [start, end, target, depth, lasti] = code.handlers[within - 1 - code.count];
      return plainRow(`            handler ${start}-${end} -> ${target} depth ${depth}${lasti ? " lasti" : ""}`, null, "dim");
    }
    const { listing } = this, i = code.begin + within - 1, line = listing.line(i);
    const starts = within === 1 || line !== listing.line(i - 1);
    const [lineWidth, labelWidth, offsetWidth, nameWidth, numbered] = this.widths;
    const parts = [padLeft(starts ? (line < 0 ? "--" : line) : "", lineWidth), padLeft(listing.label(i), labelWidth),
                   padLeft(listing.offset(i), offsetWidth), pad(listing.name(i), nameWidth),
                   numbered ? listing.operand(i) : listing.operandText(i) || listing.operand(i)];
    return {
      html: cell("line", parts[0]) + " " + cell("label", parts[1]) + " " + cell("dim", parts[2]) + " " + cell("opcode", parts[3]) +
            " " + cell("operand", shortened(parts[4])),
      text: parts.join(" ").trimEnd(), at: listing.at(i), kind: starts && within > 1 ? "starts" : "",
    };
  }

  // The first instruction of a source line.
  firstOfLine(line) {
    const { listing } = this;
    for (let k = 0; k < this.starts.length; k++) {
      const { begin, count } = listing.code[k];
      for (let i = begin; i < begin + count; i++) {
        const at = listing.numbers[i * listingWidth + 6];
        if ((at > 0 ? at : listing.line(i)) === line) return this.starts[k] + 1 + i - begin;
      }
    }
    return -1;
  }
}
