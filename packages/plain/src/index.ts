export { clonePlain } from './clone.ts';
export { encodePlain } from './encode.ts';
export { equalPlain, firstDifference } from './equal.ts';
export { finish, hashPlain, hashString, mix } from './hash.ts';
export { assertPlain, NotPlainError, type Plain } from './plain.ts';
export { hexOf, hmacSha256, sha256, utf8Of } from './sha256.ts';
