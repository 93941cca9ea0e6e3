/** What the values of a command's params are typed as: checked by the compiler, never run. */
import { type CommandCall, command, defineCommand, param, type ValuesOf, z } from 'chatserv';

/** Whether two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T => true as T;

const params = {
  word: param.word(),
  user: param.user().optional(),
  users: param.users(),
  room: param.room(),
  integer: param.integer('how many', { min: 1 }).default(6),
  number: param.number(),
  duration: param.duration().optional(),
  choice: param.choice(['yes', 'no']),
  text: param.text().optional(),
};

holds<
  Same<
    ValuesOf<typeof params>,
    {
      readonly word: string;
      readonly user: string | undefined;
      readonly users: readonly string[];
      readonly room: string;
      readonly integer: number;
      readonly number: number;
      readonly duration: number | undefined;
      readonly choice: 'yes' | 'no';
      readonly text: string | undefined;
    }
  >
>();

export const roll = defineCommand({
  name: 'roll',
  summary: 'Throws a die',
  params: { sides: param.integer('how many sides', { min: 2 }).optional() },
  options: z.strictObject({ sides: z.int().default(6) }),
  run({ values }, { options }) {
    holds<Same<typeof values, { readonly sides: number | undefined }>>();
    return String((values.sides ?? options.sides) + 1);
  },
});

export const vote = command({
  name: 'vote',
  summary: 'Answers a question',
  params: { vote: param.choice(['yes', 'no']) },
  run({ values }) {
    holds<Same<typeof values, { readonly vote: 'yes' | 'no' }>>();
    return values.vote;
  },
});

export const who = command({
  name: 'who',
  summary: 'Lists everyone',
  // @ts-expect-error an argument that is not declared
  run: ({ values }) => values.name,
});

export const counted = command({ name: 'old', summary: 'Counts', args: { max: 1 }, run: ({ args }) => args.join() });

export const wrong = [
  // @ts-expect-error a default of another type
  param.integer().default('six'),
  // @ts-expect-error a default that is no choice
  param.choice(['yes', 'no']).default('maybe'),
  // @ts-expect-error a kind that there is not
  command({ name: 'x', summary: 'x', params: { x: 'word' }, run: () => '' }),
];

export const unknown = (call: CommandCall) => holds<Same<(typeof call.values)[string], unknown>>();
