/** Whether the server keeps messages for users who are offline, as it was when this page was loaded. */
export const keepsMessages = document.documentElement.dataset.keepsMessages === 'on';
