import { setSetting, setting } from './keep.ts';

/** Whether this browser can show notifications, and does when asked. */
export type Permission = 'granted' | 'denied' | 'unavailable';

/** Shows notifications of the system while the page is hidden, where its user has said so. */
export class Notifications {
  get on(): boolean {
    return setting('notify') === 'on' && 'Notification' in window && Notification.permission === 'granted';
  }

  /** Switches them off, or on: the browser may then ask its user. To be called from a click. */
  async turn(on: boolean): Promise<Permission> {
    const permission = on ? await this.#ask() : 'granted';
    setSetting('notify', on && permission === 'granted' ? 'on' : 'off');
    return permission;
  }

  /** Tells of a message. @param tag of those with the same only the last one is shown */
  show(title: string, body: string, tag: string, clicked: () => void): void {
    if (!document.hidden || !this.on) return;
    try {
      const shown = new Notification(title, { body, tag });
      shown.addEventListener('click', () => {
        shown.close();
        window.focus();
        clicked();
      });
    } catch {
      // Some browsers on phones have the word and not the thing.
    }
  }

  async #ask(): Promise<Permission> {
    if (!('Notification' in window) || !window.isSecureContext) return 'unavailable';
    return (await Notification.requestPermission()) === 'granted' ? 'granted' : 'denied';
  }
}
