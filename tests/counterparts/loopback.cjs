// Preloaded (`node --require`) into servers that would listen on all interfaces: they listen on loopback alone.
const net = require("node:net");

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...given) {
  const [first] = given;
  if (first !== null && typeof first === "object") {
    return listen.call(this, { ...first, host: first.path ? undefined : "127.0.0.1" }, ...given.slice(1));
  }
  if (typeof given[1] === "string") {
    given[1] = "127.0.0.1";
    return listen.apply(this, given);
  }
  return listen.call(this, first, "127.0.0.1", ...given.slice(1));
};
