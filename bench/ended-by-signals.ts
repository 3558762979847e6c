const SIGNALLED = 130

/** Ends this process by the handlers of its exit, which stop daemons and remove folders. */
export const endOnSignals = (): void => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(SIGNALLED))
}
