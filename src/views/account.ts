/**
 * Who is signed in, and the way out, in a sheet that opens over the screen.
 */
import { html, nothing, render } from 'lit-html';
import { words } from '../words.ts';
import { type App, paths } from './app.ts';
import { icons } from './icons.ts';
import { installOffer } from './install.ts';

export function openAccount(app: App): void {
  const { Name, Email } = app.session.Account;
  const sheet = document.createElement('dialog');
  sheet.className = 'dialog';
  sheet.setAttribute('aria-labelledby', 'account-title');
  const report = (): void => {
    sheet.close();
    app.go(paths.report);
  };
  const devices = (): void => {
    sheet.close();
    app.go(paths.devices);
  };
  const signOut = (): void => {
    sheet.close();
    void app.signOut().catch(app.complain);
  };
  render(
    html`<form method="dialog">
      <div class="dialog-head">
        <h2 id="account-title">${words.account.title}</h2>
        <button class="icon-button" aria-label=${words.nav.close}>${icons.close}</button>
      </div>
      <p class="account-name">${Name}</p>
      <p class="muted">${Email}</p>
      ${installOffer(app, nothing)}
      <div class="actions">
        <button class="button quiet" type="button" @click=${devices}>${words.account.devices}</button>
        <button class="button quiet" type="button" @click=${report}>${words.report.title}</button>
        <button class="button" type="button" @click=${signOut}>${words.account.signOut}</button>
      </div>
    </form>`,
    sheet,
  );
  sheet.addEventListener('close', () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
}
