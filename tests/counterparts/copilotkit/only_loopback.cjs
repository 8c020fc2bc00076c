// Preloaded (`node --require`): a connection to anywhere but this machine is refused, and noted in the file $NOTED.
const { appendFileSync } = require('node:fs');
const net = require('node:net');

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const [first] = Array.isArray(given[0]) ? given[0] : given;
  const host = typeof first === 'object' && first !== null ? (first.path ? '127.0.0.1' : first.host) : given[1];
  if (!['127.0.0.1', 'localhost', '::1', undefined].includes(host)) {
    appendFileSync(process.env.NOTED, `${host}\n`);
    return this.destroy(new Error(`${host} is not on this machine`));
  }
  return connect.apply(this, given);
};
