import { token } from 'chatserv';

/** An organisation's directory of people, such as LDAP: it knows their names and checks their passwords. */
export interface Directory {
  knows(name: string): Promise<boolean>;
  /** @returns whether the password is right */
  bind(name: string, secret: string): Promise<boolean>;
}

export const Directory = token<Directory>('directory');
