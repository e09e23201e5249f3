import type { ClusterMember, ClusterView } from '../../adapters/eventstore/index.ts';
import type { Finding } from './finding.ts';

/** What an operator should know of the nodes of an EventStoreDB; nothing of a single one. */
export function* clusterFindings({ members, silent }: ClusterView, isNamedAsCluster: boolean): Generator<Finding> {
  if (members.length < 2 && !isNamedAsCluster) return;
  if (members.length > 0) yield leaderFinding(members);
  for (const { host, isAlive, unreachable } of members) {
    if (!isAlive) {
      yield {
        level: 'warn',
        what: `node ${host} of EventStoreDB is away`,
        advice:
          'start it, and let a supervisor do so: one that has led and must drop what the others have not ends by itself',
      };
    } else if (unreachable !== null) {
      yield {
        level: 'fail',
        what: `the nodes of EventStoreDB tell of ${host}, which cannot be reached from here: ${unreachable}`,
        advice: adviceFor(unreachable),
      };
    }
  }
  for (const { host, why } of silent) {
    if (members.some((member) => member.host === host)) continue;
    const advice = 'correct the name, start the node, or take it out of EVENTSTORE_URL';
    yield { level: 'warn', what: `${host} of EVENTSTORE_URL does not tell of a cluster: ${why}`, advice };
  }
  if (!isNamedAsCluster) {
    yield {
      level: 'warn',
      what: 'EVENTSTORE_URL names one node of a cluster',
      advice: `name all of them, so that another leader is found: ${members.map(({ host }) => host).join()}`,
    };
  }
}

function leaderFinding(members: readonly ClusterMember[]): Finding {
  const shown = members.map(({ host, state, isAlive }) => `${host} (${isAlive ? state.toLowerCase() : 'away'})`);
  const what = `the cluster of EventStoreDB has ${members.length} nodes: ${shown.join(', ')}`;
  if (members.some(({ isAlive, state }) => isAlive && state === 'Leader')) return { level: 'ok', what };
  const quorum = Math.floor(members.length / 2) + 1;
  return {
    level: 'fail',
    what: `${what}; none of them leads`,
    advice: `nothing can be stored before ${quorum} of them run and reach one another`,
  };
}

function adviceFor(failure: string): string {
  if (failure === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return (
      'its certificate is for other names: start it with --node-host-advertise-as and ' +
      '--replication-host-advertise-as, and a name of its certificate'
    );
  if (failure === 'ENOTFOUND' || failure === 'EAI_AGAIN')
    return 'let this name be known here, or start the node with --node-host-advertise-as and one that is';
  if (/CERT|SIGNATURE|ISSUER/.test(failure))
    return 'let tlsCAFile be the authority that signed the certificates of all nodes';
  return 'check the firewall, and the port by which the nodes tell of it (--node-port-advertise-as)';
}
