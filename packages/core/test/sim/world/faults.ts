/** Everything that can go wrong here; a fault that never fired over many seeds is an error of the simulator. */
export const FAULTS = [
  'net.loss',
  'net.duplicate',
  'net.reorder',
  'net.long-tail',
  'net.corruption',
  'net.replay',
  'net.other-network',
  'net.one-way',
  'net.partition',
  'net.bridge',
  'net.mute',
  'net.disconnect',
  'clock.skew',
  'clock.jump',
  'process.pause',
  'process.crash',
  'process.mass-crash',
  'process.wipe',
  'process.twin',
  'process.outdated',
  'process.dead',
  'process.late',
  'process.snapshot',
  'clock.leap',
  'disk.lost-suffix',
  'disk.torn-write',
  'disk.failed-sync',
  'disk.full',
  'disk.lost-wal',
  'disk.out-of-order',
  'disk.bit-rot-wal',
  'disk.bit-rot-blocks',
  'disk.stale-wal',
  'disk.stale-restore',
  'liar.equivocation',
  'liar.double-vote',
  'liar.withheld-body',
  'liar.false-body',
  'liar.wrong-root',
  'liar.amnesia',
  'liar.parrot',
  'liar.unjustified',
  'liar.stale-certificate',
  'liar.forged-certificate',
  'liar.silence',
  'liar.slowness',
  'liar.future-rounds',
  'liar.false-heights',
  'liar.bad-sync',
  'liar.poison-bundle',
  'liar.censorship',
  'liar.false-evidence',
  'liar.proposal-spam',
  'liar.overfull-block',
  'liar.bad-snapshot',
  'load.poison',
  'load.forged-variant',
] as const

export type Fault = (typeof FAULTS)[number]

export interface FaultCounts {
  readonly note: (fault: Fault) => void
  readonly all: () => Readonly<Record<Fault, number>>
}

export const createFaultCounts = (): FaultCounts => {
  const counts = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>
  return {
    note: (fault) => {
      counts[fault] += 1
    },
    all: () => counts,
  }
}
