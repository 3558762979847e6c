import type { CommandSpec } from '../command-spec.ts'

export const noticesCommands: readonly CommandSpec[] = [
  {
    name: 'notices',
    summary: 'what you are to know: emergencies that opened your charts, and attempts to recover your record',
    details:
      'Kept by the institution that registered you until you acknowledge it; other commands say in a line that ' +
      'something waits. One emergency is one entry, with its charts and steps. Guardians see the notices of those for whom they act. --json: {notices: [{noticeId, kind, at, ' +
      'chart, actor, reference, emergency}], groups: [{set, notices}], acknowledged, waiting}: each chart and step is a notice of its own, and groups ' +
      'tells which are of one emergency.',
    options: [['--acknowledge', 'put away what is shown']],
    examples: ['medchain notices', 'medchain notices --acknowledge'],
    load: async () => (await import('./list.ts')).listNotices,
  },
]
