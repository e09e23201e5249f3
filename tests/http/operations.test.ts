import * as assert from 'uvu/assert';
import type { Role } from '../../src/domain/events.ts';
import { healthSchema } from '../../src/http/contract/health.ts';
import { RATE_LIMITS } from '../../src/http/kit/rateLimit.ts';
import type { Figure, HealthReport, PbxShown, ServerShown } from '../../src/ports/health.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { forEveryRole } from './support/forEveryRole.ts';
import { startSystem } from './support/system.ts';

const test = suite('operations');
let health: HealthReport = { checks: {}, waiting: null };
const pbx: PbxShown = {
  pbx: 'main',
  state: 'connected',
  level: 'pass',
  detail: 'connected',
  since: '2026-11-25T12:00:00.000000Z',
  listener: { name: 'web2', isThisOne: false, secondsAgo: 0.5 },
  lastHeardAt: null,
  delayMs: 800,
  account: null,
  lastError: null,
  reconnects: 3,
  counts: { VarSet: 12 },
};
const figures: Figure[] = [
  { name: 'journal_bytes', help: 'Bytes that wait.', labels: { pbx: 'main' }, value: 4_096 },
  { name: 'journal_bytes', help: 'Bytes that wait.', labels: { pbx: 'other' }, value: 0 },
  { name: 'disk_free_bytes', help: 'Room left.', labels: {}, value: 1e9 },
];
const server: ServerShown = {
  name: 'web1',
  isThisOne: true,
  program: '1.2.3',
  startedAt: '2026-11-25T12:00:00.000000Z',
  silentSeconds: 0,
  isLiving: true,
  listensTo: [],
  standsByFor: ['main'],
  projects: [1, 2],
  standsByToProject: false,
};
const system = await startSystem({
  health: { report: () => health, pbxs: () => [pbx], servers: () => [server], figures: () => figures },
});
const token = await system.token('auditor');
test.after(system.close);

test('the process says that it lives, to anybody', async () => {
  const answer = await system.ask({ path: '/livez' });
  assert.equal([answer.status, answer.json], [200, { status: 'pass' }]);
});

test('readiness is as good as its worst part; only a failure is no readiness', async () => {
  const cases = [
    [['pass', 'pass'], 'pass', 200],
    [['pass', 'warn'], 'warn', 200],
    [['warn', 'fail'], 'fail', 503],
  ] as const;
  for (const [[log, main], status, code] of cases) {
    const checks = { log: { status: log, detail: 'as it is' }, 'pbx main': { status: main, detail: 'as it is' } };
    health = { checks, waiting: null };
    const answer = await system.ask({ path: '/readyz', token });
    assert.is(answer.status, code);
    assert.match(answer.headers['content-type'] ?? '', /^application\/health\+json/);
    assert.equal(answer.json, { status, checks, waiting: null });
  }
});

test('readiness tells what waits, in the shape that is documented, and is no worse for it', async () => {
  const progress = { position: 120n, head: 500n, eventsPerSecond: 60, secondsLeft: 7, phase: 'reading' as const };
  const waiting = {
    rebuild: { reason: 'rules and code', derivation: '2-abc' },
    mixed: true,
    building: [
      { version: 3, derivation: '2-abc', progress },
      { version: 4, derivation: '2-def', progress: null },
    ],
    ready: [{ version: 2, derivation: '1-abc' }],
    parked: 5,
    rematching: 2,
    folding: 3,
    foldingSeconds: 1.5,
    stuck: [{ version: 1, error: 'it may not be read [LOG_ACCESS_DENIED]' }],
  } as const;
  health = { checks: { log: { status: 'pass', detail: 'as it is' } }, waiting };
  const { status, json } = await system.ask({ path: '/readyz', token });
  assert.equal([status, field(json, 'status')], [200, 'pass']);
  const told = { position: '120', head: '500', events_per_second: 60, seconds_left: 7, phase: 'reading' };
  const [first, second] = waiting.building;
  const { foldingSeconds, ...others } = waiting;
  const building = [{ ...first, progress: told }, second];
  assert.equal(field(json, 'waiting'), { ...others, folding_seconds: foldingSeconds, building });
  assert.equal(healthSchema.parse(json), json);
});

test('the figures tell of requests by route and of all that was measured', async () => {
  await system.ask({ path: '/api/crm/comms/00000000-0000-4000-8000-000000000000', token });
  const { text, headers } = await system.ask({ path: '/metrics', token });
  assert.match(headers['content-type'] ?? '', /^text\/plain/);
  for (const line of [
    'commslog_http_request_seconds_count{method="GET",route="/api/crm/comms/{id}",status="404"} 1',
    'commslog_live_clients 0',
    '# HELP commslog_journal_bytes Bytes that wait.',
    'commslog_journal_bytes{pbx="main"} 4096',
    'commslog_journal_bytes{pbx="other"} 0',
    'commslog_disk_free_bytes 1000000000',
  ]) {
    assert.ok(text.split('\n').includes(line), line);
  }
  assert.match(text, /process_resident_memory_bytes/);
});

