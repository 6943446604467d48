// The page's state in the address: "#o1:" and the deflated JSON.

const Permalink = {
  prefix: "#o1:",
  async encode(state) {
    return this.prefix + toBase64Url(await deflate(new TextEncoder().encode(JSON.stringify(state))));
  },
  // null for an address that holds no state.
  async decode(hash) {
    if (!hash.startsWith(this.prefix)) return null;
    try {
      return JSON.parse(new TextDecoder().decode(await inflate(fromBase64Url(hash.slice(this.prefix.length)))));
    } catch {
      return null;
    }
  },
};
