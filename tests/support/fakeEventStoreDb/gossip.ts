import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';

/** A node of a cluster as the nodes tell of one another; a candidate waits for an election to end. */
export type Member = { readonly port: number; readonly state: 'leader' | 'follower' | 'candidate' };

const { LEADER, FOLLOWER, UNKNOWN } = gossip.MemberInfo.VNodeState;
const STATES = { leader: LEADER, follower: FOLLOWER, candidate: UNKNOWN };

export function clusterInfo(members: readonly Member[]): gossip.ClusterInfo {
  const info = new gossip.ClusterInfo();
  info.setMembersList(members.map(memberInfo));
  return info;
}

function memberInfo({ port, state }: Member): gossip.MemberInfo {
  const id = new shared.UUID();
  id.setString(crypto.randomUUID());
  const endPoint = new gossip.EndPoint();
  endPoint.setAddress('127.0.0.1');
  endPoint.setPort(port);
  const member = new gossip.MemberInfo();
  member.setInstanceId(id);
  member.setTimeStamp('0');
  member.setState(STATES[state]);
  member.setIsAlive(true);
  member.setHttpEndPoint(endPoint);
  return member;
}
