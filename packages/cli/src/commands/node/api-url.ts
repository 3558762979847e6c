/** Where a daemon of this machine is reached that listens on `host:port`. */
export const localApiUrl = (api: string): string =>
  `http://${api.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:')}`
