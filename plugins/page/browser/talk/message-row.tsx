import { Component } from 'preact';
import { type MessageProps, MessageView } from './message.tsx';

interface MessageRowProps extends MessageProps {
  /** The versions of the message and of the one that it answers. */
  readonly version: number | undefined;
  readonly answeredVersion: number | undefined;
}

/** Whether it has just arrived makes no difference to a message that is shown already. */
const COMPARED = ['entry', 'version', 'isFirst', 'isLast', 'answered', 'answeredVersion', 'screen'] as const;

/** A message of a list, rendered again only if it has changed. */
export class MessageRow extends Component<MessageRowProps> {
  override shouldComponentUpdate(next: MessageRowProps): boolean {
    return COMPARED.some((name) => next[name] !== this.props[name]);
  }

  render() {
    return <MessageView {...this.props} />;
  }
}
