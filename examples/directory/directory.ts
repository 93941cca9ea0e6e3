import { token } from 'chatserv';

/** Where an organisation keeps its people, as LDAP does: it knows names, and says whether a password is right. */
export interface Directory {
  knows(name: string): Promise<boolean>;
  /** @returns whether it let the user in with that password */
  bind(name: string, secret: string): Promise<boolean>;
}

export const Directory = token<Directory>('directory');
