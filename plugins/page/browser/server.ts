/** Whether the server stores messages for offline users, as of the load of this page. */
export const keepsMessages = document.documentElement.dataset.keepsMessages === 'on';
