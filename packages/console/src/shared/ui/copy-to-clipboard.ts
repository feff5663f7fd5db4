/**
 * Copies text. The clipboard API exists only on HTTPS and localhost; a console reached by an address on the local
 * network has to go the old way through a selection.
 */
export async function copyToClipboard(value: string): Promise<void> {
  if (globalThis.isSecureContext) {
    await navigator.clipboard.writeText(value);
    return;
  }
  const area = document.createElement('textarea');
  area.value = value;
  area.readOnly = true;
  area.className = 'vs-offscreen';
  // Inside an open dialog: its focus trap would take the focus back from elsewhere.
  const home = document.activeElement?.closest('[role=dialog]') ?? document.body;
  home.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
