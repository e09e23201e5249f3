/**
 * Rewrites what a PBX said so that it can be shown to others: numbers and names become other ones, and the same one
 * always the same other one, so that the rows of the call log stay what they were but for them. Whatever is not known
 * to be harmless is masked.
 */
import { masked } from '../../../escaped.ts';
import { commandTextEnd, isCommandText } from '../wire/commandText.ts';
import { blankLineEnd } from '../wire/frameEnd.ts';
import { FrameSplitter } from '../wire/frameSplitter.ts';
import { isSkipped } from '../wire/skipList.ts';
import { FakeDigits } from './fakeDigits.ts';
import { FakeLetters } from './fakeLetters.ts';

/** What no person is called, but phones and Asterisk put in the place of a name or a number. */
const NO_ONE = /^(<\w+>|anonymous|unknown|unavailable|restricted|private|withheld|asterisk)$/i;

const NAME_KEY = /(calleridname|connectedlinename|membername|cnam)$/i;
const NUMBER_KEY = /(calleridnum|connectedlinenum|cnum|source)$/i;
const ID_KEY = /((unique|linked|bridge)id|^id)$/i;

/** What Asterisk makes as an id: an optional system name, second and counter; or the UUID of a bridge. */
const ASTERISK_ID = /^([\w.-]*-)?\d{9,11}\.\d+$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Keys whose words come from Asterisk or the dialplan; under any prefix where they describe a channel or a bridge. */
const PLAIN_KEY =
  /(channel|channelstate|channelstatedesc|language|context|exten|priority|bridgetype|bridgetechnology|bridgecreator|bridgename|bridgenumchannels|bridgevideosourcemode)$/i;
const PLAIN_KEYS: ReadonlySet<string> = new Set(
  `event privilege timestamp actionid eventlist listitems response reason message result success
   cause cause-txt techcause cid-callingpres dialstatus dialstring forward destapp destination destinationcontext
   lastapplication disposition amaflags duration billableseconds starttime answertime endtime sequence did
   localoptimization type desttype class musicclass state status isexternal extension admin muted conference
   parkinglot parkingspace parkingtimeout parkingduration parkerdialstring mailbox waiting new old
   queue position count calls holdtime talktime ringtime interface membership penalty application dnid seconds`.split(
    /\s+/,
  ),
);

/** Applications whose arguments are technical; those of others (Set, NoOp, Playback …) may hold anything. */
const PLAIN_DATA_OF: ReadonlySet<string> = new Set(['Dial', 'Queue', 'VoiceMail', 'ConfBridge', 'Park', 'MixMonitor']);

