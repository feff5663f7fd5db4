import { notifications } from '@mantine/notifications';

/** A short message in the corner that leaves by itself. */
export function notifySuccess(message: string): void {
  notifications.show({ message, color: 'teal', withBorder: true });
}

/** Stays longer: an error has to be read. */
export function notifyError(title: string, message: string): void {
  notifications.show({ title, message, color: 'red', withBorder: true, autoClose: 12_000 });
}
