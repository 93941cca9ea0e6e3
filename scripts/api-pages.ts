import { PLUGIN_API, type Section } from './plugin-api.ts';

/** A page of the reference: what some modules export. */
export interface ApiPage {
  readonly file: string;
  readonly title: string;
  readonly intro: string;
  /** The modules whose exports it shows. */
  readonly modules: readonly string[];
  /** Whether the exports of one of our modules have another page. */
  readonly leavesOut?: (module: string) => boolean;
  readonly sections: readonly Section[];
}

const CLIENT: readonly Section[] = [
  {
    heading: 'A conversation',
    intro: 'One account on one server, over any number of connections.',
    names: ['Conversation', 'ConversationOptions', 'LoginOptions', 'DeviceOptions', 'Owner', 'State', 'Closed'],
  },
  {
    heading: 'Connections',
    intro: 'What the option `open` is made with.',
    names: ['overStream', 'overWebSocket', 'OpenCarrier', 'Carrier', 'CarrierEvents', 'WebSocketLike'],
  },
  {
    heading: 'Questions',
    intro: 'What `owner.ask` is given and returns.',
    names: ['Ask', 'Step', 'isSecret'],
  },
  {
    heading: 'Messages and requests',
    intro: 'What arrives, and what `message` and `command` resolve with.',
    names: ['Received', 'ReceivedEntry', 'HistoryPage', 'historyIn', 'MessageOptions', 'Answer', 'RequestError'],
  },
  {
    heading: 'Rooms',
    intro: 'The rooms and conversations of the account, and what is unread in them.',
    names: ['Rooms', 'KnownRoom', 'Reading'],
  },
  {
    heading: 'Commands',
    intro: "For clients that let people type: the server's commands, and what a typed line means.",
    names: ['KnownCommand', 'commandOf', 'wordsLike', 'messageOf', 'TypedMessage', 'commandsIn'],
  },
  {
    heading: 'Sentences for people',
    intro:
      "The server's reasons in words, as the page, the terminal and the command line use them. Add what the user can do. Unknown reasons, such as a plugin's, are shown in parentheses.",
    names: [
      'lostReason',
      'closedReason',
      'blockedReason',
      'loginProblem',
      'answerProblem',
      'nameProblem',
      'passwordProblem',
      'requestProblem',
      'commandProblem',
      'undeliveredTo',
      'durationText',
    ],
  },
  {
    heading: 'What a device remembers',
    intro: 'Tokens and positions, kept beyond the run of a program.',
    names: ['Memory', 'Remembered', 'Seen'],
  },
  { heading: 'Names', intro: 'Names are compared by their keys.', names: ['nameKey'] },
];

const TESTING: readonly Section[] = [
  {
    heading: 'A server',
    intro: 'A server in memory, with the standard plugins except those that open sockets or files.',
    names: ['startServer', 'TestServer', 'TestPlugins', 'Logged', 'PASSWORD'],
  },
  {
    heading: 'Clients',
    intro: 'A method for each step of a test. A failure shows the conversation so far.',
    names: ['LineClient', 'LineClientOptions', 'JsonClient', 'connectedPair'],
  },
  { heading: 'Time', intro: 'Timeouts without waiting.', names: ['VirtualClock'] },
  {
    heading: 'Transcripts',
    intro: 'The format: [plugins/testing.md](../plugins/testing.md#transcripts).',
    names: ['playTranscript', 'TranscriptProgram', 'TranscriptPrograms'],
  },
  {
    heading: 'Contracts',
    intro: 'Exported by `chatserv/testing/contracts`, which needs vitest and fast-check.',
    names: [
      'storeContract',
      'messageLogContract',
      'archiveContract',
      'OpenLog',
      'OpenMessageLog',
      'Open',
      'OpenStore',
      'OpenArchive',
      'transportContract',
      'OpenTransport',
    ],
  },
];

/** The pages of the reference that are made of doc comments. */
export const API_PAGES: readonly ApiPage[] = [
  {
    file: 'docs/reference/api.md',
    title: 'The API of plugins',
    intro: 'Generated from the code: what `chatserv` exports. How to use it: [plugins.md](../plugins.md).',
    modules: ['src/index'],
    leavesOut: (module) => module.startsWith('src/services/') && module !== 'src/services/service',
    sections: PLUGIN_API,
  },
  {
    file: 'docs/reference/client.md',
    title: 'The API of clients',
    intro: 'Generated from the code: what `chatserv/client` exports. How to use it: [client.md](../client.md).',
    modules: ['src/client/index'],
    sections: CLIENT,
  },
  {
    file: 'docs/reference/testing.md',
    title: 'The API of tests',
    intro:
      'Generated from the code: what `chatserv/testing` and `chatserv/testing/contracts` export. How to use it: [plugins/testing.md](../plugins/testing.md).',
    modules: ['src/testing/index', 'src/testing/contracts'],
    sections: TESTING,
  },
];
