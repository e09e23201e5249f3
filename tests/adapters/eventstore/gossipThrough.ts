import { GossipClient, GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials, Server, ServerCredentials, type sendUnaryData, status } from '@grpc/grpc-js';

export type GossipThrough = { readonly port: number; answers: 'as the nodes' | 'nothing' | 'an error'; stop(): void };

/** Tells of a cluster without TLS what its nodes tell, but with the ports behind which proxies stand for them. */
export async function startGossipThrough(
  hosts: readonly string[],
  proxyPorts: ReadonlyMap<number, number>,
): Promise<GossipThrough> {
  const server = new Server();
  const gossip: GossipThrough = { port: 0, answers: 'as the nodes', stop: () => server.forceShutdown() };
  server.addService(GossipService, {
    read: async (_: unknown, answer: sendUnaryData<ClusterInfo>) => {
      if (gossip.answers === 'nothing') return;
      const info = gossip.answers === 'an error' ? null : await firstInfo(hosts);
      if (info === null) return answer({ code: status.UNAVAILABLE });
      for (const member of info.getMembersList()) {
        const endPoint = member.getHttpEndPoint();
        endPoint?.setPort(proxyPorts.get(endPoint.getPort()) ?? endPoint.getPort());
      }
      answer(null, info);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return Object.assign(gossip, { port });
}

async function firstInfo(hosts: readonly string[]): Promise<ClusterInfo | null> {
  for (const host of hosts) {
    const client = new GossipClient(host, credentials.createInsecure());
    const info = await new Promise<ClusterInfo | null>((resolve) => {
      client.read(new shared.Empty(), (error, answer) => resolve(error ? null : answer));
    });
    client.close();
    if (info !== null) return info;
  }
  return null;
}
