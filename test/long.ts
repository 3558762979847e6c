/** Whether this run also takes what is long: `npm test -- --long`, or CI. For tests that try more then. */
export const isLongRun = process.env['TEST_LONG'] === 'true'
