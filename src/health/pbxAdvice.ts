/**
 * Where things are set on FreePBX 17, which writes `manager.conf` and `cdr_manager.conf` anew by itself: what stands in
 * those is lost. Measured on FreePBX 17 with Asterisk 22.8.2.
 */
export const MANAGER_USERS = 'Settings → Asterisk Manager Users';
export const MANAGER_FILE = 'manager_custom.conf';
export const GENERAL_SECTION = '[general](+)';
export const CDR_SETTING = 'Settings → Advanced Settings → Enable CDR Logging';
export const CDR_FILE = 'cdr_manager_general_custom.conf';

/** The manager user's line, or the rights in the menu. What an open connection may is settled at its login. */
export const READ_LINE = 'read = call,cdr';
export const WRITE_CLASS = 'reporting';
export const WRITE_LINE = `write = ${WRITE_CLASS}`;
const RECONNECTS = 'then restart commslog: rights count from the next login on';
const LOGS_IN_ANEW = 'a running `serve` sees new rights within ten minutes and logs in anew';

const IN_USER = `of the manager user (${MANAGER_USERS}, or ${MANAGER_FILE})`;

export const ADVICE = {
  /** nothing at all may be read, or no calls */
  read: `set \`${READ_LINE}\` ${IN_USER}, \`manager reload\`, ${RECONNECTS}`,
  records: `switch on ${CDR_SETTING}, or \`enabled = yes\` in ${CDR_FILE}; and set \`${READ_LINE}\` ${IN_USER}, ${RECONNECTS}`,
  list: `set \`${WRITE_LINE}\` and nothing more ${IN_USER}, \`manager reload\`; ${LOGS_IN_ANEW}`,
  newRights: `${LOGS_IN_ANEW}; a restart makes them count at once`,
  timestamps: `write \`timestampevents = yes\` under \`${GENERAL_SECTION}\` in ${MANAGER_FILE}; only \`timestampevents = no\` ends it, not taking the line out`,
  tls: `write \`tlsenable = yes\`, \`tlsbindaddr\`, \`tlscertfile\` and \`tlsprivatekey\` under \`${GENERAL_SECTION}\` in ${MANAGER_FILE}; here AMI_TLS=on, AMI_PORT=5039`,
  writeTimeout: `a user made by ${MANAGER_USERS} has 100 ms: set 5000 there, or \`writetimeout = 5000\` in ${MANAGER_FILE}, else the PBX cuts off a listener that is held for a moment`,
} as const;
