import { setSetting, setting } from './keep.ts';

/** Whether this browser can show notifications. */
export type Permission = 'granted' | 'denied' | 'unavailable';

/** Shows system notifications while the page is hidden, if the user has switched them on. */
export class Notifications {
  get on(): boolean {
    return setting('notify') === 'on' && 'Notification' in window && Notification.permission === 'granted';
  }

  /** Switches them off or on, when the browser may ask for permission. Call it from a click. */
  async turn(on: boolean): Promise<Permission> {
    const permission = on ? await this.#ask() : 'granted';
    setSetting('notify', on && permission === 'granted' ? 'on' : 'off');
    return permission;
  }

  /** Notifies of a message. @param tag replaces an earlier notification with the same tag */
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
      // Some browsers on phones have the API but no notifications.
    }
  }

  async #ask(): Promise<Permission> {
    if (!('Notification' in window) || !window.isSecureContext) return 'unavailable';
    return (await Notification.requestPermission()) === 'granted' ? 'granted' : 'denied';
  }
}