export class Pseudonymiser {
  readonly #digits: FakeDigits;
  readonly #letters: FakeLetters;
  #rewritten: string[] = [];
  readonly #splitter = new FrameSplitter({
    onBanner: (line) => {
      this.#rewritten.push(line);
    },
    onFrame: (bytes, from, to) => {
      if (isCommandText(bytes, from, to)) return commandTextEnd(bytes, from, to);
      const end = blankLineEnd(bytes, from, to);
      if (end >= 0) this.#rewritten.push(this.#frame(bytes.toString('latin1', from, end)));
      return end;
    },
  });

  /** @param key secret of at least 16 random bytes; who has it can tell which number became which */
  constructor(key: Buffer) {
    this.#digits = new FakeDigits(key);
    this.#letters = new FakeLetters(key);
  }

  /** The rewritten bytes of the frames that `chunk` completes. Errors: as `FrameSplitter.push`. */
  push(chunk: Buffer): Buffer {
    this.#splitter.push(chunk);
    return this.#take();
  }

  /** The rewritten whole lines of a frame that did not end. */
  end(): Buffer {
    const rest = this.#splitter.rest().toString('latin1');
    this.#rewritten.push(this.#frame(rest.slice(0, rest.lastIndexOf('\n') + 1)));
    return this.#take();
  }

  /** What a number becomes. */
  number(number: string): string {
    return this.#digits.in(number);
  }

  /** What a name becomes. */
  name(name: string): string {
    if (NO_ONE.test(name)) return name;
    const [, prefix = '', rest = ''] = /^(CID:)?(.*)$/s.exec(name) ?? [];
    return prefix + this.#digits.in(this.#letters.in(rest));
  }

  #take(): Buffer {
    const rewritten = Buffer.from(this.#rewritten.join(''), 'latin1');
    this.#rewritten = [];
    return rewritten;
  }

  /** Of an answer and of an event that is not stored only the first line stays: nothing else of them is used. */
  #frame(text: string): string {
    const lines = text.split(/(?<=\n)/).map(parseLine);
    const [first] = lines;
    const event = lines.find(({ key }) => key.toLowerCase() === 'event');
    const isStored = event !== undefined && !isSkipped(event.value) && first?.key.toLowerCase() !== 'response';
    const kept = isStored ? lines : lines.filter((line) => line === (event ?? first) || line.isBlank);
    const endpoints = new Set(lines.flatMap(({ key, value }) => (/channel$/i.test(key) ? endpointOf(value) : [])));
    const application = lines.find(({ key }) => key === 'LastApplication')?.value;
    return kept.map((line) => maskedBytes(line.before + this.#value(line, endpoints, application)) + line.end).join('');
  }

  #value({ key, value }: Line, endpoints: ReadonlySet<string>, application: string | undefined): string {
    if (ID_KEY.test(key) && ASTERISK_ID.test(value)) return value;
    if (key === 'Timestamp') return value;
    if (NAME_KEY.test(key)) return inUtf8(value, (name) => this.name(name));
    if (NUMBER_KEY.test(key))
      return endpoints.has(value) ? this.number(value) : inUtf8(value, (name) => this.name(name));
    if (key === 'CallerID') return this.#callerId(value);
    if (/channel$/i.test(key)) return this.#channel(value);
    if (key === 'LastData' && PLAIN_DATA_OF.has(application ?? '')) return this.number(value);
    if (PLAIN_KEY.test(key) || PLAIN_KEYS.has(key.toLowerCase())) return this.number(value);
    return NO_ONE.test(value) ? value : this.number(value.replace(/[A-Za-z\x80-\xff]/g, 'x'));
  }

  /** `"name" <number>`, as in a Cdr. */
  #callerId(value: string): string {
    const [, name = '', between = '', number = ''] = /^"?(.*?)("? <)([^<>]*)>$/s.exec(value) ?? [];
    if (between === '') return inUtf8(value, (text) => this.name(text));
    const opening = value.startsWith('"') ? '"' : '';
    const [newName, newNumber] = [name, number].map((part) => inUtf8(part, (text) => this.name(text)));
    return `${opening}${newName}${between}${newNumber}>`;
  }

  /** The counter at the end of a channel's name is no number of a person. */
  #channel(name: string): string {
    const [counter = ''] = /-[0-9a-f]{8}(;[12])?$/.exec(name) ?? [];
    return this.number(name.slice(0, name.length - counter.length)) + counter;
  }
}

type Line = {
  /** key, colon and space, as sent */
  readonly before: string;
  readonly key: string;
  readonly value: string;
  /** CR and LF */
  readonly end: string;
  readonly isBlank: boolean;
};

function parseLine(line: string): Line {
  const [, before = '', value = '', end = ''] = /^([^:\r\n]*: ?|)(.*?)(\r?\n?)$/s.exec(line) ?? [];
  return { before, key: before.replace(/: ?$/, ''), value, end, isBlank: before === '' && value === '' };
}

/** `PJSIP/provider-0000001a` → `provider`. */
function endpointOf(channel: string): string[] {
  const [, endpoint] = /^[^/]+\/(.+)-[0-9a-f]{8}$/.exec(channel) ?? [];
  return endpoint === undefined ? [] : [endpoint];
}

const UTF8 = /(?:[^\x80-\xff]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+/g;

const CUT_LETTER_OR_C1 = /[\xc2-\xf4][\x80-\xbf]*|[\x80-\x9f]/g;

/** Nothing that a terminal obeys, as a letter or as a byte alone; a cut letter stays as it was cut. */
function maskedBytes(bytes: string): string {
  return inUtf8(bytes, masked).replace(CUT_LETTER_OR_C1, (found) => (/^[\x80-\x9f]/.test(found) ? '?' : found));
}

/** Changes what is UTF-8 in bytes that are given as Latin-1; a byte of a letter that was cut stays. */
function inUtf8(bytes: string, change: (text: string) => string): string {
  return bytes.replace(UTF8, (part) =>
    Buffer.from(change(Buffer.from(part, 'latin1').toString('utf8'))).toString('latin1'),
  );
}
