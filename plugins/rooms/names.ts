import { nameObjection, type Refusal, refuse } from 'chatserv';

/** A room's name without `#`. */
export function bare(name: string): string {
  return name.startsWith('#') ? name.slice(1) : name;
}

/** Why a room may not have this name: the rules of user names, and a limit on its length. @param name without `#` */
export function nameProblem(name: string, longest: number): string | undefined {
  const objection = nameObjection(name);
  if (objection === 'too-long' || [...name].length > longest) {
    return `The name of a room has at most ${longest} characters.`;
  }
  switch (objection) {
    case undefined:
      return undefined;
    case 'empty':
      return 'The name of a room needs a character after the #.';
    case 'direction':
      return 'The name of a room has letters of one direction only.';
    case 'mixed-scripts':
      return 'The name of a room mixes no scripts.';
    case 'address':
      return 'The name of a room is not an IP address.';
    case 'reserved':
      return 'That name is reserved.';
    case 'characters':
      return 'The name of a room has letters and digits, and no signs such as : , ( ) [ ] { } # *';
  }
}

export function nameRefused(problem: string): Refusal {
  return refuse('name', problem);
}
