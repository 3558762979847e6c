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

/** Where nobody looks. */
export const SILENT: Progress = { update: () => undefined, stop: () => undefined }
