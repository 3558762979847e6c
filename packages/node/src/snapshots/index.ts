export { joinBySnapshot } from './join-by-snapshot.ts'
export { createSnapshotKeeper, type SnapshotKeeper } from './snapshot-keeper.ts'
