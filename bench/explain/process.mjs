// A process that reads a recording and tells the parent what it took of the processor since its start. Plain JavaScript: a
// compiler in the process would count.
// Arguments: what to do, the recording, folder of the built program.
import { createReadStream } from 'node:fs';

const BLANK_LINE = '\r\n\r\n';
const [what, file, built] = process.argv.slice(2);

const WORK = {
  async explain() {
    process.argv = [...process.argv.slice(0, 2), 'explain', file, '--json', '--country', 'GR'];
    await import(`${built}/cli/main.js`);
  },
  async scan() {
    let frames = 0;
    for await (const chunk of createReadStream(file)) {
      for (let at = chunk.indexOf(BLANK_LINE); at >= 0; at = chunk.indexOf(BLANK_LINE, at + 4)) frames += 1;
    }
    process.stdout.write(`${frames}\n`);
  },
};

await WORK[what]();
const { user, system } = process.cpuUsage();
process.send({ cpuMs: (user + system) / 1000 }, () => process.exit());
