export { createPrivacy, type Privacy, type PrivacyOptions } from './create-privacy.ts'
export { createPrivacyRoom, type PrivacyRoom, privacyPaths } from './privacy-room.ts'
export { type RequestSender, signRequest } from './sign-request.ts'
