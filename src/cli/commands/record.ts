import { createRecordingWriter, liveSource } from '../../adapters/ami/index.ts';
import { loadConfig, type PbxConfig } from '../../config.ts';
import { CommslogError } from '../../errors.ts';
import { systemClock } from '../../ports/clock.ts';
import { commandLogger } from '../opening/logger.ts';
import { connectionOf } from '../serving/listening.ts';
import { stopSignal } from '../serving/shutdown.ts';
import { inform } from '../text/print.ts';

export type RecordOptions = { readonly pbx?: string; readonly pseudonymise: boolean };

/**
 * `commslog record FILE`: writes one connection to a PBX, byte for byte, until it is stopped or the PBX ends it; a
 * recording is one connection, so it does not reconnect. Errors: those of the connection; `RECORDING_UNREADABLE`.
 */
export async function record(file: string, options: RecordOptions): Promise<void> {
  const config = loadConfig(process.env);
  const pbx = choose(config.pbxs, options.pbx);
  const logger = commandLogger(config);
  const { signal } = stopSignal(logger);
  const writer = createRecordingWriter(file, { pseudonymise: options.pseudonymise });
  const source = liveSource({
    pbx: pbx.id,
    ...connectionOf(pbx),
    clock: systemClock,
    logger,
    onBytes: (bytes, at) => writer.write(bytes, at),
  });
  let frames = 0;
  try {
    for await (const item of source.items(signal)) {
      if (item.kind === 'connected') inform(`Recording ${pbx.id} into ${file}. Ctrl-C ends it.`);
      if (item.kind === 'frames') frames += item.frames.length;
      if (item.kind === 'disconnected') break;
    }
  } finally {
    writer.close();
  }
  inform(`${frames} events recorded. What they mean: commslog explain ${file}`);
}

function choose(pbxs: readonly PbxConfig[], id: string | undefined): PbxConfig {
  const chosen = id === undefined ? pbxs[0] : pbxs.find((pbx) => pbx.id === id);
  if (chosen !== undefined && (id !== undefined || pbxs.length === 1)) return chosen;
  const known = pbxs.map((pbx) => pbx.id).join(', ');
  throw new CommslogError(
    'CONFIG_INVALID',
    pbxs.length === 0
      ? 'No PBX is configured: set AMI_HOST, AMI_USERNAME and AMI_PASSWORD.'
      : `--pbx must be one of: ${known}`,
  );
}
