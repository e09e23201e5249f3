// A process that takes what `send.ts` sends with one reader, counts the frames and tells the parent what it took.
// Plain JavaScript: the other clients have no types, and a compiler in the process would count as time and memory.
// Arguments: reader, port, folder of the built program.
import { connect } from 'node:net';

const BLANK_LINE = '\r\n\r\n';
const LOGIN = 'Action: Login\r\nActionID: 1\r\nUsername: bench\r\nSecret: bench\r\n\r\n';

const [reader, port, built] = process.argv.slice(2);
let frames = 0;
let start;

const READERS = {
  /** the baseline: what any reader has to do at least */
  scan(port) {
    read(port, (chunk) => {
      for (let at = chunk.indexOf(BLANK_LINE); at >= 0; at = chunk.indexOf(BLANK_LINE, at + 4)) frames += 1;
    });
  },
  async commslog(port) {
    const { Framer } = await import(`${built}/adapters/ami/wire/framing.js`);
    const framer = new Framer({ onBanner() {}, onResponse() {}, onFrame: count });
    read(
      port,
      (chunk) => framer.push(chunk),
      () => {
        for (const skipped of framer.counts().values()) frames += skipped;
      },
    );
  },
  async 'asterisk-manager'(port) {
    const { default: createManager } = await import('asterisk-manager');
    createManager(port, '127.0.0.1', 'bench', 'bench', true).on('managerevent', countFromFirst).on('end', done);
  },
  async 'asterisk-ami-client'(port) {
    const { default: Client } = await import('asterisk-ami-client');
    const client = new Client({ reconnect: false, keepAlive: false });
    client.on('event', countFromFirst).on('disconnect', done);
    await client.connect('bench', 'bench', { host: '127.0.0.1', port });
  },
};

function read(port, take, beforeDone = () => {}) {
  const socket = connect(port, '127.0.0.1', () => socket.write(LOGIN));
  let isLoggedIn = false;
  socket.on('data', (chunk) => {
    if (isLoggedIn) start ??= process.cpuUsage();
    isLoggedIn ||= chunk.includes('Response: ');
    take(chunk);
  });
  socket.on('end', () => {
    beforeDone();
    done();
  });
}

function count() {
  frames += 1;
}

function countFromFirst() {
  start ??= process.cpuUsage();
  frames += 1;
}

function done() {
  const { user, system } = process.cpuUsage(start);
  const peakRssMb = process.resourceUsage().maxRSS / 1024;
  process.send({ frames, cpuMs: (user + system) / 1000, peakRssMb }, () => process.exit());
}

await READERS[reader](Number(port));
