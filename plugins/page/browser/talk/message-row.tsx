import { Component, type VNode } from 'preact';
import { type MessageProps, MessageView } from './message.tsx';

interface MessageRowProps extends MessageProps {
  /** The versions of the message and of the one that it answers. */
  readonly version: number | undefined;
  readonly answeredVersion: number | undefined;
}

/** A message of a list, rendered again only if it has changed. */
export class MessageRow extends Component<MessageRowProps> {
  override shouldComponentUpdate(next: MessageRowProps): boolean {
    return !hasSame(next, this.props);
  }

  render() {
    return <MessageView {...this.props} />;
  }
}

/** Whether a row would be rendered as one that is there. */
export function isSameRow(row: VNode, before: VNode | undefined): boolean {
  return row.key === before?.key && row.type === before?.type && hasSame(row.props, before.props);
}

function hasSame(props: object, before: object): boolean {
  for (const name in props) {
    // Whether it has just arrived makes no difference to a message that is shown already.
    if (name === 'isNew') continue;
    if (props[name as keyof object] !== before[name as keyof object]) return false;
  }
  return true;
}
