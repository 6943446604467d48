// The library as a WebAssembly module: a call takes text or bytes and gives the parsed answer.

// Bits of explorer::Pane in bindings/wasm/explore.h.
const Pane = {
  tokens: 1, tree: 2, listing: 4, tables: 8, graph: 16, decompiled: 32, statistics: 64, difference: 128, marshalled: 256,
  text: 512, decoded: 1024,
};

// WASI as far as libc asks for it: there are no files, no environment and no arguments.
function wasiShim(memory) {
  const success = 0, badFile = 8, notSupported = 52;
  const zeros = (...pointers) => {
    const view = new DataView(memory().buffer);
    for (const pointer of pointers) view.setUint32(pointer, 0, true);
    return success;
  };
  const known = {
    environ_sizes_get: (count, size) => zeros(count, size),
    environ_get: () => success,
    args_sizes_get: (count, size) => zeros(count, size),
    args_get: () => success,
    clock_time_get: (clock, precision, result) => {
      new DataView(memory().buffer).setBigUint64(result, BigInt(Date.now()) * 1000000n, true);
      return success;
    },
    random_get: (pointer, size) => {
      crypto.getRandomValues(new Uint8Array(memory().buffer, pointer, size));
      return success;
    },
    fd_write: (file, vectors, count, written) => {
      const view = new DataView(memory().buffer);
      let text = "", total = 0;
      for (let i = 0; i < count; i++) {
        const size = view.getUint32(vectors + 8 * i + 4, true);
        text += new TextDecoder().decode(new Uint8Array(memory().buffer, view.getUint32(vectors + 8 * i, true), size));
        total += size;
      }
      view.setUint32(written, total, true);
      console.warn(text);
      return success;
    },
    fd_prestat_get: () => badFile,
    proc_exit: (status) => { throw new Error("the library stopped with status " + status); },
  };
  return new Proxy(known, { get: (target, name) => target[name] || (() => notSupported) });
}

class Engine {
  static async load(bytes) {
    const engine = new Engine();
    engine.module = await WebAssembly.compile(bytes);
    engine.start();
    engine.about = engine.read(() => engine.exports.ouro_describe());
    return engine;
  }

  start() {
    let instance;
    instance = new WebAssembly.Instance(this.module, { wasi_snapshot_preview1: wasiShim(() => instance.exports.memory) });
    this.exports = instance.exports;
    this.exports._initialize();
  }

  // `request`: panes, input (Uint8Array), filename, optimize, target ("3.13"), and for a difference
  // other, otherOptimize, otherTarget. Gives the answer (explore.cpp).
  explore(request) {
    const encoder = new TextEncoder();
    const held = [];
    const put = (bytes) => {
      const pointer = this.exports.ouro_alloc(bytes.length);
      new Uint8Array(this.exports.memory.buffer, pointer, bytes.length).set(bytes);
      held.push(pointer);
      return [pointer, bytes.length];
    };
    const version = (text) => {
      const [major, minor] = text.split(".").map(Number);
      return major * 256 + minor;
    };
    try {
      const input = put(request.input);
      const name = put(encoder.encode(request.filename || "<string>"));
      const other = put(request.other || new Uint8Array(0));
      const answer = this.read(() => this.exports.ouro_explore(
        request.panes, ...input, ...name, request.optimize || 0, version(request.target), ...other,
        request.otherOptimize || 0, version(request.otherTarget || request.target)));
      if (answer.listing) {
        answer.listing = new Listing(answer.listing, new Int32Array(
          this.exports.memory.buffer, this.exports.ouro_numbers(), this.exports.ouro_numbers_count()).slice());
      }
      if (answer.marshalled_size !== undefined) {
        answer.marshalled = new Uint8Array(this.exports.memory.buffer, this.exports.ouro_marshalled(),
                                           this.exports.ouro_marshalled_size()).slice();
      }
      for (const pointer of held) this.exports.ouro_free(pointer);
      return answer;
    } catch (error) {
      // The browser's own stack is smaller than what some deeply nested inputs need; the instance is then lost.
      this.start();
      return { error: { type: error.name, message: error.message, text: "The browser could not do this: " + error.message } };
    }
  }

  read(call) {
    call();
    const bytes = new Uint8Array(this.exports.memory.buffer, this.exports.ouro_json(), this.exports.ouro_json_size());
    return JSON.parse(new TextDecoder().decode(bytes));
  }
}

// The module comes as deflated bytes in base64, which also loads from file://, where fetch() is refused.
async function embeddedModule() {
  const packed = Uint8Array.from(atob(ouroModuleBase64), (character) => character.charCodeAt(0));
  return inflate(packed);
}