test('a figure that is not known any more is left out, and not said to be nothing', async () => {
  const free = figures.splice(2, 1);
  const { text } = await system.ask({ path: '/metrics', token });
  figures.push(...free);
  assert.match(text, 'commslog_journal_bytes{pbx="main"} 4096');
  assert.not.match(text, 'disk_free');
});

test('an auditor sees how the connections are', async () => {
  const answer = await system.ask({ path: '/api/admin/pbx', token });
  assert.equal(answer.json, {
    items: [
      {
        pbx: 'main',
        state: 'connected',
        level: 'pass',
        detail: 'connected',
        since: '2026-11-25T12:00:00.000000Z',
        listener: { server: 'web2', this_one: false, told_seconds_ago: 0.5 },
        last_heard_at: null,
        delay_ms: 800,
        account: null,
        last_error: null,
        reconnects: 3,
        counts: { VarSet: 12 },
      },
    ],
  });
});

test('an auditor sees which server does what', async () => {
  assert.equal((await system.ask({ path: '/api/admin/servers', token })).json, {
    items: [
      {
        name: 'web1',
        this_one: true,
        program: '1.2.3',
        started_at: '2026-11-25T12:00:00.000000Z',
        silent_seconds: 0,
        living: true,
        listens_to: [],
        stands_by_for: ['main'],
        projects: [1, 2],
        stands_by_to_project: false,
      },
    ],
  });
});

test('of requests that take long fewer are let through, and those that do not are none of them', async () => {
  const limited = await startSystem({
    rateLimits: { ...RATE_LIMITS, usual: forEveryRole(100), expensive: forEveryRole(2) },
  });
  try {
    const token = await limited.token('agent');
    const statusOf = async (path: string) => (await limited.ask({ path, token })).status;
    for (let n = 0; n < 5; n += 1) assert.is(await statusOf('/api/crm/comms'), 200);
    assert.is(await statusOf('/api/crm/comms?q=69'), 200);
    assert.is(await statusOf('/api/crm/comms/counts'), 200);
    const refused = await limited.ask({ path: '/api/crm/customers?q=69', token });
    assert.is(refused.status, 429);
    assert.match(refused.headers['retry-after'] ?? '', /^\d+$/);
    assert.is(await statusOf('/api/crm/customers'), 200);
  } finally {
    await limited.close();
  }
});

test('an agent, by whose token a CRM may ask for all its people, may ask more often than an auditor', async () => {
  const rateLimits = { ...RATE_LIMITS, usual: { ...forEveryRole(2), agent: 4 } };
  const limited = await startSystem({ rateLimits });
  try {
    const answersOf = async (role: Role) => {
      const token = await limited.token(role, `some-${role}`);
      const statuses: number[] = [];
      for (let n = 0; n < 5; n += 1) statuses.push((await limited.ask({ path: '/api/me', token })).status);
      return statuses;
    };
    assert.equal(await answersOf('agent'), [200, 200, 200, 200, 429]);
    assert.equal(await answersOf('auditor'), [200, 200, 429, 429, 429]);
  } finally {
    await limited.close();
  }
});

test('requests are limited by who asks, and by address for who does not say', async () => {
  const limited = await startSystem({ rateLimits: { ...RATE_LIMITS, usual: forEveryRole(3), lookUps: 3, signIn: 2 } });
  try {
    const me = (token?: string) => limited.ask({ path: '/api/me', token });
    const [anna, bert] = [await limited.token('agent', 'anna'), await limited.token('agent', 'bert')];
    for (let i = 0; i < 3; i++) assert.is((await me(anna)).status, 200);
    const refused = await me(anna);
    assert.is(refused.status, 429);
    assert.match(refused.headers['retry-after'] ?? '', /^\d+$/);
    assert.match(String(refused.headers.ratelimit), /"usual"/);
    assert.match(refused.headers['content-type'] ?? '', /^application\/problem\+json/);
    assert.is((await me(bert)).status, 200);
    for (let i = 0; i < 3; i++) assert.is((await me()).status, 401);
    assert.is((await me()).status, 429);
    const signIn = () => limited.ask({ method: 'POST', path: '/api/session', body: { link: 'guess' } });
    assert.equal([(await signIn()).status, (await signIn()).status, (await signIn()).status], [401, 401, 429]);
  } finally {
    await limited.close();
  }
});

test.run();
