/**
 * A question that has to be answered before anything happens, in the browser's own modal dialog.
 */
import { html, render } from 'lit-html';
import { words } from '../words.ts';

interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button that goes ahead says. */
  readonly confirm: string;
  readonly isDangerous: boolean;
}

/** Resolves to true only if the person pressed the button that goes ahead. */
export function ask({ title, text, confirm, isDangerous }: Question): Promise<boolean> {
  const dialog = document.createElement('dialog');
  dialog.className = 'dialog';
  dialog.setAttribute('aria-labelledby', 'dialog-title');
  render(
    html`<form method="dialog">
      <h2 id="dialog-title">${title}</h2>
      <p>${text}</p>
      <div class="actions">
        <button class="button" value="cancel" autofocus>${words.nav.cancel}</button>
        <button class="button ${isDangerous ? 'danger' : 'primary'}" value="confirm">${confirm}</button>
      </div>
    </form>`,
    dialog,
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'confirm');
    });
  });
}
