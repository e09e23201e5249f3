import { withVersions } from './withVersions.ts';

/** `commslog drop`: removes a version that is not served, for good. */
export async function drop(version: number): Promise<void> {
  await withVersions(({ rebuilds }) => rebuilds.drop(version));
  console.log(`Version ${version} is gone.`);
}
