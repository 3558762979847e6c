import { type Delivery, deliveryName } from './hand-over.ts'

/** Deliveries under way. */
export interface Deliveries {
  /** True as soon as one holder of each side has the batch, false when all are through without that. */
  readonly enough: Promise<boolean>
  /** How many did not take it, once all are through. */
  readonly missing: Promise<number>
}

/** Starts those deliveries that are not `done`, all at once; `attempt` says whether one succeeded. */
export const startDeliveries = (
  deliveries: readonly Delivery[],
  done: ReadonlySet<string>,
  attempt: (delivery: Delivery) => Promise<boolean>,
): Deliveries => {
  const isEnough = (): boolean =>
    (['ciphertext', 'release'] as const).every((side) =>
      deliveries.some((delivery) => delivery.side === side && done.has(deliveryName(delivery))),
    )
  const { promise: enough, resolve } = Promise.withResolvers<boolean>()
  const attempts = deliveries
    .filter((delivery) => !done.has(deliveryName(delivery)))
    .map(async (delivery) => {
      const succeeded = await attempt(delivery).catch(() => false)
      if (isEnough()) resolve(true)
      return succeeded
    })
  const missing = Promise.all(attempts).then((results) => {
    resolve(isEnough())
    return results.filter((succeeded) => !succeeded).length
  })
  return { enough, missing }
}
