import type { End, InboundScene, Phone, Scene } from '../../adapters/ami/index.ts';

/** What becomes of who rings; null: it has not come so far as to ring a phone. */
export function endOfInbound({ to }: InboundScene): End | null {
  return 'end' in to ? to.end : null;
}

/** Who of the company spoke first; null: nobody. */
export function whoSpoke(scene: Scene): Phone | null {
  if (scene.kind === 'outbound') return scene.end.kind === 'answered' ? scene.from : null;
  const end = endOfInbound(scene);
  return end?.kind === 'answered' ? end.by : null;
}
