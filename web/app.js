// The first page: signs in by the link's secret, lists calls and follows the live feed.
const element = (id) => document.getElementById(id);
const say = (text) => {
  element('message').textContent = text;
  element('message').hidden = text === '';
};
const entries = new Map();

async function api(path, options = {}) {
  const response = await fetch(path, { ...options, headers: { accept: 'application/json', ...options.headers } });
  if (response.ok) return response.status === 204 ? null : response.json();
  const problem = await response.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail ?? problem.title ?? response.statusText), { status: response.status });
}

/** A sign-in link carries its secret in the fragment, which no server and no log sees. It works once. */
async function signInByLink() {
  const secret = new URLSearchParams(location.hash.slice(1)).get('link');
  if (secret === null) return;
  history.replaceState(null, '', '/');
  const body = JSON.stringify({ link: secret });
  await api('/api/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  const rest = String(seconds % 60).padStart(minutes > 0 ? 2 : 1, '0');
  return minutes > 0 ? `${minutes}m ${rest}s` : `${rest}s`;
}

function party(entry) {
  return (
    entry.customer?.name ?? entry.external_name ?? entry.external_number ?? entry.external_number_raw ?? 'Withheld'
  );
}

function cell(row, text, className = '') {
  const td = row.insertCell();
  td.textContent = text;
  if (className !== '') td.className = className;
}

function rowOf(entry) {
  const row = document.createElement('tr');
  const when = row.insertCell().appendChild(document.createElement('time'));
  when.dateTime = entry.occurred_at;
  when.textContent = new Date(entry.occurred_at).toLocaleString();
  cell(row, entry.direction === 'inbound' ? '↙ Incoming' : '↗ Outgoing');
  cell(row, party(entry));
  cell(row, (entry.extensions.length > 0 ? entry.extensions : entry.rang).join(', '));
  const outcome = entry.outcome + (entry.incomplete.length > 0 ? ' (incomplete)' : '');
  cell(row, outcome, entry.outcome === 'missed' ? 'missed' : '');
  cell(
    row,
    entry.outcome === 'answered' ? duration(entry.duration_seconds ?? 0) : `rang ${duration(entry.ring_seconds ?? 0)}`,
  );
  return row;
}

function show() {
  const newest = [...entries.values()].sort((a, b) => b.occurred_at.localeCompare(a.occurred_at)).slice(0, 50);
  element('rows').replaceChildren(...newest.map(rowOf));
  element('calls').hidden = newest.length === 0;
  say(newest.length === 0 ? 'No calls yet. They appear here as soon as the PBX reports one.' : '');
}

function showCurrent(calls) {
  element('current').hidden = calls.length === 0;
  element('current-list').replaceChildren(
    ...calls.map((call) => {
      const item = document.createElement('li');
      const who = call.extensions.length > 0 ? call.extensions : call.rang;
      item.textContent = `${call.direction} · ${party(call)} · ${call.state}${who.length > 0 ? ` · ${who.join(', ')}` : ''}`;
      return item;
    }),
  );
}

async function list() {
  const { items } = await api('/api/crm/comms?limit=50');
  entries.clear();
  for (const entry of items) entries.set(entry.id, entry);
  show();
}

function follow() {
  const feed = new EventSource('/api/crm/comms/live');
  const on = (name, act) => feed.addEventListener(name, (event) => act(JSON.parse(event.data)));
  on('upsert', (change) => {
    entries.set(change.entry.id, change.entry);
    show();
  });
  for (const gone of ['removed', 'merged']) {
    on(gone, (change) => {
      entries.delete(change.id);
      show();
    });
  }
  on('reset', () => void list());
  on('current', (current) => showCurrent(current.calls));
  feed.addEventListener('error', () => say('The connection was lost; it comes back by itself.'));
  feed.addEventListener('open', () => show());
}

try {
  await signInByLink();
  const me = await api('/api/me');
  element('who').textContent = me.role;
  element('demo').hidden = me.demo !== true;
  await list();
  follow();
} catch (error) {
  say(
    error.status === 401
      ? 'You are not signed in. Open a sign-in link: `npm start` prints one, `commslog token --link --role agent` prints more.'
      : `That did not work: ${error.message}`,
  );
}
