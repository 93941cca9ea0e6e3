/** The public API of chatserv: what a config and a plugin may import. All else is private. */
export { z } from 'zod';
export { Accounts, type StoredAccount } from './contracts/accounts.ts';
export { Blocks } from './contracts/blocks.ts';
export { type Entry, type EntryAudience, Log, type NewEntry } from './contracts/log.ts';
export { Passwords } from './contracts/passwords.ts';
export { Presence } from './contracts/presence.ts';
export { type ServicesOf, type Token, type Tokens, token } from './contracts/service.ts';
export type { Account } from './kernel/account.ts';
export { isName, nameKey } from './kernel/names.ts';
