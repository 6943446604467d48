// Compression, base64 and the two ways of counting columns.

async function through(stream, bytes) {
  const writer = stream.writable.getWriter();
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  return new Uint8Array(await new Response(stream.readable).arrayBuffer());
}
const deflate = (bytes) => through(new CompressionStream("deflate-raw"), bytes);
const inflate = (bytes) => through(new DecompressionStream("deflate-raw"), bytes);

function toBase64Url(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
function fromBase64Url(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
}

// Index in a line (UTF-16) of a column in bytes of UTF-8.
function indexOfByteColumn(line, column) {
  let bytes = 0, index = 0;
  while (index < line.length && bytes < column) {
    const code = line.codePointAt(index);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    index += code < 0x10000 ? 1 : 2;
  }
  return index;
}
// The same for a column in characters.
function indexOfCharacter(line, column) {
  let index = 0;
  for (let i = 0; i < column && index < line.length; i++) index += line.codePointAt(index) < 0x10000 ? 1 : 2;
  return index;
}

function escapeHtml(text) {
  return text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character]);
}
