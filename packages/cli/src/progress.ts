import type { Host } from './host.ts'

/** What a person sees of a command that takes its time. */
export interface Progress {
  /** `done` of `total`; without a total only that something moves. */
  readonly update: (state: {
    readonly label?: string
    readonly done?: number
    readonly total?: number
  }) => void
  readonly stop: () => void
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined }

/** A bar or a spinner on standard error when a person looks at it, and nothing elsewhere. */
export const startProgress = async (host: Host, label: string, isShown: boolean): Promise<Progress> =>
  isShown ? (await import('./views/progress-view.tsx')).showProgress(host, label) : SILENT
