// Imported before uvu: the runner starts the tests, not a timer of uvu's.
Object.assign(globalThis, { UVU_DEFER: 1, UVU_INDEX: 0, UVU_QUEUE: [[null]] });
